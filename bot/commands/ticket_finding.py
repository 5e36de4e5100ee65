"""Finding tickets: /ticket list with filters, /ticket search, and turning their pages."""

from typing import Any

from bot.commands.args import manager_called, partner_named
from bot.commands.pressed import check_at_home
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.searching import asked
from bot.tickets import finding, searched, today
from bot.tickets.finding import Filters
from storage import finding as rows
from storage import people, tickets
from storage.ids import row_id

routes = Routes()

LISTED = 15  # tickets of a page in a chat
FOUND = 8  # of a search: each has a quote
BUTTON = 64  # bytes of a route and its value together
NO_WORDS = _m("Search for what? Example: /ticket search price list")


@routes.command("ticket list", role=Role.VIEWER, args="which:text?", zh="列表",
                help=_m("Tickets: mine, breached, soon, waiting, urgent, a kind, a partner …"),
                example="ticket list mine breached")  # fmt: skip
async def list_(act: Act, which: str = "") -> Reply:
    return await _page(act, await filters_of(act, which), "")


async def filters_of(act: Act, words: str) -> Filters:
    """What the words of a list mean."""
    said, names = finding.understood(words.split())
    if said.pop("mine", False) and act.identity.manager_id is not None:
        said["owner_id"] = act.identity.manager_id
    if names:
        said |= await _named(act, names)
    return Filters(**said)


async def _named(act: Act, names: list[str]) -> dict[str, Any]:
    """One of ours, or a partner, or both: "Bo Nordwind"."""
    said = " ".join(names)
    for words, rest in ((said, []), (names[0], names[1:]), (names[-1], names[:-1])):
        manager = await manager_called(act, words)
        if manager is not None and not rest:
            return {"owner_id": manager.id}
        if manager is not None:
            partner = await partner_named(act.session, " ".join(rest))
            return {"owner_id": manager.id, "partner_id": partner.id}
    return {"partner_id": (await partner_named(act.session, said)).id}


@routes.button("ticket.page", role=Role.VIEWER)
async def page(act: Act, value: str) -> Reply:
    """ "1796281920.000000.41|o3 dlate": where the page before ended, and the filters."""
    place, _, code = value.partition("|")
    return await _page(act, Filters.read(code), place)


async def _page(act: Act, filters: Filters, place: str) -> Reply:
    wanted = filters.wanted(act.now)
    after = finding.place_of(place)
    found = await rows.page(act.session, wanted, after, LISTED + 1)
    shown = found[:LISTED]
    total = await rows.count(act.session, wanted)
    owner, partner = await names_of(act, filters)
    end = finding.place_code((shown[-1].due_at, shown[-1].id)) if len(found) > LISTED else ""
    return Notice("tickets/list.html.j2", {
        "rows": [today.line(ticket) for ticket in shown], "ours": True, "now": act.now,
        "filters": filters, "labels": finding.labels(filters),
        "total": min(total, rows.COUNTED), "beyond": total > rows.COUNTED, "first": not place,
        "owner": owner, "partner": partner,
        "next": f"{end}|{filters.code()}" if end else "",
    })  # fmt: skip


async def names_of(act: Act, filters: Filters) -> tuple[str, str]:
    """Whose tickets they are, and which partner's."""
    owner = await people.manager(act.session, filters.owner_id) if filters.owner_id else None
    partner = await people.partner(act.session, filters.partner_id) if filters.partner_id else None
    return (owner.name if owner is not None else "", partner.name if partner is not None else "")


@routes.command("tickets", role=Role.PARTNER, args="which?", zh="",
                help=_m("Your open tickets"), example="tickets")  # fmt: skip
async def own_tickets(act: Act, which: str = "") -> Reply:
    """A partner's people see their own company's; ours get the usual list."""
    if act.is_ours:
        return await list_(act, which=which or "mine")
    if act.partner is None:
        return None
    check_at_home(act)
    found = await tickets.live(act.session, partner_id=act.partner.id, limit=LISTED)
    return Notice("tickets/list.html.j2", {"rows": [today.line(t) for t in found],
                                           "ours": False, "now": act.now})  # fmt: skip


@routes.button("ticket.own", role=Role.PARTNER)
async def press_own_tickets(act: Act, _: str) -> Reply:
    return await own_tickets(act)


@routes.command("ticket search", role=Role.VIEWER, args="words:text?", zh="搜索, 查找, 搜",
                help=_m("Tickets by the words in them: messages, titles, names, numbers"),
                example="ticket search price list")  # fmt: skip
async def search(act: Act, words: str = "") -> Reply:
    return await _searched(act, words, None)


@routes.button("ticket.found", role=Role.VIEWER)
async def found(act: Act, value: str) -> Reply:
    """ "41|price list": the last ticket of the page before, and what is looked for."""
    before, _, words = value.partition("|")
    return await _searched(act, words, row_id(before))


async def _searched(act: Act, words: str, before: int | None) -> Reply:
    if not asked(words):
        raise Refused(NO_WORDS)
    hits = await searched.look(act, words, before, FOUND + 1)
    shown = hits[:FOUND]
    more = f"{shown[-1]['id']}|{words}" if len(hits) > FOUND else ""
    fits = len(f"ticket.found{more}".encode()) < BUTTON
    return Notice("tickets/search.html.j2", {
        "rows": shown, "words": words[:80], "first": before is None, "now": act.now,
        "next": more if fits else "", "beyond": bool(more) and not fits,
    })  # fmt: skip
