"""Who came and went, in groups and in private chats; groups that move and are renamed."""

from dataclasses import replace
from datetime import datetime

from bot.chat import Address, Event, Person
from bot.platforms.telegram.people import person, sender, where
from bot.platforms.telegram.raw import Json, maybe, moment, number, thing, things, words
from bot.platforms.telegram.settings import Me

PRESENT = ("creator", "administrator", "member")


def mine(change: Json, key: str) -> list[Event]:
    """The bot itself came or went; `who` did it. In a private chat that is blocking."""
    before, after = (_present(thing(change, name)) for name in STATES)
    if before == after:
        return []
    chat = thing(change, "chat")
    if words(chat, "type") == "channel":
        return []
    words_ = ("blocked", "unblocked") if words(chat, "type") == "private" else ("left", "joined")
    who = person(thing(change, "from"))
    return [_event(key, moment(change, "date"), chat, who, words_[after], {"bot": True})]


def theirs(change: Json, me: Me) -> list[Event]:
    """Somebody else came or went; told only to admins, beside the service message of the same."""
    before, after = (_present(thing(change, name)) for name in STATES)
    who = person(thing(thing(change, "new_chat_member"), "user"))
    if before == after or who.id == me.id or words(thing(change, "chat"), "type") == "channel":
        return []
    return [
        _moved(thing(change, "chat"), who, "joined" if after else "left", moment(change, "date"))
    ]


STATES = ("old_chat_member", "new_chat_member")


def _present(member: Json) -> bool:
    status = words(member, "status")
    return status in PRESENT or (status == "restricted" and bool(member.get("is_member")))


def service(message: Json, key: str, me: Me) -> list[Event]:
    """The events of a service message; [] when it is an ordinary one or tells us nothing."""
    at = moment(message, "date")
    chat = thing(message, "chat")
    came = [person(user) for user in things(message, "new_chat_members")]
    left = maybe(message, "left_chat_member")
    gone = [person(left)] if left is not None else []
    moves = [(who, "joined") for who in came] + [(who, "left") for who in gone]
    if moves:
        return [_moved(chat, who, what, at) for who, what in moves if who.id != me.id]
    return _migrated(message, at) or _renamed(message, key, at, me)


def _moved(chat: Json, who: Person, what: str, at: datetime) -> Event:
    """Keyed by what happened: an admin bot is told twice, and must hear it once."""
    key = f"telegram:{what}:{number(chat, 'id')}:{who.id}:{int(at.timestamp())}"
    return _event(key, at, chat, who, what, {"bot": False})


def _migrated(message: Json, at: datetime) -> list[Event]:
    """A group became a supergroup: both chats tell it, the event is the same."""
    here = str(number(thing(message, "chat"), "id"))
    if message.get("migrate_to_chat_id") is not None:
        return [migrated(here, str(number(message, "migrate_to_chat_id")), at)]
    if message.get("migrate_from_chat_id") is not None:
        return [migrated(str(number(message, "migrate_from_chat_id")), here, at)]
    return []


def migrated(old: str, new: str, at: datetime) -> Event:
    """Everything at `old` belongs to `new` from now on."""
    return Event(
        key=f"telegram:migrated:{old}:{new}", at=at, platform="telegram", kind="member",
        who=Person("telegram", old), where=Address("telegram", old), shared=True,
        value="migrated", values={"to": new, "bot": False},
    )  # fmt: skip


def _renamed(message: Json, key: str, at: datetime, me: Me) -> list[Event]:
    """A new title of a group, or the name of a topic (then `where` has its thread).

    One that we opened ourselves is told as "opened": the answer to our call may be lost.
    """
    topic = maybe(message, "forum_topic_created") or maybe(message, "forum_topic_edited")
    title = words(topic, "name") if topic is not None else words(message, "new_chat_title")
    if not title:
        return []
    chat = thing(message, "chat")
    address = where(message)
    if topic is not None and message.get("message_thread_id") is not None:
        thread = str(number(message, "message_thread_id"))
        address = Address("telegram", address.chat, thread)
    who = sender(message) or Person("telegram", address.chat)
    ours = who.id == me.id and maybe(message, "forum_topic_created") is not None
    event = _event(key, at, {**chat, "title": title}, who, "opened" if ours else "renamed",
                   {"bot": False})  # fmt: skip
    return [replace(event, where=address)]


def _event(
    key: str, at: datetime, chat: Json, who: Person, value: str, values: dict[str, object]
) -> Event:
    private = words(chat, "type") == "private"
    return Event(
        key=key, at=at, platform="telegram", kind="member", who=who,
        where=Address("telegram", str(number(chat, "id"))), private=private, shared=not private,
        room_title=words(chat, "title"), value=value, values=values,
    )  # fmt: skip
