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

Reason = Literal["stopped", "address"]


@dataclass(frozen=True, slots=True)
class Facts:
    """One person as far as one kind of message is concerned."""

    contact_id: int
    wants: bool
    reachable: bool
    zone: str
    quiet: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Not before `until`: these are their quiet hours."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """Never."""

    reason: Reason


def refusal(facts: Facts) -> Reason | Literal[""]:
    """Why nothing of this kind goes to them at any hour; "" when it does."""
    if not facts.wants:
        return "stopped"
    return "" if facts.reachable else "address"


def decide(facts: Facts, now: datetime, spread: int) -> Send | Defer | Skip:
    """`spread`: minutes over which those whose quiet hours end together are spread.

    Asked again at the moment that it named, it says Send.
    """
    reason = refusal(facts)
    if reason:
        return Skip(reason)
    until = quiet.after(now, facts.zone, *facts.quiet)
    return Defer(_spread(facts, until, spread)) if until > now else Send()


def _spread(facts: Facts, opens: datetime, minutes: int) -> datetime:
    """Always the same for a person; the bare end where the next quiet hours are near."""
    seconds = facts.contact_id * _STRIDE % 2**32 * minutes * 60 // 2**32
    later = opens + timedelta(seconds=seconds)
    return opens if quiet.is_quiet(later, facts.zone, *facts.quiet) else later
