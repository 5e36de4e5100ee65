"""Decisions of the contact policy on both engines: one row a thing and contact, found, dropped."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot import outbox
from bot.chat import Address, Message, Part
from bot.clock import Clock
from bot.config import load
from bot.outbox import Class
from bot.turn import Turn
from storage import decisions
from storage.db import Database
from storage.models_delivery import Delivery
from storage.models_work import Decision
from tests.factories import a_contact, a_partner

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """With contacts 1 to 3 of partner 1."""
    opened = Database(database_url, Clock(NOW - Clock().real()))
    async with opened.transaction() as (session, now):
        partner = await a_partner(session, now, owner=None)
        for name in ("Jo", "Kim", "Lee"):
            await a_contact(session, partner, now, name)
    yield opened
    await opened.close()


def a_row(contact: int, **values: Any) -> dict[str, Any]:
    return {"kind": "digest", "title": "2026-12-07", "contact_id": contact, "state": "goes",
            "reason": "", "at": NOW, "delivery_key": "", **values}  # fmt: skip


async def test_a_thing_has_one_row_a_contact_and_the_newest_counts(database: Database) -> None:
    async with database.transaction() as (session, _):
        later = NOW + DAY
        first = [a_row(n, state="waits", reason="quiet", at=later) for n in (1, 2)]
        await decisions.keep(session, "digest:1", first)
        await decisions.keep(session, "digest:1", [a_row(2), a_row(3)])
        await decisions.keep(session, "digest:2", [a_row(1, at=NOW + 2 * DAY)])
        assert await session.scalar(select(func.count(Decision.id))) == 4
        found = await decisions.of_contact(session, 1, NOW - DAY, 10)
        assert [(row.thing, row.state) for row, _ in found] == [
            ("digest:2", "goes"), ("digest:1", "waits"),
        ]  # fmt: skip
        ((row, _),) = await decisions.of_contact(session, 2, NOW - DAY, 10)
        assert (row.state, row.reason, row.at) == ("goes", "", NOW)
        assert len(await decisions.of_contact(session, 1, NOW - DAY, 1)) == 1
        assert len(await decisions.of_contact(session, 1, NOW + DAY + DAY, 9)) == 1


async def test_a_decision_comes_with_its_delivery_as_it_stands(database: Database) -> None:
    async with database.transaction() as (session, now):
        turn = Turn(session, now, load(ROOT / "liaison.toml"))
        await outbox.owe(turn, Address("telegram", "1"),
                         Message((Part("news"),)), key="digest:1:contact:1", subject="s",
                         cls=Class.DIGEST)  # fmt: skip
        await decisions.keep(session, "d", [a_row(1, delivery_key="digest:1:contact:1"), a_row(2)])
        await session.execute(update(Delivery).values(state="dead", reason="rejected: no"))
        ((_, delivery),) = await decisions.of_contact(session, 1, NOW - DAY, 10)
        assert delivery is not None
        assert (delivery.state, delivery.reason) == ("dead", "rejected: no")
        assert [one for _, one in await decisions.of_contact(session, 2, NOW, 9)] == [None]


async def test_what_counts_is_what_went_or_is_to_go(database: Database) -> None:
    async with database.transaction() as (session, now):
        turn = Turn(session, now, load(ROOT / "liaison.toml"))
        for key in ("sent", "lost", "later"):
            await outbox.owe(turn, Address("telegram", "1"), Message((Part("news"),)), key=key,
                             subject=key, cls=Class.DIGEST)  # fmt: skip
        lost = update(Delivery).where(Delivery.key == "lost").values(state="dead")
        await session.execute(lost)
        await decisions.keep(
            session,
            "d1",
            [
                a_row(1, delivery_key="sent", at=NOW - DAY),
                a_row(2, delivery_key="lost", at=NOW - DAY),
            ],
        )
        await decisions.keep(session, "d2", [a_row(1, state="skipped"), a_row(2)])
        await decisions.keep(session, "moot", [a_row(1, state="waits", at=NOW - DAY)])
        later = [a_row(1, state="waits", at=NOW + DAY, delivery_key="later")]
        await decisions.keep(session, "d3", later)
        await decisions.keep(session, "old", [a_row(1, at=NOW - 8 * DAY)])
        week = NOW - 7 * DAY
        own = await decisions.spent(session, [1, 2, 3], "d9", week, NOW)
        assert {one: sorted(found) for one, found in own.items()} == {
            1: [NOW - DAY, NOW + DAY], 2: [NOW],
        }  # fmt: skip
        partners = await decisions.spent_on(session, {1, 2}, "d9", week, NOW)
        assert {one: sorted(found) for one, found in partners.items()} == {
            1: [NOW - DAY, NOW, NOW + DAY]  # things, whoever had them
        }
        own = await decisions.spent(session, [1], "d3", week, NOW)
        assert own == {1: [NOW - DAY]}  # asked again for itself


async def test_old_ones_are_dropped_a_slice_at_a_time(database: Database) -> None:
    async with database.transaction() as (session, _):
        for day in range(5):
            await decisions.keep(session, f"d{day}", [a_row(1, at=NOW - day * DAY)])
        assert await decisions.forget_old(session, NOW - DAY, 2) == 2
        assert await decisions.forget_old(session, NOW - DAY, 2) == 1
        assert await decisions.forget_old(session, NOW - DAY, 2) == 0
        kept = await session.scalars(select(Decision.thing).order_by(Decision.thing))
        assert list(kept) == ["d0", "d1"]
