"""What was said is changed or taken away: the other side sees it, and we keep what it was."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot import outbox
from bot.markup import ending
from bot.partners import people as who
from bot.routes import Act
from bot.tickets import cards, opening, replies, today, voices
from storage import messages, tickets
from storage.models_work import Said, Ticket, TicketLog


async def hear_edited(act: Act) -> None:
    """New words replace the old ones, which stay as a version; the other side sees the change."""
    event = act.event
    said = await messages.find(act.session, event.where, event.message_id)
    if said is None:
        await _reply_edited(act)
        return
    files = [asdict(file) for file in event.files]
    others = other_files(said.files, files)
    if said.html == event.html and not others:
        return
    await messages.edit(act.session, said, event.html, files, event.at)
    await _refresh_talk(act, said)
    ticket = await tickets.reach(act.session, said.ticket_id) if said.ticket_id else None
    if ticket is None or said.visibility == "internal":
        return
    await cards.mirror(act, ticket, said, _speaker(act, ticket, said),
                       suffix=f":v{len(said.versions)}", files=files if others else (),
                       template="tickets/edited.html.j2")  # fmt: skip
    if said.direction == "in" and await _is_first(act, ticket, said):
        ticket.title = opening.title_of(said)
        await tickets.log(act.session, ticket, "reworded", at=event.at, by=act.by)
        await cards.follow(act, ticket)


def other_files(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> bool:
    """Pure: whether a file stands there that did not; platforms may name the same one anew."""
    looks = [(file["name"], file["mime"], file["size"]) for file in before]
    sources = [file["source"] for file in before]
    return any(file["source"] not in sources
               and (file["name"], file["mime"], file["size"]) not in looks for file in now
               )  # fmt: skip


async def hear_deleted(act: Act) -> None:
    """Gone for the writer; we keep what we were told, marked, and tell the thread."""
    said = await messages.find(act.session, act.event.where, act.event.message_id)
    if said is None:
        await _reply_deleted(act)
        return
    if said.deleted_at is not None:
        return
    said.deleted_at = act.event.at
    if said.undecided:
        await messages.decide(act.session, said, None)
        await _refresh_talk(act, said)
    ticket = await tickets.reach(act.session, said.ticket_id) if said.ticket_id else None
    if ticket is not None and said.visibility == "partner":
        await cards.mirror(act, ticket, said, _speaker(act, ticket, said), suffix=":deleted",
                           template="tickets/deleted.html.j2", files=(), name=_name(act)
                           )  # fmt: skip
        await replies.unsaid(act, said)


async def _reply_edited(act: Act) -> None:
    """The words that told us to answer: while held they go out changed, else they are mended."""
    found = await _told_by(act)
    if found is None:
        return
    ticket, row, said = found
    words = wording(act.event.text, str(row.data.get("prefix", "")))
    if not words:  # it tells us something else now, or nothing
        await replies.withdraw(act, ticket, row, said)
        return
    html = ending(act.event.html, words)
    if not said.html or html == said.html or len(words) > replies.LONGEST:
        return
    await messages.edit(act.session, said, html, [], act.event.at)
    message = await replies.message_of(act, ticket, said)
    if await outbox.reword(act, row.data["key"], message, act.now + replies.HOLD):
        await replies.show(act, ticket, row, "held")
    else:
        await replies.mend(act, ticket, row, said)


async def _reply_deleted(act: Act) -> None:
    found = await _told_by(act)
    if found is not None:
        await replies.withdraw(act, *found)


async def _told_by(act: Act) -> tuple[Ticket, TicketLog, Said] | None:
    """The answer that this message of ours asked for, unless it was taken back."""
    said = await messages.by_source(act.session, messages.source_of(act.event))
    if said is None or said.deleted_at is not None or said.manager_id != act.identity.manager_id:
        return None
    _, _, _, log_id = said.delivery_key.split(":")
    row = await tickets.log_row(act.session, int(log_id))
    ticket = await tickets.get(act.session, said.ticket_id or 0)
    return (ticket, row, said) if ticket is not None and row is not None else None


def wording(text: str, prefix: str) -> str:
    """Pure: what a changed command says now; "" when it is another command."""
    head, found, words = text.partition(prefix) if prefix else ("", "", text)
    is_same = not prefix or (found and (not head or head.startswith(("/", "／"))))
    return words.strip() if is_same else ""


async def _refresh_talk(act: Act, said: Said) -> None:
    """Room talk stands on the owner's Home until somebody decides about it."""
    if said.ticket_id is None and act.partner is not None and act.partner.owner is not None:
        await today.refresh(act, act.partner.owner)


def _name(act: Act) -> str:
    if act.manager is not None:
        return act.manager.name
    return who.called(act.contact) if act.contact is not None else act.identity.name


def _speaker(act: Act, ticket: Ticket, said: Said) -> str:
    if said.direction == "out":
        return _name(act)
    return voices.speaker_of(act.contact, ticket.partner, act.identity.name)


async def _is_first(act: Act, ticket: Ticket, said: Said) -> bool:
    log = (await tickets.logs(act.session, [ticket.id]))[ticket.id]
    return any(row.kind == "opened" and row.data.get("said") == said.id for row in log)
