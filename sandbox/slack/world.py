"""Who and what exists in the emulated Slack: companies, people, channels, messages, files."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, Literal

Raw = dict[str, Any]
ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass
class Team:
    id: str
    name: str
    domain: str


@dataclass
class User:
    id: str
    name: str
    real_name: str
    display_name: str
    team: str
    tz: str = "UTC"
    locale: str = "en-US"
    email: str = ""
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    status_text: str = ""
    status_expiration: int = 0  # seconds; 0 = it has no end
    status_emoji: str = ""

    @property
    def shown(self) -> str:
        """The name on screens."""
        return self.display_name or self.real_name


@dataclass
class Message:
    """`raw` is the message as the Web API returns it; `reader` is set for an ephemeral one.

    `chosen` are the values set in its selects, by block_id and action_id.
    """

    raw: Raw
    reader: str | None = None
    chosen: dict[str, dict[str, Raw]] = field(default_factory=dict)

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def thread(self) -> str | None:
        """The thread it stands in, None for a top-level message."""
        root = self.raw.get("thread_ts")
        return root if root and root != self.raw["ts"] else None


@dataclass
class Channel:
    """`members` in the order of joining; `top` is what shows outside threads, in ts order."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    teams: list[str]
    created: int
    creator: str = ""
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: dict[str, Message] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)

    @property
    def is_shared(self) -> bool:
        """Slack Connect: another company sits in it."""
        return len(self.teams) > 1

    @property
    def type_name(self) -> str:
        """channel_type as events carry it."""
        return {"public": "channel", "private": "group"}.get(self.kind, self.kind)

    def find(self, ts: str) -> Message | None:
        return self.messages.get(ts) or self.ephemeral.get(ts)

    def keep(self, message: Message) -> None:
        """Store a new message where reading will look for it."""
        ts, thread = message.ts, message.thread
        if message.reader is not None:
            self.ephemeral[ts] = message
            return
        self.messages[ts] = message
        if thread is None or message.raw.get("subtype") == "thread_broadcast":
            self.top.append(ts)
        if thread is not None:
            self.threads.setdefault(thread, []).append(ts)

    def forget(self, message: Message) -> None:
        ts = message.ts
        if self.ephemeral.pop(ts, None) is not None:
            return
        del self.messages[ts]
        for order in (self.top, self.threads.get(message.thread or "", [])):
            at = bisect_left(order, ts)
            if at < len(order) and order[at] == ts:
                del order[at]


@dataclass
class FileRecord:
    id: str
    name: str
    title: str
    mimetype: str
    size: int
    user: str
    team: str
    created: int
    data: bytes | None = None
    complete: bool = False
    shares: list[Raw] = field(default_factory=list)  # channel, ts, thread_ts


@dataclass
class View:
    """A modal or Home on a person's screen; `values` is what stands in its fields."""

    id: str
    user: str
    raw: Raw
    root_id: str
    previous_id: str | None
    hash: str
    values: dict[str, dict[str, Raw]] = field(default_factory=dict)


class World:
    """All of it, by id, with the numbers for new ids."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, FileRecord] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.usergroups: list[Raw] = []
        self._dms: dict[str, str] = {}
        self._number = 0

    def new_id(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}0{self._number:08d}"

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.kind == "im":
            for member in channel.members:
                self._dms.setdefault(member, channel.id)
        return channel

    def dm_of(self, user: str) -> Channel | None:
        """The conversation of this person with the app, if it was ever opened."""
        found = self._dms.get(user)
        return self.channels[found] if found else None

    def shares_channel(self, user: User, team: str) -> bool:
        """May `team` see this person at all: own people, or met in a shared channel."""
        if user.team == team:
            return True
        return any(user.id in c.members and team in c.teams for c in self.channels.values())

    def name_of(self, user_id: str) -> str:
        user = self.users.get(user_id)
        return user.shown if user else user_id

    def view(self, view_id: str) -> View | None:
        """A view that is open, by its id."""
        for stack in self.modals.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((v for v in self.homes.values() if v.id == view_id), None)

    @property
    def number(self) -> int:
        return self._number

    def resume(self, number: int) -> None:
        """Go on numbering after a restart."""
        self._number = number
