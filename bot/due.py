"""Due work: what must be decided at a moment. It writes rows only: a rollback undoes all of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.outbox import Class
from bot.turn import Turn
from storage import due_work
from storage.due_work import Work
from storage.models_delivery import DueWork

BATCH = 100  # items of one kind that a handler gets at once (DESIGN.md rule 1)

DueHandler = Callable[[Turn, Sequence[DueWork]], Awaitable[None]]


async def put(
    turn: Turn, *, key: str, kind: str, due_at: datetime, subject: str = "", **payload: Any
) -> None:
    """Have `kind`'s handler look at this at `due_at`; a waiting key moves, a done key stays."""
    await due_work.put(turn.session, [Work(key, kind, due_at, subject, payload)])


async def drop(turn: Turn, *, subject: str = "", key: str = "") -> None:
    """Withdraw waiting work of a subject, or under one key."""
    await due_work.drop(turn.session, subjects=[subject] if subject else [], key=key)


@dataclass(frozen=True)
class DueKind:
    """`says` is a marked sentence that tells people why something happens at that moment.

    `cls` is what it is about: after an outage the most urgent class is caught up with first.
    `most`: items that its handler gets at once, so that a transaction lasts 100 ms at most.
    """

    name: str
    says: str
    handler: DueHandler
    cls: Class = Class.INTERACTIVE
    most: int = BATCH


class DueKinds:
    """Collects a feature's due handlers; the same kind twice fails at import."""

    def __init__(self) -> None:
        self.all: dict[str, DueKind] = {}

    def kind(
        self, name: str, *, says: str, cls: Class = Class.INTERACTIVE, most: int = BATCH
    ) -> Callable[[DueHandler], DueHandler]:
        """`name` is a whole literal such as "ticket.clock", so that grep finds it."""

        def keep(handler: DueHandler) -> DueHandler:
            self.add(DueKind(name, says, handler, cls, most))
            return handler

        return keep

    def add(self, kind: DueKind) -> None:
        if kind.name in self.all:
            raise ValueError(f"due kind {kind.name} is declared twice")
        self.all[kind.name] = kind
