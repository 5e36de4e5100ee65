"""A message that somebody points at becomes a ticket: by shortcut, by emoji, from a list."""

from datetime import datetime

from bot import texts
from bot.chat import Address
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of_team
from bot.routes import Act
from bot.tickets import opening
from storage import messages, partners, people, tickets
from storage.models_people import Contact, Identity, Partner
from storage.models_work import Said, SurveyInvite, Ticket

ABOUT_IT = _m("T-{id} is about this already.")
NOT_THEIRS = _m("Only what a partner wrote can become a ticket.")
NO_ROOM = _m("This room is linked to no partner. Use it in a partner's own room.")


async def make_ticket(act: Act, said: Said, *, along: bool = True) -> Ticket:
    """Room talk is a ticket from now on: it is answered where it stands.

    `along`: what the same person said within minutes of it is a part of it.
    """
    if said.direction != "in" or said.visibility != "partner":
        raise Refused(NOT_THEIRS)
    if said.ticket_id is not None:
        raise Refused(ABOUT_IT, id=said.ticket_id)
    partner = await people.partner(act.session, said.partner_id or 0)
    if partner is None:
        raise Refused(NO_ROOM)
    contact, new = await _author(act, partner, said)
    thread = said.thread or (said.platform_id if said.platform == "slack" else "")
    address = Address(said.platform, said.chat, thread or None)  # type: ignore[arg-type]
    name = contact.name if contact is not None else partner.name
    by = f"contact:{contact.id if contact is not None else 0}"
    asker = opening.Asker(partner, contact, address, name, by, new)
    ticket = await opening.begin(act, said, asker)
    if along:
        await opening.take_along(act, said, ticket, asker)
    return ticket


async def from_score(act: Act, scored: Ticket, invite: SurveyInvite, said: Said | None) -> Ticket:
    """A low score becomes a ticket of ours, once; its comment is the first words.

    The score itself does not stand in it: partners read the titles of their tickets in rooms too.
    """
    known = await tickets.of_score(act.session, scored.id, invite.id)
    if known is not None:
        raise Refused(ABOUT_IT, id=known)
    contact, address = invite.contact, Address.parse(invite.address)
    asker = opening.Asker(scored.partner, contact, address, contact.name, act.by)
    title = (
        opening.title_of(said)
        if said is not None
        else texts.sentence(_m("Feedback on T-{id}"), reader_of_team(act.config), id=scored.id)
    )
    ticket = await opening.open_ticket(act, asker, title=title, at=act.event.at, said=said)
    await tickets.log(act.session, scored, "score_ticket", at=act.event.at, by=act.by,
                      invite=invite.id, number=ticket.id)  # fmt: skip
    return ticket


async def _author(act: Act, partner: Partner, said: Said) -> tuple[Contact | None, bool]:
    if said.contact_id is not None:
        return await people.contact(act.session, said.contact_id), False
    identity = await people.find_identity(act.session, said.platform, said.author)
    if identity is None:
        return None, False
    contact, new = await contact_in_room(act, partner, identity)
    said.contact_id = contact.id if contact is not None else None
    return contact, new


async def contact_in_room(
    act: Act, partner: Partner, identity: Identity
) -> tuple[Contact | None, bool]:
    """Who somebody in a partner's room is to us, and whether we only learn it now.

    People of other companies tell Slack their name with each message; who has none stays unknown.
    """
    if identity.contact is not None:
        mine = identity.contact.partner_id == partner.id
        return (identity.contact if mine else None), False
    if not identity.name.strip() or _is_ours(act, identity):
        return None, False
    return await partners.known_by_name(act.session, partner.id, identity), True


async def pointed_at(act: Act) -> Said:
    """The message of a message shortcut; one from before our time is kept now."""
    said = await messages.find(act.session, act.event.where, act.event.message_id)
    return said if said is not None else await _keep(act)


async def _keep(act: Act) -> Said:
    event = act.event
    partner = act.room.partner if act.room is not None else None
    if partner is None:
        raise Refused(NO_ROOM)
    author = str(event.values.get("author") or "")
    identity = await people.find_identity(act.session, event.platform, author)
    if event.values.get("by_bot") or (identity is not None and _is_ours(act, identity)):
        raise Refused(NOT_THEIRS)
    return await messages.record_in(
        act.session, event, partner_id=partner.id, author=author,
        at=datetime.fromisoformat(str(event.values["at"])),
    )  # fmt: skip


def _is_ours(act: Act, identity: Identity) -> bool:
    ours = act.config.slack_company_team
    return identity.manager_id is not None or bool(ours and identity.team == ours)
