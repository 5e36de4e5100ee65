"""How things stand with the bot itself: its settings, what waits, what went wrong, who is who."""

from datetime import datetime, timedelta
from typing import Any

from bot.config import Config
from bot.config_tickets import Targets
from bot.partners import undelivered
from bot.turn import Turn
from storage import deliveries, people, standing
from storage.models_people import Manager

LATELY = timedelta(days=7)
SHOWN = 5
LATE = timedelta(minutes=1)  # longer than a chat ever waits for its turn


async def status(turn: Turn) -> dict[str, Any]:
    """The data of own/status.html.j2: counts, and what ended badly of late."""
    found = await standing.status(turn.session, turn.now)
    return {"found": found, "mine": False, "late": _late(turn, found.since),
            **await _failed(turn)}  # fmt: skip


async def theirs(turn: Turn, manager: Manager) -> dict[str, Any]:
    """The same of one manager's partners."""
    found = await standing.theirs(turn.session, turn.now, manager.id)
    failed = await _failed(turn, chats=people.chats_of_owner(manager.id))
    return {"found": found, "mine": True, "late": _late(turn, found.since), **failed}


async def _failed(turn: Turn, **which: Any) -> dict[str, Any]:
    since = turn.now - LATELY
    rows = await deliveries.listed(turn.session, states=deliveries.ENDED_BADLY, since=since,
                                   limit=SHOWN, **which)  # fmt: skip
    words = await undelivered.described(turn, rows)
    failed = [{**said, "at": row.done_at} for row, said in zip(rows, words, strict=True)]
    return {"failed": failed, "since": since.isoformat(timespec="seconds"), "now": turn.now}


def _late(turn: Turn, since: datetime | None) -> datetime | None:
    """When the oldest could have gone, once that is worth a word."""
    return since if since is not None and turn.now - since > LATE else None


async def people_of_ours(turn: Turn) -> list[Manager]:
    return await people.managers(turn.session)


def _targets(said: Targets) -> str:
    """ "1h", or "normal 1h, urgent 30m"."""
    if isinstance(said, str):
        return said
    return ", ".join(f"{priority} {target}" for priority, target in said.items())


def values(config: Config) -> list[tuple[str, str, str]]:
    """(key in liaison.toml, value, source): "file", or "default" where the file is silent."""
    given = config.model_fields_set
    rows = [
        ("company", " / ".join(config.company.values())),
        ("language", config.language),
        ("zone", config.zone),
        ("command_prefix", config.command_prefix or "–"),
        ("slack", config.slack.triage_channel or "–"),
        ("telegram", config.telegram.triage_chat or "–"),
        ("calendars", ", ".join(config.calendars)),
        ("policies", "; ".join(f"{p.name} {_targets(p.answer_within)}" for p in config.policies)),
        ("teams", "; ".join(f"{team.name} ({team.lead})" for team in config.teams) or "–"),
        ("digest", f"{config.digest.weekday} {config.digest.at}"),
    ]
    return [(key, value, "file" if key in given else "default") for key, value in rows]
