"""Lists and search on both engines: what they find, in which order, and by which index."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.clock import Clock
from bot.searching import asked
from storage import finding, messages, search
from storage.db import Database, Session
from storage.finding import Wanted
from storage.models_delivery import SettingsVersion
from storage.models_people import Manager
from storage.models_work import Said, Ticket
from tests.factories import a_contact, a_partner


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, Clock())
    yield database
    await database.close()


async def _ticket(session: Session, now: datetime, partner: Any, title: str, **values: Any
                  ) -> Ticket:  # fmt: skip
    version = await session.get(SettingsVersion, 1)
    if version is None:
        session.add(SettingsVersion(id=1, hash="x", content={}, created_at=now, created_by=""))
        await session.flush()
    usual = {"status": "open", "opened_at": now, "settings_version": 1, "address": ""}
    ticket = Ticket(partner_id=partner.id, title=title, **(usual | values))
    session.add(ticket)
    await session.flush()
    return ticket


async def _said(session: Session, now: datetime, ticket: Ticket, html: str, **values: Any
                ) -> Said:  # fmt: skip
    said = Said(direction="in", visibility="partner", partner_id=ticket.partner_id,
                ticket_id=ticket.id, platform="telegram", chat="7", html=html, at=now,
                **values)  # fmt: skip
    session.add(said)
    await session.flush()
    return said


async def _found(session: Session, query: str) -> list[int]:
    return [hit.ticket_id for hit in await search.tickets(session, asked(query), None, 10)]


async def test_words_are_found_wherever_they_stand(database: Database) -> None:
    async with database.transaction() as (session, now):
        nordwind = await a_partner(session, now, "Nordwind Trading GmbH", owner=None)
        huateng = await a_partner(session, now, "华腾科技", owner=None)
        jo = await a_contact(session, nordwind, now, "Jo Weber")
        one = await _ticket(session, now, nordwind, "Größe of the box", contact_id=jo.id)
        two = await _ticket(session, now, huateng, "价格表打不开")
        await _said(session, now, one, "The <b>invoice</b> of May is wrong")
        await _said(session, now, two, "我们的订单PO-77延误了")
        for query, wanted in (
            ("invoice", [one.id]), ("INVOI", [one.id]), ("grosse", [one.id]), ("Größe", [one.id]),
            ("开", [two.id]), ("打不", [two.id]), ("打不开价", []), ("价格表打", [two.id]),
            ("po77", []), ("PO-77 订单", [two.id]), ("延误 PO", [two.id]),
            ("nordwind invoice", [one.id]), ("Nordwind Trading invoice", [one.id]),
            ("weber box", [one.id]), ("weber 打不开", []), ("华腾", [two.id]),
            ("华腾科技 延误", [two.id]), ("the", [one.id]), ("invoice box", []),
        ):  # fmt: skip
            assert await _found(session, query) == wanted, query


@pytest.mark.parametrize(
    "query",
    ['"', "invoice OR nothing", "invoice* NOT box", "words:invoice", "NEAR(invoice may)",
     "^invoice -may", "invoice' OR '1'='1", "invoice:*|x & !y", "{words} : x", "); DROP TABLE t;",
     "%", "_", "\\", "\x00", "zzp1'"],
)  # fmt: skip
async def test_operators_are_words(database: Database, query: str) -> None:
    """Nothing that is typed is understood by the engine: it is found as words, or not."""
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, "Bluepine", owner=None)
        one = await _ticket(session, now, partner, "title")
        await _said(session, now, one, f"He wrote: {query.replace(chr(0), '')}".replace("<", ""))
        await _said(session, now, one, "the invoice of May")
        found = await _found(session, query) if asked(query) else None
        assert found in (None, [one.id])


async def test_what_is_edited_deleted_moved_or_renamed_is_followed(database: Database) -> None:
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, "Bluepine", owner=None)
        one = await _ticket(session, now, partner, "first")
        two = await _ticket(session, now, partner, "second")
        said = await _said(session, now, one, "the invoice")
    async with database.transaction() as (session, now):
        said = await messages.get(session, said.id) or said
        await messages.edit(session, said, "the receipt", [], now)
        assert await _found(session, "invoice") == []
        assert await _found(session, "receipt") == [one.id]
        said.ticket_id = two.id
        await session.flush()
        assert await _found(session, "receipt") == [two.id]
        said.deleted_at = now
        await session.flush()
        assert await _found(session, "receipt") == []
        ticket = await session.get(Ticket, two.id)
        assert ticket is not None
        ticket.title, ticket.partner.name = "third", "Redpine"
        await session.flush()
        assert await _found(session, "second") == []
        assert await _found(session, "redpine third") == [two.id]
        assert await _found(session, "bluepin third") == [two.id]  # its search words are kept
    async with database.transaction() as (session, now):
        session.add(Said(direction="in", visibility="partner", platform="telegram", chat="7",
                         html="zebra", at=now, partner_id=1))  # fmt: skip
        await session.flush()
        assert await _found(session, "zebra") == []  # talk that belongs to no ticket


async def test_a_whole_word_is_meant_before_a_beginning(database: Database) -> None:
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, "Bluepine", owner=None)
        whole = await _ticket(session, now, partner, "the print is pale")
        await _ticket(session, now, partner, "the printer is loud")
        assert await _found(session, "print") == [whole.id]
        assert await _found(session, "print blue") == [whole.id]
        assert await _found(session, "print lou") == []  # "print" is known: a whole word


async def test_a_search_is_paged_by_tickets(database: Database) -> None:
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, "Bluepine", owner=None)
        made = [await _ticket(session, now, partner, f"printer {n}") for n in range(7)]
        for number in range(150):
            await _said(session, now, made[3], f"printer again {number}")
        ids = [ticket.id for ticket in made][::-1]
        first = await search.tickets(session, asked("printer"), None, 4)
        assert [hit.ticket_id for hit in first] == ids[:4]
        assert first[3].message_id is not None
        assert first[0].message_id is None
        rest = await search.tickets(session, asked("printer"), ids[3], 4)
        assert [hit.ticket_id for hit in rest] == ids[4:]
        begun = await search.tickets(session, asked("prin"), ids[3], 4)
        assert [hit.ticket_id for hit in begun] == ids[4:]


async def _many(session: Session, now: datetime) -> tuple[int, int]:
    lin = Manager(key="Zoe", name="Zoe", language="en", zone="Europe/Berlin", role="manager")
    session.add(lin)
    await session.flush()
    partner = await a_partner(session, now, "Bluepine", owner=None)
    partner.owner_id = lin.id
    other = await a_partner(session, now, "Redpine", owner=None)
    for n in range(30):
        due = None if n % 5 == 4 else now + timedelta(hours=n - 10)
        await _ticket(session, now, partner if n % 2 else other, f"t{n}", due_at=due,
                      owner_id=lin.id if n % 3 == 0 else None,
                      status=("open", "waiting", "resolved")[n % 7 % 3],
                      kind="order" if n % 4 == 0 else "problem")  # fmt: skip
    return lin.id, partner.id


async def test_pages_put_together_are_the_whole_list(database: Database) -> None:
    async with database.transaction() as (session, now):
        lin, partner = await _many(session, now)
        for wanted in (
            Wanted(), Wanted(owner_id=lin), Wanted(partner_id=partner), Wanted(kind="order"),
            Wanted(status="waiting"), Wanted(status="done"), Wanted(nobody=True),
            Wanted(due_until=now), Wanted(due_after=now, due_until=now + timedelta(hours=4)),
            Wanted(owner_id=lin, partner_id=partner, kind="problem"),
        ):  # fmt: skip
            whole = [one.id for one in await finding.page(session, wanted, None, 1_000)]
            assert whole, wanted
            assert await finding.count(session, wanted) == len(whole)
            paged: list[int] = []
            after: finding.Place | None = None
            while rows := await finding.page(session, wanted, after, 3):
                paged += [one.id for one in rows]
                after = (rows[-1].due_at, rows[-1].id)
            assert paged == whole, wanted


async def test_what_is_late_and_what_is_soon(database: Database) -> None:
    async with database.transaction() as (session, now):
        await _many(session, now)
        late = await finding.page(session, Wanted(due_until=now), None, 100)
        assert [one.title for one in late] == ["t0", "t1", "t3", "t6", "t7", "t8", "t10"]
        within = Wanted(due_after=now, due_until=now + timedelta(hours=4))
        soon = await finding.page(session, within, None, 100)
        assert [one.title for one in soon] == ["t11", "t13"]


async def test_each_list_goes_by_an_index(database: Database) -> None:
    async with database.transaction() as (session, now):
        lin, partner = await _many(session, now)
        statements: list[tuple[str, Any]] = []

        def note(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
            if "FROM tickets" in statement and "due_at IS NOT NULL" in statement:
                statements.append((statement, given))

        event.listen(database._writer.sync_engine, "before_cursor_execute", note)
        for wanted in (
            Wanted(),
            Wanted(owner_id=lin),
            Wanted(partner_id=partner),
            Wanted(kind="order"),
            Wanted(priority="urgent"),
            Wanted(due_until=now),
        ):
            await finding.page(session, wanted, None, 16)  # fmt: skip
        event.remove(database._writer.sync_engine, "before_cursor_execute", note)
        if not database.sqlite:
            await session.execute(text("SET enable_seqscan = off"))
            await session.execute(text("SET enable_bitmapscan = off"))
        explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
        connection = await session.connection()
        for statement, given in statements:
            rows = await connection.exec_driver_sql(f"{explain} {statement}", given)
            steps = " ".join(str(row[-1]) for row in rows)
            assert "ix_tickets_live_" in steps or "ix_tickets_hold_" in steps, (statement, steps)
            if "coalesce(tickets.kind" in statement:
                assert "ix_tickets_live_priority" in steps, (statement, steps)
            assert "TEMP B-TREE" not in steps or "UNION" in statement, (statement, steps)
