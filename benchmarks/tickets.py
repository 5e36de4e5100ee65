"""A desk of 100,000 open tickets on SQLite: lists, searches, a take, due clocks, names.

`python -m benchmarks.tickets` (about four minutes; `--quick`: a tenth). synchronous=FULL; each
figure stands beside a ceiling of the same run: the bare query, or a transaction that writes one
row. What a card costs is its whole transaction, with the outbox row and the due work.
"""

import argparse
import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text, update

from bot.clock import Clock
from bot.commands.args import partner_named
from bot.commands.table import DUE
from bot.config import Config, load
from bot.errors import Refused
from bot.partners.names import fold, search_words
from bot.searching import asked
from bot.tickets import cards, nudges, searched
from bot.tickets.finding import Filters
from bot.turn import Turn
from storage import due_work, events, settings, tickets
from storage import finding as rows
from storage.db import Database, Session
from storage.models_delivery import DueWork
from storage.models_people import Contact, Identity, Manager, Partner
from storage.models_search import SearchRow
from storage.models_work import Said, Ticket, TicketLog
from storage.search_rows import row_of
from storage.upgrade import upgrade

ROOT = Path(__file__).parents[1]
MANY = 5_000  # rows of one insert while the tables are filled
GOAL = 50.0  # milliseconds, p99
TIMES = 200  # that a thing is done
PAGE = 16
MANAGERS = 40
ENGLISH = [
    "price",
    "list",
    "order",
    "invoice",
    "portal",
    "login",
    "error",
    "delivery",
    "late",
    "wrong",
    "box",
    "serial",
    "number",
    "update",
    "contract",
    "renewal",
    "discount",
    "quote",
    "shipment",
    "customs",
    "sample",
    "training",
    "slides",
    "printer",
    "cable",
    "power",
    "firmware",
    "warranty",
    "return",
    "repair",
    "credit",
    "account",
    "password",
    "address",
    "stock",
    "colour",
    "label",
    "manual",
]
CHINESE = [
    "价格表",
    "打不开",
    "订单",
    "延误",
    "发票",
    "错误",
    "登录",
    "失败",
    "合同",
    "续签",
    "折扣",
    "报价",
    "发货",
    "报关",
    "样品",
    "培训",
    "打印机",
    "电源",
    "固件",
    "保修",
    "退货",
    "维修",
    "账户",
    "密码",
    "地址",
    "库存",
    "标签",
    "说明书",
    "客户",
    "投诉",
]
FIRST = [
    "North",
    "South",
    "Bright",
    "Blue",
    "Silver",
    "Grand",
    "Alpine",
    "Delta",
    "Prime",
    "Atlas",
    "Nova",
    "Terra",
    "Vega",
    "Orion",
]
SECOND = [
    "wind",
    "light",
    "pine",
    "stone",
    "field",
    "bridge",
    "water",
    "star",
    "tech",
    "soft",
    "line",
    "port",
    "works",
    "gate",
]
FORM = ["GmbH", "Ltd", "Trading", "Systems AG", "Partners", "Solutions", "Distribution", "Group"]

Work = Callable[[], Awaitable[Any]]


def words(dice: random.Random, count: int) -> str:
    source = CHINESE if dice.random() < 0.4 else ENGLISH
    return (" " if source is ENGLISH else "").join(dice.choices(source, k=count))


def _partner_name(n: int, dice: random.Random) -> str:
    return f"{dice.choice(FIRST)}{dice.choice(SECOND)} {dice.choice(FORM)} {_letters(n)}"


def _letters(number: int) -> str:
    """A number as a syllabic name, since companies are not numbered: 1234 -> "Kofuba"."""
    said = ""
    while number or not said:
        number, rest = divmod(number, 85)
        said += "bdfgklmnprstvwxyz"[rest % 17] + "aeiou"[rest // 17]
    return said.capitalize()


def _by_day() -> Clock:
    """Business time is this day's 09:00 UTC, when nobody whom a sweep reminds is asleep."""
    now = Clock().now()
    return Clock(now.replace(hour=9, minute=0) - now)


async def fill(database: Database, count: int, now: datetime) -> None:
    """As many partners, contacts and open tickets, each with three messages and its due work."""
    dice = random.Random(1)  # noqa: S311
    async with database.transaction() as (session, _):
        session.add_all([
            Manager(key=f"m{n}", name=f"Manager {n}", role="manager", language="en",
                    zone="Europe/Berlin")
            for n in range(1, MANAGERS + 1)
        ])  # fmt: skip
        await session.flush()
        session.add_all([
            Identity(platform="slack", external_id=f"U{n}", manager_id=n, first_seen_at=now)
            for n in range(1, MANAGERS + 1)
        ])  # fmt: skip
        await settings.add_version(session, hash="b", content={}, by="bench", now=now)
    for start in range(1, count + 1, MANY):
        async with database.transaction() as (session, _):
            ids = range(start, min(start + MANY, count + 1))
            await _partners(session, ids, dice, now)
            await _tickets(session, ids, dice, now)
            await _talk(session, ids, dice, now)
    async with database.transaction() as (session, _):
        await session.execute(text("ANALYZE"))


async def _put(session: Session, things: list[Any]) -> None:
    """Rows and what they are searched by, in bulk."""
    columns = type(things[0]).__table__.columns.keys()
    await session.execute(insert(type(things[0])), [
        {name: getattr(thing, name) for name in columns if getattr(thing, name) is not None}
        for thing in things
    ])  # fmt: skip
    if isinstance(things[0], Partner | Contact | Ticket | Said):
        await session.execute(insert(SearchRow), [row for one in things if (row := row_of(one))])


async def _partners(session: Session, ids: range, dice: random.Random, now: datetime) -> None:
    names = {n: _partner_name(n, dice) for n in ids}
    await _put(session, [
        Partner(id=n, name=names[n], name_key=fold(names[n]), search=search_words(names[n]),
                tier=dice.choice(("gold", "silver", "")), zone="Europe/Berlin", language="en",
                owner_id=dice.randint(1, MANAGERS), created_at=now)
        for n in ids
    ])  # fmt: skip
    await _put(
        session,
        [Contact(id=n, partner_id=n, name=f"Jo {_letters(n * 7)}", called="Jo") for n in ids],
    )


async def _tickets(session: Session, ids: range, dice: random.Random, now: datetime) -> None:
    looks = {n: now + timedelta(minutes=dice.randint(100, 30_000)) for n in ids}
    await _put(session, [
        Ticket(id=n, partner_id=dice.choice(ids), contact_id=n, title=words(dice, 5),
               follow_up_at=looks[n],
               owner_id=dice.randint(1, MANAGERS) if dice.random() < 0.9 else None,
               address=f"telegram:{n}:", kind=dice.choice(("problem", "question", "order")),
               status=dice.choices(("open", "waiting", "hold"), (90, 9, 1))[0],
               priority=dice.choices(("normal", "high", "urgent"), (90, 9, 1))[0],
               due_at=now + timedelta(minutes=dice.randint(-3_000, 30_000)), opened_at=now,
               settings_version=1)
        for n in ids
    ])  # fmt: skip
    await _put(session, [
        TicketLog(id=n, ticket_id=n, at=now - timedelta(days=1), kind="opened", by=f"contact:{n}",
                  data={})
        for n in ids
    ])  # fmt: skip
    await _put(session, [
        DueWork(key=f"ticket:{n}:work:{n}", kind="ticket.due", subject=f"ticket:{n}:work",
                due_at=looks[n], payload={"ticket": n}, state="waiting", attempts=0, error="")
        for n in ids
    ])  # fmt: skip


async def _talk(session: Session, ids: range, dice: random.Random, now: datetime) -> None:
    await _put(session, [
        Said(id=3 * n + part, direction="in", visibility="partner", partner_id=n, ticket_id=n,
             contact_id=n, platform="telegram", chat=str(n), platform_id=str(part),
             html=words(dice, 25), at=now)
        for n in ids for part in range(3)
    ])  # fmt: skip


async def measured(what: str, work: Work, ceiling: str = "", bare: Work | None = None,
                   times: int = TIMES) -> None:  # fmt: skip
    """Print medians and p99, and the same of what must be done at least."""
    began = time.process_time()
    took = await _times(work, times)
    used = 1e3 * (time.process_time() - began) / (times + 3)
    least = await _times(bare, times) if bare is not None else []
    beside = f" | {ceiling}: {_said(least)}" if least else ""
    missed = "" if _p99(took) < GOAL else "  (goal missed)"
    print(f"{what}: {_said(took)}, CPU {used:.1f}{missed}{beside}", flush=True)


async def _times(work: Work, times: int) -> list[float]:
    took = []
    for _ in range(times + 3):
        began = time.perf_counter()
        await work()
        took.append(1e3 * (time.perf_counter() - began))
    return took[3:]


def _p99(took: list[float]) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.99))]


def _said(took: list[float]) -> str:
    return f"{statistics.median(took):.1f} / {_p99(took):.1f} ms"


async def lists(database: Database, now: datetime) -> None:
    dice = random.Random(2)  # noqa: S311
    for name, filters in (
        ("open", Filters()), ("mine", Filters(owner_id=7)), ("breached", Filters(due="late")),
        ("mine, soon", Filters(owner_id=7, due="soon")), ("on hold", Filters(status="hold")),
        ("urgent orders", Filters(priority="urgent", kind="order")),
        ("a partner's", Filters(partner_id=4_711)), ("nobody's", Filters(nobody=True)),
    ):  # fmt: skip

        async def page(filters: Filters = filters) -> None:
            async with database.reading() as session:
                after = (now + timedelta(minutes=dice.randint(-3_000, 20_000)), 0)
                await rows.page(session, filters.wanted(now), after, PAGE)
                await rows.count(session, filters.wanted(now))

        await measured(f"list, {name}", page, "the first rows by id", _first(database))


def _first(database: Database) -> Work:
    async def bare() -> None:
        async with database.reading() as session:
            found = await session.scalars(select(Ticket).order_by(Ticket.id).limit(PAGE))
            list(found.unique())

    return bare


async def searches(database: Database, config: Config) -> None:
    for query in (
        "invoice",
        "invoice warranty customs",
        "prin",
        "价格表",
        "表",
        "打不开订单",
        "发票 invoice",
        "Northwind invoice",
        "Trading",
        "no such words here",
    ):

        async def look(query: str = query) -> None:
            async with database.reading() as session:
                turn = Turn(session, database.clock.now(), config)
                await searched.look(turn, query, None, 9)

        async def bare(query: str = query) -> None:
            async with database.reading() as session:
                terms = [term for one in asked(query) for term in one]
                await session.scalars(
                    text("SELECT rowid FROM search_fts WHERE search_fts MATCH :query "
                         "ORDER BY rowid DESC LIMIT 9"),
                    {"query": " AND ".join(f'"{term}"' for term in terms)},
                )  # fmt: skip

        await measured(f"search “{query}”", look, "the bare match", bare)


async def changes(database: Database, config: Config, count: int) -> None:
    dice = random.Random(3)  # noqa: S311

    async def empty() -> None:
        async with database.transaction() as (session, now):
            await events.first_time(session, f"bench:{time.perf_counter_ns()}", now)

    async def taken() -> None:
        async with database.transaction() as (session, now):
            ticket = await tickets.get(session, dice.randint(1, count))
            assert ticket is not None
            ticket.owner_id = 1 + (ticket.owner_id or 0) % MANAGERS
            await tickets.log(session, ticket, "taken", at=now, by="manager:1")
            await cards.follow(Turn(session, now, config), ticket)

    async def wrote() -> None:
        async with database.transaction() as (session, now):
            ticket = await tickets.get(session, dice.randint(1, count))
            assert ticket is not None
            said = Said(direction="in", visibility="partner", partner_id=ticket.partner_id,
                        ticket_id=ticket.id, contact_id=ticket.contact_id, platform="telegram",
                        chat=str(ticket.id), platform_id=str(time.perf_counter_ns()),
                        html=words(dice, 25), at=now)  # fmt: skip
            session.add(said)
            await session.flush()
            await tickets.log(session, ticket, "heard", at=now, by="contact:1", said=said.id)
            await cards.follow(Turn(session, now, config), ticket)

    await measured("a take, with its card", taken, "a transaction of one row", empty)
    await measured("a partner's message, with its card", wrote, "a transaction of one row", empty)


async def sweep(database: Database, config: Config, count: int) -> None:
    dice = random.Random(4)  # noqa: S311

    async def upcoming() -> None:
        async with database.reading() as session:
            await due_work.next_moments(session, DUE.all)

    async def bare() -> None:
        async with database.reading() as session:
            await session.scalar(select(func.min(DueWork.due_at)))

    async def some(session: Session, most: int) -> list[DueWork]:
        ids = dice.sample(range(1, count + 1), most)
        keys = [f"ticket:{n}:work:{n}" for n in ids]
        return list(await session.scalars(select(DueWork).where(DueWork.key.in_(keys))))

    async def batch() -> None:
        async with database.transaction() as (session, now):
            found = await some(session, nudges.WATCHED)
            await due_work.start(session, found, now)
            await nudges.watch(Turn(session, now, config), found)

    async def edited() -> None:
        async with database.transaction() as (session, now):
            await nudges.show(Turn(session, now, config), await some(session, nudges.CARDS))

    await measured("next due clock", upcoming, "the bare least moment", bare)
    await measured(f"a sweep of {nudges.WATCHED} due clocks, who is told", batch)
    await measured(f"the cards of {nudges.CARDS} of them", edited)
    async with database.transaction() as (session, now):
        await session.execute(update(Ticket).values(follow_up_at=now))
    await measured("a sweep when all tickets are due", batch)


async def names(database: Database, count: int) -> None:
    dice = random.Random(5)  # noqa: S311
    async with database.reading() as session:
        ids = dice.sample(range(1, count + 1), 100)
        known = list(await session.scalars(select(Partner.name).where(Partner.id.in_(ids))))

    def typed(slip: bool) -> str:
        name = dice.choice(known)
        at = dice.randint(1, len(name) - 2)
        return name[:at] + name[at + 1 :] if slip else name

    for what, slip in (("a partner by name", False), ("a partner by a mistyped name", True)):

        async def named(slip: bool = slip) -> None:
            async with database.reading() as session:
                with suppress(Refused):  # several that may be meant are an answer too
                    await partner_named(session, typed(slip))

        async def bare() -> None:
            async with database.reading() as session:
                await session.scalar(
                    select(Partner.id).where(Partner.name_key == fold(typed(False)))
                )

        await measured(what, named, "the bare key", bare)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = 10_000 if parser.parse_args().quick else 100_000
    config = load(ROOT / "liaison.toml")
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as name:
        url = f"sqlite+aiosqlite:///{Path(name) / 'tickets.db'}"
        await upgrade(url)
        database = Database(url, _by_day())
        began, now = time.perf_counter(), database.clock.now()
        await fill(database, count, now)
        print(f"{count:,} open tickets in {time.perf_counter() - began:.0f} s; median / p99, goal "
              f"p99 {GOAL:.0f} ms", flush=True)  # fmt: skip
        gc.collect()
        gc.freeze()  # as bot/serve.py does
        await lists(database, now)
        await searches(database, config)
        await changes(database, config, count)
        await sweep(database, config, count)
        await names(database, count)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
