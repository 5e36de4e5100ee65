"""Answers to partners: held for ten seconds, dated at the press, provisional until sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import markup, outbox, texts
from bot.chat import ANSWERS, Address, File, Message
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import (
    Meets,
    manager_meets,
    no_way,
    reader_of_manager,
    reader_of_partner,
    speaker,
)
from bot.partners.reach import tell
from bot.routes import Act
from bot.texts import Reader
from bot.tickets import cards, promises, sizes
from bot.tickets.cards import State
from bot.tickets.words import moment_in, safe
from bot.turn import Turn
from storage import messages, people, slots, tickets
from storage import outbox as outbox_rows
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Said, Ticket, TicketLog

HOLD = timedelta(seconds=10)  # long enough to see a wrong name, short enough to wait
LONGEST = 3000  # characters: one message everywhere, so that it is taken back whole
PUT_OUT = _m("I am no longer in “{room}”. Add me there again, then send the answer once more.")
ARCHIVED = _m("“{room}” is archived. Unarchive it, then send the answer once more.")
NO_CHAT = _m("Nobody at {partner} can be reached in a chat yet. Try /partner invite {partner}.")


async def reply(act: Act, ticket: Ticket, text: str) -> TicketLog:
    """Answer the partner in ten seconds, by the manager's name; who answers has the ticket.

    Files of the message that says so go along.
    """
    manager, words, files = _manager(act), text.strip(), act.event.files
    if not words and not files:
        raise Refused(_m("What should the answer say?")).at("text")
    if len(words) > LONGEST:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=LONGEST).at(
            "text"
        )
    for name in sizes.too_big(files):
        raise Refused(sizes.TOO_BIG, name=name, limit=sizes.LIMIT_MB)
    meets = await cards.meets_of(act, ticket)
    if meets is None:
        raise await _no_way(act, ticket)
    await own_if_nobody_does(act, ticket, manager)
    place = await _notice_place(act, ticket, manager)
    row = await tickets.log(act.session, ticket, "answered", at=act.event.at, by=act.by, held=True,
                            place=str(place.address), manager=manager.id)  # fmt: skip
    key = f"ticket:{ticket.id}:reply:{row.id}"
    row.data = {**row.data, "key": key, "prefix": _before(act.event.text, words)}
    said = await messages.record_out(
        act.session, meets.address, markup.ending(act.event.html, words), key=key,
        at=act.event.at, partner_id=ticket.partner_id, contact_id=ticket.contact_id,
        manager_id=manager.id, ticket_id=ticket.id, files=files,
        source=messages.source_of(act.event),
    )  # fmt: skip
    message = await message_of(act, ticket, said)
    to = await _below_it(act, ticket, meets.address)
    await outbox.owe(act, to, message, key=key, subject=f"ticket:{ticket.id}",
                     cls=Class.TICKET, not_before=act.now + HOLD,
                     then="ticket.reply_sent")  # fmt: skip
    await show(act, ticket, row, "held")
    await cards.follow(act, ticket)
    return row


async def _no_way(turn: Turn, ticket: Ticket) -> Refused:
    """Why an answer cannot be given: the room of the ticket is closed to us, or its people are."""
    room = (
        await people.room(turn.session, Address.parse(ticket.address)) if ticket.address else None
    )
    if room and room.partner_id and not room.contact_id and room.unreachable_at:
        why = ARCHIVED if "archived" in room.unreachable_reason else PUT_OUT
        return Refused(why, room=room.title or ticket.partner.name)
    whom = None if ticket.contact is None else [ticket.contact]
    return await no_way(turn, ticket.partner, NO_CHAT, whom)


async def _below_it(turn: Turn, ticket: Ticket, at: Address) -> Address:
    """Where more than this is talked about, an answer on Telegram points at what it answers."""
    if at.platform != "telegram" or at.thread:
        return at
    if not at.chat.startswith("-"):
        live = await tickets.live_of_contact(turn.session, ticket.contact_id or 0, str(at))
        if live == [ticket]:
            return at
    said = await messages.latest_heard(turn.session, ticket.id, at.chat)
    if said is None or not said.platform_id:
        return at
    return replace(at, thread=f"{ANSWERS}{said.platform_id}")


async def is_shown_here(act: Act, ticket: Ticket, row: TicketLog) -> bool:
    """Whether whoever typed the answer sees [Undo] where they are; Slack hides what is in threads
    from who writes beside them.
    """
    place = Address.parse(row.data["place"])
    if place.chat != act.event.where.chat or place.platform == "telegram" or not place.thread:
        return place.chat == act.event.where.chat
    return (await slots.above(act.session, act.event)).startswith(f"ticket:{ticket.id}:")


def _before(text: str, words: str) -> str:
    """What stands before the words in the message that says them: "T-1 reply "."""
    return text[: len(text) - len(words)] if words and text.endswith(words) else ""


async def message_of(turn: Turn, ticket: Ticket, said: Said, *, edited: bool = False) -> Message:
    """An answer as the partner reads it: by whom, and whether it was changed."""
    meets = await cards.meets_of(turn, ticket)
    reader = meets.reader if meets is not None else reader_of_partner(ticket.partner)
    manager = await people.manager(turn.session, said.manager_id or 0)
    name = speaker(manager, reader, turn.config) if manager is not None else ""
    files = tuple(File(**file) for file in said.files)
    if not said.html:
        return Message((), files, name)
    shown = texts.render("tickets/said.html.j2", reader, html=safe(said.html), edited=edited)
    return Message(shown.parts, files, name)


async def undo(act: Act, log_id: int) -> None:
    """Take an answer back while it is held: it was never given, the old deadline stands."""
    ticket, row = await _held(act, log_id)
    if not await outbox.drop_key(act, row.data["key"], "undone"):
        raise Refused(_m("Too late: that answer is on its way or sent."))
    said = await messages.by_delivery(act.session, row.data["key"])
    if said is not None:
        said.deleted_at = act.now
    await _taken_back(act, ticket, row, act.by, again=True)


async def taken_back(act: Act, log: Sequence[TicketLog]) -> str:
    """The words of their last answer if it did not go out: what [Reply] begins with.

    Not what they took back by changing their own message: perhaps it was never for the partner.
    """
    last = next((row for row in reversed(log) if row.kind == "answered"), None)
    if last is None or act.manager is None or last.data.get("manager") != act.manager.id:
        return ""
    key = last.data["key"]
    if not any(row.data.get("again") and row.data["key"] == key for row in log):
        return ""
    said = await messages.by_delivery(act.session, key)
    return markup.plain(said.html) if said is not None else ""


async def withdraw(act: Act, ticket: Ticket, row: TicketLog, said: Said) -> None:
    """Held: it never leaves. Sent: it is deleted where it stands. On its way: once it is there."""
    said.deleted_at = act.now
    if await outbox.drop_key(act, row.data["key"], "undone"):
        await _taken_back(act, ticket, row, act.by)
    else:
        await mend(act, ticket, row, said)


async def mend(turn: Turn, ticket: Ticket, row: TicketLog, said: Said) -> None:
    """What stands with the partner follows what the answer is now; what is on its way, later."""
    key = row.data["key"]
    posted = await outbox_rows.posted(turn.session, key)
    to = Address(said.platform, said.chat, said.thread or None)  # type: ignore[arg-type]
    if not posted:
        row.data = {**row.data, "changed": True}
    elif said.deleted_at is not None:
        for number, message_id in enumerate(posted):
            await outbox.take_back(turn, f"{key}:back:{number}", to, message_id, Class.TICKET)
        await _taken_back(turn, ticket, row, f"manager:{row.data['manager']}", how="back")
    else:
        message = await message_of(turn, ticket, said, edited=True)
        await outbox.correct(turn, f"{key}:v{len(said.versions)}", to, posted[0], message,
                             subject=f"ticket:{ticket.id}", cls=Class.TICKET)  # fmt: skip
        await show(turn, ticket, row, "sent")


async def _taken_back(
    turn: Turn, ticket: Ticket, row: TicketLog, by: str, how: str = "unsent", *,
    again: bool = False,
) -> None:  # fmt: skip
    """The answer was never given: the old deadline stands, and whoever should know hears of it.

    `again`: its words are offered once more.
    """
    await tickets.log(turn.session, ticket, "unsent", at=turn.now, by=by, key=row.data["key"],
                      **{"again": True} if again else {})  # fmt: skip
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    if (given := promises.given_in(log, row.id)) is not None:
        await promises.withdraw(turn, given, by)
    await _wait_in_whole(turn, ticket, by)
    state = await cards.follow(turn, ticket)
    await show(turn, ticket, row, how)
    await _tell_owner(turn, ticket, state, row)


async def _wait_in_whole(turn: Turn, ticket: Ticket, by: str) -> None:
    """What nobody has answered in a merged ticket waits in the one of which it is a part."""
    whole = await tickets.whole(turn.session, ticket)
    waits = (await cards.state_of(turn, ticket)).story.waits
    if whole.id == ticket.id or not waits or waits[-1].how != "merged":
        return
    row = await tickets.log(turn.session, whole, "took_in", at=turn.now, by=by, other=ticket.id,
                            since=waits[-1].since.isoformat(), phases=[], longer=True)  # fmt: skip
    row.data = {**row.data, "key": f"took_in:{row.id}"}
    if whole.status == "waiting":
        whole.status = "open"
    await cards.follow(turn, whole)


async def send_now(act: Act, log_id: int) -> None:
    """End the hold; what became of it is shown once the platform has it."""
    _, row = await _held(act, log_id)
    if not await outbox.send_now(act, row.data["key"]):
        raise Refused(_m("That answer is not waiting any more."))


async def ended(turn: Turn, items: Sequence[DueWork]) -> None:
    """An answer reached the partner, or it never will: say so, and let the clock know."""
    for item in items:
        _, number, _, log_id = str(item.payload["key"]).split(":")[:4]
        ticket = await tickets.get(turn.session, int(number))
        row = await tickets.log_row(turn.session, int(log_id))
        if ticket is None or row is None:
            continue
        said = await messages.by_delivery(turn.session, row.data["key"])
        key, arrived = row.data["key"], item.payload["state"] in ("sent", "unverified")
        kind = "sent" if arrived else "unsent"
        await tickets.log(turn.session, ticket, kind, at=turn.now, by="bot", key=key,
                          **{} if arrived else {"again": True})  # fmt: skip
        state = await cards.follow(turn, ticket)
        await show(turn, ticket, row, "sent" if arrived else "failed")
        if not arrived:
            await _tell_owner(turn, ticket, state, row)
        elif row.data.get("changed") and said is not None:
            await mend(turn, ticket, row, said)


async def spoken(act: Act, ticket: Ticket, said: Said) -> None:
    """A manager's ordinary words in the partner's room are an answer: it stops the clock.

    Also for what was merged into it before it was said which ticket they are about.
    """
    await own_if_nobody_does(act, ticket, _manager(act))
    log = (await cards.state_of(act, ticket)).log
    at = max([said.at, *(row.at for row in log if row.kind == "took_in")])
    await tickets.log(act.session, ticket, "answered", at=at, by=act.by,
                      key=f"said:{said.id}")  # fmt: skip
    await overheard(act, ticket, said)
    await cards.follow(act, ticket)


async def overheard(act: Act, ticket: Ticket, said: Said) -> None:
    """It belongs to a ticket and is shown below its card."""
    await messages.decide(act.session, said, ticket.id)
    await cards.mirror(act, ticket, said, _manager(act).name)


async def unsaid(act: Act, said: Said) -> None:
    """Ordinary words of ours that were an answer are deleted: it was never given."""
    ticket = await tickets.get(act.session, said.ticket_id or 0)
    if ticket is None or said.direction != "out":
        return
    key, log = f"said:{said.id}", (await tickets.logs(act.session, [ticket.id]))[ticket.id]
    if any(row.kind == "answered" and row.data.get("key") == key for row in log):
        await tickets.log(act.session, ticket, "unsent", at=act.event.at, by=act.by, key=key)
        await _wait_in_whole(act, ticket, act.by)
        await cards.follow(act, ticket)


async def own_if_nobody_does(act: Act, ticket: Ticket, manager: Manager) -> None:
    if ticket.owner_id is None:
        await give(act, ticket, manager)


async def give(act: Act, ticket: Ticket, manager: Manager) -> None:
    """The ticket is this manager's from now on."""
    ticket.owner_id = manager.id
    await act.session.flush()
    await act.session.refresh(ticket, ["owner"])
    await tickets.log(act.session, ticket, "taken", at=act.event.at, by=act.by, owner=manager.id)


def _manager(act: Act) -> Manager:
    if act.manager is None:
        raise Refused(_m("That is for our own people only."))
    return act.manager


async def _notice_place(act: Act, ticket: Ticket, manager: Manager) -> Meets:
    """Where Undo is shown: below the card, where colleagues see it too, else in private."""
    thread = await cards.thread_of(act, ticket)
    if thread is not None and thread.address.platform == act.event.platform:
        return thread
    private = await manager_meets(act, manager)
    here = Address(act.event.platform, act.person.id)
    if private is not None and private.address.platform == act.event.platform:
        return private
    return Meets(here, reader_of_manager(manager))


async def _held(act: Act, log_id: int) -> tuple[Ticket, TicketLog]:
    row = await tickets.log_row(act.session, log_id)
    ticket = await tickets.get(act.session, row.ticket_id) if row is not None else None
    if row is None or ticket is None or row.kind != "answered":
        raise Refused(_m("That answer is not waiting any more."))
    return ticket, row


async def show(turn: Turn, ticket: Ticket, row: TicketLog, how: str) -> None:
    """The manager's notice of one answer, edited as its fate is known."""
    manager = await people.manager(turn.session, row.data["manager"])
    said = await messages.by_delivery(turn.session, row.data["key"])
    if manager is None or said is None:
        return
    reader: Reader = reader_of_manager(manager)
    state = await cards.state_of(turn, ticket)
    data: dict[str, Any] = cards.facts(turn, ticket, state, reader)
    moment = moment_in(said.html, row.at, reader.zone)
    if promises.given_in(state.log, row.id) is not None:
        moment = None  # it is remembered
    names = ", ".join(f"📎 {file['name'] or '…'}" for file in said.files)
    message = texts.render("tickets/answer.html.j2", reader, **data, how=how, log=row.id,
                           html=safe(said.html), files=names, moment=moment)  # fmt: skip
    slot = f"reply:{row.id}"
    key = f"{slot}:{how}:{len(said.versions)}"
    await outbox.owe(turn, Address.parse(row.data["place"]), message, key=key,
                     subject=slot, cls=Class.INTERACTIVE, slot=slot)  # fmt: skip


async def _tell_owner(turn: Turn, ticket: Ticket, state: State, row: TicketLog) -> None:
    """Somebody else's answer did not go out: the owner hears that the partner still waits."""
    if ticket.owner is None or ticket.owner_id == row.data["manager"] or state.promise is None:
        return
    data = cards.facts(turn, ticket, state, reader_of_manager(ticket.owner))
    data.pop("now")
    await tell(turn, ticket.owner, "tickets/waits_again.html.j2", f"reply:{row.id}:waits", **data)
