"""Making one ticket of two, and two again."""

from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.pressed import ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import merging
from storage.models_work import Ticket

routes = Routes()


@routes.command("ticket merge", role=Role.MANAGER, args="ticket:part other:part", zh="合并",
                help=_m("Two tickets are about one thing: the first goes into the second"),
                example="ticket merge T-14 T-12")  # fmt: skip
async def merge(act: Act, ticket: Ticket, other: Ticket) -> Reply:
    return await _preview(act, ticket, other)


@routes.command("ticket unmerge", role=Role.MANAGER, args="ticket:part", zh="取消合并, 拆开",
                help=_m("A merged ticket is one of its own again"),
                example="ticket unmerge T-14")  # fmt: skip
async def unmerge(act: Act, ticket: Ticket) -> Reply:
    return _done("unmerged", ticket, await merging.unmerge(act, ticket))


async def _preview(act: Act, ticket: Ticket, other: Ticket) -> Notice:
    """Nothing happens before [Merge] is pressed."""
    return Notice("tickets/merge.html.j2", await merging.preview(act, ticket, other))


def _done(how: str, ticket: Ticket, other: Ticket) -> Notice:
    return Notice("tickets/merged.html.j2", {"how": how, "ref": f"T-{ticket.id}", "id": ticket.id,
                                             "other": other.id})  # fmt: skip


@routes.button("ticket.choose_merge", role=Role.MANAGER)
async def press_choose(act: Act, value: str) -> Reply:
    ticket = await ticket_of(act, value)
    others = await merging.choices(act, ticket)
    if not others:
        raise Refused(_m("{partner} has no other open ticket."), partner=ticket.partner.name)
    choices = tuple(Choice(str(one.id), f"T-{one.id} {one.title}"[:75]) for one in others)
    field = Field("other", "choice", _m("It goes into"), required=True, choices=choices)
    return Form("ticket.choose_merge", _m("Merge"), (field,), value=str(ticket.id),
                submit=_m("Preview"))  # fmt: skip


@routes.form("ticket.choose_merge", role=Role.MANAGER)
async def chosen(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket = await ticket_of(act, value, itself=True)
    return await _preview(act, ticket, await ticket_of(act, str(values.get("other") or "")))


@routes.button("ticket.merge", role=Role.MANAGER)
async def press_merge(act: Act, value: str) -> Reply:
    number, _, other = value.partition(":")
    ticket = await ticket_of(act, number, itself=True)
    target = await merging.merge(act, ticket, await ticket_of(act, other, itself=True))
    return _done("merged", ticket, target)


@routes.button("ticket.unmerge", role=Role.MANAGER)
async def press_unmerge(act: Act, value: str) -> Reply:
    return await unmerge(act, await ticket_of(act, value, itself=True))
