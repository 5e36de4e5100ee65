"""The outbox against a model of a few lines, in whatever order things happen to it."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot import outbox
from bot.chat import Address
from bot.clock import Clock
from bot.config import load
from bot.outbox import Class
from bot.texts import plain_message
from bot.turn import Turn
from storage import claims, marks, mending
from storage.claims import OPEN_STATES, Claimed, Mark
from storage.db import Database
from storage.gates import Gates
from storage.models_delivery import Delivery
from tests.core.walls import ROOT

PROFILE = settings(max_examples=40, stateful_step_count=40, derandomize=True, deadline=None,
                   database=None, suppress_health_check=list(HealthCheck))  # fmt: skip
BEGIN = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
HELD, REST, LEASE = timedelta(minutes=1), timedelta(seconds=30), timedelta(minutes=5)
CONFIG = load(ROOT / "liaison.toml")
ENDS = ("sent", "dead", "queued", "in_doubt")
FATES = ("sent", "queued", "unverified")
T = TypeVar("T")
subjects, slots = st.sampled_from("ab"), st.sampled_from("st")


@dataclass
class Owed:
    """What the model knows of a row."""

    place: int  # the order in its lane
    subject: str
    cls: int
    slot: str = ""
    state: str = "queued"
    not_before: datetime = BEGIN
    retry_at: datetime = BEGIN


class Outbox(RuleBasedStateMachine):
    """Each rule does the same to the tables and to the model; the invariant compares them."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "liaison.db"
        shutil.copy(self.template, path)
        self.loop = asyncio.Runner()
        self.database = Database(f"sqlite+aiosqlite:///{path}", Clock())
        self.model: dict[str, Owed] = {}
        self.flying: dict[str, Claimed] = {}
        self.posted: set[str] = set()  # slots whose message stands there
        self.now = self.real = BEGIN
        self.number, self.epoch = 0, 1

    def teardown(self) -> None:
        """In the end everything goes: nothing may be stuck."""
        for _ in range(2 * len(self.model) + 2):
            if all(owed.state not in OPEN_STATES for owed in self.model.values()):
                break
            self.time_passes()
            self.settle("queued")
            self.claim()
            for key in sorted(self.flying):
                self._ends(key, "sent")
        self.agrees()
        stuck = [key for key, owed in self.model.items() if owed.state in OPEN_STATES]
        self.loop.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()
        assert stuck == []

    @initialize()
    def begin(self) -> None:
        self.owe("a", 0, held=False)

    @rule(subject=subjects, cls=st.integers(0, 4), held=st.booleans())
    def owe(self, subject: str, cls: int, held: bool) -> None:
        until = self.now + HELD if held else BEGIN
        key = self._add(Owed(self.number, subject, cls, not_before=until))
        self._in_turn(key, subject, cls, until if held else None)

    @rule(slot=slots)
    def owe_slot(self, slot: str) -> None:
        """Takes the place of what is queued for the slot last."""
        new = Owed(self.number, f"slot {slot}", 0, slot)
        waiting = [key for key, owed in self.model.items()
                   if owed.slot == slot and owed.state == "queued"]  # fmt: skip
        if waiting:
            old = self.model[max(waiting, key=lambda key: self.model[key].place)]
            new.place, new.retry_at = old.place, old.retry_at
            old.state, old.slot = "skipped", ""
        key = self._add(new)
        self._in_turn(key, new.subject, 0, None, slot)

    @rule(data=st.data())
    def owe_again(self, data: st.DataObject) -> None:
        """A known key does nothing, whatever became of it."""
        self._in_turn(data.draw(st.sampled_from(sorted(self.model))), "a", 0, None)

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        can = self.model[key].state == "queued"
        if can:
            self.model[key].state = "skipped"
        assert self._do(self._drop_key(key)) == can

    @rule(subject=subjects)
    def drop(self, subject: str) -> None:
        found = [owed for owed in self.model.values()
                 if owed.subject == subject and owed.state == "queued"]  # fmt: skip
        for owed in found:
            owed.state = "skipped"
        assert self._do(self._drop(subject)) == len(found)

    @rule()
    def time_passes(self) -> None:
        self.now += HELD
        self.real += HELD

    @rule()
    def claim(self) -> None:
        """Exactly what may go: at most one of a lane's order, one of a slot."""
        may = {key for key, owed in self.model.items() if self._may_go(owed)}
        taken = self._do(self._claim())
        assert {row.key for row in taken} == may
        assert [(row.cls, row.id) for row in taken] == sorted((row.cls, row.id) for row in taken)
        for row in taken:
            self.model[row.key].state = "sending"
            self.model[row.key].retry_at = BEGIN
            self.flying[row.key] = row
            slot = self.model[row.key].slot
            assert bool(row.message_id) == (slot in self.posted)

    @rule()
    def claim_unheard(self) -> None:
        """The commit's answer is lost: what was taken waits again."""
        may = {key for key, owed in self.model.items() if self._may_go(owed)}
        for key in may:
            self.model[key].retry_at = BEGIN
        self._do(self._claim())
        assert len(self._do(self._unheard())) == len(may)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), state=st.sampled_from(ENDS))
    def ends(self, data: st.DataObject, state: str) -> None:
        self._ends(data.draw(st.sampled_from(sorted(self.flying))), state)

    @rule(said=st.sampled_from(ENDS))
    def dies(self, said: str) -> None:
        """Another sender takes over: what was on its way is in doubt, late words are void."""
        self.epoch += 1
        late, self.flying = [*self.flying.values()], {}
        for row in late:
            self.model[row.key].state = "in_doubt"
        assert len(self._do(self._orphaned())) == len(late)
        self._do(self._in_doubt())  # from here on it is the next sender's to say
        for row in late:
            self._do(self._mark(Mark(row, said, platform_id="late"), self.epoch - 1))

    @rule(fate=st.sampled_from(FATES))
    def settle(self, fate: str) -> None:
        for row in self._do(self._in_doubt()):
            assert self.model[row.key].state == "in_doubt"
            self._become(row, fate, None)

    @invariant()
    def agrees(self) -> None:
        """Nothing is lost, nothing is there twice, and every state is as the model says."""
        there = self._do(self._states())
        assert there == {key: owed.state for key, owed in self.model.items()}

    def _may_go(self, owed: Owed) -> bool:
        if owed.state != "queued" or owed.not_before > self.now or owed.retry_at > self.real:
            return False
        others = [other for other in self.model.values()
                  if other is not owed and other.state in OPEN_STATES]  # fmt: skip
        if owed.slot:
            return not any(other.slot == owed.slot
                           and (other.state != "queued" or other.place < owed.place)
                           for other in others)  # fmt: skip
        return not any(other.subject == owed.subject and other.place < owed.place
                       and other.cls <= owed.cls for other in others)  # fmt: skip

    def _add(self, owed: Owed) -> str:
        key = f"k{self.number:04}"
        self.number += 1
        self.model[key] = owed
        return key

    def _ends(self, key: str, state: str) -> None:
        rest = self.real + REST if state == "queued" else None
        self._become(self.flying.pop(key), state, rest)

    def _become(self, row: Claimed, state: str, rest: datetime | None) -> None:
        owed = self.model[row.key]
        owed.state, owed.retry_at = state, rest or BEGIN
        if state == "sent" and owed.slot:
            self.posted.add(owed.slot)
        sent = f"m{row.id}" if state == "sent" else ""
        self._do(self._mark(Mark(row, state, platform_id=sent, retry_at=rest), self.epoch))

    def _do(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(act)

    def _in_turn(
        self, key: str, subject: str, cls: int, until: datetime | None, slot: str = ""
    ) -> None:
        async def owe() -> None:
            async with self.database.transaction() as (session, _now):
                await outbox.owe(
                    Turn(session, self.now, CONFIG), Address("telegram", "4001"),
                    plain_message(key), key=key, subject=subject, cls=Class(cls), slot=slot,
                    not_before=until,
                )  # fmt: skip

        self._do(owe())

    async def _drop_key(self, key: str) -> bool:
        async with self.database.transaction() as (session, _now):
            return await outbox.drop_key(Turn(session, self.now, CONFIG), key, "undone")

    async def _drop(self, subject: str) -> int:
        async with self.database.transaction() as (session, _now):
            return await outbox.drop(Turn(session, self.now, CONFIG), subject, "withdrawn")

    async def _claim(self) -> list[Claimed]:
        async with self.database.marking() as session:
            await claims.wake_up(session, "telegram", self.now, self.real)
            return await claims.claim(
                session, "telegram", now=self.now, real=self.real, lease=LEASE, limit=1_000,
                gates=Gates(), choose=lambda found: found, epoch=self.epoch,
            )  # fmt: skip

    async def _unheard(self) -> list[int]:
        flying = {row.id for row in self.flying.values()}
        async with self.database.marking() as session:
            return await mending.unheard(session, "telegram", self.epoch, flying)

    async def _orphaned(self) -> list[int]:
        async with self.database.marking() as session:
            return await claims.orphaned(session, "telegram", self.real, self.epoch)

    async def _in_doubt(self) -> list[Claimed]:
        async with self.database.marking() as session:
            return await claims.in_doubt(session, "telegram", self.real, 1_000, self.epoch)

    async def _mark(self, mark: Mark, epoch: int) -> None:
        async with self.database.marking() as session:
            await marks.mark(session, [mark], self.now, epoch)

    async def _states(self) -> dict[str, str]:
        async with self.database.reading() as session:
            rows = await session.execute(select(Delivery.key, Delivery.state))
            found = [(key, state) for key, state in rows]
        assert len(found) == len(dict(found))
        return dict(found)


def test_the_outbox_does_as_its_model(sqlite_template: Path) -> None:
    Outbox.template = sqlite_template
    run_state_machine_as_test(Outbox, settings=PROFILE)
