"""Who is reminded of a promise, and when: steps of a clock, read from the ticket's log. Pure.

A step comes when its part of the open time is used up. What was said is a row "nudged" of the
log, so a ticket answered, undone or given another priority is judged anew. The first such row of a
clock keeps the steps that were in force then: other settings do not change a running chain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.config_tickets import Step
from bot.partners import quiet
from bot.tickets.clocks import Clock, Entry

BUNDLE = timedelta(minutes=15)  # what comes so soon after is said in the same message
DUSK, DAWN = "20:00", "08:00"  # in between nobody is disturbed, on their own clock
AT_RISK = 75  # percent of the time: from then on the card says so
DUE = 100
REPEATS = 20  # of one step; whoever did not act on twenty does not act on the next


@dataclass(frozen=True, slots=True)
class Call:
    """One step that has not been taken: at this moment these people are reminded."""

    clock: Clock
    step: Step
    part: int  # percent: the step's own, or a later one of those that repeat
    at: datetime


def snapshot(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """What a log row keeps of the steps in force."""
    return [step.model_dump() for step in steps]


def calls(
    clock: Clock, log: Iterable[Entry], steps: Sequence[Step], now: datetime
) -> list[Call]:  # fmt: skip
    """What is still to be said about a running clock, in order of time."""
    if clock.paused or clock.stopped is not None:
        return []
    said = [row for row in log if row.kind == "nudged" and is_about(row, clock)]
    kept = next((row.data["chain"] for row in said if "chain" in row.data), None)
    running = steps if kept is None else [Step(**one) for one in kept]
    found = [call for step in running if (call := _next(clock, step, said, now)) is not None]
    return sorted(found, key=lambda call: (call.at, call.part))


def is_about(row: Entry, clock: Clock) -> bool:
    """Whether a row "nudged" is about this clock."""
    return (row.data.get("clock"), row.data.get("number")) == (clock.name, clock.number)


def _next(clock: Clock, step: Step, said: Sequence[Entry], now: datetime) -> Call | None:
    """The time of a step that is still to come; of several that have passed the last one."""
    last = step.at + step.every * REPEATS
    found: Call | None = None
    for part in range(step.at, last + 1, step.every or last):
        at = clock.moment(part / 100)
        if any(_was_said(row, step.tell, part, at) for row in said):
            continue
        if found is not None and at > now:
            break
        found = Call(clock, step, part, at)
    return found


def _was_said(row: Entry, tell: str, part: int, at: datetime) -> bool:
    """A word said long before the moment that counts now was about another promise."""
    return row.data["tell"] == tell and row.data["part"] >= part and at <= row.at + BUNDLE


def due(found: Iterable[Call], now: datetime) -> list[Call]:
    """The calls whose moment has come; of several to the same people only the last."""
    return list({call.step.tell: call for call in found if call.at <= now}.values())


def next_moment(
    clocks: Iterable[Clock], found: Iterable[Call], now: datetime, awake: datetime | None = None
) -> datetime | None:  # fmt: skip
    """When somebody must be reminded next, or the card shows another state.

    `awake`: whoever should be reminded by now sleeps until then.
    """
    marks = [clock.moment(part / 100) for clock in clocks if not clock.paused
             for part in (AT_RISK, DUE)]  # fmt: skip
    calls = [call.at if call.at > now else max(awake or now, now) for call in found]
    return min([*(at for at in marks if at > now), *calls], default=None)


def standing(clock: Clock, now: datetime) -> str:
    """on_time, at_risk or breached: how a promise stands."""
    if now >= clock.due:
        return "breached"
    return "at_risk" if now >= clock.moment(AT_RISK / 100) else "on_time"


def morning(zone: str, now: datetime) -> datetime:
    """`now`, or when the night is over in which it lies on that clock."""
    return quiet.after(now, zone, DUSK, DAWN)
