"""What a contact decides for themselves: language, clock, quiet hours, what they receive."""

from typing import Any

from bot.errors import Refused
from bot.marks import _m
from bot.partners import quiet
from bot.partners.people import (
    Meets,
    called,
    contact_meets,
    manager_called,
    reader_of_contact,
)
from bot.partners.private import show
from bot.routes import Act
from bot.turn import Turn
from bot.when import parse_zone
from storage import settings
from storage.decisions import STOPPED
from storage.models_people import Contact

KINDS = {"r": "wants_reminders", "s": "wants_surveys", "n": "wants_news"}
LANGUAGES = ("en", "zh")
OUTDATED = _m("That is out of date: nothing was changed.")


def contact_of(act: Act) -> Contact:
    """The contact who acts, in their own chat."""
    if act.contact is None:
        raise Refused(_m("This is for our partners' people, in their own chat with me."))
    return act.contact


async def welcome(turn: Turn, contact: Contact, step: str) -> None:
    """The first message of all: who we are, what will come, how to stop it."""
    await _show(turn, contact, step, fresh=True, welcome=True)


async def show_settings(act: Act, *, fresh: bool = False) -> None:
    """The same settings, on the message that holds them or below as a new one."""
    contact = contact_of(act)
    if fresh:
        contact.welcomed_at = contact.welcomed_at or act.now
    await _show(act, contact, act.event.key, fresh=fresh, welcome=False)


async def _show(turn: Turn, contact: Contact, step: str, *, fresh: bool, welcome: bool) -> None:
    meets = await _private(turn, contact)
    owner = contact.partner.owner
    await show(
        turn, meets, "own/settings.html.j2", slot=f"own:{contact.id}", step=step, fresh=fresh,
        contact=contact, called=called(contact), partner=contact.partner, welcome=welcome,
        company=turn.config.company_in(meets.reader.language[:2]), zone=meets.reader.zone,
        owner=manager_called(owner, meets.reader) if owner is not None else "",
    )  # fmt: skip


async def _private(turn: Turn, contact: Contact) -> Meets:
    meets = await contact_meets(turn, contact)
    if meets is None:
        raise Refused(_m("This is for our partners' people, in their own chat with me."))
    return Meets(meets.address, reader_of_contact(contact))


async def toggle(act: Act, kind: str) -> None:
    contact, name = contact_of(act), KINDS.get(kind)
    if name is None:
        raise Refused(OUTDATED)
    setattr(contact, name, not getattr(contact, name))
    if not getattr(contact, name):
        await note_stop(act, contact, kind)
    await show_settings(act)


async def speak(act: Act, language: str) -> None:
    if language not in LANGUAGES:
        raise Refused(OUTDATED)
    contact_of(act).language = language
    await show_settings(act)


async def move(act: Act, place: str) -> None:
    """The contact's clock: a city or a zone; it becomes the one their times are shown in."""
    contact = contact_of(act)
    contact.zone = parse_zone(place) if place.strip() else ""
    await show_settings(act, fresh=True)


async def be_quiet(act: Act, hours: str) -> None:
    contact = contact_of(act)
    contact.quiet_from, contact.quiet_to = quiet.parse(hours)
    await show_settings(act, fresh=True)


# stop


async def ask_stop(act: Act) -> None:
    """ "Stop what?", as a message of its own."""
    await _stop(act, "own/stop_what.html.j2", fresh=True)


async def stop(act: Act, kind: str) -> None:
    """Stop one kind, or all three; what was stopped before stays so, also after Undo."""
    contact = contact_of(act)
    names = list(KINDS.values()) if kind == "all" else [KINDS[kind]] if kind in KINDS else []
    if not names:
        raise Refused(OUTDATED)
    before = switches(contact)
    for name in names:
        setattr(contact, name, False)
    await note_stop(act, contact, "rsn" if kind == "all" else kind)
    await _stop(act, "own/stopped.html.j2", kind=kind, before=before)


async def note_stop(act: Act, contact: Contact, kinds: str) -> None:
    """Since when they get no more of these kinds ("rsn"): managers can ask."""
    await settings.note(act.session, who=act.by, what=STOPPED, subject=f"contact:{contact.id}",
                        now=act.now, kinds=kinds)  # fmt: skip


async def undo_stop(act: Act, before: str) -> None:
    contact = contact_of(act)
    for kind, name in KINDS.items():
        setattr(contact, name, kind in before)
    await _stop(act, "own/going_on.html.j2", contact=contact)


def switches(contact: Contact) -> str:
    """What they receive, for a button's value: "rsn"; "-" = nothing."""
    return "".join(kind for kind, name in KINDS.items() if getattr(contact, name)) or "-"


async def _stop(act: Act, template: str, *, fresh: bool = False, **data: Any) -> None:
    contact = contact_of(act)
    meets = await _private(act, contact)
    await show(act, meets, template, slot=f"stop:{contact.id}", step=act.event.key, fresh=fresh,
               **data)  # fmt: skip
