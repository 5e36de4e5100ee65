"""When a ticket is looked at again, and for what: due work, of each kind one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.turn import Turn
from storage import due_work
from storage.due_work import Work


@dataclass(frozen=True, slots=True)
class Look:
    """`revision` of the ticket's log makes the key unique; `at` None: nothing to look for."""

    ticket: int
    what: str
    kind: str
    revision: int
    at: datetime | None

    @property
    def subject(self) -> str:
        return f"ticket:{self.ticket}:{self.what}"


async def plan(turn: Turn, found: Sequence[Look]) -> None:
    """What was planned before is withdrawn."""
    await due_work.drop(turn.session, subjects=[look.subject for look in found])
    await due_work.put(turn.session, [
        Work(f"{look.subject}:{look.revision}", look.kind, look.at, look.subject,
             {"ticket": look.ticket})
        for look in found if look.at is not None
    ])  # fmt: skip
