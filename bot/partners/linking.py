"""Makes a room a partner's: shows the manager who is in it, posts nothing before the press."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from bot import due as due_work
from bot import outbox, texts
from bot.chat import Address
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import codes, company
from bot.partners.people import (
    Meets,
    manager_called,
    manager_meets,
    reader_of_manager,
    reader_of_partner,
    room_address,
)
from bot.partners.private import asker, show
from bot.routes import Act, Notice, Reply
from bot.turn import Turn
from storage import outbox as outbox_rows
from storage import partners, people
from storage.ids import row_id
from storage.models_delivery import DueWork
from storage.models_people import Manager, Partner, Room

due = DueKinds()

OUTDATED = _m("That is out of date: nothing was changed.")
WAIT_FOR_LINK = timedelta(minutes=2)  # a group link adds the bot first and names its code after


@dataclass(frozen=True)
class Asked:
    """What comes back with the answer of the platform: for whom the room is looked at, and why."""

    partner: int
    manager: int
    room: str  # its address
    to: str  # the address where the manager is told
    title: str = ""
    by: str = ""  # who used the code there

    @property
    def slot(self) -> str:
        return f"link:{self.partner}:{self.room}"


async def links(act: Act, partner: Partner) -> dict[str, Any]:
    """How to link a room on Telegram: a link for a group, a line for a topic."""
    bot = act.config.telegram_bot
    if not bot:
        return {"link": "", "line": ""}
    assert act.manager is not None  # noqa: S101 - the route's role says so
    code = await codes.new(act, kind="room", partner_id=partner.id, contact_id=None,
                           by=act.manager.id)  # fmt: skip
    return {"link": f"https://t.me/{bot}?startgroup={code}", "line": f"/start@{bot} {code}"}


async def look(act: Act, partner: Partner, room: Address, title: str = "") -> None:
    """Ask the platform who is in the room; what it says is shown to the asker alone."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    await check_free(act, partner, room)
    asked = Asked(partner.id, act.manager.id, str(room), str(asker(act).address), title)
    await _ask(act, asked, act.event.key)


async def _ask(turn: Turn, asked: Asked, step: str) -> None:
    chat = Address.parse(asked.room)
    name = "chat" if chat.platform == "slack" else "id"
    await outbox.ask(
        turn, chat.platform, "room", key=f"{asked.slot}:{step}", route="partner.room_seen",
        value=json.dumps(asdict(asked)), then="partner.room_asked", **{name: chat.chat},
    )  # fmt: skip


async def check_free(turn: Turn, partner: Partner, room: Address) -> None:
    """Refused if the room is ours, another partner's, or linked to this one already."""
    config = turn.config
    ours = {config.slack.triage_channel, config.telegram.triage_chat}
    ours |= {team.channel for team in config.teams}
    if room.chat in ours - {""}:
        raise Refused(_m("That is a room of our own; partners do not read along there."))
    for known in await partners.rooms_in_chat(turn.session, room.platform, room.chat):
        if known.partner_id is None:
            continue
        if known.contact_id is not None:
            raise Refused(_m("That is a private chat. Link a group or a channel."))
        if known.partner_id != partner.id:
            owner = known.partner.name if known.partner is not None else ""
            raise Refused(_m("That room belongs to {name}. It stays as it is."), name=owner)
        if known.thread == (room.thread or "") and known.unreachable_at is None:
            raise Refused(_m("That room is linked to {name} already."), name=partner.name)


# a code, used in a group


async def open_code(act: Act, code: str) -> Reply:
    """Somebody typed the code in a group: nothing is posted there, its maker is asked."""
    row = codes.check(await codes.find(act, code), act.now)
    if row.kind != "room":
        raise Refused(_m("This link is for one person: open it in a private chat with me."))
    partner = await people.partner(act.session, row.partner_id)
    maker = await partners.manager_by_id(act.session, row.created_by)
    meets = await manager_meets(act, maker) if maker is not None else None
    if partner is None or partner.archived_at or maker is None or meets is None:
        raise Refused(_m("This link is not complete or not ours. Please ask for a new one."))
    room = act.event.where
    asked = Asked(partner.id, row.created_by, str(room), str(meets.address),
                  act.event.room_title, act.identity.name)  # fmt: skip
    try:
        _check_theirs(act, partner)
        await check_free(act, partner, room)
    except Refused as error:
        return await _say_no(act, asked, partner, meets, error)
    await partners.use_code(act.session, row, act.now)
    await due_work.drop(act, key=added_key(room))
    await _ask(act, asked, act.event.key)
    return None


def _check_theirs(act: Act, partner: Partner) -> None:
    """A code that somebody of another partner has got hold of links nothing."""
    contact = act.identity.contact
    if contact is not None and contact.partner_id != partner.id and not act.is_ours:
        raise Refused(_m("{name} of {partner} used the code."), name=contact.name,
                      partner=contact.partner.name)  # fmt: skip


async def _say_no(
    act: Act, asked: Asked, partner: Partner, meets: Meets, error: Refused
) -> Notice:
    """Why is told to the maker of the code; in the group only that, and the code stays good."""
    words = texts.refusal(error, meets.reader)
    there = act.room is not None and act.room.partner_id == partner.id
    await show(act, meets, "partners/link_failed.html.j2", slot=asked.slot, step=act.event.key,
               title=asked.title, partner=partner, why=words, there=there)  # fmt: skip
    return Notice("partners/code_refused.html.j2", {"there": there})


def added_key(chat: Address) -> str:
    return f"added:{chat.platform}:{chat.chat}"


# the platform's answer


async def seen(turn: Turn, value: str, told: dict[str, Any], step: str) -> None:
    """Show the manager who is in the room, as far as the platform tells, with [Link] [Cancel]."""
    asked = Asked(**json.loads(value))
    partner, manager, meets = await _who_asked(turn, asked)
    if partner is None or manager is None:
        return
    if why := _obstacle(told):
        await _not_possible(turn, asked, meets, partner, why, step)
        return
    at = Address.parse(asked.room)
    room = await people.room_for(
        turn.session, at, "channel" if at.platform == "slack" else "group"
    )
    room.title = str(told.get("title") or asked.title or room.title)
    room.shared = bool(told.get("shared", True))
    people_there = await company.sort_out(turn, at.platform, told, partner)
    await show(
        turn, meets, "partners/link_seen.html.j2", slot=asked.slot, step=step, partner=partner,
        room=room, there=people_there, count=told.get("member_count") or 0, by=asked.by,
        platform=at.platform, hears=_hears(at.platform, told), value=f"{partner.id}:{room.id}",
    )  # fmt: skip


def _obstacle(told: dict[str, Any]) -> str:
    """Why a room cannot be linked: "archived", "private", "outside"; "" = it can."""
    if told.get("archived"):
        return "archived"
    if told.get("private"):
        return "private"
    return "outside" if told.get("member") is False else ""


def _hears(platform: str, told: dict[str, Any]) -> bool:
    """Whether the bot hears ordinary talk there; on Telegram surely only as an administrator."""
    return platform == "slack" or bool((told.get("rights") or {}).get("admin"))


async def _who_asked(turn: Turn, asked: Asked) -> tuple[Partner | None, Manager | None, Meets]:
    partner = await people.partner(turn.session, asked.partner)
    manager = await partners.manager_by_id(turn.session, asked.manager)
    reader = reader_of_manager(manager) if manager is not None else None
    return partner, manager, Meets(Address.parse(asked.to), reader)  # type: ignore[arg-type]


async def _not_possible(
    turn: Turn, asked: Asked, meets: Meets, partner: Partner, why: str, step: str
) -> None:
    await show(turn, meets, "partners/link_impossible.html.j2", slot=asked.slot, step=step,
               partner=partner, title=asked.title, why=why)  # fmt: skip


@due.kind("partner.room_asked", says=_m("A room could not be looked at."))
async def asked_in_vain(turn: Turn, items: Sequence[DueWork]) -> None:
    """The platform refused to tell of a room: say so to the manager who wanted to link it."""
    for item in items:
        if item.payload["state"] == "sent":
            continue
        row = await outbox_rows.find(turn.session, item.payload["key"])
        if row is None or not row.payload:
            continue
        asked = Asked(**json.loads(row.payload["value"]))
        partner, manager, meets = await _who_asked(turn, asked)
        if partner is not None and manager is not None:
            await _not_possible(turn, asked, meets, partner, "outside", item.payload["key"])


# the press


async def link(act: Act, value: str) -> None:
    """[Link] was pressed: the room is the partner's from now on, and is greeted once."""
    partner, room = await _named(act, value)
    await check_free(act, partner, room_address(room))
    room.partner_id, room.partner, room.linked_at = partner.id, partner, act.now
    room.unreachable_at, room.unreachable_reason = None, ""
    await _greet(act, partner, room)
    await _shown(act, partner, room, "partners/linked.html.j2", value=value)


async def _greet(act: Act, partner: Partner, room: Room) -> None:
    reader = reader_of_partner(partner, room)
    owner = partner.owner or act.manager
    message = texts.render(
        "partners/hello.html.j2", reader, company=act.config.company_in(reader.language[:2]),
        owner=manager_called(owner, reader) if owner is not None else "",
        bot=f"@{act.config.telegram_bot}" if room.platform == "telegram" else "@Liaison",
    )  # fmt: skip
    key = f"hello:{room.id}:{act.event.key}"
    await outbox.owe(act, room_address(room), message, key=key, subject=f"hello:{room.id}",
                     cls=Class.INTERACTIVE)  # fmt: skip


async def cancel(act: Act, value: str) -> None:
    partner, room = await _named(act, value)
    if room.partner_id == partner.id:
        raise Refused(_m("That room is linked to {name} already."), name=partner.name)
    await _shown(act, partner, room, "partners/not_linked.html.j2", undone=False)


async def unlink(act: Act, value: str) -> None:
    """The room is nobody's again; what was said there before stays the partner's."""
    partner, room = await _named(act, value)
    if room.partner_id != partner.id:
        raise Refused(OUTDATED)
    room.partner_id, room.partner, room.linked_at = None, None, None
    await outbox.drop(act, f"hello:{room.id}", "unlinked")
    await _shown(act, partner, room, "partners/not_linked.html.j2", undone=True)


async def _named(act: Act, value: str) -> tuple[Partner, Room]:
    """The partner and the room a button means; Refused when one of them is gone."""
    first, _, second = value.partition(":")
    partner = await people.partner(act.session, row_id(first))
    room = await partners.room_by_id(act.session, row_id(second))
    if partner is None or partner.archived_at is not None or room is None:
        raise Refused(OUTDATED)
    return partner, room


async def _shown(act: Act, partner: Partner, room: Room, template: str, **data: Any) -> None:
    slot = f"link:{partner.id}:{room_address(room)}"
    await show(act, asker(act), template, slot=slot, step=act.event.key, partner=partner,
               room=room, **data)  # fmt: skip


def notice(partner: Partner, how: dict[str, Any], here: str) -> Notice:
    """The private answer to `/partner link Nordwind` without a room."""
    return Notice("partners/link.html.j2", {"partner": partner, "here": here, **how})
