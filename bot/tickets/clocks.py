"""Who waits since when, and which clocks run: folded from a ticket's log, never counted. Pure.

Rules: shared decisions of SLA semantics, 4.7. A reply at the due instant is in time; a second
message never moves a clock; only an answer that went out ends the waiting; waiting for the partner
pauses the solution, never an open answer; time in which a ticket was solved counts for nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.config import Config
from bot.tickets import policy
from bot.tickets.hours import Pause, elapsed
from bot.tickets.policy import ANSWER, NEXT, SOLVE, UPDATE, Terms

STARTS = ("opened", "heard", "not_solved", "reopened")  # the partner says something to answer
ENDS = ("remark", "not_a_ticket", "resolved", "merged", "belongs")  # nobody has to answer
STOPS = ("answered", *ENDS)
# What a row makes of a ticket. A partner's word ends the waiting for them, and nothing else.
PHASES = {"opened": "open", "reopened": "open", "not_solved": "open", "resumed": "open",
          "waiting": "waiting", "hold": "hold"} | dict.fromkeys(ENDS, "solved")  # fmt: skip


class Entry(Protocol):
    """What a log row tells; rows come in (at, id) order."""

    @property
    def at(self) -> datetime: ...

    @property
    def kind(self) -> str: ...

    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Wait:
    """The partner waits for an answer; `until` None while they do. `how` it ended: its row."""

    number: int
    since: datetime
    until: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """open, waiting (for the partner), hold (for somebody else) or solved, from this moment."""

    name: str
    since: datetime
    how: str = ""  # the row that began it


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket's log, read once. `heard` counts the partner's messages.

    `said` keeps what was in force since when: (moment, "priority", "kind", "product", "tier",
    "zone", "version" or "until", value).
    """

    waits: tuple[Wait, ...] = ()
    phases: tuple[Phase, ...] = ()
    answers: tuple[datetime, ...] = ()
    said: tuple[tuple[datetime, str, Any], ...] = ()
    held: bool = False  # the last answer is still on its way
    heard: int = 0

    @property
    def waiting_since(self) -> datetime | None:
        return self.waits[-1].since if self.waits and self.waits[-1].until is None else None

    @property
    def answered_at(self) -> datetime | None:
        return self.answers[-1] if self.answers else None

    @property
    def round(self) -> int:
        """How often somebody began to wait: the number of the newest answer clock."""
        return len(self.waits)

    @property
    def phase(self) -> str:
        return self.phases[-1].name if self.phases else "open"

    @property
    def held_until(self) -> datetime | None:
        """When it is open again by itself; None if it is not on hold, or has no such moment."""
        until = self.at(None, "until", None) if self.phase == "hold" else None
        return datetime.fromisoformat(until) if until else None

    @property
    def priority(self) -> str:
        return str(self.at(None, "priority", "normal"))

    @property
    def urgent(self) -> bool:
        return self.priority == "urgent"

    def at(self, moment: datetime | None, what: str, otherwise: Any) -> Any:
        """What was in force at a moment (None = now)."""
        values = [value for since, name, value in self.said
                  if name == what and (moment is None or since <= moment)]  # fmt: skip
        return values[-1] if values else otherwise

    def within(self, *names: str, until: datetime) -> tuple[Pause, ...]:
        """The stretches of time in these phases, the last one up to `until`."""
        ends = [phase.since for phase in self.phases[1:]] + [until]
        return tuple(
            (phase.since, max(end, phase.since))
            for phase, end in zip(self.phases, ends, strict=True)
            if phase.name in names
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: `stopped` None while it runs; `paused` while it stands still.

    `name` is answer (the first one is number 1, later ones follow a partner's next word), update
    or solve.
    """

    name: str
    number: int
    started: datetime
    due: datetime
    terms: Terms
    pauses: tuple[Pause, ...] = ()
    stopped: datetime | None = None
    paused: bool = False

    @property
    def target(self) -> str:
        """Which target of the policy it has."""
        return _target(self.name, self.number)

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept; None while nobody knows."""
        return None if self.stopped is None else self.stopped <= self.due

    def used(self, now: datetime) -> timedelta:
        return elapsed(self.terms.hours, self.started, self.stopped or now, self.pauses)

    def moment(self, part: float) -> datetime:
        """When this part of the target is used up, pauses so far aside."""
        found = self.terms.moment(self.target, self.started, self.pauses, part)
        return found or self.due


TermsAt = Callable[[datetime | None], Terms | None]


def fold(log: Sequence[Entry]) -> Story:
    """Read a log. An answer, or a hold, that was taken back was never given."""
    sent = {entry.data["key"] for entry in log if entry.kind == "sent"}
    counted = stands(stays(log))
    waits = _waits(counted)
    answers = [entry for entry in counted if entry.kind == "answered"]
    last = answers[-1] if answers else None
    held = last is not None and bool(last.data.get("held")) and last.data["key"] not in sent
    waits_now = bool(waits) and waits[-1].until is None
    return Story(
        waits=waits, phases=_phases(counted), answers=tuple(entry.at for entry in answers),
        said=tuple(_said(counted)), held=held and not waits_now,
        heard=sum(entry.kind in ("opened", "heard") for entry in counted),
    )  # fmt: skip


def stands(log: Sequence[Entry]) -> list[Entry]:
    """The log without what was taken back: an answer, an end, a merge."""
    undone = {entry.data["key"] for entry in log if entry.kind == "unsent"}
    return [
        entry for entry in log if entry.kind == "unsent" or entry.data.get("key") not in undone
    ]


def last_end(log: Sequence[Entry]) -> Entry | None:
    """What ended it last; that it was closed some days after its solution is no end of its own."""
    return next((entry for entry in reversed(stands(log)) if entry.kind in ENDS), None)


def denied(log: Sequence[Entry]) -> Entry | None:
    """That a solution is none, if it is the last that anybody said: it can be taken back."""
    said = [entry for entry in stands(stays(log)) if entry.kind in (*STARTS, *STOPS)]
    return said[-1] if said and said[-1].kind == "not_solved" and "key" in said[-1].data else None


def stays(log: Sequence[Entry]) -> list[Entry]:
    """The log without what was said here and then went to another ticket."""
    gone: set[int] = set()
    for entry in log:
        if entry.kind == "split_off":
            gone.update(entry.data["moved"])
        elif entry.kind == "joined":
            gone.difference_update(entry.data["moved"])
    return [entry for entry in log if entry.kind != "heard" or entry.data.get("said") not in gone]


def _waits(log: Sequence[Entry]) -> tuple[Wait, ...]:
    found: list[Wait] = []
    for entry in log:
        waits = bool(found) and found[-1].until is None
        if entry.kind in STARTS and not waits:
            found.append(Wait(len(found) + 1, entry.at))
        elif entry.kind in STOPS and waits:
            found[-1] = Wait(found[-1].number, found[-1].since, entry.at, entry.kind)
        elif entry.kind == "took_in" and (since := entry.data["since"]):
            began = datetime.fromisoformat(since)
            last = found.pop() if waits else Wait(len(found) + 1, began)
            found.append(Wait(last.number, min(last.since, began)))
    return tuple(found)


def _phases(log: Sequence[Entry]) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for entry in log:
        name = PHASES.get(entry.kind, "")
        if entry.kind == "heard" and found and found[-1].name in ("waiting", "solved"):
            name = "open"
        if entry.kind == "took_in" and found:
            found = _before(found, entry.data["phases"])
            name = "open" if entry.data["since"] and found[-1].name == "waiting" else ""
        if name and (not found or found[-1].name != name):
            found.append(Phase(name, entry.at, entry.kind))
    return tuple(found)


def _before(found: list[Phase], theirs: Sequence[Sequence[str]]) -> list[Phase]:
    """Work on what was merged into a ticket counts from its own beginning, if that was earlier."""
    phases = (Phase(name, datetime.fromisoformat(since)) for name, since in theirs)
    return [phase for phase in phases if phase.since < found[0].since] + found


def _said(log: Sequence[Entry]) -> list[tuple[datetime, str, Any]]:
    found: list[tuple[datetime, str, Any]] = []
    for entry in log:
        if entry.kind in ("urgent", "calm"):
            found.append((entry.at, "priority", "urgent" if entry.kind == "urgent" else "normal"))
        elif entry.kind == "priority" or (entry.kind == "took_in" and "value" in entry.data):
            found.append((entry.at, "priority", entry.data["value"]))
        elif entry.kind == "hold":
            found.append((entry.at, "until", entry.data.get("until")))
        if kind := entry.data.get("value" if entry.kind == "kind" else "guess"):
            found.append((entry.at, "kind", kind))
        said = ("version", "tier", "zone", "product")
        found += [(entry.at, name, entry.data[name]) for name in said
                  if name in entry.data]  # fmt: skip
    return found


def clocks(story: Story, terms_at: TermsAt, now: datetime) -> list[Clock]:
    """All clocks of a ticket, ended and running, in the order in which they began.

    A clock that has ended is judged by the terms of that moment, a running one by today's.
    """
    found = [_answer(wait, terms_at(wait.until)) for wait in story.waits]
    found += [_update(story, terms_at(None), now), _solve(story, terms_at, now)]
    return sorted((clock for clock in found if clock is not None), key=lambda one: one.started)


def _answer(wait: Wait, terms: Terms | None) -> Clock | None:
    due = terms.moment(_target(ANSWER, wait.number), wait.since) if terms else None
    if terms is None or due is None:
        return None
    return Clock(ANSWER, wait.number, wait.since, due, terms, stopped=wait.until)


def _target(name: str, number: int) -> str:
    """An answer after the first one may have a target of its own."""
    return NEXT if name == ANSWER and number > 1 else name


def _update(story: Story, terms: Terms | None, now: datetime) -> Clock | None:
    """The next word of ours after an answer, also when nobody asks; not while they must act."""
    began = story.answered_at
    if terms is None or began is None or story.waiting_since or story.phase == "solved":
        return None
    pauses = story.within("waiting", until=now)
    due = terms.moment(UPDATE, began, pauses)
    if due is None:
        return None
    paused = story.phase == "waiting"
    return Clock(UPDATE, len(story.answers), began, due, terms, pauses, paused=paused)


def _solve(story: Story, terms_at: TermsAt, now: datetime) -> Clock | None:
    """From the first word until it is solved, without what we waited for them."""
    if not story.phases:
        return None
    stopped = story.phases[-1].since if story.phase == "solved" else None
    terms, began = terms_at(stopped), story.phases[0].since
    pauses = story.within("waiting", "solved", until=stopped or now)
    due = terms.moment(SOLVE, began, pauses) if terms else None
    if terms is None or due is None:
        return None
    return Clock(SOLVE, 1, began, due, terms, pauses, stopped, paused=story.phase == "waiting")


@dataclass(frozen=True, slots=True)
class Sums:
    """Business time by who had to act. `wait`: what the partner waited for us or for a third."""

    wait: timedelta
    work: timedelta
    hold: timedelta
    theirs: timedelta


def sums(story: Story, terms_at: TermsAt, now: datetime) -> Sums:
    """Each stretch is counted in the calendar that was in force when it began."""

    def spent(name: str) -> timedelta:
        total = timedelta(0)
        for start, end in story.within(name, until=now):
            terms = terms_at(start)
            total += elapsed(terms.hours if terms else None, start, end)
        return total

    work, hold = spent("open"), spent("hold")
    return Sums(work + hold, work, hold, spent("waiting"))


def next_day_at(config: Config, tier: str, now: datetime, hour: int) -> datetime:
    """That hour of the next working day, in the calendar of the tier's policy."""
    case = policy.Case("", tier, config.zone)
    chosen = policy.choose(config, case) or config.policies[0]
    calendar = policy.calendar_of(config, chosen.calendar)
    day = now.astimezone(config.tzinfo).date() + timedelta(days=1)
    for _ in range(30):
        if calendar.is_working_day(day):
            break
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=config.tzinfo)
