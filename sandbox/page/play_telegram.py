"""A person's hands on Telegram: the page's words turned into play methods."""

from urllib.parse import parse_qs, urlsplit

from sandbox.page.said import Hand, Json, Said, Upload
from sandbox.page.stage import Stage
from sandbox.telegram.errors import PlayError
from sandbox.telegram.files import image_size
from sandbox.telegram.world import GENERAL_TOPIC


class TelegramHands:
    """One small method for each act."""

    def __init__(self, stage: Stage) -> None:
        self._telegram = stage.telegram

    def hands(self) -> dict[str, Hand]:
        return {
            "send": self.send,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "press": self.press,
            "start": self.start,
            "open": self.open,
            "block": self.block,
            "unblock": self.unblock,
            "add": self.add,
            "kick": self.kick,
            "promote": self.promote,
        }

    async def send(self, said: Said) -> Json:
        """A message; picked pictures go as photos unless they were to go as files."""
        who, room, text = said.number("as"), said.number("room"), said.text("text")
        topic, reply = _topic(said), said.maybe("reply")
        files = said.files.get("files", [])
        if not files:
            done = await self._telegram.write(who, room, text, topic=topic, reply_to=reply)
            return {"message": done.id}
        photos = [one for one in files if _is_photo(one) and not said.text("document")]
        if len(photos) == len(files) and 2 <= len(photos) <= 10:
            data = [one.data for one in photos]
            album = await self._telegram.album(who, room, data, text, topic=topic)
            return {"message": album[0].id}
        for index, one in enumerate(files):
            await self._file(said, one, text if index == 0 else "", topic, reply)
        return {}

    async def _file(
        self, said: Said, one: Upload, caption: str, topic: int | None, reply: int | None
    ) -> None:
        who, room = said.number("as"), said.number("room")
        if _is_photo(one) and not said.text("document"):
            await self._telegram.photo(who, room, one.data, caption, topic=topic, reply_to=reply)
            return
        mime = one.mime or "application/octet-stream"
        await self._telegram.document(
            who, room, one.data, one.name, caption, mime=mime, topic=topic, reply_to=reply
        )

    async def edit(self, said: Said) -> None:
        who, room = said.number("as"), said.number("room")
        await self._telegram.edit(who, room, said.number("message"), said.text("text"))

    async def delete(self, said: Said) -> None:
        await self._telegram.delete(said.number("as"), said.number("room"), said.number("message"))

    async def react(self, said: Said) -> None:
        emoji = said.text("name") if said.words.get("add") else None
        who, room = said.number("as"), said.number("room")
        await self._telegram.react(who, room, said.number("message"), emoji)

    async def press(self, said: Said) -> Json:
        """A key under a message; the toast comes by the journal."""
        who, room = said.number("as"), said.number("room")
        data = said.text("data")
        answer = await self._telegram.press(who, room, said.number("message"), data=data)
        return {"unanswered": answer is None}

    async def start(self, said: Said) -> None:
        await self._telegram.start(said.number("as"), said.text("code").strip() or None)

    async def open(self, said: Said) -> Json:
        """A t.me link: what waits behind Start, or the groups to choose from."""
        url, who = said.text("url"), said.number("as")
        url = url if "//" in url else f"https://{url}"
        asked = parse_qs(urlsplit(url).query, keep_blank_values=True)
        bot = self._telegram.bot.username
        if urlsplit(url).path.strip("/").lower() != bot.lower():
            raise PlayError(f"This link does not lead to @{bot}.")
        if "startgroup" not in asked:
            return {"code": asked.get("start", [""])[0]}
        if said.text("group"):
            await self._telegram.open_link(who, url, said.number("group"))
            return {}
        rooms = [room for room in self._telegram.chats_of(who) if room.kind != "private"]
        return {
            "groups": [
                {"id": str(room.id), "title": room.title, "forum": room.is_forum} for room in rooms
            ]
        }

    async def block(self, said: Said) -> None:
        await self._telegram.block(said.number("as"))

    async def unblock(self, said: Said) -> None:
        await self._telegram.unblock(said.number("as"))

    async def add(self, said: Said) -> None:
        await self._telegram.add_bot(said.number("as"), said.number("room"))

    async def kick(self, said: Said) -> None:
        await self._telegram.kick_bot(said.number("as"), said.number("room"))

    async def promote(self, said: Said) -> None:
        await self._telegram.promote(said.number("as"), said.number("room"))


def _topic(said: Said) -> int | None:
    """The General topic has no number on the wire."""
    topic = said.maybe("topic")
    return None if topic == GENERAL_TOPIC else topic


def _is_photo(one: Upload) -> bool:
    return one.mime.startswith("image/") and image_size(one.data) is not None
