"""When somebody cannot be reached: their address is marked, and somebody of ours is told."""

from collections.abc import Sequence
from dataclasses import replace

from bot import outbox, texts
from bot.campaigns import service as campaigns
from bot.chat import ANSWERS, SLOT_THREAD, TOPIC_SLOT, Address
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners import undelivered
from bot.partners.people import admins, manager_meets, on_duty, ours_alone, team_room
from bot.turn import Turn
from storage import deliveries, people
from storage import outbox as outbox_rows
from storage.marks import put_once
from storage.models_delivery import DueWork
from storage.models_people import Manager, Room

due = DueKinds()


@due.kind("delivery.failed", says=_m("A message could not be delivered."))
async def failed(turn: Turn, items: Sequence[DueWork]) -> None:
    """Mark addresses that are gone, the owner is told once; admins hear of wrong messages."""
    wrong: list[str] = []
    in_topics = await _in_topics(turn, items)
    for item in items:
        if item.payload["key"] in in_topics:
            continue
        reason, address = item.payload["reason"], Address.parse(item.payload["address"])
        if not reason.startswith("unreachable: "):
            wrong.append(item.payload["key"])
        elif await people.room(turn.session, address) is None:
            wrong.append(item.payload["key"])  # nobody looks after it
        else:
            await unreachable(turn, address, reason.removeprefix("unreachable: "))
    rows = await deliveries.of_keys(turn.session, wrong)
    await undelivered.tell_admins(turn, await undelivered.described(turn, rows))
    await campaigns.failed(turn, [item.payload["key"] for item in items])


async def _in_topics(turn: Turn, items: Sequence[DueWork]) -> set[str]:
    """What was refused in a topic: the chat around it may well be there, its ticket sees to it."""
    found = await deliveries.of_keys(turn.session, [item.payload["key"] for item in items])
    lost = [
        row
        for row in found
        if row.address.endswith(TOPIC_SLOT) and row.reason.startswith("unreachable: ")
    ]
    for row in lost:
        slot = (Address.parse(row.address).thread or "").removeprefix(SLOT_THREAD)
        what = {"state": row.state, "reason": row.reason, "key": row.key, "subject": slot}
        await put_once(turn.session, f"ticket.topic:{row.key}", "ticket.topic",
                       f"then:{row.subject}", turn.now, what)  # fmt: skip
    return {row.key for row in lost}


async def unreachable(turn: Turn, address: Address, reason: str) -> None:
    """This address is gone: nothing more is sent there, and its owner hears of it once."""
    room = await people.room(turn.session, address)
    if room is None:
        return
    if (address.thread or "").startswith(ANSWERS):  # a message there was answered
        address = replace(address, thread=None)
    await outbox_rows.skip_address(turn.session, str(address), f"unreachable: {reason}", turn.now)
    if await people.mark_unreachable(turn.session, room.id, reason, turn.now):
        await _tell_owner(turn, room, reason)


async def _tell_owner(turn: Turn, room: Room, reason: str) -> None:
    contact = await people.contact(turn.session, room.contact_id) if room.contact_id else None
    partner = contact.partner if contact is not None else room.partner
    owner = partner.owner if partner is not None else None
    key = f"unreachable:{room.id}:{turn.now.isoformat()}"
    await tell(turn, owner, "partners/unreachable.html.j2", key, partner=partner, contact=contact,
               room=room, reason=reason)  # fmt: skip


async def tell(
    turn: Turn, manager: Manager | None, template: str, key: str, **data: object
) -> None:
    """Say something to a manager privately; without one, in the team's room, else to admins.

    While the manager is away their lead is told; a room that others share never is.
    """
    helper = await on_duty(turn, manager)
    meets = await manager_meets(turn, helper) if helper is not None else None
    team = manager.team if manager is not None else ""
    meets = meets or await ours_alone(turn, team_room(turn.config, team))
    if meets is not None:
        message = texts.render(template, meets.reader, now=turn.now, **data)
        await outbox.owe(turn, meets.address, message, key=key, subject=key, cls=Class.TICKET)
        return
    for admin in await admins(turn):
        meets = await manager_meets(turn, admin)
        if meets is not None:
            message = texts.render(template, meets.reader, now=turn.now, **data)
            await outbox.owe(turn, meets.address, message, key=f"{key}:{admin.id}", subject=key,
                             cls=Class.TICKET)  # fmt: skip


async def given_up(turn: Turn, key: str, error: str) -> None:
    """Tell the admins of due work that the bot cannot do."""
    await undelivered.tell_admins(turn, [undelivered.about_work(turn, key, error)])
