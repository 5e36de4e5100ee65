"""The bot comes and goes: rooms that cannot be reached any more, and those that can again."""

from dataclasses import replace

from bot.chat import Address
from bot.partners import linking, reach, strangers
from bot.routes import Act
from storage import partners, people


def is_the_bot(act: Act) -> bool:
    """Whether it was the bot itself that came or went."""
    return bool(act.event.values.get("bot")) or (
        act.event.platform == "slack" and act.person.is_bot
    )


async def came(act: Act) -> None:
    """Into a linked room: it works again. Into an unknown one: somebody must say whose it is."""
    if not is_the_bot(act):
        return
    where = act.event.where
    config = act.config
    ours = {config.slack.triage_channel, config.telegram.triage_chat}
    if where.chat in ours | {team.channel for team in config.teams}:
        return
    rooms = await partners.rooms_in_chat(act.session, where.platform, where.chat)
    if any(room.partner_id is not None for room in rooms):
        await reachable(act)
        return
    await strangers.added(act, linking.added_key(where), linking.WAIT_FOR_LINK)


async def went(act: Act, reason: str) -> None:
    """Put out, blocked or archived: all addresses there are gone, the owner hears it once."""
    if act.event.kind == "member" and act.event.value == "left" and not is_the_bot(act):
        return
    where = act.event.where
    for room in await partners.rooms_in_chat(act.session, where.platform, where.chat):
        address = Address(where.platform, room.chat, room.thread or None)
        await reach.unreachable(act, address, reason)


async def reachable(act: Act) -> None:
    """The addresses of that chat work again; the owner is told, since nobody else would notice."""
    where = act.event.where
    for room in await partners.rooms_in_chat(act.session, where.platform, where.chat):
        if room.unreachable_at is None:
            continue
        room.unreachable_at, room.unreachable_reason = None, ""
        contact = await people.contact(act.session, room.contact_id) if room.contact_id else None
        partner = contact.partner if contact is not None else room.partner
        if partner is not None:
            await reach.tell(
                act, partner.owner, "partners/reachable.html.j2",
                f"back:{act.event.key}:{room.id}", partner=partner, contact=contact, room=room,
            )  # fmt: skip


async def renamed(act: Act) -> None:
    """A room's name changed; a topic's name is its own."""
    where = act.event.where
    for room in await partners.rooms_in_chat(act.session, where.platform, where.chat):
        if room.thread == (where.thread or "") and act.event.room_title:
            room.title = act.event.room_title


async def shared(act: Act, *, now_shared: bool) -> None:
    """A channel was opened to another company, or closed again."""
    where = replace(act.event.where, thread=None)
    if now_shared:  # also one that we knew nothing of: cards and scores must not go there now
        await people.room_for(act.session, where, "channel")
    for room in await partners.rooms_in_chat(act.session, where.platform, where.chat):
        room.shared = now_shared
