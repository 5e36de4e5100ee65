"""Promises in words: made from a message by one press or by command; kept, moved, dropped."""

from typing import Any

from bot.chat import Field, Form
from bot.commands.pressed import ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.texts import Reader
from bot.tickets import promises
from bot.tickets.words import moment_in, quote
from bot.when import parse_time
from storage import messages, tickets
from storage import promises as rows
from storage.ids import row_id
from storage.models_work import Promise, Ticket

routes = Routes()

NO_TICKET = _m("This message belongs to no ticket. Try /ticket T-12 promise thursday 15:00")
UNTIL = Field("until", "text", _m("By when?"), required=True, max_length=60,
              help=_m("Such as Thursday 15:00, or in 2 hours."))  # fmt: skip


def _form(ticket: Ticket) -> Form:
    words = Field("words", "text", _m("What did you promise?"), max_length=promises.WORDS)
    return Form("ticket.promise", _m("Promise"), (UNTIL, words), value=str(ticket.id),
                submit=_m("Keep"))  # fmt: skip


@routes.command("ticket promise", role=Role.MANAGER, args="ticket words:text?", zh="承诺, 答应",
                help=_m("Be reminded of what you promised"),
                example="ticket T-12 promise thursday 15:00")  # fmt: skip
async def promise(act: Act, ticket: Ticket, words: str = "") -> Reply:
    if not words:
        return _form(ticket)
    moment = parse_time(words, act.now, _zone(act))
    return await _made(act, ticket, await promises.make(
        act, ticket, moment.at, words if moment.rest else ""))  # fmt: skip


@routes.button("ticket.promise", role=Role.MANAGER)
async def press_promise(act: Act, value: str) -> Reply:
    return _form(await ticket_of(act, value))


@routes.form("ticket.promise", role=Role.MANAGER)
async def form_promise(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket = await ticket_of(act, value)
    moment = parse_time(str(values["until"]), act.now, _zone(act), whole=True)
    made = await promises.make(act, ticket, moment.at, str(values.get("words") or "").strip())
    return await _made(act, ticket, made)


@routes.button("promise.of_reply", role=Role.MANAGER)
async def of_reply(act: Act, value: str) -> Reply:
    """One press below an answer that named a time."""
    row = await tickets.log_row(act.session, row_id(value))
    ticket = await tickets.reach(act.session, row.ticket_id) if row is not None else None
    said = await messages.by_delivery(act.session, row.data["key"]) if row is not None else None
    if row is None or ticket is None or said is None or row.kind != "answered":
        raise Refused(promises.GONE)
    log = (await tickets.logs(act.session, [ticket.id]))[ticket.id]
    if promises.given_in(log, row.id) is not None:
        raise Refused(promises.GONE)
    return await _of_words(act, ticket, said.html, reply=row.id)


@routes.shortcut("ticket.promise_of_message", role=Role.MANAGER, help=_m("Remember the promise"))
async def of_message(act: Act) -> Reply:
    said = await messages.find(act.session, act.event.where, act.event.message_id)
    ticket = await tickets.reach(act.session, said.ticket_id or 0) if said is not None else None
    if said is None or ticket is None:
        raise Refused(NO_TICKET)
    return await _of_words(act, ticket, said.html, said=said.id)


async def _of_words(act: Act, ticket: Ticket, html: str, **source: int) -> Reply:
    at = moment_in(html, act.now, _zone(act))
    if at is None:
        return _form(ticket)
    made = await promises.make(act, ticket, at, quote(html, promises.WORDS), **source)
    return await _made(act, ticket, made)


@routes.button("promise.kept", role=Role.MANAGER)
async def kept(act: Act, value: str) -> Reply:
    return await _ended(act, value, "kept")


@routes.button("promise.drop", role=Role.MANAGER)
async def dropped(act: Act, value: str) -> Reply:
    return await _ended(act, value, "dropped")


async def _ended(act: Act, value: str, state: str) -> Reply:
    found = await _promise(act, value)
    await promises.end(act, found, state)
    return Notice("tickets/promise_done.html.j2", {"how": state, "ref": f"T-{found.ticket_id}"})


@routes.button("promise.move", role=Role.MANAGER)
async def press_move(act: Act, value: str) -> Reply:
    found = await _promise(act, value)
    return Form("promise.move", _m("Move"), (UNTIL,), value=str(found.id), submit=_m("Keep"))


@routes.form("promise.move", role=Role.MANAGER)
async def moved(act: Act, value: str, values: dict[str, Any]) -> Reply:
    found = await _promise(act, value)
    moment = parse_time(str(values["until"]), act.now, _zone(act), whole=True)
    await promises.move(act, found, moment.at)
    return await _made(act, found.ticket, found)


async def _promise(act: Act, value: str) -> Promise:
    found = await rows.get(act.session, row_id(value))
    if found is None:
        raise Refused(promises.GONE)
    return found


def _zone(act: Act) -> str:
    return reader_of(act.identity, act.room, act.config).zone


async def _made(act: Act, ticket: Ticket, made: Promise) -> Notice:
    """Read back in both clocks."""
    reader = reader_of(act.identity, act.room, act.config)
    zone = ticket.partner.zone
    theirs = Reader(reader.language, zone) if zone != reader.zone else None
    return Notice("tickets/promised.html.j2", {
        "ref": f"T-{ticket.id}", "due": made.due_at, "theirs": theirs, "zone": zone, "id": made.id,
    })  # fmt: skip
