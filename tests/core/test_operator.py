"""What an operator reads of events that were set aside, and of work that is due."""

import pytest
from typer.testing import CliRunner

from bot import due_cli, events_cli
from bot.config import Environment
from main import cli
from storage import events
from tests.core.walls import walls_on

TRACE = "Traceback …\n  [bold] of no markup\nValueError: no such moment"


async def test_an_event_is_looked_at_before_it_is_dropped(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with walls_on(database_url) as walls, walls.turn() as turn:
        for name in ("aB3", "cD4", "eF5"):
            await events.set_aside(turn.session, error_id=name, platform="telegram",
                                   key=f"telegram:{name}", raw='{"text": "王总说"}',
                                   error=TRACE, now=turn.now)  # fmt: skip
    where = Environment(database_url=database_url)
    assert await events_cli.show(where, "aB3", False) == 0
    shown = capsys.readouterr().out
    assert "[bold] of no markup" in shown
    assert "telegram:aB3" in shown
    assert "王总说" not in shown  # people's words only when asked for
    assert await events_cli.show(where, "aB3", True) == 0
    assert "王总说" in capsys.readouterr().out
    assert await events_cli.show(where, "zZ9", False) == 1
    assert await events_cli.drop(where, "aB3") == 0
    assert await events_cli.drop(where, "aB3") == 1
    assert await events_cli.count(where) == 2
    assert await events_cli.drop(where, "all") == 0
    assert "2 dropped." in capsys.readouterr().out
    assert await events_cli.drop(where, "all") == 1
    assert await events_cli.show(where, "aB3", False) == 0
    assert "dropped" in capsys.readouterr().out  # the row stays


def test_all_are_dropped_only_after_a_yes(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    asked = CliRunner().invoke(cli, ["events", "drop", "all"], input="n\n")
    assert "Drop all 0 events that are set aside?" in asked.output
    assert asked.exit_code == 1
    assert "Nothing is set aside." not in asked.output
    done = CliRunner().invoke(cli, ["events", "drop", "all", "--yes"])
    assert "Drop all" not in done.output


@pytest.mark.parametrize(
    ("subject", "payload", "ref"),
    [
        ("ticket:12", {}, "T-12"),
        ("", {"ticket": 12, "what": "scored"}, "T-12"),
        ("meeting:3:r2", {}, "M-3"),
        ("digest:urgent:5", {}, "N-5"),
        ("digest:2026-12-07", {"item": None}, "digest 2026-12-07"),
        ("news:5", {"item": 5}, "N-5"),
        ("campaign:7", {}, "campaign 7"),
        ("", {}, ""),
    ],
)
def test_due_work_says_what_it_is_about(
    subject: str, payload: dict[str, object], ref: str
) -> None:
    assert due_cli.ref_of(subject, payload) == ref
