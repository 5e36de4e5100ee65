"""The neutral words of a chat, which every platform can speak. Imports nothing of the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Platform = Literal["slack", "telegram"]

SLOT_THREAD = "slot:"  # prefix of a thread that is named by the slot of its first message
TOPIC_SLOT = ":topic"  # end of a slot's name that is a Telegram topic, not a message
ANSWERS = "re"  # prefix of a Telegram message's id: what goes there is posted as an answer to it
ROUTE_AND_VALUE_BYTES = 64  # Telegram's callback_data: the strictest limit of the two is the limit
BUTTON_LABEL = 75  # Slack's button text


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a platform knows them. `team` is their company there; None = not told."""

    platform: Platform
    id: str
    name: str = ""
    team: str | None = None
    language: str | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message can go: a chat and, within it, a Slack thread or a Telegram topic.

    A Slack person's App Home is the address `home:<user id>`. The thread `slot:<name>` is that of
    the message which the slot names: what goes there waits until it is posted.
    """

    platform: Platform
    chat: str
    thread: str | None = None

    def __str__(self) -> str:
        return f"{self.platform}:{self.chat}:{self.thread or ''}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The inverse of str(address)."""
        platform, rest = text.split(":", 1)
        chat, mark, name = rest.partition(f":{SLOT_THREAD}")
        if mark:
            return cls(platform, chat, f"{SLOT_THREAD}{name}")  # type: ignore[arg-type]
        chat, _, thread = rest.rpartition(":")
        return cls(platform, chat, thread or None)  # type: ignore[arg-type]


HOME = "home:"  # prefix of an App Home's chat


@dataclass(frozen=True, slots=True)
class File:
    """`source`: "slack:<file id>", "telegram:<file_id>" or "blob:<row id>"; size in bytes."""

    name: str
    mime: str
    size: int
    source: str


@dataclass(frozen=True, slots=True)
class Button:
    """Acts when pressed (route + value) or opens `url`. A press is a wish: it is checked again.

    Raises ValueError when route and value do not fit into 64 bytes together.
    """

    label: str
    route: str = ""
    value: str = ""
    style: Literal["", "primary", "danger"] = ""
    confirm: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if not self.label or len(self.label) > BUTTON_LABEL:
            raise ValueError(
                f"button label {self.label!r} must have 1 to {BUTTON_LABEL} characters"
            )
        if bool(self.route) == bool(self.url):
            raise ValueError(f"button {self.label!r} needs a route or a url, not both")
        if len(f"{self.route} {self.value}".encode()) > ROUTE_AND_VALUE_BYTES:
            raise ValueError(f"button {self.label!r}: route and value exceed 64 bytes")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of small HTML and the buttons below it, which stand in one row if they fit."""

    html: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: parts of Telegram's small HTML (b i u s code pre a blockquote), and files.

    `speaker` is the name under which it is posted where the platform allows it ("Lin (Hengda)").
    """

    parts: tuple[Part, ...] = ()
    files: tuple[File, ...] = ()
    speaker: str = ""

    @property
    def html(self) -> str:
        return "\n\n".join(part.html for part in self.parts if part.html)

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for part in self.parts for button in part.buttons)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


FieldKind = Literal[
    "text",
    "long",
    "choice",
    "choices",
    "person",
    "partner",
    "date",
    "number",
    "files",
    "message",  # whatever they send, words or files; only asked in a chat
]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks. `label`, `help` and choices' labels are marked message ids."""

    name: str
    kind: FieldKind
    label: str = ""
    required: bool = False
    initial: str = ""
    help: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """A modal where there is one, else asked field by field. `route` receives the values."""

    route: str
    title: str
    fields: tuple[Field, ...]
    value: str = ""
    submit: str = ""


EventKind = Literal[
    "message",  # somebody wrote
    "edited",  # somebody changed what they wrote; `message_id` names it
    "deleted",
    "command",  # `route` is the command word, `text` the rest
    "press",  # a button: `route`, `value`; `message_id` is the message it stood on
    "form",  # a form was sent: `route`, `value`, `values`
    "form_closed",
    "reaction",  # `value` is the emoji, `text` "added" or "removed", on `message_id`
    "shortcut",  # `route`; for a message shortcut `message_id` and `text` of the message
    "options",  # a select asks for choices: `route` is the field kind, `text` what was typed
    "home",  # somebody opened their App Home
    "member",  # somebody came or went, or the room changed: `value` joined, left, blocked, …
    "answer",  # the answer to an ask: `route`, `values`
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a platform.

    `key` is unique for it, also across redeliveries. `at` is when the person did it (business
    time, UTC). `direct` says that the request has a direct channel for its reply (ack, modal,
    callback answer); otherwise dispatch owes the reply to the asker.
    """

    key: str
    at: datetime
    platform: Platform
    kind: EventKind
    who: Person
    where: Address
    text: str = ""  # what was typed, plain
    html: str = ""  # the same as small HTML
    message_id: str = ""
    reply_to: str = ""  # id of the message it answers; on Slack also the thread's first message
    reply_to_bot: bool = False
    mentions_bot: bool = False
    private: bool = False  # a chat of this person and the bot alone
    shared: bool = False  # people of other companies are in the room, or may be
    room_title: str = ""
    files: tuple[File, ...] = ()
    route: str = ""
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    direct: bool = False
    as_new: "Event | None" = None  # of an edit: the message with its new words, if it comes later


@dataclass(frozen=True, slots=True)
class Direct:
    """What answers the very request, over its direct channel; everything in the reader's language.

    `errors` maps field names of the submitted form to sentences ("" = the form as a whole).
    """

    message: Message | None = None
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
