"""Who is in a room, sorted by company, as far as the platform tells."""

from dataclasses import dataclass
from typing import Any

from bot import naming
from bot.turn import Turn
from storage import partners
from storage.models_people import Identity, Partner


@dataclass(frozen=True, slots=True)
class Group:
    """People of one company: "ours", "theirs" (contacts of the partner), "foreign" (another
    partner's), "company" (of one that we do not know), "others".
    """

    kind: str
    names: tuple[str, ...]
    team: str = ""  # what the company calls itself, as far as we are told


async def sort_out(
    turn: Turn, platform: str, told: dict[str, Any], partner: Partner
) -> list[Group]:
    """Ours first, then the partner's contacts, then everybody else by company."""
    rows = told.get("members") or told.get("admins") or []
    members = [row for row in rows if not row.get("is_bot")]
    known = await partners.identities_by_id(
        turn.session, platform, [str(row["id"]) for row in members]
    )
    found: dict[tuple[str, str], list[str]] = {}
    for row in members:
        kind = _kind(row, known.get(str(row["id"])), partner, turn.config.slack_company_team)
        name = str(row.get("name") or row["id"])
        found.setdefault(kind, []).append(name)
    order = ("ours", "theirs", "foreign", "company", "others")
    called = told.get("companies") or {}
    groups = [Group(kind, tuple(names), naming.person(called.get(team, "")) if kind == "company"
                    else team) for (kind, team), names in found.items()]  # fmt: skip
    return sorted(groups, key=lambda group: (order.index(group.kind), group.team))


def _kind(
    row: dict[str, Any], identity: Identity | None, partner: Partner, ours: str
) -> tuple[str, str]:
    """Another partner's contact is worth a warning: "foreign", with that partner's name."""
    team = str(row.get("team") or "")
    if (identity is not None and identity.manager_id is not None) or (ours and team == ours):
        return "ours", ""
    contact = identity.contact if identity is not None else None
    if contact is None:
        return ("company", team) if team else ("others", "")
    return (
        ("theirs", "") if contact.partner_id == partner.id else ("foreign", contact.partner.name)
    )
