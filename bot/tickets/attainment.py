"""How long the first answer and the solution took, and whether it was in time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.tickets.clocks import Story
from bot.tickets.hours import Pause, elapsed
from bot.tickets.policy import ANSWER, SOLVE, Terms

ANSWERED = ("answered", "resolved")  # a solution is an answer too; a remark needed none


@dataclass(frozen=True, slots=True)
class Fact:
    """One clock that ended. `target` None = nothing was promised, so nothing was kept."""

    clock: str
    ended: datetime
    used: timedelta
    target: timedelta | None

    @property
    def kept(self) -> bool | None:
        return None if self.target is None else self.used <= self.target


def facts(story: Story, terms: Terms | None) -> list[Fact]:
    """What a ticket's log says by now; what was neither answered nor solved does not count.

    Nor does what was no ticket at all, however it had been answered before.
    """
    if story.phase == "solved" and story.phases[-1].how == "not_a_ticket":
        return []
    found = []
    first = story.waits[0] if story.waits else None
    if first is not None and first.until is not None and first.how in ANSWERED:
        found.append(_fact(ANSWER, first.since, first.until, (), terms))
    if story.phase == "solved" and story.phases[-1].how == "resolved":
        began, ended = story.phases[0].since, story.phases[-1].since
        pauses = story.within("waiting", "solved", until=ended)
        found.append(_fact(SOLVE, began, ended, pauses, terms))
    return found


def _fact(
    clock: str, began: datetime, ended: datetime, pauses: tuple[Pause, ...], terms: Terms | None
) -> Fact:
    used = elapsed(terms.hours if terms is not None else None, began, ended, pauses)
    return Fact(clock, ended, used, terms.amount(clock, began) if terms is not None else None)


def percentile(values: Sequence[int], percent: int) -> int:
    """The nearest rank: the smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[(len(ordered) * percent + 99) // 100 - 1]
