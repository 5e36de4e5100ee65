"""What a person can do with their thumbs; tests, page and tour all come through here."""

import asyncio

from sandbox.telegram import files, shapes
from sandbox.telegram.build import chat_id, person_id
from sandbox.telegram.core import Core
from sandbox.telegram.errors import PlayError
from sandbox.telegram.html import utf16
from sandbox.telegram.markup import buttons
from sandbox.telegram.params import Upload, tables
from sandbox.telegram.text import MAX_CAPTION, MAX_TEXT, typed
from sandbox.telegram.world import Chat, Json, Message, Person, Status

PersonRef = Person | int
ChatRef = Chat | Person | int
PRESS_TIMEOUT = 5.0


class Play:
    """Every act checks that the person's screen offers it, else PlayError."""

    core: Core

    # Writing

    async def start(self, person: PersonRef, payload: str | None = None) -> Message:
        """Press Start (after a block: Restart), with what a deep link carries."""
        who = person_id(person)
        room = self.core.world.private(who)
        if room.blocked:
            await self.unblock(who)
        room.started = True
        text = f"/start {payload}" if payload else "/start"
        return self._say(who, room, _text_content(text), "play.start")

    async def write(
        self,
        person: PersonRef,
        chat: ChatRef,
        text: str,
        *,
        topic: int | None = None,
        reply_to: int | None = None,
        bold: str = "",
    ) -> Message:
        """`bold` are words of the text that its writer marked and made bold."""
        who, room = self._place(person, chat)
        return self._say(who, room, _text_content(text, bold), "play.write", topic, reply_to)

    async def edit(self, person: PersonRef, chat: ChatRef, message_id: int, text: str) -> Message:
        """Change one's own text or caption; the bot gets edited_message."""
        who, room = self._place(person, chat)
        message = self._own(who, room, message_id)
        content = _text_content(text)
        if "text" not in message.body:
            content = _caption_content(text)
        parts = ("text", "entities", "caption", "caption_entities")
        self.core.change(message, dict.fromkeys(parts) | content)
        self.core.record.add("play.edit", {"text": text}, room.id, message.id)
        self.core.tell_message(message, "edited_message")
        return message

    async def delete(self, person: PersonRef, chat: ChatRef, message_id: int) -> None:
        """For everyone. Bots are never told."""
        who, room = self._place(person, chat)
        message = self._seen(room, message_id)
        admin = room.members.get(who) in ("creator", "administrator")
        if message.sender != who and not admin and room.kind != "private":
            raise PlayError("Only one's own messages can be deleted here.")
        self.core.delete(message)
        self.core.record.add("play.delete", {}, room.id, message_id)

    async def photo(
        self,
        person: PersonRef,
        chat: ChatRef,
        data: bytes,
        caption: str = "",
        *,
        topic: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        upload = Upload("photo.jpg", "image/jpeg", data)
        return await self._file(person, chat, "photo", upload, caption, topic, reply_to)

    async def document(
        self,
        person: PersonRef,
        chat: ChatRef,
        data: bytes,
        name: str,
        caption: str = "",
        *,
        mime: str = "application/octet-stream",
        size: int | None = None,
        topic: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """`size` lets a small file claim to be a big one (getFile refuses above 20 MB)."""
        upload = Upload(name, mime, data)
        return await self._file(person, chat, "document", upload, caption, topic, reply_to, size)

    async def voice(
        self, person: PersonRef, chat: ChatRef, data: bytes, *, topic: int | None = None
    ) -> Message:
        upload = Upload("voice.ogg", "audio/ogg", data)
        return await self._file(person, chat, "voice", upload, "", topic, None)

    async def album(
        self,
        person: PersonRef,
        chat: ChatRef,
        photos: list[bytes],
        caption: str = "",
        *,
        topic: int | None = None,
    ) -> list[Message]:
        """2 to 10 photos: as many updates with one media_group_id, the caption on the first."""
        if not 2 <= len(photos) <= 10:
            raise PlayError("An album has 2 to 10 photos.")
        who, room = self._place(person, chat)
        group = {"media_group_id": f"{self.core.world.last_file + 1:017d}"}
        contents = []
        for number, data in enumerate(photos):
            content = files.content(
                self.core.world, "photo", Upload("photo.jpg", "image/jpeg", data)
            )
            words = _caption_content(caption) if number == 0 else {}
            contents.append(group | content | words)
        return [self._say(who, room, content, "play.album", topic) for content in contents]

    async def sticker(
        self, person: PersonRef, chat: ChatRef, emoji: str = "👍", *, topic: int | None = None
    ) -> Message:
        who, room = self._place(person, chat)
        upload = Upload("sticker.webp", "image/webp", b"RIFF" + emoji.encode())
        content = files.content(self.core.world, "sticker", upload)
        content["sticker"] |= {"emoji": emoji, "width": 512, "height": 512}
        return self._say(who, room, content, "play.sticker", topic)

    async def location(
        self,
        person: PersonRef,
        chat: ChatRef,
        latitude: float,
        longitude: float,
        *,
        topic: int | None = None,
    ) -> Message:
        who, room = self._place(person, chat)
        content = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._say(who, room, content, "play.location", topic)

    async def contact(
        self,
        person: PersonRef,
        chat: ChatRef,
        of: PersonRef | None = None,
        *,
        topic: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Share one's own contact, or somebody else's from the address book."""
        who, room = self._place(person, chat)
        shared = self.core.world.people[who if of is None else person_id(of)]
        phone = shared.phone or f"+49{shared.id}"
        body: Json = {"phone_number": phone, "first_name": shared.first_name}
        if shared.last_name:
            body["last_name"] = shared.last_name
        body["user_id"] = shared.id
        return self._say(who, room, {"contact": body}, "play.contact", topic, reply_to)

    # Pressing and reacting

    async def press(
        self,
        person: PersonRef,
        chat: ChatRef,
        message_id: int,
        label: str | None = None,
        *,
        data: str | None = None,
        within: float = PRESS_TIMEOUT,
    ) -> str | None:
        """The toast's text ("" if answered without one), the url of a url button, or None: it
        still spins after `within` seconds. A reply keyboard's button writes its label."""
        who, room = self._place(person, chat)
        message = self._seen(room, message_id)
        button = _button(message, label, data)
        self.core.record.add("play.press", dict(button), room.id, message_id)
        if "url" in button:
            return str(button["url"])
        if "callback_data" not in button:
            await self._press_key(who, room, message, button)
            return ""
        query = self.core.open_query(who, message, str(button["callback_data"]))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(query.answer)
        except TimeoutError:
            return None

    async def _press_key(self, who: int, room: Chat, message: Message, button: Json) -> None:
        """A reply keyboard's button: share the number (as a reply), or write what it says."""
        topic = message.thread if room.is_forum else None
        if button.get("request_contact"):
            await self.contact(who, room, topic=topic, reply_to=message.id)
        else:
            await self.write(who, room, str(button["text"]), topic=topic)

    async def react(
        self, person: PersonRef, chat: ChatRef, message_id: int, emoji: str | None
    ) -> None:
        """Set one's reaction, or take it back with None."""
        who, room = self._place(person, chat)
        message = self._seen(room, message_id)
        if emoji is not None and emoji not in tables()["reactions"]:
            raise PlayError(f"{emoji} is no reaction here.")
        old = message.reactions.get(str(who), [])
        new = [] if emoji is None else [emoji]
        message.reactions[str(who)] = new
        self.core.show("reaction", message, f"{self.core.author(who)}: {emoji or '–'}")
        self.core.record.add("play.react", {"emoji": emoji}, room.id, message_id)
        if room.kind != "private" and room.bot_is_admin:
            payload = {
                "chat": shapes.chat(self.core.world, room),
                "message_id": message_id,
                "user": shapes.user(self.core.world, who),
                "date": self.core.now(),
                "old_reaction": [{"type": "emoji", "emoji": e} for e in old],
                "new_reaction": [{"type": "emoji", "emoji": e} for e in new],
            }
            self.core.feed.put("message_reaction", payload)

    # The bot and this person

    async def block(self, person: PersonRef) -> None:
        await self._set_blocked(person_id(person), True)

    async def unblock(self, person: PersonRef) -> None:
        await self._set_blocked(person_id(person), False)

    async def _set_blocked(self, who: int, blocked: bool) -> None:
        room = self.core.world.private(who)
        if room.blocked == blocked:
            raise PlayError("It is so already.")
        bot = self.core.world.bot.id
        status: Status = "kicked" if room.blocked else "member"
        old = shapes.member(self.core.world, room, bot, status)
        room.blocked = blocked
        self.core.record.add("play.block" if blocked else "play.unblock", {}, room.id, None)
        self.core.tell_bot_status(room, who, old)

    # Common ground

    def _place(self, person: PersonRef, chat: ChatRef) -> tuple[int, Chat]:
        """The person and the room, where they can act."""
        who, where = person_id(person), chat_id(chat)
        if who not in self.core.world.people:
            raise PlayError(f"Nobody has the id {who}.")
        if where == self.core.world.bot.id:
            where = who
        room = self.core.world.private(where) if where == who else self._room(where)
        if who not in room.people():
            raise PlayError(f"{self.core.author(who)} is no member of this chat.")
        if room.kind == "private" and room.blocked:
            raise PlayError("The bot is blocked: unblock or restart it first.")
        if room.kind == "private" and not room.started:
            raise PlayError("Only the Start button is there: press it first.")
        return who, room

    def _room(self, where: int) -> Chat:
        room = self.core.world.chats.get(where)
        if room is None or room.migrated_to is not None:
            raise PlayError(f"There is no chat {where}.")
        return room

    def _seen(self, room: Chat, message_id: int) -> Message:
        message = self.core.world.message(room.id, message_id)
        if message is None:
            raise PlayError(f"There is no message {message_id} in this chat.")
        return message

    def _own(self, who: int, room: Chat, message_id: int) -> Message:
        message = self._seen(room, message_id)
        if message.sender != who:
            raise PlayError("Only one's own messages can be edited.")
        return message

    async def _file(
        self,
        person: PersonRef,
        chat: ChatRef,
        kind: str,
        upload: Upload,
        caption: str,
        topic: int | None,
        reply_to: int | None,
        claim: int | None = None,
    ) -> Message:
        who, room = self._place(person, chat)
        content = files.content(self.core.world, kind, upload, claim) | _caption_content(caption)
        return self._say(who, room, content, f"play.{kind}", topic, reply_to)

    def _say(
        self,
        who: int,
        room: Chat,
        content: Json,
        act: str,
        topic: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Post a person's message, show it, and let the bot hear it if it may."""
        if topic is not None and topic not in room.topics:
            raise PlayError(f"There is no topic {topic} in this chat.")
        is_admin = room.members.get(who) in ("creator", "administrator")
        if topic is not None and room.topics[topic].closed and not is_admin:
            raise PlayError("The topic is closed: only admins write in it.")
        if reply_to is not None:
            self._seen(room, reply_to)
        message = self.core.post(room, who, content, reply_to=reply_to, thread=topic)
        self.core.record.add(act, content, room.id, message.id)
        self.core.tell_message(message)
        return message


def _text_content(source: str, bold: str = "") -> Json:
    text, entities = typed(source, bold)
    if not text:
        raise PlayError("An empty message cannot be sent.")
    if utf16(text) > MAX_TEXT:
        raise PlayError("A Telegram client splits texts longer than 4,096.")
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption_content(source: str) -> Json:
    text, entities = typed(source)
    if utf16(text) > MAX_CAPTION:
        raise PlayError("A caption has at most 1,024 characters.")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def _button(message: Message, label: str | None, data: str | None) -> Json:
    offered = buttons(message.markup)
    for button in offered:
        if label is not None and button.get("text") == label:
            return button
        if data is not None and button.get("callback_data") == data:
            return button
    shown = ", ".join(str(b.get("text")) for b in offered) or "none"
    raise PlayError(f"No button {label or data!r} on message {message.id}; there are: {shown}.")
