"""What the page shows, in plain values, whichever platform it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


HAN = "\u2e80"  # from here on a name is written in characters


def initials(name: str) -> str:
    """What an avatar shows: "JW", "ÉP", "王总"."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    if words[0][0] >= HAN:
        return words[0][-2:]
    return "".join(word[0] for word in words[:2]).upper()


@dataclass(frozen=True)
class Somebody:
    """A person whom the one at the keyboard can be."""

    platform: str
    id: str
    name: str
    company: str = ""
    zone: str = "UTC"
    language: str = "en"
    main: bool = False
    ours: bool = False
    known_by: str = ""  # more words the search finds them by

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True)
class Room:
    """A line in the list of rooms; `topic` is set for a topic of a forum group."""

    id: str
    name: str
    group: str  # rooms, direct, apps, chats
    mark: str = "#"
    detail: str = ""
    members: int = 0
    topic: str = ""
    private: bool = False

    @property
    def key(self) -> str:
        return f"{self.id}/{self.topic}" if self.topic else self.id


@dataclass(frozen=True)
class Shown:
    """A message on a screen; `raw` is the platform's own object, drawn by the templates."""

    id: str
    author: str
    author_id: str
    at: datetime
    raw: Json
    by_bot: bool = False
    mine: bool = False
    edited: bool = False
    ephemeral: bool = False
    replies: int = 0
    reactions: tuple[tuple[str, int, bool], ...] = ()
    first_of_day: bool = False
    goes_on: bool = False  # same author, moments later: drawn without the name again


@dataclass(frozen=True)
class Modal:
    """The window in front; `errors` by block id, `waiting` while the bot has not answered."""

    view: Json
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SlackPane:
    person: Somebody | None
    rooms: Sequence[Room] = ()
    room: Room | None = None
    messages: Sequence[Shown] = ()
    thread: str = ""
    thread_messages: Sequence[Shown] = ()
    home: Json | None = None
    at_home: bool = False
    modal: Modal | None = None
    commands: Sequence[Json] = ()  # only for people of the workspace that installed the app
    shortcuts: Sequence[Json] = ()


@dataclass(frozen=True)
class TelegramPane:
    person: Somebody | None
    rooms: Sequence[Room] = ()
    room: Room | None = None
    messages: Sequence[Shown] = ()
    commands: Sequence[Json] = ()
    bot: str = ""
    private: bool = False
    must_start: bool = False
    blocked: bool = False
    bot_inside: bool = False
    start_code: str = ""
