"""Who waits since when, and until when an answer is promised: folded from a log. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from bot.config import Config, Policy
from bot.tickets.calendar import Calendar
from bot.tickets.hours import deadline
from bot.when import parse_duration

STARTS = ("opened", "heard", "not_solved", "reopened")  # the partner says something to answer
STOPS = ("answered", "remark", "not_a_ticket", "resolved")
LATE = 1.5  # of the target: then the team's room hears of it


class Entry(Protocol):
    """What a log row tells; rows come in (at, id) order."""

    @property
    def at(self) -> datetime: ...

    @property
    def kind(self) -> str: ...

    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Story:
    """`round` counts how often somebody began to wait; `heard` counts the partner's messages."""

    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    round: int = 0
    urgent: bool = False
    held: bool = False  # the last answer is still on its way
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """`due`: answer by; `late`: when half of the target has passed once more."""

    due: datetime
    late: datetime


def fold(log: Sequence[Entry]) -> Story:
    """Only an answer that went out ends the waiting; one that was taken back never did."""
    undone = {entry.data["key"] for entry in log if entry.kind == "unsent"}
    sent = {entry.data["key"] for entry in log if entry.kind == "sent"}
    since, answered, rounds, held, heard = None, None, 0, False, 0
    for entry in log:
        heard += entry.kind in ("opened", "heard")
        if entry.kind in STARTS and since is None:
            since, rounds = entry.at, rounds + 1
        elif entry.kind in STOPS and entry.data.get("key") not in undone:
            since = None
            if entry.kind == "answered":
                answered = entry.at
                held = bool(entry.data.get("held")) and entry.data["key"] not in sent
    return Story(since, answered, rounds, _urgent(log), held and since is None, heard)


def _urgent(log: Sequence[Entry]) -> bool:
    said = [entry.kind for entry in log if entry.kind in ("urgent", "calm")]
    return bool(said) and said[-1] == "urgent"


def choose(policies: Sequence[Policy], tier: str) -> Policy | None:
    """The first policy that fits; one without tiers fits everybody."""
    return next((one for one in policies if not one.tiers or tier in one.tiers), None)


def promise(config: Config, tier: str, *, urgent: bool, since: datetime) -> Promise | None:
    """Until when an answer is promised; None where nothing is."""
    policy = choose(config.policies, tier)
    if policy is None:
        return None
    said = policy.urgent_within if urgent and policy.urgent_within else policy.answer_within
    calendar, target = calendar_of(config, policy.calendar), parse_duration(said)
    return Promise(deadline(calendar, since, target), deadline(calendar, since, target * LATE))


def next_day_at(config: Config, tier: str, now: datetime, hour: int) -> datetime:
    """That hour of the next working day, in the calendar of the tier's policy."""
    policy = choose(config.policies, tier) or config.policies[0]
    calendar = calendar_of(config, policy.calendar)
    day = now.astimezone(config.tzinfo).date() + timedelta(days=1)
    for _ in range(30):
        if calendar.is_working_day(day):
            break
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=config.tzinfo)


def calendar_of(config: Config, name: str) -> Calendar:
    return _calendar(json.dumps(_plain(config.calendars[name]), sort_keys=True), name)


@lru_cache(maxsize=32)
def _calendar(content: str, name: str) -> Calendar:
    return Calendar.parse(json.loads(content), name)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
