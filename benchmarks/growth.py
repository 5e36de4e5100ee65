"""What a command, a delivery and a due item cost at 100, 10,000 and 100,000 partners.

    python -m benchmarks.growth [--quick]

SQLite, synchronous=FULL. Who asks looks after fifty partners in each of them; the rest of the
company grows: a contact, three messages, a solved ticket, three sent deliveries and a waiting due
item for each partner, an open ticket and a held delivery for every tenth.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Table, func, select, text

from benchmarks.outbox import Silent, drained
from bot.chat import Address, Event, Person
from bot.clock import Clock
from bot.commands.table import DUE, ROUTES
from bot.config import load
from bot.dispatch import Dispatch
from bot.due import DueKind
from bot.outbox import Class, Owed, owe_many, to_json
from bot.partners.names import fold, search_words
from bot.settings import adopt
from bot.texts import plain_message
from bot.turn import Turn
from bot.worker import Worker
from storage import bulk, due_work, outbox
from storage.db import Database
from storage.due_work import Work
from storage.models_delivery import Delivery, DueWork
from storage.models_people import Contact, Identity, Manager, Partner, Room
from storage.models_work import Said, Ticket, TicketLog
from storage.upgrade import upgrade

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EACH = 50  # partners that one of our people looks after
SLICE = 2_000
COUNT, WARM = 40, 10
TURNS = 8  # the first one warms up
BATCH = 500  # deliveries and due items of one measurement
SAY = plain_message("Tomorrow at 15:00: quarterly review")
GOAL = 1.5

Rows = dict[str, Any]
Sample = Callable[[int], Awaitable[None]]
Batch = Callable[[int], Awaitable[float]]


class Company:
    """`partners` of them, and who looks after them."""

    def __init__(self, database: Database, partners: int, settings_version: int) -> None:
        self.database, self.partners, self._version = database, partners, settings_version

    async def fill(self, first: int, lin: int) -> None:
        """`first`: our people who are there already; partner n belongs to manager n // EACH."""
        managers = [lin, *range(first + 1, first + self.partners // EACH)]
        await self._add(Manager, ({
            "id": number, "key": f"manager{number}", "name": f"Manager {number}", "called": "",
            "role": "manager", "team": "", "is_head": False, "language": "en", "zone": "UTC",
        } for number in managers[1:]))  # fmt: skip
        numbers = range(1, self.partners + 1)
        owner = {n: managers[(n - 1) // EACH] for n in numbers}
        await self._add(Partner, (_partner(n, owner[n]) for n in numbers))
        await self._add(Contact, (_contact(n) for n in numbers))
        await self._add(Identity, (_identity(n) for n in numbers))
        await self._add(Room, (_room(n) for n in numbers))
        await self._add(Ticket, (self._ticket(n, owner[n], "resolved") for n in numbers))
        some = range(10, self.partners + 1, 10)
        await self._add(Ticket, (self._ticket(n, owner[n], "open") for n in some))
        await self._add(TicketLog, ({"ticket_id": n, "at": AT, "kind": "opened", "by": "",
                                     "data": {}} for n in numbers))  # fmt: skip
        await self._add(Said, (_said(n, k) for n in numbers for k in range(3)))
        await self._add(DueWork, (_due(n) for n in numbers))
        await self._add(Delivery, (_sent(n, k) for n in numbers for k in range(3)))
        await self._add(Delivery, (_held(n) for n in some))

    async def _add(self, model: Any, rows: Iterator[Rows]) -> None:
        table: Table = model.__table__
        while part := list(islice(rows, SLICE)):
            async with self.database.transaction() as (session, _):
                await bulk.add(session, table, part)

    def _ticket(self, n: int, owner: int, status: str) -> Rows:
        return {"partner_id": n, "contact_id": n, "owner_id": owner,
                "address": f"telegram:{1_000_000 + n}:", "title": f"Question {n}",
                "kind": "problem", "product": "", "status": status, "priority": "normal",
                "opened_at": AT, "solution": "", "settings_version": self._version,
                "answer_round": 1}  # fmt: skip


def _partner(n: int, owner: int) -> Rows:
    name = _name(n)
    return {"id": n, "name": name, "name_key": fold(name), "search": search_words(name),
            "tier": "gold", "region": "Europe", "zone": "Europe/Berlin", "language": "en",
            "owner_id": owner, "tags": [], "created_at": AT}  # fmt: skip


def _name(n: int) -> str:
    """No two are alike, as companies' names are not."""
    syllables = ("ka", "lo", "mi", "nu", "ra", "se", "ti", "vo", "xe", "zu")
    return "".join(syllables[int(digit)] for digit in f"{n * 7_919 % 1_000_000:06}").title()


def _contact(n: int) -> Rows:
    return {"id": n, "partner_id": n, "name": f"Jo {n}", "called": "Jo", "email": "",
            "language": "", "zone": "", "wants_reminders": True, "wants_surveys": True,
            "wants_news": True, "quiet_from": "", "quiet_to": "", "welcomed_at": AT}  # fmt: skip


def _identity(n: int) -> Rows:
    return {"platform": "telegram", "external_id": str(1_000_000 + n), "name": f"Jo {n}",
            "language": "", "contact_id": n, "first_seen_at": AT}  # fmt: skip


def _room(n: int) -> Rows:
    return {"platform": "telegram", "chat": str(1_000_000 + n), "thread": "", "kind": "private",
            "title": "", "shared": False, "partner_id": n, "contact_id": n, "language": "",
            "linked_at": AT, "unreachable_reason": ""}  # fmt: skip


def _said(n: int, k: int) -> Rows:
    return {"direction": "in", "visibility": "partner", "partner_id": n, "ticket_id": n,
            "contact_id": n, "author": str(1_000_000 + n), "platform": "telegram",
            "chat": str(1_000_000 + n), "thread": "", "platform_id": str(k + 1),
            "delivery_key": "", "source": "", "reply_to": "", "html": "words", "files": [],
            "versions": [], "undecided": False, "at": AT + timedelta(minutes=k)}  # fmt: skip


def _due(n: int) -> Rows:
    return {"key": f"far:{n}", "kind": sorted(DUE.all)[n % len(DUE.all)], "subject": f"far:{n}",
            "due_at": datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=n), "payload": {},
            "state": "waiting", "attempts": 0, "error": ""}  # fmt: skip


def _sent(n: int, k: int) -> Rows:
    row = outbox.New(f"sent:{n}:{k}", _address(n), f"ticket:{n}", 1, AT).row(to_json(SAY))
    return row | {"state": "sent", "done_at": AT, "platform_id": str(100 + k)}


def _held(n: int) -> Rows:
    until = datetime(2030, 1, 1, tzinfo=UTC)
    return outbox.New(f"held:{n}", _address(n), f"news:{n}", 4, AT, until).row(to_json(SAY))


def _address(n: int) -> Address:
    return Address("telegram", str(1_000_000 + n))


class Measured:
    """One size of company."""

    def __init__(self, database: Database, config: Any, partners: int) -> None:
        self._database, self._config, self._partners = database, config, partners
        self._dispatch = Dispatch(database, database.clock, ROUTES, lambda: config)
        self._events = 0

    def rows(self) -> dict[str, Sample]:
        one = self._partners // 2  # a partner of the middle; T-n is its solved ticket
        mine = f"{_name(7)}"
        opened = self._partners + 1  # the first open one
        return {
            "/partner NAME": lambda _: self._typed("partner", mine),
            "/partner list mine": lambda _: self._typed("partner", "list mine"),
            "/ticket T-n": lambda n: self._typed("ticket", f"T-{one + n}"),
            "/ticket list mine": lambda _: self._typed("ticket", "list mine"),
            "/liaison today": lambda _: self._typed("liaison", "today"),
            "press [Take]": lambda n: self._acts(
                "press", route="ticket.take", value=str(opened + n % 5)
            ),
            "a contact writes": self._writes,
            "a contact writes again": self._writes,
        }

    def batches(self) -> dict[str, Batch]:
        return {"a delivery": self._delivery, "a due item": self._due}

    async def _typed(self, noun: str, words: str) -> None:
        await self._acts("command", route=noun, text=words)

    async def _acts(self, kind: str, **more: Any) -> None:
        await self._event(kind, Person("slack", "U0LIN", "Lin"), Address("slack", "C0TEAM"),
                          direct=True, **more)  # fmt: skip

    async def _writes(self, number: int) -> None:
        """From the far end, of partners whose ticket is solved."""
        chat = str(1_000_001 + number % 40 + self._partners - EACH)
        await self._event("message", Person("telegram", chat, "Jo"), Address("telegram", chat),
                          private=True, text="The crane stands still since this morning, please "
                          "help us.", message_id=str(10_000 + self._events))  # fmt: skip

    async def _event(self, kind: Any, who: Person, where: Address, **more: Any) -> None:
        self._events += 1
        event = Event(key=f"bench:{self._events}", at=self._database.clock.now(),
                      platform=who.platform, kind=kind, who=who, where=where, **more)  # fmt: skip
        await self._dispatch.handle(event, "{}")

    async def _delivery(self, turn: int) -> float:
        """Of what the events above owed nothing is left over."""
        async with self._database.transaction() as (session, _):
            await session.execute(text("UPDATE outbox SET state = 'sent' WHERE state = 'queued' "
                                       "AND NOT asleep"))  # fmt: skip
        count = min(BATCH, self._partners)
        await self._owe([(f"b{turn}:{n}", n + 1) for n in range(count)])
        return 1_000 / await drained(self._database, Silent(), count)

    async def _owe(self, pieces: Sequence[tuple[str, int]]) -> None:
        async with self._database.transaction() as (session, now):
            await owe_many(Turn(session, now, self._config), [
                Owed(_address(n), SAY, key, key, Class.TICKET) for key, n in pieces
            ])  # fmt: skip

    async def _due(self, turn: int) -> float:
        kinds = {**DUE.all, "bench.remind": DueKind("bench.remind", "", _remind, Class.REMINDER)}
        async with self._database.transaction() as (session, now):
            await due_work.put(session, [
                Work(f"r{turn}:{n}", "bench.remind", now, str(1_000_001 + n))
                for n in range(BATCH)
            ])  # fmt: skip
        worker = Worker(self._database, self._database.clock, kinds, lambda: self._config,
                        _given_up)  # fmt: skip
        began = time.perf_counter()
        while await worker.work():
            pass
        return (time.perf_counter() - began) * 1_000 / BATCH


async def _remind(turn: Turn, items: Sequence[DueWork]) -> None:
    await owe_many(turn, [
        Owed(Address("telegram", item.subject), SAY, f"r:{item.key}", item.subject,
             Class.REMINDER)
        for item in items
    ])  # fmt: skip


async def _given_up(_turn: Turn, key: str, error: str) -> None:
    raise RuntimeError(f"{key}: {error}")


@asynccontextmanager
async def company(partners: int) -> AsyncIterator[Measured]:
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/growth.db"
        await asyncio.to_thread(asyncio.run, upgrade(url))
        database = Database(url, Clock())
        config = await adopt(database, load(ROOT / "liaison.toml"), "benchmark")
        async with database.reading() as session:
            first = await session.scalar(select(func.max(Manager.id)))
            lin = await session.scalar(select(Manager.id).where(Manager.name == "Lin"))
        assert first
        assert lin
        began = time.perf_counter()
        await Company(database, partners, 1).fill(first, lin)
        print(f"{partners:,} partners put in: {time.perf_counter() - began:.0f} s", flush=True)
        yield Measured(database, config, partners)
        await database.close()


async def timed(act: Awaitable[None]) -> float:
    began = time.perf_counter()
    await act
    return (time.perf_counter() - began) * 1_000


async def main(sizes: Sequence[int]) -> None:
    """By turns at each size, so that what else the machine does slows all of them down alike."""
    async with AsyncExitStack() as stack:
        sized = [await stack.enter_async_context(company(size)) for size in sizes]
        gc.freeze()  # as bot/serve.py does
        heads = " | ".join(f"{size:,}" for size in sizes)
        print(f"\n| median ms at partners | {heads} | most / least (goal {GOAL}) |")
        print("|---|" + "---|" * (len(sizes) + 1))
        for name in sized[0].rows():
            samples = [one.rows()[name] for one in sized]
            times = [[await timed(act(n)) for act in samples] for n in range(WARM + COUNT)]
            show(name, [median(column) for column in zip(*times[WARM:], strict=True)])
        for name in sized[0].batches():
            runs = [one.batches()[name] for one in sized]
            times = [[await run(n) for run in runs] for n in range(TURNS)]
            show(name, [median(column) for column in zip(*times[1:], strict=True)])


def show(name: str, times: list[float]) -> None:
    ratio = max(times) / min(times)
    cells = " | ".join(f"{ms:.2f}" for ms in times)
    print(f"| {name} | {cells} | {ratio:.2f} {'kept' if ratio <= GOAL else 'MISSED'} |",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at 100, 1,000 and 10,000")
    given = parser.parse_args()
    asyncio.run(main((100, 1_000, 10_000) if given.quick else (100, 10_000, 100_000)))
