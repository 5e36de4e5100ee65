"""Canned answers: written once in both languages, filled by plain replacement, sent as a reply."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot import texts
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners.people import called, manager_called
from bot.routes import Act
from bot.tickets import cards, replies
from storage import canned
from storage.ids import row_id
from storage.models_known import Canned
from storage.models_work import Ticket

FIELDS = ("partner", "contact", "ticket", "owner")
FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NAME_LENGTH = 60
LONGEST = 2_500  # characters before the fields are filled: it stays one message
NAMED = 20


def field(name: str) -> str:
    return "{{" + name + "}}"


def check(text: str) -> None:
    """Pure: only fields that there are; raises Refused."""
    for found in FIELD.findall(text):
        if found.strip() not in FIELDS:
            raise Refused(_m("“{word}” is no field. There are: {fields}."),
                          word=field(found.strip()[:40]),
                          fields=", ".join(field(name) for name in FIELDS))  # fmt: skip


def fill(text: str, values: Mapping[str, str]) -> str:
    """Pure: each field once; what comes out of one is never read again."""
    return FIELD.sub(lambda found: values.get(found[1].strip(), found[0]), text)


async def save(act: Act, value: str, name: str, en: str, zh: str) -> Canned:
    """Keep a new one, or the words of an old one (`value` is its number)."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Refused(_m("It needs a name of at most {limit} characters."),
                      limit=NAME_LENGTH).at("name")  # fmt: skip
    if not en.strip() and not zh.strip():
        raise Refused(_m("It needs a text in English or Chinese.")).at("en")
    for place, text in (("en", en), ("zh", zh)):
        try:
            check(text)
        except Refused as refusal:
            raise refusal.at(place) from None
        if len(text) > LONGEST:
            raise Refused(_m("That is too long: at most {limit} characters."),
                          limit=LONGEST).at(place)  # fmt: skip
    row = await _row(act, value, _key(name))
    row.key, row.name, row.en, row.zh = _key(name), name, en.strip(), zh.strip()
    row.changed_by, row.changed_at = act.manager.id, act.now
    return await canned.add(act.session, row)


async def _row(act: Act, value: str, key: str) -> Canned:
    """The row to be written; a name belongs to one of them."""
    row = await get(act, value) if value else Canned()
    other = await canned.keyed(act.session, key)
    if other is not None and other is not row:
        raise Refused(_m("There is a canned answer “{name}” already."), name=other.name).at("name")
    return row


def _key(name: str) -> str:
    return fold(name).casefold()


async def get(act: Act, value: str) -> Canned:
    """The one of a button or a choice."""
    row = await canned.get(act.session, row_id(value))
    if row is None:
        raise Refused(_m("This canned answer is gone. All of them: /ticket canned"))
    return row


async def named(act: Act, name: str) -> Canned:
    """By its name, or by how it begins if only one does."""
    key = _key(" ".join(name.split()))
    everything = await canned.everything(act.session)
    exact = [row for row in everything if row.key == key]
    begun = exact or [row for row in everything if row.key.startswith(key)]
    if len(begun) != 1:
        names = ", ".join(row.name for row in everything[:NAMED])
        raise Refused(_m("There is no canned answer “{name}”. There are: {names}."), name=name,
                      names=names or "-")  # fmt: skip
    return begun[0]


async def send(act: Act, ticket: Ticket, row: Canned, more: str = "") -> None:
    """An ordinary reply in the partner's language, with its hold and undo.

    Without a text in that language the other one goes out; whoever sends it sees which. The
    message that named it is not its wording: editing that one changes nothing.
    """
    meets = await cards.meets_of(act, ticket)
    reader = meets.reader if meets is not None else None
    zh = reader is not None and texts.language_of(reader) == "zh"
    text = (row.zh or row.en) if zh else (row.en or row.zh)
    state = await cards.state_of(act, ticket)
    owner = ticket.owner or act.manager
    values = {
        "partner": ticket.partner.name, "ticket": f"T-{ticket.id}",
        "contact": called(ticket.contact) if ticket.contact is not None
        else cards.name_of(ticket, state.log),
        "owner": manager_called(owner, reader) if owner is not None and reader is not None else "",
    }  # fmt: skip
    words = "\n\n".join(part for part in (fill(text, values), more.strip()) if part)
    event = replace(act.event, text="", html="", message_id="")
    await replies.reply(replace(act, event=event), ticket, words)
