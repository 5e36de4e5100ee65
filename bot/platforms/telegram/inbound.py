"""Raw Telegram updates as neutral events: pure, and strict, so that what is wrong is set aside."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from bot.chat import Address, Event, EventKind, Person
from bot.platforms.telegram import content, members
from bot.platforms.telegram.entities import behead, to_html
from bot.platforms.telegram.people import person, sender, where
from bot.platforms.telegram.raw import Json, maybe, moment, number, thing, things, words
from bot.platforms.telegram.settings import Me

# Telegram's own commands are Latin only; ours have Chinese words too, so the text is read, not
# the entity. "/2026" is no command.
COMMAND = re.compile(r"[/／]([^\W\d]\w*)(?:@(\w+))?[.。!！?？]*(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an update says around its content."""

    key: str
    me: Me
    now: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """What was written, split from whom it was written to."""

    text: str
    entities: list[Json]
    mentions_bot: bool


def events(update: Json, me: Me, now: datetime) -> list[Event]:
    """The events of one update, in order; nothing that concerns us = [].

    `now` dates a button press, which Telegram leaves without a time. Raises KeyError, TypeError or
    ValueError on an update that cannot be read.
    """
    frame = _Frame(f"telegram:{number(update, 'update_id')}", me, now)
    for kind, read in READERS.items():
        held = maybe(update, kind)
        if held is not None:
            return read(held, frame)
    return []


def _message(message: Json, frame: _Frame) -> list[Event]:
    if words(thing(message, "chat"), "type") == "channel":
        return []
    coming = members.service(message, frame.key, frame.me)
    if coming:
        return coming
    return _written(message, frame, moment(message, "date"), edited=False)


def _edited(message: Json, frame: _Frame) -> list[Event]:
    """An edit carries what the message would be, in case it comes before it.

    A live location is edited whenever its sender moves: where they were is enough.
    """
    if words(thing(message, "chat"), "type") == "channel" or "location" in message:
        return []
    at = moment(message, "edit_date" if message.get("edit_date") else "date")
    news = _written(message, frame, moment(message, "date"), edited=False)
    new = next((event for event in news if event.kind == "message"), None)
    return [replace(event, as_new=new)
            for event in _written(message, frame, at, edited=True)]  # fmt: skip


def _written(message: Json, frame: _Frame, at: datetime, *, edited: bool) -> list[Event]:
    me = frame.me
    who = sender(message)
    files = content.files(message)
    told = _told(message, me)
    if who is None or not (told.text or files or told.mentions_bot):
        return []
    kind: EventKind = "edited" if edited else "message"
    route = ""
    command = None if edited or content.is_passed_on(message) else COMMAND.match(told.text)
    if command is not None:
        word, addressee = command.groups()
        if addressee and addressee.lower() != me.username.lower():
            return []
        kind, route = "command", _unprefixed(word.lower(), me)
        named = told.mentions_bot or bool(addressee)
        told = _Told(*behead(told.text, told.entities, command.end()), named)
    above = "" if command is not None else content.elsewhere(message)
    chat = thing(message, "chat")
    reply_to, reply_to_bot = _reply(message, me)
    private = words(chat, "type") == "private"
    key = frame.key if edited else _message_key(message)
    return [
        Event(
            key=key, at=at, platform="telegram", kind=kind, who=who, where=where(message),
            text=(above + told.text).strip(),
            html=(escape(above, quote=False) + to_html(told.text, told.entities)).strip(),
            message_id=str(number(message, "message_id")), reply_to=reply_to,
            reply_to_bot=reply_to_bot, mentions_bot=told.mentions_bot,
            private=private, shared=not private, room_title=words(chat, "title"),
            files=files, route=route, values=_values(message),
        )
    ]  # fmt: skip


def _message_key(message: Json) -> str:
    """One message, whichever update tells of it."""
    chat = number(thing(message, "chat"), "id")
    return f"telegram:msg:{chat}:{number(message, 'message_id')}"


def _told(message: Json, me: Me) -> _Told:
    """The words of a text or a caption, without the @name of the bot at their start."""
    text = words(message, "text") or words(message, "caption")
    entities = things(message, "entities") or things(message, "caption_entities")
    if not text:
        return _Told(content.readable(message), [], False)
    if content.is_passed_on(message):  # who is called in it was called elsewhere
        return _Told(text, entities, False)
    named = any(_names(entity, text, me) for entity in entities)
    head = re.match(rf"\s*@{re.escape(me.username)}\b[\s,:;，：；、]*", text, re.IGNORECASE)
    if me.username and head is not None:
        return _Told(*behead(text, entities, head.end()), True)
    return _Told(text, entities, named)


def _names(entity: Json, text: str, me: Me) -> bool:
    """Whether an entity is a mention of the bot, by name or by id."""
    if words(entity, "type") == "text_mention":
        return str(number(thing(entity, "user"), "id")) == me.id
    if words(entity, "type") != "mention":
        return False
    raw = text.encode("utf-16-le")
    start, length = number(entity, "offset"), number(entity, "length")
    named = raw[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
    return named.lower() == f"@{me.username}".lower()


def _reply(message: Json, me: Me) -> tuple[str, bool]:
    """The message that was answered; in a topic everything formally answers the topic's root."""
    answered = maybe(message, "reply_to_message")
    if answered is None:
        return "", False
    number_ = number(answered, "message_id")
    if message.get("is_topic_message") and number_ == message.get("message_thread_id"):
        return "", False
    author = maybe(answered, "from")
    return str(number_), author is not None and str(number(author, "id")) == me.id


def _values(message: Json) -> dict[str, object]:
    """`album` is shared by the messages of one album; `contact` = {name, phone, id}."""
    values: dict[str, object] = {}
    if message.get("media_group_id") is not None:
        values["album"] = words(message, "media_group_id")
    contact = maybe(message, "contact")
    if contact is not None:
        values["contact"] = content.contact_of(contact)
    return values


def _unprefixed(word: str, me: Me) -> str:
    """The prefix is ours to add and to take; commands also work without it, like /start."""
    rest = word.removeprefix(me.prefix)
    return rest or word


def _press(query: Json, frame: _Frame) -> list[Event]:
    """A press on a message's button; a message too old to be told still has its chat and id."""
    message = maybe(query, "message")
    data = words(query, "data")
    if message is None or not data:
        return []
    chat = thing(message, "chat")
    private = words(chat, "type") == "private"
    route, _, value = data.partition(" ")
    return [
        Event(
            key=frame.key, at=frame.now, platform="telegram", kind="press",
            who=person(thing(query, "from")),
            where=where(message), message_id=str(number(message, "message_id")), private=private,
            shared=not private, room_title=words(chat, "title"), route=route, value=value,
            direct=True,
        )
    ]  # fmt: skip


def _reaction(change: Json, frame: _Frame) -> list[Event]:
    """Each emoji put on a message or taken off it; custom emoji have no name and are left out."""
    old, new = (_emoji(change, name) for name in ("old_reaction", "new_reaction"))
    steps = [(emoji, "removed") for emoji in old if emoji not in new]
    steps += [(emoji, "added") for emoji in new if emoji not in old]
    chat = thing(change, "chat")
    who = _reactor(change)
    private = words(chat, "type") == "private"
    return [
        Event(
            key=f"{frame.key}:{index}" if index else frame.key, at=moment(change, "date"),
            platform="telegram", kind="reaction", who=who,
            where=Address("telegram", str(number(chat, "id"))), text=what, value=emoji,
            message_id=str(number(change, "message_id")), private=private, shared=not private,
            room_title=words(chat, "title"),
        )
        for index, (emoji, what) in enumerate(steps)
    ]  # fmt: skip


def _emoji(change: Json, name: str) -> list[str]:
    return [words(r, "emoji") for r in things(change, name) if words(r, "type") == "emoji"]


def _reactor(change: Json) -> Person:
    user = maybe(change, "user")
    if user is not None:
        return person(user)
    chat = thing(change, "actor_chat")
    return Person("telegram", str(number(chat, "id")), words(chat, "title"))


READERS: dict[str, Callable[[Json, _Frame], list[Event]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "message_reaction": _reaction,
    "my_chat_member": lambda held, frame: members.mine(held, frame.key),
    "chat_member": lambda held, frame: members.theirs(held, frame.me),
}
# explicit, since Telegram leaves reactions and members out unless they are named
ALLOWED_UPDATES = list(READERS)
