"""Builds the world before anything happens in it: silent, no updates and nothing on screens."""

from collections.abc import Iterable

from sandbox.telegram.core import Core
from sandbox.telegram.world import (
    ADMIN_RIGHTS,
    FIRST_SUPERGROUP,
    GENERAL_TOPIC,
    Chat,
    Person,
    Topic,
)

BOT_ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_video_chats",
)


class Builders:
    """People and rooms that are simply there."""

    core: Core

    def add_person(
        self,
        first_name: str,
        last_name: str | None = None,
        *,
        username: str | None = None,
        language_code: str | None = "en",
        phone: str | None = None,
        id: int | None = None,
    ) -> Person:
        world = self.core.world
        world.last_person += 1
        number = world.last_person if id is None else id
        if number in world.people or number <= 0:
            raise ValueError(f"A person's id must be positive and new: {number}")
        person = Person(number, first_name, last_name, username, language_code, phone)
        world.people[number] = person
        world.private(number)
        return person

    def add_group(
        self,
        title: str,
        members: Iterable[Person | int] = (),
        *,
        admins: Iterable[Person | int] = (),
        kind: str = "supergroup",
        forum: bool = False,
        bot: bool = True,
        bot_admin: bool = False,
        username: str | None = None,
        id: int | None = None,
    ) -> Chat:
        """The first of `admins` (else of `members`) created it."""
        if kind not in ("group", "supergroup") or (forum and kind == "group"):
            raise ValueError("A room is a group or a supergroup; only a supergroup has topics.")
        room = Chat(
            self.new_group_id(kind) if id is None else id,
            "group" if kind == "group" else "supergroup",
            title,
            username,
            forum,
            last_message=GENERAL_TOPIC if forum else 0,  # the General topic has taken this id
        )
        if room.id in self.core.world.chats or room.id >= 0:
            raise ValueError(f"A group's id must be negative and new: {room.id}")
        room.members = {person_id(p): "member" for p in members}
        room.members |= {person_id(p): "administrator" for p in admins}
        owner = next(iter([*admins, *members]), None)
        if owner is not None:
            room.members[person_id(owner)] = "creator"
        if bot:
            room.bot_was_here = True
            room.bot_status = "administrator" if bot_admin else "member"
            room.bot_rights = list(BOT_ADMIN_RIGHTS) if bot_admin else []
        self.core.world.chats[room.id] = room
        return room

    def new_group_id(self, kind: str) -> int:
        world = self.core.world
        if kind == "group":
            world.last_group += 1
            return -world.last_group
        world.last_supergroup += 1
        return FIRST_SUPERGROUP - 1_234_000_000 - world.last_supergroup

    def add_topic(self, chat: Chat | int, name: str, author: Person | int | None = None) -> Topic:
        """A topic that was there before; its opening message is history."""
        room = self.core.world.chats[chat if isinstance(chat, int) else chat.id]
        if not room.is_forum:
            raise ValueError(f"{room.title} is no forum.")
        creator = person_id(author) if author is not None else next(iter(room.members))
        number = room.last_message + 1
        room.topics[number] = Topic(number, name, number)
        service = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        self.core.post(room, creator, service, thread=number, quiet=True)
        return room.topics[number]

    def set_started(self, person: Person | int) -> None:
        """As if this person had pressed Start long ago."""
        self.core.world.private(person_id(person)).started = True


def person_id(person: Person | int) -> int:
    return person if isinstance(person, int) else person.id


def chat_id(chat: Chat | Person | int) -> int:
    return chat if isinstance(chat, int) else chat.id


__all__ = ["ADMIN_RIGHTS", "BOT_ADMIN_RIGHTS", "Builders", "chat_id", "person_id"]
