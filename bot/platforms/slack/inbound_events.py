"""The Events API: messages, reactions, people who come and go, opened Homes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot import naming
from bot.chat import Event, File, Person
from bot.platforms.slack import payload, reading, who
from bot.platforms.slack.asks import status
from bot.platforms.slack.payload import Raw, Unreadable
from bot.platforms.slack.who import Me

_SPOKEN = ("", "file_share", "thread_broadcast", "me_message")
_ALONE = ("im", "app_home")
_GONE_FILES = ("tombstone", "hidden_by_limit")

_Reader = Callable[[Raw, Raw, Me, datetime], list[Event]]


def read(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """The events of one event_callback; kinds we have no use for give none."""
    event = payload.table(body, "event")
    kind = payload.needed(event, "type")
    reader = _READERS.get(kind)
    return reader(body, event, me, _at(body, event, at_real)) if reader else []


def files(message: Raw) -> tuple[File, ...]:
    """Files from another company come as an id alone: their name and size are asked for later.

    Those of messages that were passed on go along.
    """
    messages = (message, *reading.shares(message))
    return tuple(
        File(
            naming.file(payload.text(row, "name")),
            payload.text(row, "mimetype"),
            payload.number(row, "size"),
            "slack:" + payload.needed(row, "id"),
        )
        for one in messages
        for row in payload.rows(one, "files")
        if payload.text(row, "mode") not in _GONE_FILES
    )


def _at(body: Raw, event: Raw, at_real: datetime) -> datetime:
    ts = payload.first(event, "event_ts", "ts")
    if ts:
        return payload.instant(ts)
    seconds = payload.number(body, "event_time")
    return payload.instant(str(seconds)) if seconds > 0 else at_real


def _key(body: Raw) -> str:
    return "slack:" + payload.needed(body, "event_id")


def _message(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    subtype = payload.text(event, "subtype")
    if subtype == "message_changed":
        return _changed(body, event, me, at)
    if subtype == "message_deleted":
        return _deleted(body, event, me, at)
    if subtype not in _SPOKEN or _by_a_bot(event, me):
        return []
    channel, ts = payload.needed(event, "channel"), payload.needed(event, "ts")
    return [replace(_written(body, event, event, me), key=_message_key(channel, ts))]


def _message_key(channel: str, ts: str) -> str:
    """One message, under whichever event ids Slack sends it."""
    return f"slack:msg:{channel}:{ts}"


def _written(body: Raw, event: Raw, message: Raw, me: Me) -> Event:
    """What a new and a changed message have in common; `event` knows the channel."""
    person = who.author(message, me)
    channel, ts = payload.needed(event, "channel"), payload.needed(message, "ts")
    thread = payload.text(message, "thread_ts")
    typed = reading.read_message(message, me.user)
    where = who.at_channel(channel, person.id, thread, ts)
    return Event(
        key="",
        at=payload.instant(ts),
        platform="slack",
        kind="message",
        who=person,
        where=where,
        text=typed.text,
        html=typed.html,
        message_id=ts,
        reply_to=where.thread or "",
        reply_to_bot=payload.text(message, "parent_user_id") == me.user,
        mentions_bot=typed.mentions_bot,
        private=payload.text(event, "channel_type") in _ALONE,
        shared=payload.flag(body, "is_ext_shared_channel") or who.is_foreign(person, me),
        files=files(message),
        values={"mentions": typed.mentions, "rooms": typed.rooms},
    )


def _by_a_bot(message: Raw, me: Me) -> bool:
    """Ours or another app's: bots that answer each other never stop."""
    return (
        bool(payload.text(message, "bot_id"))
        or payload.text(message, "user") == me.user
        or payload.text(message, "subtype") == "bot_message"
    )


def _changed(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    """Slack also reports a change when it only unfolds a link: then the words are the same."""
    message, before = payload.table(event, "message"), payload.table(event, "previous_message")
    if payload.text(message, "subtype") == "tombstone":
        return _deleted(body, event, me, at)
    if _by_a_bot(message, me) or not payload.text(message, "user"):
        return []
    if before and payload.text(message, "text") == payload.text(before, "text"):
        return []
    if not payload.text(message, "ts"):
        message = {**message, "ts": payload.needed(before, "ts")}
    edited = payload.text(message, "edited", "ts")
    when = payload.instant(edited) if edited else at
    written = _written(body, event, message, me)
    new = replace(written, key=_message_key(payload.needed(event, "channel"), written.message_id))
    return [replace(written, key=_key(body), at=when, kind="edited", as_new=new)]


def _deleted(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    before = payload.table(event, "previous_message")
    if _by_a_bot(before, me):
        return []
    ts = payload.text(event, "deleted_ts") or payload.needed(before, "ts")
    person = who.author(before, me)
    thread = payload.text(before, "thread_ts")
    deleted = Event(
        key=_key(body),
        at=at,
        platform="slack",
        kind="deleted",
        who=person,
        where=who.at_channel(payload.needed(event, "channel"), person.id, thread, ts),
        message_id=ts,
        private=payload.text(event, "channel_type") in _ALONE,
        shared=payload.flag(body, "is_ext_shared_channel") or who.is_foreign(person, me),
    )
    return [deleted]


def _reaction(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    """Reactions tell no company of the person: unknown, which counts as external."""
    item = payload.table(event, "item")
    if payload.text(item, "type") != "message" or payload.text(event, "user") == me.user:
        return []
    removed = payload.text(event, "type") == "reaction_removed"
    person, channel = who.author(event, me), payload.needed(item, "channel")
    reacted = Event(
        key=_key(body),
        at=at,
        platform="slack",
        kind="reaction",
        who=person,
        where=who.at_channel(channel, person.id),
        text="removed" if removed else "added",
        value=payload.needed(event, "reaction").split("::")[0],
        message_id=payload.needed(item, "ts"),
        reply_to_bot=payload.text(event, "item_user") == me.user,
        private=who.is_direct(channel),
        shared=payload.flag(body, "is_ext_shared_channel"),
    )
    return [reacted]


def _home(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    if payload.text(event, "tab") not in ("", "home"):
        return []
    person = who.author(event, me)
    opened = Event(
        key=_key(body), at=at, platform="slack", kind="home", who=person,
        where=who.at_home(person.id), private=True,
    )  # fmt: skip
    return [opened]


def _member(value: str) -> _Reader:
    """Somebody came or went, or the room changed; `who` is the bot if nobody is told."""

    def reader(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
        channel, title, now_id = _channel(event)
        person = who.author(event, me) if payload.text(event, "user") else me.person
        moved = Event(
            key=_key(body),
            at=at,
            platform="slack",
            kind="member",
            who=person,
            where=who.at_channel(channel, person.id),
            value=value,
            room_title=title,
            shared=payload.flag(body, "is_ext_shared_channel")
            or value == "shared"
            or who.is_foreign(person, me),
            values={"chat": now_id} if now_id else {},
        )
        return [moved]

    return reader


def _status(body: Raw, event: Raw, me: Me, at: datetime) -> list[Event]:
    """Slack tells of each change of a profile; only our own people's status matters."""
    user = payload.table(event, "user")
    person = Person(
        "slack", payload.needed(user, "id"), team=payload.text(user, "team_id") or None
    )
    if who.is_foreign(person, me) or payload.flag(user, "is_bot"):
        return []
    changed = Event(
        key=_key(body), at=at, platform="slack", kind="member", who=person,
        where=who.at_person(person.id), value="status", values=status(user),
    )  # fmt: skip
    return [changed]


def _channel(event: Raw) -> tuple[str, str, str]:
    """(id, title, new id): some events name the channel, others describe it."""
    if isinstance(event.get("channel"), dict):
        return payload.needed(event, "channel", "id"), payload.text(event, "channel", "name"), ""
    if "old_channel_id" in event:
        new_id = payload.needed(event, "new_channel_id")
        return payload.needed(event, "old_channel_id"), "", new_id
    channel = payload.text(event, "channel")
    if not channel:
        raise Unreadable("channel is missing")
    return channel, "", ""


_READERS: dict[str, _Reader] = {
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "app_home_opened": _home,
    "member_joined_channel": _member("joined"),
    "member_left_channel": _member("left"),
    "channel_left": _member("left"),
    "group_left": _member("left"),
    "channel_deleted": _member("left"),
    "group_deleted": _member("left"),
    "channel_archive": _member("blocked"),
    "group_archive": _member("blocked"),
    "channel_unarchive": _member("unblocked"),
    "group_unarchive": _member("unblocked"),
    "channel_rename": _member("renamed"),
    "group_rename": _member("renamed"),
    "channel_id_changed": _member("migrated"),
    "channel_shared": _member("shared"),
    "channel_unshared": _member("unshared"),
    "user_change": _status,
}
