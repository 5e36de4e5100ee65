"""A quarter of 100,000 tickets: /report sla of it, and all of them as a file.

`python -m benchmarks.reports` (five minutes; `--quick`: a tenth). SQLite with synchronous=FULL,
PostgreSQL with fsync. A report is a whole command, from the event to the commit, asked for by the
head, who sees everybody's; beside it the bare sum over the same rows. The event loop is looked at
every 5 ms meanwhile.
"""

import argparse
import asyncio
import gc
import io
import random
import resource
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Table, func, select, text

from benchmarks.due import Loop
from benchmarks.growth import _partner
from benchmarks.outbox import engines, say
from bot.chat import Address, Event, Person
from bot.commands.table import ROUTES
from bot.config import Config, load
from bot.dispatch import Dispatch
from bot.exporter import write
from bot.settings import adopt
from bot.texts import Reader
from bot.tickets.exporting import TicketRows
from bot.tickets.periods import monday
from storage import bulk
from storage.db import Database
from storage.models_people import Manager, Partner
from storage.models_work import Ticket, TicketFact, TicketLog

ROOT = Path(__file__).parents[1]
PARTNERS, MANAGERS = 2_000, 40
SLICE = 5_000
WEEKS = 13
TIMES = 7
GOAL = 1.0  # seconds of a report
HELD = 0.05  # seconds that the event loop may be held up
KINDS = ("problem", "question", "order", "request")

Rows = dict[str, Any]


class Quarter:
    """`count` tickets of the thirteen weeks before `now`: nine in ten are solved."""

    def __init__(self, database: Database, config: Config, count: int, now: datetime) -> None:
        self._database, self._config, self._count, self._now = database, config, count, now
        self._dice = random.Random(1)  # noqa: S311

    async def fill(self) -> None:
        async with self._database.transaction() as (session, _):
            first = await session.scalar(select(func.max(Manager.id))) or 0
        await self._add(Manager, (_manager(first + n) for n in range(1, MANAGERS + 1)))
        await self._add(Partner, ({**_partner(n, first + 1 + n % MANAGERS),
                                   "tier": ("gold", "silver", "")[n % 3]}
                                  for n in range(1, PARTNERS + 1)))  # fmt: skip
        for start in range(1, self._count + 1, SLICE):
            made = [self._ticket(n, first) for n in range(start, start + SLICE)]
            await self._add(Ticket, iter(made))
            await self._add(TicketLog, (row for one in made for row in self._log(one)))
            await self._add(TicketFact, (row for one in made for row in self._facts(one)))
        async with self._database.transaction() as (session, _):
            await session.execute(text("ANALYZE"))

    async def _add(self, model: Any, rows: Iterator[Rows]) -> None:
        table: Table = model.__table__
        while part := list(islice(rows, SLICE)):
            async with self._database.transaction() as (session, _):
                await bulk.add(session, table, part)

    def _ticket(self, n: int, first: int) -> Rows:
        dice = self._dice
        opened = self._now - timedelta(minutes=dice.randint(1, WEEKS * 7 * 24 * 60 - 60))
        solved = opened + timedelta(minutes=dice.randint(20, 6_000))
        done = n % 10 != 0 and solved < self._now
        return {"id": n, "partner_id": dice.randint(1, PARTNERS), "contact_id": None,
                "owner_id": first + dice.randint(1, MANAGERS), "address": f"telegram:{n}:",
                "title": f"The price list of spring will not open, number {n}",
                "kind": dice.choice(KINDS), "product": "", "priority": "normal",
                "status": "closed" if done else "open", "opened_at": opened,
                "resolved_at": solved if done else None, "answered_at": opened,
                "solution": "", "settings_version": self._config.version,
                "answer_round": 1}  # fmt: skip

    def _log(self, ticket: Rows) -> Iterator[Rows]:
        said = {"ticket_id": ticket["id"], "by": ""}
        opened = ticket["opened_at"]
        yield {**said, "at": opened, "kind": "opened",
               "data": {"version": self._config.version, "guess": ticket["kind"]}}  # fmt: skip
        yield {**said, "at": opened, "kind": "routed", "data": {"rule": {"team": "x"}}}
        yield {**said, "at": opened + timedelta(minutes=3), "kind": "taken", "data": {}}
        yield {**said, "at": opened + timedelta(minutes=9), "kind": "answered",
               "data": {"key": f"a{ticket['id']}"}}  # fmt: skip
        yield {**said, "at": opened + timedelta(minutes=15), "kind": "heard", "data": {"said": 1}}
        if ticket["resolved_at"]:
            yield {**said, "at": ticket["resolved_at"], "kind": "resolved", "data": {"key": "r"}}

    def _facts(self, ticket: Rows) -> Iterator[Rows]:
        for clock, ended in (("answer", ticket["opened_at"] + timedelta(minutes=9)),
                             ("solve", ticket["resolved_at"])):  # fmt: skip
            if ended is not None:
                used = self._dice.randint(60, 90_000)
                yield {"ticket_id": ticket["id"], "clock": clock, "ended_at": ended,
                       "week": monday(ended.date()).isoformat(), "used": used, "target": 36_000,
                       "kept": used <= 36_000, "partner_id": ticket["partner_id"],
                       "tier": ("gold", "silver", "")[ticket["partner_id"] % 3],
                       "owner_id": ticket["owner_id"]}  # fmt: skip


def _manager(n: int) -> Rows:
    return {"id": n, "key": f"manager{n}", "name": f"Manager {n}", "called": "",
            "role": "manager", "team": "", "is_head": False, "language": "en",
            "zone": "Europe/Berlin"}  # fmt: skip


async def reports(name: str, database: Database, config: Config) -> None:
    dispatch = Dispatch(database, database.clock, ROUTES, lambda: config)
    now = database.clock.now()
    since = now - timedelta(weeks=WEEKS) + timedelta(days=1)
    period = f"{since:%Y%m%d}:{now + timedelta(days=1):%Y%m%d}"
    for what, kind, given in (
        ("typed, by partner", "command",
         {"route": "report", "text": f"sla from={since:%Y-%m-%d} to={now:%Y-%m-%d}"}),
        ("by week", "press", {"route": "report.sla", "value": f"{period}:w:0:"}),
        ("by tier", "press", {"route": "report.sla", "value": f"{period}:t:0:"}),
        ("by owner", "press", {"route": "report.sla", "value": f"{period}:o:0:"}),
        ("the tickets behind it", "press",
         {"route": "report.tickets", "value": f"a:{period}:w:0:"}),
    ):  # fmt: skip
        loop, times, used = Loop(), [], time.process_time()
        for turn in range(TIMES):
            began = time.perf_counter()
            event = Event(key=f"bench:{what}:{turn}", at=now, platform="slack", kind=kind,  # type: ignore[arg-type]
                          who=Person("slack", "U0CHEN", "Chen"), direct=True,
                          where=Address("slack", "C0TEAM"), **given)  # type: ignore[arg-type]  # fmt: skip
            said = await dispatch.handle(event, "{}")
            times.append(time.perf_counter() - began)
            assert said.message is not None
            assert "T-" in said.message.html or "%" in said.message.html, said.message.html
        held = loop.end()
        kept, used = median(times) < GOAL and held < HELD, (time.process_time() - used) / TIMES
        said = f"{median(times):.2f} s ({max(times):.2f}), CPU here {used:.2f} s, "
        say(f"report of {WEEKS} weeks, {what}", name,
            f"{said}loop held up {1e3 * held:.0f} ms", "1 s, 50 ms", kept)  # fmt: skip
    began = time.perf_counter()
    async with database.reading() as session:
        await session.execute(select(TicketFact.clock, func.count(), func.sum(TicketFact.used))
                              .group_by(TicketFact.clock))  # fmt: skip
    say("the bare sum", name, f"{time.perf_counter() - began:.2f} s")


async def files(name: str, database: Database, config: Config) -> None:
    reader, now = Reader("en", "Europe/Berlin"), database.clock.now()
    for file in ("xlsx", "csv"):
        before, loop, began, used = _memory(), Loop(), time.perf_counter(), time.process_time()
        stream = io.BytesIO()
        source = TicketRows({"filters": "sany"}, None, reader)
        rows = await write(database, config, source, file, stream, reader, now)
        took, held = time.perf_counter() - began, loop.end()
        size, used = len(stream.getvalue()) / 1e6, time.process_time() - used
        say(f"{rows:,} tickets as {file}", name, f"{took:.0f} s, CPU {used:.0f} s, {size:.1f} MB, "
            f"loop held up {1e3 * held:.0f} ms, memory +{_memory() - before:.0f} MB",
            "50 ms", held < HELD)  # fmt: skip


def _memory() -> float:
    """Megabytes at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("reports", "files"))
    given = parser.parse_args()
    count = 10_000 if given.quick else 100_000
    print("| what | engine | figure | goal |\n|---|---|---|---|")
    with engines() as (found, _):
        for name, fresh in found.items():
            async with fresh() as database:
                config = await adopt(database, load(ROOT / "liaison.toml"), "bench")
                await Quarter(database, config, count, database.clock.now()).fill()
                gc.collect()
                gc.freeze()  # as bot/serve.py does
                if given.only != "files":
                    await reports(name, database, config)
                if given.only != "reports":
                    await files(name, database, config)


if __name__ == "__main__":
    asyncio.run(main())
