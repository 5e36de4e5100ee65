"""Until when a solved ticket opens again, and when it closes: our working days, and its log."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.config_tickets import TicketSettings
from bot.tickets import closing
from storage.models_people import Partner
from storage.models_work import Ticket, TicketLog

CONFIG = load(Path(__file__).parents[2] / "liaison.toml")
FRIDAY = datetime.fromisoformat("2026-12-04T16:00:00+08:00")
FIFTH = datetime.fromisoformat("2026-12-11T16:00:00+08:00")  # the weekend is not counted


def a_ticket(status: str) -> Ticket:
    partner = Partner(name="Nordwind GmbH", tier="gold", zone="Europe/Berlin")
    return Ticket(id=1, partner=partner, status=status, kind="problem", product="",
                  priority="normal", resolved_at=FRIDAY)  # fmt: skip


def log(*kinds: str) -> list[TicketLog]:
    return [TicketLog(id=n, at=FRIDAY, kind=kind, data={}) for n, kind in enumerate(kinds)]


@pytest.mark.parametrize(("status", "kinds", "at", "opens"), [
    ("resolved", ("opened", "resolved"), FRIDAY, True),
    ("resolved", ("opened", "resolved"), FIFTH, True),
    ("resolved", ("opened", "resolved"), FIFTH.replace(second=1), False),
    ("closed", ("opened", "resolved", "closed"), FIFTH, True),
    ("closed", ("opened", "remark"), FRIDAY, False),
    ("closed", ("opened", "not_a_ticket"), FRIDAY, False),
    ("closed", ("opened", "resolved", "reopened", "not_a_ticket"), FRIDAY, False),
    ("open", ("opened",), FRIDAY, False),
])  # fmt: skip
def test_what_opens_again_and_how_long(
    status: str, kinds: tuple[str, ...], at: datetime, opens: bool
) -> None:
    assert closing.opens_again(CONFIG, a_ticket(status), log(*kinds), at) is opens


@pytest.mark.parametrize(("days", "end"), [(0, None), (5, FIFTH)])
def test_no_days_mean_never(days: int, end: datetime | None) -> None:
    settings: dict[str, Any] = {"tickets": TicketSettings(close_after=days, reopen_within=days)}
    config = CONFIG.model_copy(update=settings)
    assert closing.end_of(config, a_ticket("resolved"), config.tickets.close_after) == end
    assert closing.opens_again(config, a_ticket("resolved"), [], FRIDAY) is (end is not None)
