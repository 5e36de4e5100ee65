"""Saying whose turn it is with a ticket, until when it rests, and how much it matters."""

from dataclasses import replace
from datetime import time
from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.pressed import ticket_of
from bot.commands.vocabulary import value as word_of
from bot.config_tickets import PRIORITIES
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import cards, holding, phases, their_turn
from bot.when import parse_time
from storage.ids import row_id
from storage.models_work import Ticket

routes = Routes()

LABELS = {"low": _m("low"), "normal": _m("normal"), "high": _m("high"), "urgent": _m("urgent")}
MORNING = time(9)  # of a day that is named without a time


def _form(ticket: Ticket) -> Form:
    choices = tuple(Choice(name, LABELS[name]) for name in PRIORITIES)
    field = Field("priority", "choice", _m("Priority"), required=True, choices=choices,
                  initial=ticket.priority)  # fmt: skip
    return Form("ticket.priority", _m("Priority"), (field,), value=str(ticket.id),
                submit=_m("Keep"))  # fmt: skip


def _said(act: Act, what: str, ticket: Ticket, row: int = 0) -> Notice:
    """`row`: of the log, which [Undo] takes back."""
    data = {"what": what, "ref": f"T-{ticket.id}", "ticket": ticket, "now": act.now, "row": row}
    return Notice("tickets/phase.html.j2", data)


async def _enter(act: Act, ticket: Ticket, kind: str) -> Reply:
    await phases.enter(act, ticket, kind)
    return await _waits(act, ticket) if kind == "waiting" else _said(act, kind, ticket)


async def _waits(act: Act, ticket: Ticket) -> Notice:
    """With the moment at which they are reminded, where there is a chat to do it in."""
    state = await cards.state_of(act, ticket)
    step = their_turn.next_step(act, ticket, state.story, state.log)
    there = step is not None and await cards.meets_of(act, ticket) is not None
    notice = _said(act, "waiting", ticket)
    return replace(notice, data=notice.data | {"reminded": step.at if step and there else None})


@routes.command("ticket wait", role=Role.MANAGER, args="ticket", zh="等对方, 等待",
                help=_m("We wait for the partner: the solution's clock pauses"),
                example="ticket T-12 wait")  # fmt: skip
async def wait(act: Act, ticket: Ticket) -> Reply:
    return await _enter(act, ticket, "waiting")


@routes.command("ticket hold", role=Role.MANAGER, args="ticket until:text?", zh="搁置, 暂缓",
                help=_m("We wait for somebody else, until a day or time if you name one"),
                example="ticket T-12 hold until Thursday 15:00")  # fmt: skip
async def hold(act: Act, ticket: Ticket, until: str = "") -> Reply:
    return await _hold(act, ticket, until)


async def _hold(act: Act, ticket: Ticket, words: str) -> Reply:
    until = None
    if words.strip():
        zone = reader_of(act.identity, act.room, act.config).zone
        until = parse_time(words, act.now, zone, default=MORNING, whole=True).at
    row = await holding.hold(act, ticket, until)
    return _said(act, "hold", ticket, row.id)


def _hold_form(ticket: Ticket) -> Form:
    field = Field("until", "text", _m("Until when?"), max_length=60,
                  help=_m("Such as Thursday, Thursday 15:00 or in 3 days. Empty: until you say "
                          "that it goes on."))  # fmt: skip
    return Form("ticket.hold", _m("On hold"), (field,), value=str(ticket.id),
                submit=_m("Keep"))  # fmt: skip


@routes.button("ticket.hold", role=Role.MANAGER)
async def press_hold(act: Act, value: str) -> Reply:
    return _hold_form(await ticket_of(act, value))


@routes.form("ticket.hold", role=Role.MANAGER)
async def form_hold(act: Act, value: str, values: dict[str, Any]) -> Reply:
    return await _hold(act, await ticket_of(act, value), str(values.get("until") or ""))


@routes.button("ticket.unhold", role=Role.MANAGER)
async def press_unhold(act: Act, value: str) -> Reply:
    """ "12:345": the row of the log that is taken back."""
    number, _, row = value.partition(":")
    ticket = await ticket_of(act, number)
    await holding.take_back(act, ticket, row_id(row))
    return _said(act, "unhold", ticket)


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
    return _said(act, "priority", ticket)


@routes.button("ticket.phase", role=Role.MANAGER)
async def press(act: Act, value: str) -> Reply:
    """ "12:waiting", "12:resumed"; "12:hold" below what was sent before holds had an end."""
    number, _, kind = value.partition(":")
    ticket = await ticket_of(act, number)
    if kind == "hold":
        return _hold_form(ticket)
    if kind not in phases.PHASES:
        raise Refused(_m("This button is from an earlier version and does nothing any more."))
    return await _enter(act, ticket, kind)


@routes.button("ticket.wait_on", role=Role.MANAGER)
async def press_wait_on(act: Act, value: str) -> Reply:
    ticket = await ticket_of(act, value)
    await phases.wait_on(act, ticket)
    return await _waits(act, ticket)


@routes.button("ticket.priority", role=Role.MANAGER)
async def press_priority(act: Act, value: str) -> Reply:
    return _form(await ticket_of(act, value))


@routes.form("ticket.priority", role=Role.MANAGER)
async def sent(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await phases.prioritise(act, await ticket_of(act, value), str(values.get("priority") or ""))
    return None
