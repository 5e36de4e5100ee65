"""A topic's title and whether it is closed: how a ticket stands, in one line of at most 128."""

from datetime import UTC, datetime

import pytest

from bot.markup import size
from bot.tickets import topics
from storage.models_people import Partner
from storage.models_work import Ticket, TicketLog

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)


def a_ticket(status: str = "open", *, owner: int | None = 1, title: str = "Price list",
             partner: str = "Nordwind GmbH") -> Ticket:  # fmt: skip
    return Ticket(id=12, status=status, owner_id=owner, title=title, partner=Partner(name=partner))


@pytest.mark.parametrize(("status", "owner", "facts", "sign"), [
    ("open", None, {"waits"}, "🆕"),
    ("open", 1, {"waits"}, "💬"),
    ("open", 1, set(), "🟢"),
    ("open", None, {"waits", "late"}, "❗"),
    ("waiting", 1, set(), "⏳"),
    ("hold", 1, {"waits"}, "⏳"),
    ("resolved", 1, set(), "✅"),
    ("closed", 1, {"solved"}, "✅"),
    ("closed", 1, set(), "⚪"),
])  # fmt: skip
def test_the_sign(status: str, owner: int | None, facts: set[str], sign: str) -> None:
    given = {name: name in facts for name in ("waits", "late", "solved")}
    assert topics.sign(a_ticket(status, owner=owner), **given) == sign


def test_what_the_partner_does_not_read() -> None:
    nobody = a_ticket(owner=None)
    assert topics.sign(nobody, waits=True, late=True, solved=False, ours=False) == "💬"
    assert topics.title("💬", nobody, partner=False) == "💬 T-12 Price list"


def test_the_title() -> None:
    assert topics.title("💬", a_ticket()) == "💬 T-12 Price list · Nordwind GmbH"
    for words in ("long " * 60, "价格表打不开" * 30, "🧾" * 100):
        title = topics.title("💬", a_ticket(title=words, partner="Nordwind " * 9))
        assert size(title) <= topics.LONGEST
        assert title.startswith(f"💬 T-12 {words[:8].strip()}")
        assert " · Nordwind Nordwind" in title


def log(*kinds: str) -> list[TicketLog]:
    return [TicketLog(id=n, at=NOW, kind=kind, data={}) for n, kind in enumerate(kinds, 1)]


@pytest.mark.parametrize(("status", "kinds", "closes", "found"), [
    ("open", ("opened",), True, (False, 0)),
    ("resolved", ("opened", "resolved"), True, (False, 0)),
    ("resolved", ("opened", "resolved"), False, (True, 2)),
    ("closed", ("opened", "resolved", "closed"), True, (True, 3)),
    ("open", ("opened", "resolved", "closed", "reopened"), True, (False, 3)),
    ("closed", ("opened", "not_a_ticket", "reopened", "remark"), True, (True, 4)),
])  # fmt: skip
def test_when_it_is_closed(
    status: str, kinds: tuple[str, ...], closes: bool, found: tuple[bool, int]
) -> None:
    assert topics.standing(status, log(*kinds), closes=closes) == found
