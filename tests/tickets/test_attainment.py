"""What a report counts, over which days, and that both engines find the same percentiles."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert

from bot.clock import Clock
from bot.config import load
from bot.errors import Refused
from bot.settings import adopt
from bot.tickets.attainment import Fact, facts, percentile
from bot.tickets.clocks import fold
from bot.tickets.hours import Calendar
from bot.tickets.periods import Period, read
from bot.tickets.policy import Target, Terms
from storage import facts as kept
from storage.db import Database
from storage.facts import Which
from storage.models_work import Ticket, TicketFact
from tests.factories import a_partner

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUND = Calendar.parse({"tz": "UTC", "week": "24x7"})
TERMS = Terms("gold", "round", 1, ROUND, ROUND, {"answer": Target(HOUR)})


def log(*rows: tuple[float, str], **data: Any) -> list[Any]:
    return [SimpleNamespace(at=NOON + after * HOUR, kind=kind,
                            data={"key": f"{kind}:{after}", "version": 1} | data)
            for after, kind in rows]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(0, "opened")], []),
        ([(0, "opened"), (1, "answered")], [("answer", 1, True)]),
        ([(0, "opened"), (1.5, "answered"), (2, "heard"), (9, "answered")],
         [("answer", 1.5, False)]),
        ([(0, "opened"), (2, "resolved")], [("answer", 2, False), ("solve", 2, None)]),
        ([(0, "opened"), (0.5, "answered"), (1, "waiting"), (5, "heard"), (7, "resolved")],
         [("answer", 0.5, True), ("solve", 3, None)]),
        ([(0, "opened"), (2, "resolved"), (4, "reopened"), (5, "resolved")],
         [("answer", 2, False), ("solve", 3, None)]),
        ([(0, "opened"), (1, "remark")], []),
        ([(0, "opened"), (1, "not_a_ticket")], []),
        ([(0, "opened"), (2, "answered"), (3, "heard"), (4, "not_a_ticket")], []),
        ([(0, "opened"), (0.5, "answered"), (1, "merged")], [("answer", 0.5, True)]),
        ([(0, "opened"), (2, "resolved"), (3, "merged")],
         [("answer", 2, False), ("solve", 2, None)]),
    ],
)  # fmt: skip
def test_what_was_answered_or_solved_counts(rows: Any, found: list[Any]) -> None:
    told = log(*rows)
    assert [(one.clock, one.used / HOUR, one.kept)
            for one in facts(fold(told), TERMS)] == found  # fmt: skip


def test_an_answer_that_was_taken_back_was_never_given() -> None:
    told = log((0, "opened"), (0.5, "answered"))
    told.append(SimpleNamespace(at=NOON + HOUR, kind="unsent", data={"key": told[1].data["key"]}))
    assert facts(fold(told), TERMS) == []


def test_without_a_promise_only_the_time_is_known() -> None:
    told = log((0, "opened"), (2, "answered"))
    assert facts(fold(told), None) == [Fact("answer", NOON + 2 * HOUR, 2 * HOUR, None)]


@pytest.mark.parametrize(
    ("words", "since", "until", "period", "rest"),
    [
        ("", "", "", ("2026-11-09", "2026-12-07"), ""),
        ("week", "", "", ("2026-11-30", "2026-12-07"), ""),
        ("last week Nordwind", "", "", ("2026-11-23", "2026-11-30"), "Nordwind"),
        ("华腾 上周", "", "", ("2026-11-23", "2026-11-30"), "华腾"),
        ("Weekend Ltd", "", "", ("2026-11-09", "2026-12-07"), "Weekend Ltd"),
        ("", "2026-10-01", "2026-10-31", ("2026-10-01", "2026-11-01"), ""),
        ("", "1 Nov", "", ("2026-11-01", "2026-12-04"), ""),
        ("Acme", "11月1日", "11月2日", ("2026-11-01", "2026-11-03"), "Acme"),
    ],
)
def test_which_days_are_meant(
    words: str, since: str, until: str, period: tuple[str, str], rest: str
) -> None:  # fmt: skip
    found, left = read(words, since, until, NOON, "Asia/Shanghai")
    assert (found.since.isoformat(), found.until.isoformat(), left) == (*period, rest)


@pytest.mark.parametrize(
    ("since", "until"),
    [("soon", ""), ("2026-11-03", "2026-11-01"), ("2025-01-01", "2026-11-01")],
)
def test_days_that_are_none(since: str, until: str) -> None:
    with pytest.raises(Refused):
        read("", since, until, NOON, "UTC")


def test_a_period_survives_a_button() -> None:
    period = Period(date(2026, 11, 9), date(2026, 12, 7))
    assert Period.parse(*str(period).split(":")) == period


def test_percentiles_are_values_that_there_were() -> None:
    assert [percentile([5], percent) for percent in (50, 90)] == [5, 5]
    assert [percentile([4, 1, 3, 2], percent) for percent in (50, 90)] == [2, 4]
    assert [percentile(range(1, 11), percent) for percent in (50, 90)] == [5, 9]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Clock(NOON - Clock().real()))
    await adopt(opened, load(ROOT / "liaison.toml"), "test")
    yield opened
    await opened.close()


async def test_the_database_finds_what_the_rule_says(database: Database) -> None:
    """Of groups of 1 to 12 values, with equal ones among them."""
    used = {size: [(7 * number * number) % 60 for number in range(size)] for size in range(1, 13)}
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, owner=None)
        ids = iter(range(1, 1_000))
        for size, values in used.items():
            for value in values:
                ticket = next(ids)
                await session.execute(insert(Ticket).values(
                    id=ticket, partner_id=partner.id, address="", title="t", status="resolved",
                    opened_at=now, settings_version=1))  # fmt: skip
                await session.execute(insert(TicketFact).values(
                    ticket_id=ticket, clock="answer", ended_at=now, week="2026-11-30",
                    used=60 * value, target=1_800, kept=value <= 30, partner_id=partner.id,
                    tier=str(size)))  # fmt: skip
        asked = Which(now, now + HOUR)
        found = {
            one.key: one for one in await kept.figures(session, asked, "tier", [*map(str, used)])
        }
        whole = await kept.figures(session, asked)
        slowest = await kept.listed(session, asked, "answer", 0, 3)
        nobody = await kept.figures(session, Which(now, now + HOUR, owners=(7,)))
    assert len(found) == 12
    for size, values in used.items():
        one = found[str(size)]
        assert (one.count, one.promised, one.kept) == (
            size, size, sum(value <= 30 for value in values))  # fmt: skip
        assert (one.median, one.p90) == (60 * percentile(values, 50), 60 * percentile(values, 90))
    every = [value for values in used.values() for value in values]
    assert [(one.count, one.p90) for one in whole] == [(len(every), 60 * percentile(every, 90))]
    assert [fact.used // 60 for fact, _ in slowest] == sorted(every, reverse=True)[:3]
    assert nobody == []
