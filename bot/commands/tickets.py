"""What a person can say and press about tickets."""

from typing import Any

from bot.chat import Field, Form
from bot.commands.args import manager_of
from bot.commands.pressed import ticket_of
from bot.commands.ticket_canned import reply_form
from bot.commands.ticket_finding import list_
from bot.commands.ticket_known import shown
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import called, contact_meets, partner_meets, reader_of
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.surveys import inviting, typed
from bot.surveys import service as surveys
from bot.tickets import (
    cards,
    changes,
    fixed,
    hearing,
    linking,
    moving,
    opening,
    ours,
    replies,
    solving,
    telling,
)
from bot.tickets.words import quote
from storage import people, tickets
from storage.ids import row_id
from storage.models_people import Manager, Partner
from storage.models_work import Ticket

routes = Routes()

NEW = Form("ticket.create", _m("New ticket"), (
    Field("partner", "partner", _m("Partner"), required=True),
    Field("text", "long", _m("What is wrong?"), required=True),
), submit=_m("Open"))  # fmt: skip


def _text_form(route: str, title: str, label: str, submit: str, ticket: Ticket, *,
               required: bool = True) -> Form:  # fmt: skip
    return Form(route, title, (Field("text", "long", label, required=required),),
                value=str(ticket.id), submit=submit)  # fmt: skip


def _resolve_form(ticket: Ticket) -> Form:
    label = _m("What was the solution? The partner reads it.")
    return _text_form("ticket.resolve", _m("Solved"), label, _m("Solved"), ticket, required=False)


def _note_form(ticket: Ticket) -> Form:
    return _text_form("ticket.note", _m("Note"), _m("Only we read this"), _m("Keep"), ticket)


def _assign_form(ticket: Ticket) -> Form:
    return Form("ticket.assign", _m("Assign"), (Field("to", "person", _m("To whom?"), True),),
                value=str(ticket.id), submit=_m("Assign"))  # fmt: skip


@routes.message("partner.private", role=Role.PARTNER)
async def written(act: Act) -> Reply:
    if not await surveys.take_words(act) and not await _is_answer(act):
        await hearing.hear_private(act)
    return None


async def _is_answer(act: Act) -> bool:
    """Typed instead of pressed: how it was, or whether it is solved."""
    return await typed.take_answer(act) or await fixed.take_words(act)


@routes.message("partner.addressed", role=Role.ANYONE)  # also a guest in the room
async def addressed(act: Act) -> Reply:
    if not await _is_answer(act):
        await hearing.hear_addressed(act)
    return None


@routes.message("partner.room", role=Role.ANYONE)  # also a guest in the room
async def overheard(act: Act) -> Reply:
    if not await _is_answer(act):
        await hearing.hear_room(act)
    return None


@routes.message("edited", role=Role.ANYONE)
async def edited(act: Act) -> Reply:
    await changes.hear_edited(act)
    return None


@routes.message("deleted", role=Role.ANYONE)
async def deleted(act: Act) -> Reply:
    await changes.hear_deleted(act)
    return None


@routes.message("ours.thread", role=Role.VIEWER)
async def thread_talk(act: Act) -> Reply:
    await ours.hear_thread(act)
    return None


@routes.message("ours.partner_room", role=Role.VIEWER)
async def own_words(act: Act) -> Reply:
    await ours.hear_ours(act)
    return None


@routes.command("ticket new", role=Role.MANAGER, args="partner? text?", zh="新建",
                help=_m("Open a ticket for a partner"),
                example="ticket new Nordwind The price list will not open")  # fmt: skip
async def new(act: Act, partner: Partner | None = None, text: str = "") -> Reply:
    return await _create(act, partner, text) if partner is not None and text else NEW


@routes.form("ticket.create", role=Role.MANAGER)
async def created(act: Act, value: str, values: dict[str, Any]) -> Reply:  # noqa: ARG001
    chosen = str(values.get("partner", ""))
    partner = await people.partner(act.session, row_id(chosen))
    if partner is None:
        raise Refused(_m("Please choose a partner.")).at("partner")
    return await _create(act, partner, str(values.get("text", "")))


async def _create(act: Act, partner: Partner, text: str) -> Reply:
    contacts = await people.contacts_of(act.session, partner.id)
    for contact in contacts:
        meets = await contact_meets(act, contact)
        if meets is not None:
            asker = opening.Asker(partner, contact, meets.address, contact.name, act.by)
            break
    else:
        room = await partner_meets(act, partner)
        address = room.address if room is not None else None
        asker = opening.Asker(partner, None, address, partner.name, act.by)
    ticket = await opening.open_ticket(act, asker, title=text, at=act.event.at)
    return await _shown(act, ticket)


@routes.command("ticket show", role=Role.VIEWER, args="ticket:part? known? which:text?", zh="查看",
                default=True,
                help=_m("Show a ticket"), example="ticket T-12")  # fmt: skip
async def show(act: Act, ticket: Ticket | None = None, known: str = "", which: str = "") -> Reply:
    """A bare T-12 is that ticket, K-4 that known issue; nothing, a partner or "mine" is a list."""
    if ticket is None and known:
        return await shown(act, known)
    return await _shown(act, ticket) if ticket is not None else await list_(act, which)


@routes.command("ticket take", role=Role.MANAGER, args="ticket", zh="认领",
                help=_m("Look after a ticket yourself"), example="ticket T-12 take")  # fmt: skip
async def take(act: Act, ticket: Ticket) -> Reply:
    await solving.take(act, ticket)
    return _done("taken", ticket)


@routes.command("ticket assign", role=Role.MANAGER, args="ticket person?", zh="指派, 转给",
                help=_m("Give a ticket to a colleague"),
                example="ticket T-12 assign @Bo")  # fmt: skip
async def assign(act: Act, ticket: Ticket, person: Manager | None = None) -> Reply:
    if person is None:
        return _assign_form(ticket)
    await solving.assign(act, ticket, person)
    return _done("assigned", ticket, person.name)


@routes.command("ticket reply", role=Role.MANAGER, args="ticket text?", zh="回复, 答复",
                help=_m("Answer the partner"),
                example="ticket T-12 reply Here is the new link")  # fmt: skip
async def reply(act: Act, ticket: Ticket, text: str = "") -> Reply:
    if not text and not act.event.files:
        return await reply_form(act, ticket)
    row = await replies.reply(act, ticket, text)
    if await replies.is_shown_here(act, ticket, row):
        return None
    called = cards.called(ticket, (await cards.state_of(act, ticket)).log)
    return Notice("tickets/typed.html.j2",
                  {"ref": f"T-{ticket.id}", "called": called, "log": row.id})  # fmt: skip


@routes.command("ticket note", role=Role.MANAGER, args="ticket text?", zh="备注",
                help=_m("Write a note that only we read"),
                example="ticket T-12 note Waiting for the factory")  # fmt: skip
async def note(act: Act, ticket: Ticket, text: str = "") -> Reply:
    if not text:
        return _note_form(ticket)
    await ours.keep_note(act, ticket, text)
    return _done("noted", ticket)


@routes.command("ticket resolve", role=Role.MANAGER, args="ticket text?", zh="解决, 已解决",
                help=_m("The problem is solved; the contact is asked how it was"),
                example="ticket T-12 resolve New link sent")  # fmt: skip
async def resolve(act: Act, ticket: Ticket, text: str = "") -> Reply:
    await solving.resolve(act, ticket, text)
    return await _solved(act, ticket)


@routes.command("ticket reopen", role=Role.MANAGER, args="ticket:part", zh="重开, 重新打开",
                help=_m("Open a closed ticket again"), example="ticket T-12 reopen")  # fmt: skip
async def reopen(act: Act, ticket: Ticket) -> Reply:
    as_before = await solving.reopen(act, ticket)
    return _done("as_before" if as_before else "reopened", ticket)


@routes.command("ticket dismiss", role=Role.MANAGER, args="ticket", zh="不是工单, 误开, 垃圾",
                help=_m("No real problem: spam, noise, opened by mistake"),
                example="ticket T-12 dismiss")  # fmt: skip
async def dismiss(act: Act, ticket: Ticket) -> Reply:
    await solving.not_a_ticket(act, ticket)
    return _done("closed", ticket)


@routes.command("ticket story", role=Role.VIEWER, args="ticket:part", zh="经过, 历史",
                help=_m("What happened to a ticket, and why each clock stands where it does"),
                example="ticket T-12 story")  # fmt: skip
async def story(act: Act, ticket: Ticket) -> Reply:
    return Notice("tickets/story.html.j2", await telling.story(act, ticket))


@routes.button("ticket.story", role=Role.VIEWER)
async def press_story(act: Act, value: str) -> Reply:
    """ "12" for the newest page, "12:30" for the one that begins with that line."""
    number, _, start = value.partition(":")
    ticket = await ticket_of(act, number, itself=True)
    data = await telling.story(act, ticket, row_id(start) if start else None)
    return Notice("tickets/story.html.j2", data)


@routes.button("ticket.show", role=Role.VIEWER)
async def press_show(act: Act, value: str) -> Reply:
    return await _shown(act, await ticket_of(act, value, itself=True))


@routes.button("ticket.take", role=Role.MANAGER)
async def press_take(act: Act, value: str) -> Reply:
    await solving.take(act, await ticket_of(act, value))
    return None


@routes.button("ticket.reply", role=Role.MANAGER)
async def press_reply(act: Act, value: str) -> Reply:
    return await reply_form(act, await ticket_of(act, value))


@routes.button("ticket.resolve", role=Role.MANAGER)
async def press_resolve(act: Act, value: str) -> Reply:
    ticket = await ticket_of(act, value)
    if ticket.status not in tickets.LIVE:
        raise Refused(solving.NOT_OPEN, id=ticket.id)
    return _resolve_form(ticket)


@routes.button("ticket.reopen", role=Role.MANAGER)
async def press_reopen(act: Act, value: str) -> Reply:
    ticket = await ticket_of(act, value, itself=True)
    return _done("as_before", ticket) if await solving.reopen(act, ticket) else None


@routes.button("ticket.more", role=Role.MANAGER)
async def press_more(act: Act, value: str) -> Reply:
    ticket = await ticket_of(act, value)
    known = (await cards.state_of(act, ticket)).known
    facts = {"ref": f"T-{ticket.id}", "known": known} | await linking.shown(act, ticket)
    return Notice("tickets/more.html.j2", facts | await moving.offers(act, ticket))


@routes.button("ticket.assign", role=Role.MANAGER)
async def press_assign(act: Act, value: str) -> Reply:
    return _assign_form(await ticket_of(act, value))


@routes.button("ticket.note", role=Role.MANAGER)
async def press_note(act: Act, value: str) -> Reply:
    return _note_form(await ticket_of(act, value))


@routes.button("ticket.not_a_ticket", role=Role.MANAGER)
async def press_not_a_ticket(act: Act, value: str) -> Reply:
    return await dismiss(act, await ticket_of(act, value))


@routes.button("ticket.undo", role=Role.MANAGER)
async def press_undo(act: Act, value: str) -> Reply:
    await replies.undo(act, row_id(value))
    return None


@routes.button("ticket.send_now", role=Role.MANAGER)
async def press_send_now(act: Act, value: str) -> Reply:
    await replies.send_now(act, row_id(value))
    return None


@routes.form("ticket.resolve", role=Role.MANAGER)
async def form_resolve(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket = await ticket_of(act, value)
    await solving.resolve(act, ticket, str(values.get("text") or ""))
    notice = await _solved(act, ticket)
    return notice if notice.data["heard"] else None


@routes.form("ticket.note", role=Role.MANAGER)
async def form_note(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await ours.keep_note(act, await ticket_of(act, value), str(values.get("text") or ""))
    return None


@routes.form("ticket.assign", role=Role.MANAGER)
async def form_assign(act: Act, value: str, values: dict[str, Any]) -> Reply:
    to = await manager_of(act, str(values.get("to") or ""))
    await solving.assign(act, await ticket_of(act, value), to)
    return None


async def _shown(act: Act, ticket: Ticket) -> Notice:
    state = await cards.state_of(act, ticket)
    reader = reader_of(act.identity, act.room, act.config)
    data = cards.facts(act, ticket, state, reader) | await linking.shown(act, ticket)
    return Notice("tickets/shown.html.j2", data)


async def _solved(act: Act, ticket: Ticket) -> Notice:
    heard = await solving.just_heard(act, ticket)
    name = called(ticket.contact) if ticket.contact is not None else ticket.partner.name
    return _done("resolved", ticket, name, quote(heard.html) if heard is not None else "",
                 await inviting.foreseen(act, ticket))  # fmt: skip


def _done(what: str, ticket: Ticket, name: str = "", heard: str = "", asked: str = "") -> Notice:
    return Notice("tickets/done.html.j2", {"what": what, "ref": f"T-{ticket.id}", "name": name,
                                           "ticket": ticket, "asked": asked,
                                           "heard": heard})  # fmt: skip
