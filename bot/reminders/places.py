"""Where a meeting's people are met: each guest's private chat, else the partner's room."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Address
from bot.partners.people import (
    called,
    manager_meets,
    partner_meets,
    reader_of_contact,
    room_address,
)
from bot.texts import Reader
from bot.turn import Turn
from storage import people
from storage.models_people import Contact
from storage.models_work import Meeting, MeetingGuest


@dataclass(frozen=True)
class Place:
    """One chat in which guests are met; `key` is "contact:12" or, for a room, "partner:3"."""

    key: str
    address: Address
    reader: Reader
    guests: tuple[MeetingGuest, ...]

    @property
    def private(self) -> bool:
        return self.key.startswith("contact:")

    @property
    def names(self) -> list[str]:
        return [called(guest.contact) for guest in self.guests]


async def of_guests(turn: Turn, meeting: Meeting, guests: Sequence[MeetingGuest]) -> list[Place]:
    """Every place at which some of these guests can be reached, private chats first."""
    if not guests:
        return []
    ids = [guest.contact_id for guest in guests]
    chats = await people.private_rooms_of(turn.session, ids)
    found = [
        Place(f"contact:{guest.contact_id}", room_address(chats[guest.contact_id]),
              reader_of_contact(guest.contact), (guest,))
        for guest in guests if guest.contact_id in chats
    ]  # fmt: skip
    others = tuple(guest for guest in guests if guest.contact_id not in chats)
    room = await partner_meets(turn, meeting.partner) if others else None
    if room is not None:
        found.append(Place(f"partner:{meeting.partner_id}", room.address, room.reader, others))
    return found


async def reachable(
    turn: Turn, meeting: Meeting, guests: Sequence[MeetingGuest]
) -> tuple[list[Contact], list[Contact]]:
    """Who of the guests hears of the meeting, and who does not."""
    met = await of_guests(turn, meeting, guests)
    found = {guest.id for place in met for guest in place.guests}
    return (
        [guest.contact for guest in guests if guest.id in found],
        [guest.contact for guest in guests if guest.id not in found],
    )


async def of_organiser(turn: Turn, meeting: Meeting) -> Place | None:
    """The organiser's private chat."""
    meets = await manager_meets(turn, meeting.organiser)
    if meets is None:
        return None
    return Place(f"manager:{meeting.organiser_id}", meets.address, meets.reader, ())
