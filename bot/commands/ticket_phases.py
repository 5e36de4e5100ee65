"""Saying whose turn it is with a ticket, and how much it matters."""

from bot.chat import Choice, Field, Form
from bot.commands.pressed import ticket_of
from bot.commands.vocabulary import value as word_of
from bot.config_tickets import PRIORITIES
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import phases
from storage.models_work import Ticket

routes = Routes()

LABELS = {"low": _m("low"), "normal": _m("normal"), "high": _m("high"), "urgent": _m("urgent")}


def _form(ticket: Ticket) -> Form:
    choices = tuple(Choice(name, LABELS[name]) for name in PRIORITIES)
    field = Field("priority", "choice", _m("Priority"), required=True, choices=choices,
                  initial=ticket.priority)  # fmt: skip
    return Form("ticket.priority", _m("Priority"), (field,), value=str(ticket.id),
                submit=_m("Keep"))  # fmt: skip


def _said(what: str, ticket: Ticket) -> Notice:
    return Notice("tickets/phase.html.j2", {"what": what, "ref": f"T-{ticket.id}",
                                            "ticket": ticket})  # fmt: skip


async def _enter(act: Act, ticket: Ticket, kind: str) -> Reply:
    await phases.enter(act, ticket, kind)
    return _said(kind, ticket)


@routes.command("ticket wait", role=Role.MANAGER, args="ticket", zh="等对方, 等待",
                help=_m("We wait for the partner: the solution's clock pauses"),
                example="ticket T-12 wait")  # fmt: skip
async def wait(act: Act, ticket: Ticket) -> Reply:
    return await _enter(act, ticket, "waiting")


@routes.command("ticket hold", role=Role.MANAGER, args="ticket", zh="搁置, 暂缓",
                help=_m("We wait for somebody else"), example="ticket T-12 hold")  # fmt: skip
async def hold(act: Act, ticket: Ticket) -> Reply:
    return await _enter(act, ticket, "hold")


@routes.command("ticket resume", role=Role.MANAGER, args="ticket", zh="继续",
                help=_m("Go on with a ticket that waited"),
                example="ticket T-12 resume")  # fmt: skip
async def resume(act: Act, ticket: Ticket) -> Reply:
    return await _enter(act, ticket, "resumed")


@routes.command("ticket priority", role=Role.MANAGER, args="ticket priority?", zh="优先级",
                help=_m("How much a ticket matters: low, normal, high, urgent"),
                example="ticket T-12 priority high")  # fmt: skip
async def priority(act: Act, ticket: Ticket, priority: str = "") -> Reply:
    if not priority:
        return _form(ticket)
    await phases.prioritise(act, ticket, word_of(priority.lower()))
    return _said("priority", ticket)


@routes.button("ticket.phase", role=Role.MANAGER)
async def press(act: Act, value: str) -> Reply:
    """ "12:waiting", "12:hold", "12:resumed"."""
    number, _, kind = value.partition(":")
    ticket = await ticket_of(act, number)
    if kind not in phases.PHASES:
        raise Refused(_m("This button is from an earlier version and does nothing any more."))
    return await _enter(act, ticket, kind)


@routes.button("ticket.priority", role=Role.MANAGER)
async def press_priority(act: Act, value: str) -> Reply:
    return _form(await ticket_of(act, value))


@routes.form("ticket.priority", role=Role.MANAGER)
async def sent(act: Act, value: str, values: dict[str, object]) -> Reply:
    await phases.prioritise(act, await ticket_of(act, value), str(values.get("priority") or ""))
    return None
