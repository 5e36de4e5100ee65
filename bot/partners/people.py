"""How to reach and address people: where, in what language, in which clock, under what name."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Address
from bot.config import Config
from bot.errors import Refused
from bot.marks import _m
from bot.partners.policy import gone
from bot.texts import Reader
from bot.turn import Turn
from storage import decisions, people
from storage.models_people import Contact, Identity, Manager, Partner, Room

BLOCKED = _m("{names} blocked the bot. Once they unblock it, it can write to them again.")
GONE = _m("{names} cannot be reached any more. Invite them again: /partner invite {partner}")


@dataclass(frozen=True, slots=True)
class Meets:
    """Where somebody is met and how they read."""

    address: Address
    reader: Reader


def reader_of_contact(contact: Contact) -> Reader:
    """Person's own -> partner's language and zone."""
    partner = contact.partner
    return Reader(contact.language or partner.language, contact.zone or partner.zone)


def reader_of_manager(manager: Manager) -> Reader:
    return Reader(manager.language, manager.zone)


def reader_of_partner(
    partner: Partner, room: Room | None = None, *, several: bool = True
) -> Reader:
    """A room of several people: the room's language -> the partner's; clocks name their zone."""
    language = (room.language if room is not None else "") or partner.language
    return Reader(language, partner.zone, several=several)


def reader_of_stranger(identity: Identity | None, config: Config) -> Reader:
    language = identity.language if identity is not None else ""
    return Reader(language or config.language, config.zone)


def reader_of_team(config: Config) -> Reader:
    """Rooms of ours alone: the company's language and zone."""
    return Reader(config.language, config.zone)


def names_zone(reader: Reader, config: Config) -> bool:
    """In a room of ours, when not all of us live by the company's clock."""
    apart = any(manager.zone != config.zone for manager in config.managers)
    return apart and reader == reader_of_team(config)


def reader_of(identity: Identity, room: Room | None, config: Config) -> Reader:
    """Whoever did something, as a reader."""
    if identity.manager is not None:
        return reader_of_manager(identity.manager)
    if identity.contact is not None:
        return reader_of_contact(identity.contact)
    if room is not None and room.partner is not None:
        language = identity.language or room.language or room.partner.language
        return Reader(language, room.partner.zone)
    return reader_of_stranger(identity, config)


def called(contact: Contact) -> str:
    """How a contact is addressed: "Jo", "王总"."""
    return contact.called or contact.name.split()[0]


def manager_called(manager: Manager, reader: Reader) -> str:
    """How a manager is named to this reader: "Lin", "林经理"."""
    return manager.called if reader.language.startswith("zh") and manager.called else manager.name


def speaker(manager: Manager, reader: Reader, config: Config) -> str:
    """Under which name a manager speaks to a partner: "Lin (Hengda)", "林经理（恒达）"."""
    name, company = manager_called(manager, reader), config.company_in(reader.language[:2])
    return f"{name}（{company}）" if reader.language.startswith("zh") else f"{name} ({company})"


def room_address(room: Room) -> Address:
    return Address(room.platform, room.chat, room.thread or None)  # type: ignore[arg-type]


async def manager_meets(turn: Turn, manager: Manager) -> Meets | None:
    """A manager's private chat: Slack first, else Telegram; None if they have neither."""
    return (await managers_meet(turn, [manager])).get(manager.id)


async def managers_meet(turn: Turn, managers: Sequence[Manager]) -> dict[int, Meets]:
    """The same of several at once, by id; who has no chat is not among them."""
    known = await people.accounts_of(turn.session, [manager.id for manager in managers])
    found = dict[int, Meets]()
    for manager in managers:
        chats = dict(reversed(known[manager.id]))  # of several on a platform the oldest
        for platform in ("slack", "telegram"):
            if platform in chats and manager.id not in found:
                address = Address(platform, chats[platform])
                found[manager.id] = Meets(address, reader_of_manager(manager))
    return found


async def contact_meets(turn: Turn, contact: Contact) -> Meets | None:
    """A contact's private chat, if there is one that still works."""
    rooms = await people.private_rooms(turn.session, contact.id)
    return Meets(room_address(rooms[0]), reader_of_contact(contact)) if rooms else None


async def asked_at(
    turn: Turn, address: Address, partner: Partner, contact: Contact | None
) -> Meets | None:
    """Where who asked something at `address` is answered, and in whose language.

    There, as long as it is their company's: a room that was unlinked or is another partner's by
    now is told nothing more, its people are answered in their own chat. None = no chat works.
    """
    room = await people.room(turn.session, address)
    if room is not None and room.partner_id != partner.id:
        return await contact_meets(turn, contact) if contact is not None else None
    if room is not None and room.unreachable_at is not None:
        return None
    if contact is not None and (room is None or room.contact_id == contact.id):
        return Meets(address, reader_of_contact(contact))
    return Meets(address, reader_of_partner(partner, room))


async def no_way(
    turn: Turn, partner: Partner, yet: str, contacts: Sequence[Contact] | None = None
) -> Refused:
    """Why none of these (else: of all) can be written to; `yet` where nobody ever could."""
    if contacts is None:
        contacts = await people.contacts_of(turn.session, partner.id)
    lost = await decisions.gone(turn.session, [contact.id for contact in contacts])
    for how, why in (("blocked", BLOCKED), ("gone", GONE)):
        names = [one.name for one in contacts if gone(lost.get(one.id)) == how]
        if names:
            return Refused(why, names=", ".join(names), partner=partner.name)
    return Refused(yet, name=partner.name, partner=partner.name)


async def partner_meets(turn: Turn, partner: Partner) -> Meets | None:
    """A partner's shared room, if one is linked."""
    rooms = await people.rooms_of_partner(turn.session, partner.id)
    if not rooms:
        return None
    return Meets(room_address(rooms[0]), reader_of_partner(partner, rooms[0]))


def triage(config: Config) -> Meets | None:
    """Where new tickets and strangers appear; None when nothing is configured."""
    if config.slack.triage_channel:
        return Meets(Address("slack", config.slack.triage_channel), reader_of_team(config))
    if config.telegram.triage_chat:
        return Meets(Address("telegram", config.telegram.triage_chat), reader_of_team(config))
    return None


def team_room(config: Config, team: str) -> Meets | None:
    """A team's own channel, else triage."""
    for one in config.teams:
        if one.name == team and one.channel:
            return Meets(Address("slack", one.channel), reader_of_team(config))
    return triage(config)


async def ours_alone(turn: Turn, meets: Meets | None) -> Meets | None:
    """None for a room that other companies share: cards, notes and scores never go there."""
    room = await people.room(turn.session, meets.address) if meets is not None else None
    return None if room is not None and room.shared else meets


async def on_duty(turn: Turn, manager: Manager | None) -> Manager | None:
    """Who stands in for this manager now: they themselves, else their substitute, else the lead.

    None = nobody is there: then a room hears of it.
    """
    return next(iter(await helpers(turn, manager)), None)


async def helpers(turn: Turn, manager: Manager | None) -> list[Manager]:
    """Who can be asked in a manager's place, and is there: in the order in which they are."""
    return (await helpers_of(turn, [manager]))[manager.id] if manager is not None else []


async def helpers_of(turn: Turn, managers: Sequence[Manager]) -> dict[int, list[Manager]]:
    """The same of several at once, by id."""
    instead = {one.id: one.substitute_id or 0 for one in managers
               if one.by_hand_until(turn.now) is not None}  # fmt: skip
    leads = {one.id: _lead(turn.config, one) for one in managers}
    known = await people.managers_among(turn.session, instead.values(), leads.values())
    by_id, by_key = {one.id: one for one in known}, {one.key: one for one in known}
    found = dict[int, list[Manager]]()
    for one in managers:
        asked = (one, by_id.get(instead.get(one.id, 0)), by_key.get(leads[one.id]))
        there = {who.id: who for who in asked if who is not None and not is_away(turn, who)}
        found[one.id] = list(there.values())
    return found


def check_receives(manager: Manager) -> None:
    """Whoever only looks on can do nothing about what they would be given."""
    if manager.role == "viewer":
        raise Refused(_m("{name} only looks on here. Who else?"), name=manager.name)


def is_away(turn: Turn, manager: Manager) -> bool:
    """Said by hand, or by their status in Slack (bot/partners/absence.py)."""
    return manager.absent_until(turn.now) is not None


async def admins(turn: Turn) -> list[Manager]:
    """Those who run the bot: they hear of what nobody else can help with."""
    everyone = await people.managers(turn.session)
    return [manager for manager in everyone if manager.role == "admin"]


async def lead_of(turn: Turn, manager: Manager | None) -> Manager | None:
    """Who leads the manager's team; without a manager, the first team's lead."""
    key = _lead(turn.config, manager)
    return await people.manager_named(turn.session, key) if key else None


def _lead(config: Config, manager: Manager | None) -> str:
    wanted = manager.team if manager is not None else ""
    return next((team.lead for team in config.teams if team.name == wanted or not wanted), "")
