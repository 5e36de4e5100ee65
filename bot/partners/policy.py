"""The contact policy: whether, and when, what somebody did not ask for goes to them; pure.

Answers to what people write themselves never pass here, nor do reminders of their meetings wait:
those come before quiet hours instead (bot/partners/quiet.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.partners import quiet

NEVER_QUIET = ("", "")
_STRIDE = 0x9E3779B1  # a large odd number: neighbouring ids land far apart

Gone = Literal["", "gone", "blocked"]
Refusal = Literal["stopped", "address", "gone", "blocked", "late"]
Hurdle = Literal["quiet"]  # what is waited for


@dataclass(frozen=True, slots=True)
class Facts:
    """One person as far as one kind of message is concerned."""

    contact_id: int
    wants: bool
    reachable: bool
    zone: str
    quiet: tuple[str, str]
    gone: Gone = ""  # where they are not reachable but once were: how that ended


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
    if not facts.wants:
        return "stopped"
    return "" if facts.reachable else facts.gone or "address"


def gone(why: str | None) -> Gone:
    """How an address ended, from the platform's words; None = there never was one."""
    if why is None:
        return ""
    return "blocked" if "block" in why else "gone"


def decide(facts: Facts, now: datetime, spread: int, lasts: datetime | None = None) -> Verdict:
    """`spread`: minutes over which those whose quiet hours end together are spread.

    Asked again at the moment that it named, it says Send. After `lasts` it need not go.
    """
    reason = refusal(facts)
    if reason:
        return Skip(reason)
    if lasts is not None and now > lasts:
        return Skip("late")
    opens = quiet.after(now, facts.zone, *facts.quiet)
    if opens <= now:
        return Send()
    until = _spread(facts, opens, spread)
    return Skip("quiet") if lasts is not None and until > lasts else Defer(until, "quiet")


def _spread(facts: Facts, opens: datetime, minutes: int) -> datetime:
    """Always the same for a person; the bare end where the next quiet hours are near."""
    seconds = facts.contact_id * _STRIDE % 2**32 * minutes * 60 // 2**32
    later = opens + timedelta(seconds=seconds)
    return opens if quiet.is_quiet(later, facts.zone, *facts.quiet) else later
