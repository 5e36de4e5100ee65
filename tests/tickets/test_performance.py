"""Every number of a report leads to as many tickets, whatever groups and tiers are called."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot import texts
from bot.chat import Address, Event, Person
from bot.clock import Clock
from bot.config import Config, load
from bot.errors import Refused
from bot.routes import Act
from bot.settings import adopt
from bot.texts import Reader
from bot.tickets import performance
from bot.tickets.performance import LETTERS, View, coded
from bot.tickets.periods import Period, monday
from storage import facts as kept
from storage import people
from storage.db import Database, Session
from storage.models_work import Ticket, TicketFact
from tests.factories import a_partner

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
TIERS = ("gold", "", "战略合作伙伴一级授权", "a|b", "#1", "Authorised Silver Reseller East")
CLOCKS = ("answer", "solve")
CHINESE = Reader("zh", "Asia/Shanghai")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Clock(NOON - Clock().real()))
    yield opened
    await opened.close()


async def _facts(session: Session, now: datetime) -> None:
    """Of 36 tickets: not all are answered, not all are solved, some are nobody's."""
    owners = [(await people.manager_named(session, name)).id for name in ("Lin", "Bo")]  # type: ignore[union-attr]
    partners = [await a_partner(session, now, f"Partner {n}", owner=None) for n in range(9)]
    for n in range(36):
        at = now - timedelta(days=n)
        await session.execute(insert(Ticket).values(
            id=n + 1, partner_id=partners[n % 9].id, address="", title="t", status="resolved",
            opened_at=at, settings_version=1))  # fmt: skip
        for clock in (CLOCKS, CLOCKS[:1], CLOCKS[1:])[n % 3]:
            await session.execute(insert(TicketFact).values(
                ticket_id=n + 1, clock=clock, ended_at=at, week=monday(at.date()).isoformat(),
                used=60 * n, target=900, kept=n <= 15, partner_id=partners[n % 9].id,
                tier=TIERS[n % 6], owner_id=[*owners, None][n % 5 % 3]))  # fmt: skip


async def _behind(act: Act, clock: str, value: str) -> list[int]:
    """The tickets that its pages list."""
    listed: list[int] = []
    while value:
        page = await performance.behind(act, clock, View.parse(value), CHINESE)
        texts.render("reports/tickets.html.j2", CHINESE, **page)
        listed += [row["id"] for row in page["rows"]]
        value = page["next"]
    return listed


async def _act(session: Session, now: datetime, config: Config) -> Act:
    who = Person("slack", "U0CHEN")
    identity = await people.find_identity(session, "slack", "U0CHEN")
    assert identity is not None
    event = Event("k", now, "slack", "command", who, Address("slack", "C0TEAM"))
    return Act(session, now, config, event, identity, None)


async def test_each_number_leads_to_as_many_tickets(database: Database) -> None:
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")
    seen: set[str] = set()
    async with database.transaction() as (session, now):
        await _facts(session, now)
        act = await _act(session, now, config)
        period = Period(NOON.date() - timedelta(days=40), NOON.date() + timedelta(days=1))
        narrow = "|".join((coded("t", TIERS[2]), "o"))
        for fixed in ("", "o", coded("t", TIERS[4]), narrow):
            for by in LETTERS:
                view: View | None = View(period, fixed, by)
                while view is not None:
                    data = await performance.report(act, view, CHINESE)
                    message = texts.render("reports/sla.html.j2", CHINESE, **data)
                    await _each_number_is_right(act, view, data)
                    seen |= {button.label for button in message.buttons}
                    view = View(period, fixed, by, view.page + 1) if data["more"] else None
    assert {"战略合作伙伴一级授权", "–", "a|b", "#1", "金牌", "Lin", "无负责人"} <= seen


async def _each_number_is_right(act: Act, view: View, data: dict[str, Any]) -> None:
    totals = {one["clock"]: one["count"] for one in data["totals"]}
    for clock in CLOCKS:
        assert len(await _behind(act, clock, data["all"])) == totals.get(clock, 0)
    by = LETTERS[view.by]
    for group in data["groups"]:
        assert await _behind(act, group["clock"], group["value"]), group
        asked = await performance.which(act, act.manager, View.parse(group["value"]))
        told = {one.clock: one.count for one in await kept.figures(
            act.session, asked, by, [asked.fixed[-1][1]])}  # fmt: skip
        for clock in CLOCKS:
            assert len(await _behind(act, clock, group["value"])) == told.get(clock, 0), group


async def test_groups_together_are_the_whole(database: Database) -> None:
    await adopt(database, load(ROOT / "liaison.toml"), "test")
    async with database.transaction() as (session, now):
        await _facts(session, now)
        asked = kept.Which(now - timedelta(days=50), now + timedelta(days=1))
        whole = {one.clock: (one.count, one.kept) for one in await kept.figures(session, asked)}
        for by in LETTERS.values():
            late = await kept.broken(session, asked, by)
            found = await kept.figures(session, asked, by, list(late))
            for clock in CLOCKS:
                parts = [one for one in found if one.clock == clock]
                assert (sum(one.count for one in parts), sum(one.kept for one in parts)) == (
                    whole[clock])  # fmt: skip
            assert sum(late.values()) == sum(one.promised - one.kept for one in found)


@pytest.mark.parametrize("fixed", ["x1", "pabc", "w2026", "t#ffffff", "oBo"])
async def test_a_forged_group_is_out_of_date(database: Database, fixed: str) -> None:
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")
    async with database.transaction() as (session, now):
        act = await _act(session, now, config)
        view = View.parse(f"20261101:20261201:w:0:{fixed}")
        with pytest.raises(Refused):
            await performance.which(act, act.manager, view)
