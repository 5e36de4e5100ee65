"""What people do with groups: add or remove the bot and each other, promote, migrate, links."""

import re
from urllib.parse import parse_qs, urlsplit

from sandbox.telegram import shapes
from sandbox.telegram.build import BOT_ADMIN_RIGHTS, Builders, person_id
from sandbox.telegram.errors import PlayError
from sandbox.telegram.play import ChatRef, PersonRef
from sandbox.telegram.play_passing import Passing
from sandbox.telegram.world import Chat, Message, Topic

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
GROUP_BOT = 1087968824  # Telegram's own @GroupAnonymousBot speaks in a migrated group


class PlayRooms(Passing, Builders):
    """Acts on rooms; who does them must be a member, and an admin where reality asks for one."""

    async def add_bot(self, person: PersonRef, chat: ChatRef) -> None:
        who, room = self._place(person, chat)
        if room.kind == "private" or room.has_bot:
            raise PlayError("The bot can be added to a group where it is not yet.")
        if not self.core.world.bot.can_join_groups:
            raise PlayError("This bot cannot be added to groups.")
        bot = self.core.world.bot.id
        old = shapes.member(self.core.world, room, bot)
        room.bot_status, room.bot_rights, room.bot_was_here = "member", [], True
        self.core.tell_bot_status(room, who, old)
        service = {"new_chat_members": [shapes.bot_user(self.core.world.bot)]}
        self.core.tell_message(self.core.post(room, who, service))
        self.core.record.add("play.add_bot", {}, room.id, None)

    async def kick_bot(self, person: PersonRef, chat: ChatRef) -> None:
        who, room = self._admin_place(person, chat)
        if not room.has_bot:
            raise PlayError("The bot is not in this group.")
        bot = self.core.world.bot
        old = shapes.member(self.core.world, room, bot.id)
        room.bot_status, room.bot_rights = "kicked", []
        self.core.tell_bot_status(room, who, old)
        self.core.post(room, who, {"left_chat_member": shapes.bot_user(bot)})
        self.core.record.add("play.kick_bot", {}, room.id, None)

    async def promote(
        self, person: PersonRef, chat: ChatRef, admin: bool = True, without: str = ""
    ) -> None:
        """Make the bot an admin with the usual rights but one, or an ordinary member again."""
        who, room = self._admin_place(person, chat)
        if not room.has_bot:
            raise PlayError("The bot is not in this group.")
        old = shapes.member(self.core.world, room, self.core.world.bot.id)
        room.bot_status = "administrator" if admin else "member"
        room.bot_rights = [right for right in BOT_ADMIN_RIGHTS if admin and right != without]
        self.core.tell_bot_status(room, who, old)
        self.core.record.add("play.promote", {"admin": admin}, room.id, None)

    async def add_member(self, person: PersonRef, chat: ChatRef, new: PersonRef) -> None:
        who, room = self._place(person, chat)
        added = person_id(new)
        if room.kind == "private" or added in room.people():
            raise PlayError("Only somebody who is not in this group can be added to it.")
        old = shapes.member(self.core.world, room, added)
        room.members[added] = "member"
        service = {"new_chat_members": [shapes.user(self.core.world, added)]}
        self.core.tell_message(self.core.post(room, who, service))
        self._tell_member(room, who, added, old)

    async def leave(self, person: PersonRef, chat: ChatRef) -> None:
        who, room = self._place(person, chat)
        if room.kind == "private":
            raise PlayError("A private chat cannot be left, only the bot blocked.")
        old = shapes.member(self.core.world, room, who)
        service = {"left_chat_member": shapes.user(self.core.world, who)}
        message = self.core.post(room, who, service)
        room.members[who] = "left"
        self.core.tell_message(message)
        self._tell_member(room, who, who, old)

    def _tell_member(self, room: Chat, who: int, changed: int, old: dict[str, object]) -> None:
        if not room.bot_is_admin:
            return
        payload = {
            "chat": shapes.chat(self.core.world, room),
            "from": shapes.user(self.core.world, who),
            "date": self.core.now(),
            "old_chat_member": old,
            "new_chat_member": shapes.member(self.core.world, room, changed),
        }
        self.core.feed.put("chat_member", payload)

    async def migrate(self, chat: ChatRef) -> Chat:
        """A basic group becomes a supergroup with a new id; the old id only tells where it is."""
        old = self._room(chat if isinstance(chat, int) else chat.id)
        if old.kind != "group":
            raise PlayError("Only a basic group becomes a supergroup.")
        new = self.add_group(old.title, bot=False)
        new.members, new.migrated_from = dict(old.members), old.id
        new.bot_status, new.bot_rights = old.bot_status, list(old.bot_rights)
        new.bot_was_here = old.bot_was_here
        owner = next(p for p, status in old.members.items() if status == "creator")
        told = self.core.post(old, owner, {"migrate_to_chat_id": new.id})
        self.core.tell_message(told)
        old.migrated_to = new.id
        here = self.core.post(new, owner, {"migrate_from_chat_id": old.id})
        here.body |= {
            "from": {
                "id": GROUP_BOT,
                "is_bot": True,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            },
            "sender_chat": shapes.chat(self.core.world, new),
        }
        self.core.tell_message(here)
        self.core.record.add("play.migrate", {"to": new.id}, old.id, None)
        return new

    async def create_topic(self, person: PersonRef, chat: ChatRef, name: str) -> int:
        """Open a topic in a forum; the bot hears of it."""
        who, room = self._place(person, chat)
        if not room.is_forum:
            raise PlayError("This chat has no topics.")
        return self.core.new_topic(room, who, name).id

    async def close_topic(
        self, person: PersonRef, chat: ChatRef, topic: int, closed: bool = True
    ) -> None:
        """An admin closes a topic, or opens it again."""
        who, room = self._admin_place(person, chat)
        self.core.close_topic(room, who, self._topic(room, topic), closed)

    async def delete_topic(self, person: PersonRef, chat: ChatRef, topic: int) -> None:
        """An admin deletes a topic with all its messages; the bot is not told."""
        _, room = self._admin_place(person, chat)
        self.core.delete_topic(room, self._topic(room, topic))

    async def use_topics(self, person: PersonRef, chat: ChatRef, on: bool = True) -> None:
        """An admin turns the topics of a supergroup on or off; the bot is not told."""
        _, room = self._admin_place(person, chat)
        if room.kind != "supergroup":
            raise PlayError("Only a supergroup has topics.")
        room.is_forum = on

    def _topic(self, room: Chat, topic: int) -> Topic:
        if topic not in room.topics:
            raise PlayError(f"There is no topic {topic} in this chat.")
        return room.topics[topic]

    async def open_link(
        self, person: PersonRef, url: str, chat: ChatRef | None = None
    ) -> Message | None:
        """Follow a t.me link of the bot and press the one button it shows: Start, or Add to group.

        `chat` is the group chosen for `?startgroup=`; topics do not exist in such links.
        """
        parts = urlsplit(url)
        name = parts.path.strip("/").lower()
        if parts.hostname not in ("t.me", "telegram.me") or (
            name != self.core.world.bot.username.lower()
        ):
            raise PlayError(f"This link does not lead to the bot: {url}")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if "startgroup" in query:
            if chat is None:
                raise PlayError("A group must be chosen for this link.")
            return await self._start_in_group(person, chat, query["startgroup"])
        return await self.start(person, _payload(query.get("start")))

    async def _start_in_group(self, person: PersonRef, chat: ChatRef, code: str) -> Message:
        who, room = self._place(person, chat)
        if not room.has_bot:
            await self.add_bot(who, room)
        command = f"/start@{self.core.world.bot.username} {_payload(code) or ''}"
        return await self.write(who, room, command)

    def _admin_place(self, person: PersonRef, chat: ChatRef) -> tuple[int, Chat]:
        who, room = self._place(person, chat)
        if room.members.get(who) not in ("creator", "administrator"):
            raise PlayError("Only an admin of the group can do that.")
        return who, room


def _payload(code: str | None) -> str | None:
    if code and not PAYLOAD.fullmatch(code):
        raise PlayError("A link's payload has at most 64 characters of A-Z a-z 0-9 _ -.")
    return code
