"""The contact policy: whether, and when, what somebody did not ask for goes to them; pure.

Answers to what people write themselves never pass here, nor do reminders of their meetings wait:
those come before quiet hours instead (bot/partners/quiet.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from bot.partners import quiet
from bot.when import local_time, place

NEVER_QUIET = ("", "")
MORNING = time(9)  # when a working day begins for who has no quiet hours
LONGEST_BREAK = 21  # days in a row on which nobody works; no country has as many
_STRIDE = 0x9E3779B1  # a large odd number: neighbouring ids land far apart

Gone = Literal["", "gone", "blocked"]
Moot = Literal["moot", "remark", "noise", "joined", "fixed", "closed"]  # bot/surveys/occasion.py
Refusal = Literal["stopped", "address", "gone", "blocked", "late", "recent"] | Moot
Occupied = Literal["talk", "question"]
Hurdle = Literal["quiet", "free", "budget"] | Occupied  # what is waited for

IsFree = Callable[[str, date], bool]  # of a zone, on a day there: bot/partners/workdays.py


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `most` things in any `days` days; `at`: when those of late went or will go."""

    most: int
    days: int
    at: Sequence[datetime]

    def opens(self, now: datetime) -> datetime:
        """From when one more may go, with fewer than `most` in the days before it.

        What is to go later does not count before it goes: who was there first keeps their turn.
        """
        period = timedelta(days=self.days)
        moments = [now, *sorted(at + period for at in self.at if at + period > now)]
        return next(moment for moment in moments
                    if sum(moment - period < at <= moment for at in self.at)
                    < self.most)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody is in the middle of something else; it is looked again at `until`."""

    until: datetime
    reason: Occupied


@dataclass(frozen=True, slots=True)
class Facts:
    """One person as far as one kind of message is concerned."""

    contact_id: int
    wants: bool
    reachable: bool
    zone: str
    quiet: tuple[str, str]
    gone: Gone = ""  # where they are not reachable but once were: how that ended
    budgets: tuple[Budget, ...] = ()  # theirs and their company's
    works: bool = False  # only on working days of theirs
    moot: Moot | Literal[""] = ""  # why the thing itself has lost its reason
    rests: datetime | None = None  # until then they are asked nothing, since they just were
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Not before `until`."""

    until: datetime
    reason: Hurdle


@dataclass(frozen=True, slots=True)
class Skip:
    """Never: they are not to get it, or after what it would wait for it is of no use."""

    reason: Refusal | Hurdle


Verdict = Send | Defer | Skip


def refusal(facts: Facts) -> Refusal | Literal[""]:
    """Why nothing of this kind goes to them at any hour; "" when it does."""
    if facts.moot:
        return facts.moot
    if not facts.wants:
        return "stopped"
    return "" if facts.reachable else facts.gone or "address"


def gone(why: str | None) -> Gone:
    """How an address ended, from the platform's words; None = there never was one."""
    if why is None:
        return ""
    return "blocked" if "block" in why else "gone"


def decide(
    facts: Facts, now: datetime, spread: int, lasts: datetime | None = None,
    is_free: IsFree = lambda _zone, _day: False,
) -> Verdict:  # fmt: skip
    """`spread`: minutes over which those who become free together are spread.

    Asked again at the moment that it named, it says Send. After `lasts` it need not go.
    """
    reason = refusal(facts)
    if reason:
        return Skip(reason)
    if lasts is not None and now > lasts:
        return Skip("late")
    if facts.rests is not None and now < facts.rests:
        return Skip("recent")
    opens, hurdle = _opens(facts, now, is_free)
    if hurdle is None:
        return Send()
    until = opens if hurdle in get_args(Occupied) else _spread(facts, opens, spread)
    return Skip(hurdle) if lasts is not None and until > lasts else Defer(until, hurdle)


def _opens(facts: Facts, now: datetime, is_free: IsFree) -> tuple[datetime, Hurdle | None]:
    """From when nothing stands in the way, and what stands there now, the longest wait of it."""
    paid = max((budget.opens(now) for budget in facts.budgets), default=now)
    calm = max(paid, facts.busy.until) if facts.busy is not None else paid
    awake = quiet.after(calm, facts.zone, *facts.quiet)
    opens = _working(facts, awake, is_free) if facts.works else awake
    if opens <= now:
        return now, None
    if paid > now:
        return opens, "budget"
    if opens > awake:
        return opens, "free"
    return opens, facts.busy.reason if facts.busy is not None and awake == calm else "quiet"


def _working(facts: Facts, at: datetime, is_free: IsFree) -> datetime:
    """`at`, or the morning of the next working day there, after quiet hours."""
    for _ in range(LONGEST_BREAK):
        there = local_time(at, facts.zone)
        if not is_free(facts.zone, there.date()):
            return at
        morning = datetime.combine(there.date() + timedelta(days=1), MORNING)
        at = quiet.after(place(morning, facts.zone).at, facts.zone, *facts.quiet)
    return at


def _spread(facts: Facts, opens: datetime, minutes: int) -> datetime:
    """Always the same for a person; the bare end where the next quiet hours are near."""
    seconds = facts.contact_id * _STRIDE % 2**32 * minutes * 60 // 2**32
    later = opens + timedelta(seconds=seconds)
    return opens if quiet.is_quiet(later, facts.zone, *facts.quiet) else later
