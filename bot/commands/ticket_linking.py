"""Linking a ticket: with another one, or with the known issue that is its cause."""

from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands import ticket_known
from bot.commands.parse import reference
from bot.commands.pressed import ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import linking, merging
from storage import known as issues
from storage import tickets
from storage.models_work import Ticket

routes = Routes()


@routes.command("ticket link", role=Role.MANAGER, args="ticket:part other:part? known?", zh="关联",
                help=_m("Link a ticket with another one, or with the known issue that caused it"),
                example="ticket link T-12 T-20")  # fmt: skip
async def link(act: Act, ticket: Ticket, other: Ticket | None = None, known: str = "") -> Reply:
    if other is not None:
        return _done("linked", *await linking.link(act, ticket, other))
    whole = await tickets.whole(act.session, ticket)
    if not known:
        return await ticket_known.link_form(act, whole)
    return await ticket_known.linked(act, whole, await ticket_known.find(act, known))


@routes.command("ticket unlink", role=Role.MANAGER, args="ticket:part other:part? known?",
                zh="取消关联", help=_m("A ticket is not linked any more"),
                example="ticket unlink T-12 T-20")  # fmt: skip
async def unlink(act: Act, ticket: Ticket, other: Ticket | None = None, known: str = "") -> Reply:
    """Without another number: it belongs to no known issue; there is only one."""
    if other is not None:
        return _done("unlinked", *await linking.unlink(act, ticket, other))
    whole = await tickets.whole(act.session, ticket)
    issue = await issues.of_ticket(act.session, whole.id)
    if known and (issue is None or issue.id != (await ticket_known.find(act, known)).id):
        raise Refused(_m("{ref} does not belong to {known}."), ref=f"T-{whole.id}", known=known)
    found = await linking.related(act, whole) if issue is None else []
    if found:
        raise Refused(_m("T-{id} belongs to no known issue. It is linked with T-{other}: "
                         "/ticket unlink T-{id} T-{other}"),
                      id=whole.id, other=found[0].id)  # fmt: skip
    return await ticket_known.unlinked(act, whole)


def _done(how: str, ticket: Ticket, other: Ticket) -> Notice:
    return Notice("tickets/linked.html.j2", {"how": how, "id": ticket.id, "other": other.id,
                                             "partner": other.partner.name,
                                             "title": other.title[:120]})  # fmt: skip


@routes.button("ticket.choose_link", role=Role.MANAGER)
async def press_choose(act: Act, value: str) -> Reply:
    """The other open ones of this partner to choose from; any by its number."""
    ticket = await ticket_of(act, value)
    linked = {one.id for one in await linking.related(act, ticket)}
    others = [one for one in await merging.choices(act, ticket) if one.id not in linked]
    choices = tuple(Choice(str(one.id), f"T-{one.id} {one.title}"[:75]) for one in others)
    fields = [Field("other", "choice", _m("Which ticket?"), choices=choices)] if choices else []
    label = _m("Or the number of another one") if choices else _m("The number of the other one")
    fields.append(Field("number", "text", label, required=not choices, max_length=20,
                        help=_m("T-20, of whichever partner: only we read of it.")))  # fmt: skip
    return Form("ticket.choose_link", _m("Link two tickets"), tuple(fields), value=str(ticket.id),
                submit=_m("Link"))  # fmt: skip


@routes.form("ticket.choose_link", role=Role.MANAGER)
async def chosen(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket, said = await ticket_of(act, value, itself=True), str(values.get("number") or "")
    ref = reference(said if not said.isdecimal() else f"T-{said}", "T") if said else ""
    if ref is None or not (ref or values.get("other")):
        raise Refused(_m("Choose one, or write its number: T-20.")).at("number")
    number = ref.removeprefix("T-") or str(values["other"])
    return await link(act, ticket, await ticket_of(act, number, itself=True))


@routes.button("ticket.relate", role=Role.MANAGER)
async def press_link(act: Act, value: str) -> Reply:
    return await link(act, *await _two(act, value))


@routes.button("ticket.unrelate", role=Role.MANAGER)
async def press_unlink(act: Act, value: str) -> Reply:
    return await unlink(act, *await _two(act, value))


async def _two(act: Act, value: str) -> tuple[Ticket, Ticket]:
    """ "12:20": two tickets."""
    one, _, other = value.partition(":")
    return await ticket_of(act, one, itself=True), await ticket_of(act, other, itself=True)
