"""Starts the sandbox: `python -m sandbox --port 8400`."""

import argparse
from pathlib import Path

from sandbox.server import Options, create
from sandbox.world import PARTNERS


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8400, help="port to listen on")
    parser.add_argument("--control", default="", metavar="URL", help="the bot's control API")
    parser.add_argument("--token", default="", help="bearer token of the control API")
    parser.add_argument("--state", type=Path, default=None, metavar="DIR", help="where it is kept")
    parser.add_argument("--fresh", action="store_true", help="forget what was kept")
    parser.add_argument("--csv", type=Path, default=PARTNERS, help="the demo partners")
    parser.add_argument("--manifest", type=Path, default=None, help="the Slack app's manifest")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> None:
    """Serve until interrupted."""
    asked = arguments(given)
    options = Options(
        base_url=f"http://{asked.host}:{asked.port}",
        control_url=asked.control,
        control_token=asked.token,
        state=asked.state,
        fresh=asked.fresh,
        csv_path=asked.csv,
        manifest=asked.manifest,
    )
    create(options, asked.host, asked.port).run()


if __name__ == "__main__":
    main()
