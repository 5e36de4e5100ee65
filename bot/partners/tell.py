"""A word of ours to a partner: shown first, held for a moment, then sent under our name."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Any

from bot import outbox, texts
from bot.chat import Address
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import (
    Meets,
    called,
    contact_meets,
    no_way,
    reader_of_manager,
    reader_of_partner,
    room_address,
    speaker,
)
from bot.partners.private import asker, show
from bot.routes import Act
from bot.turn import Turn
from storage import messages, partners, people
from storage.ids import row_id
from storage.models_delivery import DueWork
from storage.models_people import Partner
from storage.models_work import Tell

due = DueKinds()

HOLD = timedelta(seconds=10)  # DESIGN.md 5: time to see a slip, not long enough to be forgotten
TEXT_LENGTH = 3_000
OUTDATED = _m("That is out of date: nothing was changed.")
TOO_LATE = _m("Too late: it is sent already.")


async def preview(act: Act, partner: Partner, text: str) -> None:
    """Show the author who will get it, where and in which language; nothing leaves yet."""
    text = text.strip()
    if not text:
        raise Refused(_m("What should I tell them? Example: /partner tell Nordwind We moved."))
    if len(text) > TEXT_LENGTH:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=TEXT_LENGTH)
    assert act.manager is not None  # noqa: S101 - the route's role says so
    to = await _places(act, partner)
    if not to:
        raise await no_way(
            act, partner, _m("I cannot reach {name} anywhere yet. First: /partner invite {name}")
        )
    tell = await partners.add_tell(
        act.session,
        Tell(partner_id=partner.id, partner=partner, manager_id=act.manager.id,
             manager=act.manager, address=str(asker(act).address),
             html=escape(text, quote=False), to=to, state="draft", created_at=act.now),
    )  # fmt: skip
    await _show(act, tell, "partners/tell_preview.html.j2", act.event.key)


async def _places(turn: Turn, partner: Partner) -> list[dict[str, Any]]:
    """Their room if they have one, since everybody reads it there; else each contact privately."""
    rooms = await people.rooms_of_partner(turn.session, partner.id)
    if rooms:
        reader = reader_of_partner(partner, rooms[0])
        return [_place(room_address(rooms[0]), rooms[0].title or partner.name, reader, room=True)]
    found = []
    for contact in await people.contacts_of(turn.session, partner.id):
        meets = await contact_meets(turn, contact)
        if meets is not None:
            found.append(_place(meets.address, contact.name, meets.reader, contact=contact.id,
                                short=called(contact)))  # fmt: skip
    return found


def _place(
    address: Address, name: str, reader: texts.Reader, *, contact: int | None = None,
    short: str = "", room: bool = False,
) -> dict[str, Any]:  # fmt: skip
    return {"address": str(address), "name": name, "called": short or name, "room": room,
            "language": texts.language_of(reader), "zone": reader.zone, "contact": contact,
            "state": ""}  # fmt: skip


async def send(act: Act, value: str) -> None:
    """[Send] was pressed: it goes out after the hold, unless undone."""
    tell = await _mine(act, value, "draft")
    tell.state = "held"
    for number, place in enumerate(tell.to):
        await _owe(act, tell, number, place)
    await _show(act, tell, "partners/tell_held.html.j2", act.event.key,
                seconds=int(HOLD.total_seconds()))  # fmt: skip


async def _owe(act: Act, tell: Tell, number: int, place: dict[str, Any]) -> None:
    to, key = Address.parse(place["address"]), _key(tell, number)
    reader = texts.Reader(place["language"], place["zone"])
    message = texts.render("partners/told.html.j2", reader, html=tell.html, platform=to.platform,
                           who=speaker(tell.manager, reader, act.config),
                           speaker=speaker(tell.manager, reader, act.config))  # fmt: skip
    await outbox.owe(act, to, message, key=key, subject=f"tell:{tell.id}", cls=Class.TICKET,
                     not_before=act.now + HOLD, then="partner.told")  # fmt: skip
    await messages.record_out(
        act.session, to, tell.html, key=key, at=act.now, partner_id=tell.partner_id,
        contact_id=place["contact"], manager_id=tell.manager_id,
    )  # fmt: skip


async def undo(act: Act, value: str) -> None:
    """[Undo] within the hold: nothing was sent; the text stays there for copying."""
    tell = await _mine(act, value, "held")
    skipped = await outbox.drop(act, f"tell:{tell.id}", "undone")
    if not skipped:
        raise Refused(TOO_LATE)
    tell.state = "undone"
    await partners.forget_said(act.session, [_key(tell, n) for n in range(len(tell.to))])
    await _show(act, tell, "partners/tell_undone.html.j2", act.event.key)


async def send_now(act: Act, value: str) -> None:
    tell = await _mine(act, value, "held")
    released = [await outbox.send_now(act, _key(tell, n)) for n in range(len(tell.to))]
    if not any(released):
        raise Refused(TOO_LATE)


async def cancel(act: Act, value: str) -> None:
    tell = await _mine(act, value, "draft")
    tell.state = "cancelled"
    await _show(act, tell, "partners/tell_undone.html.j2", act.event.key)


@due.kind("partner.told", says=_m("A message to a partner has been sent."))
async def told(turn: Turn, items: Sequence[DueWork]) -> None:
    """Each place has ended: once all have, the author sees when, and where it failed."""
    for item in items:
        _, number, place = item.payload["key"].split(":")
        tell = await partners.tell_by_id(turn.session, int(number))
        if tell is None or tell.state != "held":
            continue
        rows = [dict(one) for one in tell.to]
        rows[int(place)]["state"] = item.payload["state"]
        tell.to = rows
        if all(one["state"] for one in rows):
            tell.state = "done"
            await _show(
                turn,
                tell,
                "partners/tell_done.html.j2",
                "done",
                failed=[one["called"] for one in rows if one["state"] != "sent"],
                sent=[one["called"] for one in rows if one["state"] == "sent"],
            )


async def _mine(act: Act, value: str, state: str) -> Tell:
    """The tell a button means: the presser's own, and still in that state."""
    tell = await partners.tell_by_id(act.session, row_id(value))
    if tell is None or act.manager is None or tell.manager_id != act.manager.id:
        raise Refused(OUTDATED)
    if tell.state != state:
        raise Refused(TOO_LATE if tell.state == "done" else OUTDATED)
    return tell


def _key(tell: Tell, number: int) -> str:
    return f"tell:{tell.id}:{number}"


async def _show(turn: Turn, tell: Tell, template: str, step: str, **data: Any) -> None:
    """The author's own message about it, from the preview to "Sent"."""
    meets = Meets(Address.parse(tell.address), reader_of_manager(tell.manager))
    await show(turn, meets, template, slot=f"tell:{tell.id}:shown", step=step, tell=tell,
               partner=tell.partner, names=[one["called"] for one in tell.to], now=turn.now,
               **data)  # fmt: skip
