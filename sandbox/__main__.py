"""Starts the sandbox: `python -m sandbox --port 8400`."""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from sandbox.control import Control, ControlError
from sandbox.server import Options, Server, create
from sandbox.tour import Differs, Tour
from sandbox.world import PARTNERS

BOT_UP_WITHIN = 60.0  # seconds


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
    parser.add_argument(
        "--tour", action="store_true", help="play the story of tour.toml, then end"
    )
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
    server = create(options, asked.host, asked.port)
    if asked.tour:
        sys.exit(asyncio.run(play_tour(server)))
    with contextlib.suppress(KeyboardInterrupt):  # the usual end, which uvicorn raises again
        server.run()


async def play_tour(server: Server) -> int:
    """Play the story against the bot once it is up; 1 at the first difference."""
    stage = server.stage
    if stage.control is None:
        print("A tour needs a bot: give --control and --token.")
        return 2
    serving = asyncio.create_task(server.serve())
    try:
        await bot_is_up(stage.control)
        await Tour(stage.slack, stage.telegram, stage.journal, stage.control, print).run()
    except Differs as difference:
        print(f"\nThe story differs. {difference}")
        return 1
    finally:
        server.should_exit = True
        await serving
    return 0


async def bot_is_up(control: Control) -> None:
    """Wait until the bot answers and is at rest; TimeoutError if it does not come."""
    async with asyncio.timeout(BOT_UP_WITHIN):
        while True:
            with contextlib.suppress(ControlError):
                if await control.idle():
                    return
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
