"""People and groups whom we do not know: one polite line, and our people decide who they are."""

from collections.abc import Sequence
from typing import Any

from bot import due as due_work
from bot import markup, outbox, texts
from bot.chat import Address, Choice, Field, Form
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import invite, names, own
from bot.partners.people import manager_called, reader_of_stranger
from bot.partners.private import manager_or_triage, show, triage_or_admin
from bot.routes import Act
from bot.turn import Turn
from storage import messages, partners, people
from storage.ids import row_id
from storage.models_delivery import DueWork
from storage.models_people import Contact, Identity, Partner
from storage.models_work import Said

due = DueKinds()

SHOWN = 3  # of a stranger's messages; more would bury the buttons
WORDS = 300  # characters shown of each
OUTDATED = _m("That is out of date: nothing was changed.")


async def wrote(act: Act) -> None:
    """A stranger wrote privately: kept, answered once a day, shown to those who may know them."""
    identity, event = act.identity, act.event
    if act.person.is_bot:
        return
    where = event.where
    await messages.record_in(act.session, event)
    if identity.ignored_at is not None:
        return
    await _answer(act, where)
    await card(act, identity, where, act.event.key)


async def _answer(act: Act, where: Address) -> None:
    """At most once a day: a second line would only annoy, and help nobody."""
    reader = reader_of_stranger(act.identity, act.config)
    message = texts.render("partners/stranger.html.j2", reader,
                           company=act.config.company_in(reader.language[:2]))  # fmt: skip
    day = act.now.astimezone(act.config.tzinfo).date()
    await outbox.owe(act, where, message, key=f"stranger:{act.identity.id}:{day}",
                     subject=f"stranger:{act.identity.id}", cls=Class.INTERACTIVE)  # fmt: skip


async def card(
    turn: Turn, identity: Identity, where: Address, step: str, state: str = "open", **data: Any
) -> None:
    """The one card about a stranger; edited as they write and as it is decided who they are."""
    meets = await triage_or_admin(turn)
    if meets is None:
        return
    said = await partners.heard_in(turn.session, where.platform, where.chat, SHOWN)
    await show(
        turn, meets, "partners/stranger_card.html.j2", slot=f"stranger:{identity.id}:card",
        step=step, identity=identity, said=[_shown(one) for one in said], state=state,
        value=f"{identity.id}",
        **{"contact": None, "by": "", **data},
    )  # fmt: skip


def _shown(said: Said) -> str:
    """Their words on one line, and what came along."""
    words = " ".join(markup.plain(said.html).split())
    short = words if len(words) <= WORDS else words[: WORDS - 1] + "…"
    return " ".join([short, *(f"[{file['name']}]" for file in said.files)]).strip()


def form(identity: Identity) -> Form:
    """Who is it? A partner, and the name under which they are kept."""
    return Form("partner.stranger_is", _m("Who is that?"), (
        Field("partner", "partner", label=_m("Partner"), required=True,
              help=_m("Type the first letters of the company.")),
        Field("name", "text", label=_m("Name"), required=True, initial=identity.name,
              max_length=invite.NAME_LENGTH),
        Field("language", "choice", label=_m("Language"), initial=_language(identity), choices=(
            Choice("en", _m("English")), Choice("zh", _m("Chinese")),
        )),
    ), value=str(identity.id))  # fmt: skip


def _language(identity: Identity) -> str:
    return "zh" if identity.language.startswith("zh") else "en"


async def unknown(turn: Turn, value: str) -> tuple[Identity, Address]:
    """The stranger a button means; Refused when somebody has decided about them already."""
    identity = await partners.identity_by_id(turn.session, row_id(value))
    if identity is None:
        raise Refused(OUTDATED)
    if identity.contact is not None:
        raise Refused(_m("{name} is known already: {partner}."), name=identity.contact.name,
                      partner=identity.contact.partner.name)  # fmt: skip
    return identity, _chat(identity)


def _chat(identity: Identity) -> Address:
    """Where this person writes to us: on Telegram the chat is the person."""
    return Address(identity.platform, identity.external_id)  # type: ignore[arg-type]


async def is_of(act: Act, value: str, partner: Partner, name: str, language: str) -> Contact:
    """The stranger becomes a contact, is welcomed, and what they wrote is theirs."""
    identity, chat = await unknown(act, value)
    contact = await _contact(act, partner, name)
    if language and not contact.language:
        contact.language = language
    await invite.take(act, identity.id, contact, chat)
    await partners.give_said(act.session, chat.platform, chat.chat, partner.id, contact.id)
    await own.welcome(act, contact, act.event.key)
    await due_work.put(act, key=f"ticket.heard_before:{identity.id}", kind="ticket.heard_before",
                       due_at=act.now, contact=contact.id, address=str(chat))  # fmt: skip
    await _card_of(act, identity, chat, "linked", contact=contact)
    return contact


async def _contact(act: Act, partner: Partner, name: str) -> Contact:
    """A contact of that name who is not here yet, else a new one."""
    waiting = {c.name: c for c in await invite.not_yet_in(act, partner)}
    found = names.match(name, waiting)
    if len(found) == 1 and names.how_well(name, found[0]) is names.How.EXACT:
        return waiting[found[0]]
    taken = {c.name for c in await people.contacts_of(act.session, partner.id)} - waiting.keys()
    if name.strip() in taken:
        raise Refused(_m("{name} of {partner} is here already, with another account."),
                      name=name.strip(), partner=partner.name).at("name")  # fmt: skip
    return await invite.add_contact(act, partner, name)


async def ignore(act: Act, value: str) -> None:
    identity, chat = await unknown(act, value)
    identity.ignored_at = act.now
    await _card_of(act, identity, chat, "ignored")


async def hear_again(act: Act, value: str) -> None:
    """[Undo] of [Ignore]."""
    identity, chat = await unknown(act, value)
    if identity.ignored_at is None:
        raise Refused(OUTDATED)
    identity.ignored_at = None
    await _card_of(act, identity, chat, "open")


async def _card_of(
    act: Act, identity: Identity, chat: Address, state: str, contact: Contact | None = None
) -> None:
    meets = await triage_or_admin(act)
    by = manager_called(act.manager, meets.reader) if act.manager and meets else ""
    await card(act, identity, chat, act.event.key, state, contact=contact, by=by)


# groups that nobody linked


async def added(act: Act, key: str, wait: Any) -> None:
    """The bot came into a room: look in a moment whether somebody says whose it is."""
    await due_work.put(
        act, key=key, kind="partner.added", due_at=act.now + wait, subject=key,
        address=str(act.event.where), title=act.event.room_title, by=act.identity.name,
        manager=act.identity.manager_id, at=act.event.key,
    )  # fmt: skip


@due.kind("partner.added", says=_m("Somebody added the bot to a room that belongs to nobody."))
async def nobody_s(turn: Turn, items: Sequence[DueWork]) -> None:
    """Still nobody's: say so once, to who added the bot if it was one of ours, else to triage."""
    for item in items:
        told, where = item.payload, Address.parse(item.payload["address"])
        rooms = await partners.rooms_in_chat(turn.session, where.platform, where.chat)
        if any(room.partner_id is not None for room in rooms):
            continue
        manager = await partners.manager_by_id(turn.session, told["manager"])
        meets = await manager_or_triage(turn, manager)
        if meets is None:
            continue
        room = await people.room_for(turn.session, where, "group")
        room.title = told["title"] or room.title
        await show(turn, meets, "partners/added.html.j2", slot=item.key, step=told["at"],
                   title=room.title or where.chat, by=told["by"], value=room.id)  # fmt: skip
