"""Brings a contact in: a link to forward, and the welcome of whoever opens it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Address
from bot.errors import Refused
from bot.marks import _m
from bot.partners import codes, names, own
from bot.partners.people import called, reader_of_contact, speaker
from bot.partners.reach import tell
from bot.routes import Act
from bot.texts import sentence
from bot.turn import Turn
from storage import moving, partners, people
from storage.models_people import Contact, LinkCode, Partner, Room

NAME_LENGTH = 80
FORWARD = _m(
    "Hello {called}, this is our direct line on Telegram: open it and press Start. {speaker}"
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link, and the words with which it is forwarded, in the contact's own language."""

    contact: Contact
    link: str
    words: str


async def not_yet_in(turn: Turn, partner: Partner) -> list[Contact]:
    """The contacts who have no Telegram account with us."""
    known = await partners.identities_of_partner(turn.session, partner.id)
    there = {identity.contact_id for identity in known if identity.platform == "telegram"}
    everybody = await people.contacts_of(turn.session, partner.id)
    return [contact for contact in everybody if contact.id not in there]


async def whom(turn: Turn, partner: Partner, name: str) -> list[Contact]:
    """The contacts that a name means; a name that fits nobody is a new contact."""
    everybody = {c.name: c for c in await people.contacts_of(turn.session, partner.id)}
    found = names.match(name, everybody)
    return [everybody[one] for one in found] or [await add_contact(turn, partner, name)]


async def add_contact(turn: Turn, partner: Partner, name: str, **values: str) -> Contact:
    """A new contact of the partner; the name of one who left brings them back."""
    name = checked_name(name)
    for contact in await partners.all_contacts(turn.session, partner.id):
        if contact.name == name:
            contact.archived_at = None
            return contact
    contact = Contact(partner_id=partner.id, name=name, **values)
    return await partners.add_contact(turn.session, contact)


def checked_name(name: str) -> str:
    """A name as it is kept; Refused when it is none."""
    name = " ".join(name.split())
    if not any(char.isalpha() for char in name):
        raise Refused(_m("“{name}” is not a name."), name=name)
    if len(name) > NAME_LENGTH:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=NAME_LENGTH)
    return name


async def invite(act: Act, contacts: Sequence[Contact]) -> list[Invitation]:
    """A fresh link for each; it can be used once, within a week."""
    if not act.config.telegram_bot:
        raise Refused(_m("Telegram is not connected here, so there is nowhere to invite to."))
    assert act.manager is not None  # noqa: S101 - the route's role says so
    made = []
    for contact in contacts:
        code = await codes.new(act, kind="contact", partner_id=contact.partner_id,
                               contact_id=contact.id, by=act.manager.id)  # fmt: skip
        reader = reader_of_contact(contact)
        link = f"https://t.me/{act.config.telegram_bot}?start={code}"
        words = sentence(FORWARD, reader, called=called(contact),
                         speaker=speaker(act.manager, reader, act.config))  # fmt: skip
        made.append(Invitation(contact, link, words))
    return made


async def open_link(act: Act, code: str) -> None:
    """Somebody opened an invitation in their private chat: welcome them."""
    row = await codes.find(act, code)
    if row is not None and row.contact_id and row.contact_id == act.identity.contact_id:
        await own.show_settings(act, fresh=True)
        return
    row = codes.check(row, act.now)
    if row.contact_id is None:
        raise Refused(_m("This link is for a group: open it again and choose the group."))
    contact = await people.contact(act.session, row.contact_id)
    if contact is None or contact.archived_at or contact.partner.archived_at:
        raise Refused(_m("This link is not complete or not ours. Please ask for a new one."))
    if act.is_ours:
        raise Refused(_m("This link is for {name}: please forward it. It still works."),
                      name=contact.name)  # fmt: skip
    if act.contact is not None:
        raise Refused(_m("I know you as {name} of {partner} already. Just write."),
                      name=act.contact.name, partner=act.contact.partner.name)  # fmt: skip
    await _come_in(act, row, contact)


async def _come_in(act: Act, row: LinkCode, contact: Contact) -> None:
    await partners.use_code(act.session, row, act.now)
    moved = await join(act, contact)
    await own.welcome(act, contact, act.event.key)
    await tell(act, contact.partner.owner, "partners/came.html.j2", f"came:{act.event.key}",
               contact=contact, partner=contact.partner, moved=moved)  # fmt: skip


async def join(act: Act, contact: Contact) -> bool:
    """The acting account is this contact's from now on; True if it replaces another account."""
    platform, chat = act.event.platform, act.event.who.id
    return await take(act, act.identity.id, contact, Address(platform, chat))


async def take(turn: Turn, identity_id: int, contact: Contact, chat: Address) -> bool:
    """Put a contact behind an account and its private chat."""
    gone = await partners.retire_accounts(turn.session, contact.id, chat.platform, chat.chat)
    identity = await partners.identity_by_id(turn.session, identity_id)
    if identity is None:
        raise Refused(_m("That is out of date: nothing was changed."))
    identity.contact_id, identity.contact, identity.ignored_at = contact.id, contact, None
    contact.welcomed_at = contact.welcomed_at or turn.now
    room = await people.room_for(turn.session, chat, "private")
    _claim(room, contact, turn)
    await turn.session.flush()
    for old in gone:
        await moving.hand_on(turn.session, contact.id, Address(chat.platform, old), chat, turn.now)
    return bool(gone)


def _claim(room: Room, contact: Contact, turn: Turn) -> None:
    room.partner_id, room.contact_id = contact.partner_id, contact.id
    room.shared, room.linked_at = False, turn.now
    room.unreachable_at, room.unreachable_reason = None, ""
