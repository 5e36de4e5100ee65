"""`main.py` as it is, with failpoints and probes around it: processes that the tests kill.

Imports take longer than many a life, so this process does them once and forks each bot. A line on
standard input begins one, with what is added to its environment; its end is told by a line.
"""

import json
import os
import sys

import bot.serve  # noqa: F401 - as are the next two: so that no life has to import them
from bot.platforms.slack import app as _slack  # noqa: F401
from bot.platforms.telegram import app as _telegram  # noqa: F401
from main import cli
from tests.crash import failpoints, probes


def _live(environment: dict[str, str]) -> None:
    """In the child: never returns."""
    os.environ |= environment
    os.dup2(2, 1)
    probes.install()
    failpoints.install(os.environ)
    cli(["run"])


def _raise_and_watch() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(json.loads(line))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _raise_and_watch()
