"""Who and what exists: the bot, people, chats, topics, messages, files. Plain data, JSON-able."""

from base64 import b64decode, b64encode
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
GENERAL_TOPIC = 1
FIRST_SUPERGROUP = -1_001_000_000_000  # ids of supergroups and channels lie below -10^12


@dataclass
class Bot:
    id: int
    token: str
    username: str
    first_name: str
    privacy: bool = True  # True: ordinary group talk does not reach the bot
    can_join_groups: bool = True
    name_texts: dict[str, str] = field(default_factory=dict)  # by language
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)  # by scope and language
    menu_buttons: dict[str, Json] = field(default_factory=dict)  # by chat id, "" is the default


@dataclass
class Person:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "en"
    phone: str | None = None
    deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass
class Topic:
    id: int
    name: str
    created_message: int
    closed: bool = False


@dataclass
class Chat:
    """A room. A private chat has its person's id; `started` and `blocked` belong to it alone."""

    id: int
    kind: ChatKind
    title: str = ""
    username: str | None = None
    is_forum: bool = False
    started: bool = False
    blocked: bool = False
    members: dict[int, Status] = field(default_factory=dict)  # people
    bot_status: Status = "left"
    bot_was_here: bool = False
    bot_rights: list[str] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    migrated_from: int | None = None
    last_message: int = 0  # supergroups count their own messages
    pinned: list[int] = field(default_factory=list)

    def people(self) -> list[int]:
        return [p for p, status in self.members.items() if status not in ("left", "kicked")]

    @property
    def has_bot(self) -> bool:
        return self.bot_status not in ("left", "kicked")

    @property
    def bot_is_admin(self) -> bool:
        return self.bot_status in ("administrator", "creator")


@dataclass
class Message:
    """`body` is the Bot API object without reply_to_message, which is looked up when shown."""

    chat: int
    id: int
    sender: int  # a person or the bot
    body: Json
    reply_to: int | None = None
    thread: int | None = None
    deleted: bool = False
    order: int = 0  # among all chats, so that a loaded conversation is shown in its order
    keyboard: Json | None = None  # a reply keyboard or ForceReply, which no bot is ever shown
    reactions: dict[str, list[str]] = field(default_factory=dict)  # emojis by who

    @property
    def markup(self) -> Json | None:
        """What stands under the message or at the place to type."""
        return self.body.get("reply_markup") or self.keyboard

    @property
    def text(self) -> str:
        return str(self.body.get("text", self.body.get("caption", "")))


@dataclass
class StoredFile:
    file_id: str
    unique_id: str
    kind: str
    path: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0
    family: str = ""  # the sizes of one photo share it
    size_override: int | None = None  # a file that claims a size, so that no test carries 20 MB

    @property
    def size(self) -> int:
        return len(self.data) if self.size_override is None else self.size_override


@dataclass
class World:
    bot: Bot
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[int, dict[int, Message]] = field(default_factory=dict)  # by chat, by id
    files: dict[str, StoredFile] = field(default_factory=dict)
    last_message: int = 0  # private chats and basic groups share the bot's own count
    last_person: int = 5_000_000_000
    last_group: int = 4_000_000
    last_supergroup: int = 0
    last_file: int = 0
    last_order: int = 0

    def next_message_id(self, chat: Chat) -> int:
        if chat.kind == "supergroup":
            chat.last_message += 1
            return chat.last_message
        self.last_message += 1
        return self.last_message

    def message(self, chat: int, message_id: int) -> Message | None:
        """The message, unless it was deleted."""
        found = self.messages.get(chat, {}).get(message_id)
        return None if found is None or found.deleted else found

    def keep(self, message: Message) -> None:
        if not message.order:
            self.last_order += 1
            message.order = self.last_order
        self.messages.setdefault(message.chat, {})[message.id] = message

    def private(self, person: int) -> Chat:
        """The chat with the bot, which exists for every person though it may not be started."""
        if person not in self.chats:
            self.chats[person] = Chat(person, "private", members={person: "member"})
        return self.chats[person]

    def dump(self) -> Json:
        """JSON-able, and quick because it shares what it can: write it out before going on."""
        data: Json = {k: v for k, v in vars(self).items() if k.startswith("last_")}
        data["bot"] = vars(self.bot)
        data["people"] = {k: vars(p) for k, p in self.people.items()}
        data["chats"] = {
            k: {**vars(c), "topics": {n: vars(t) for n, t in c.topics.items()}}
            for k, c in self.chats.items()
        }
        data["messages"] = [vars(m) for room in self.messages.values() for m in room.values()]
        data["files"] = {
            k: {**vars(f), "data": b64encode(f.data).decode()} for k, f in self.files.items()
        }
        return data

    @classmethod
    def load(cls, data: Json) -> "World":
        data = deepcopy(data)
        counters = {name: data[name] for name in data if name.startswith("last_")}
        world = cls(Bot(**data["bot"]), **counters)
        world.people = {int(k): Person(**v) for k, v in data["people"].items()}
        world.chats = {int(k): _chat(v) for k, v in data["chats"].items()}
        for row in data["messages"]:
            world.keep(Message(**row))
        for row in data["files"].values():
            stored = StoredFile(**{**row, "data": b64decode(row["data"])})
            world.files[stored.file_id] = stored
        return world


def _chat(data: Json) -> Chat:
    topics = {int(k): Topic(**v) for k, v in data["topics"].items()}
    members = {int(k): v for k, v in data["members"].items()}
    return Chat(**{**data, "topics": topics, "members": members})
