"""Whether the end of a ticket is an occasion to ask how it was, and now a good moment. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot.partners.policy import Busy, Moot
from bot.tickets.clocks import ENDS, Entry, fold

CLOSED = "closed"  # by itself, some days later: no end that anybody made
CALM = timedelta(minutes=15)  # without a word: then a talk is over
STANDS = timedelta(days=1)  # whoever has not answered a question by then will not
AGAIN = timedelta(hours=1)  # so often it is looked whether they have
WORDS_FOR = timedelta(hours=1)  # what is written so soon after a score is its comment
WHY: Mapping[str, Moot] = {
    "remark": "remark", "not_a_ticket": "noise", "merged": "joined", "belongs": "joined",
}  # fmt: skip

Question = Literal["score", "words", "form", "fix"]


def unasked(log: Sequence[Entry]) -> Moot | Literal[""]:
    """Why nobody is asked after the end that a ticket's log tells; "" = one of ours solved it.

    Who is asked by the announcement of a fix whether it is solved is not asked again.
    """
    end = end_of(log)
    if end is None or fold(log).phase != "solved":
        return "moot"
    if end.kind == "resolved":
        return "fixed" if end.data.get("known") else ""
    return WHY.get(end.kind, "closed")


def end_of(log: Sequence[Entry]) -> Entry | None:
    """The last end that was not taken back."""
    undone = {row.data["key"] for row in log if row.kind == "unsent"}
    ends = (row for row in reversed(log)
            if row.kind in (*ENDS, CLOSED) and row.data.get("key") not in undone)  # fmt: skip
    return next(ends, None)


def rests(
    asked: Iterable[tuple[str, datetime]], ref: str, days: int, *, unsolved: bool
) -> datetime | None:
    """Until when a person is asked nothing, by what they were asked of late: (ticket, moment).

    `unsolved`: they said of this ticket that it was not solved yet; now they can say more.
    """
    counted = [at for about, at in asked if not (unsolved and about == ref)]
    return max(counted) + timedelta(days=days) if days and counted else None


def busy(
    said: datetime | None, standing: Iterable[tuple[Question, datetime]], now: datetime
) -> Busy | None:
    """What somebody is in the middle of: `said` something of theirs last, `standing` questions."""
    ends = [since + (WORDS_FOR if what == "words" else STANDS) for what, since in standing]
    if any(end > now for end in ends):
        return Busy(min(max(ends), now + AGAIN), "question")
    if said is not None and said + CALM > now:
        return Busy(said + CALM, "talk")
    return None
