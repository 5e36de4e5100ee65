"""The relay's matrix as tables: kinds of messages, what arrives, what the sender is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.journal import Entry
from sandbox.slack.play_talk import Upload
from sandbox.telegram.emulator import TelegramEmulator
from tests.conversations.stage import SlackPerson, Stage
from tests.sandbox.telegram.pictures import png

MB = 1024 * 1024
TRIAGE = "C0TRIAGE"
PHOTO = Upload("box.png", png(), "image/png")
PRICES = Upload("prices.pdf", b"%PDF-1.4", "application/pdf")
VOICE = Upload("voice.m4a", b"\0\0\0\x18ftypM4A ", "audio/mp4")
FILM = Upload("film.mp4", b"x", "video/mp4", size=25 * MB)
TOO_BIG = "“film.mp4” could not be passed on: files of up to 20 MB get through."
NOT_HERE = "📎 film.mp4 could not be passed on; whoever sent it has been told."


@dataclass(frozen=True)
class Place:
    """Where a partner's person writes on Telegram; `answer` is a message of ours there."""

    play: TelegramEmulator
    who: int
    chat: int
    topic: int | None = None
    answer: int = 0

    async def say(self, kind: str, *content: Any, **how: Any) -> Any:
        return await getattr(self.play, kind)(
            self.who, self.chat, *content, topic=self.topic, **how
        )


@dataclass(frozen=True)
class Row:
    """One kind of message: how it is sent, what arrives, what its sender is told at once."""

    kind: str
    send: Callable[[Place], Awaitable[Any]]
    words: str = ""
    files: tuple[str, ...] = ()
    bold: str = ""
    told: str = ""


FROM_TELEGRAM = (
    Row("text", lambda at: at.say("write", "It says 404"), "It says 404"),
    Row("formatting", lambda at: at.say("write", "On every page", bold="every"), "On every page",
        bold="every"),
    Row("reply", lambda at: at.say("write", "That one", reply_to=at.answer), "That one"),
    Row("photo", lambda at: at.say("photo", png(), "Look here"), "Look here", ("photo.jpg",)),
    Row("document", lambda at: at.say("document", b"%PDF-1.4", "order.pdf"),
        files=("order.pdf",)),
    Row("voice", lambda at: at.say("voice", b"OggS"), files=("voice.ogg",)),
    Row("album", lambda at: at.say("album", [png(), png()], "Both"), "Both",
        ("photo.jpg", "photo.jpg")),
    Row("sticker", lambda at: at.say("sticker", "😢"), "😢"),
    Row("location", lambda at: at.say("location", 53.55, 9.99), "📍 53.55,9.99"),
    Row("contact", lambda at: at.say("contact", 700000012), "👤 Kai Brandt"),
    Row("25 MB", lambda at: at.say("document", b"x", "film.mp4", "The film", size=25 * MB),
        NOT_HERE, told=TOO_BIG),
)  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """One message that somebody writes in Slack."""

    kind: str
    words: str = ""
    uploads: tuple[Upload, ...] = ()
    bold: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(upload.name for upload in self.uploads)


IN_SLACK = (
    Talk("text", "It is back"),
    Talk("formatting", "On every page", bold="every"),
    Talk("photo", "Look here", (PHOTO,)),
    Talk("document", uploads=(PRICES,)),
    Talk("voice", uploads=(VOICE,)),
    Talk("album", "Both", (PHOTO, PRICES)),
)


def is_bold(entry: Entry, words: str) -> bool:
    """In Slack by its blocks, in Telegram by its entities."""
    entities = entry.raw.get("entities", ())
    assert isinstance(entities, list | tuple)
    marked = [entry.text[one["offset"] :][: one["length"]]
              for one in entities if one["type"] == "bold"]  # fmt: skip
    return words in marked or f"'text': '{words}', 'style': {{'bold': True}}" in str(entry.raw)


def below(lin: SlackPerson, card: Entry) -> list[Entry]:
    """What is said below the card since the latest act."""
    return [one for one in lin.screen(TRIAGE)
            if one.thread == card.message and one.seq > lin.stage.mark]  # fmt: skip


async def arrives_below(stage: Stage, lin: SlackPerson, card: Entry, row: Row | Talk) -> None:
    """What colleagues read of it below the card."""
    await stage.settle()
    shown = below(lin, card)
    words = row.words
    said = [one for one in shown if words and words in one.text]
    assert bool(said) == bool(words), (row.kind, shown)
    assert tuple(name for one in shown for name in one.files) == row.files, row.kind
    assert not row.bold or is_bold(said[0], row.bold), row.kind
