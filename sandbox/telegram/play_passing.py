"""What people do with messages that stand elsewhere: forward them, answer them, replace a file."""

from sandbox.telegram import files, shapes
from sandbox.telegram.errors import PlayError
from sandbox.telegram.params import Upload
from sandbox.telegram.play import ChatRef, PersonRef, Play, _caption_content, _text_content
from sandbox.telegram.text import typed
from sandbox.telegram.world import Json, Message

# of a message that a forwarded one does not take along: buttons are left behind
LEFT_BEHIND = ("message_id", "from", "chat", "date", "edit_date", "message_thread_id",
               "is_topic_message", "media_group_id", "reply_markup", "external_reply",
               "quote")  # fmt: skip


class Passing(Play):
    """Acts on a message that the person can see, in a chat where they can write."""

    async def forward(
        self, person: PersonRef, source: ChatRef, message_id: int, to: ChatRef, *,
        topic: int | None = None,
    ) -> Message:  # fmt: skip
        """Pass a message on, with the name of who wrote it and without its buttons."""
        who, here = self._place(person, to)
        message = self._seen(self._place(person, source)[1], message_id)
        content = {name: part for name, part in message.body.items() if name not in LEFT_BEHIND}
        origin = content.get("forward_origin") or self._origin(message)
        return self._say(who, here, content | {"forward_origin": origin}, "play.forward", topic)

    async def answer_elsewhere(
        self, person: PersonRef, source: ChatRef, message_id: int, to: ChatRef, text: str, *,
        quote: str = "",
    ) -> Message:  # fmt: skip
        """Answer a message of another chat, perhaps some words of it."""
        who, here = self._place(person, to)
        room = self._place(person, source)[1]
        message = self._seen(room, message_id)
        answered: Json = {"origin": self._origin(message)}
        if room.kind == "supergroup":  # of other chats the bot is not told
            answered |= {"chat": shapes.chat(self.core.world, room), "message_id": message.id}
        answered |= {kind: message.body[kind] for kind in files.PREFIX if kind in message.body}
        content = _text_content(text) | {"external_reply": answered}
        if quote:
            words, entities = typed(quote)
            content["quote"] = {"text": words, "entities": entities, "position": 0}
        return self._say(who, here, content, "play.answer_elsewhere")

    async def replace_photo(
        self, person: PersonRef, chat: ChatRef, message_id: int, data: bytes, caption: str = ""
    ) -> Message:
        """Edit a message so that it holds another photo."""
        who, room = self._place(person, chat)
        message = self._own(who, room, message_id)
        if "photo" not in message.body:
            raise PlayError("Only a photo is replaced by a photo here.")
        upload = Upload("photo.jpg", "image/jpeg", data)
        gone = dict.fromkeys(("caption", "caption_entities"))
        content = files.content(self.core.world, "photo", upload) | _caption_content(caption)
        self.core.change(message, gone | content)
        self.core.record.add("play.replace_photo", {}, room.id, message.id)
        self.core.tell_message(message, "edited_message")
        return message

    async def move_along(
        self, person: PersonRef, chat: ChatRef, message_id: int, place: tuple[float, float]
    ) -> Message:
        """A live location tells where its sender is now."""
        who, room = self._place(person, chat)
        message = self._own(who, room, message_id)
        latitude, longitude = place
        location = {"latitude": latitude, "longitude": longitude, "live_period": 900}
        self.core.change(message, {"location": location})
        self.core.tell_message(message, "edited_message")
        return message

    def _origin(self, message: Message) -> Json:
        world = self.core.world
        user = shapes.user(world, message.sender)
        return {"type": "user", "date": message.body["date"], "sender_user": user}
