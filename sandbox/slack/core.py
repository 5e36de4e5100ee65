"""What all parts of the emulator share: the world, the installed app, the ways in and out."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.slack import stamps
from sandbox.slack.limits import Limits
from sandbox.slack.screen import Screen
from sandbox.slack.tickets import ResponseUrls, Triggers
from sandbox.slack.world import Channel, Raw, User, World

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ]
)
BOT_EVENTS = frozenset(
    [
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
        "app_home_opened",
        "member_joined_channel",
        "member_left_channel",
        "channel_left",
        "group_left",
        "channel_archive",
        "channel_unarchive",
        "group_archive",
        "group_unarchive",
        "channel_rename",
        "group_rename",
        "user_change",
    ]
)
_RENAMED = {"message": {"channel": "message.channels", "group": "message.groups"}}


@dataclass
class Installed:
    """The app under test, as it is installed in our workspace.

    `events` are the subscribed event names; `commands` the registered slash commands (None: any);
    `escape` those of them with should_escape; `options_load` is where external selects ask.
    """

    id: str
    name: str
    team: str
    bot_id: str
    bot_user: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    events: set[str] = field(default_factory=lambda: set(BOT_EVENTS))
    commands: set[str] | None = None
    verification_token: str = "sandbox-verification-token"  # noqa: S105 - Slack's own, deprecated and unused

    def hears(self, event: Raw) -> bool:
        """Is this event's type subscribed to."""
        kind = str(event["type"])
        if kind == "message":
            channel_type = str(event["channel_type"])
            return _RENAMED["message"].get(channel_type, f"message.{channel_type}") in self.events
        return kind in self.events


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the app or act of a person, as the platform's own record keeps it.

    `outcome` is "ok" or the error; `answered` is False where a fault kept the answer from the app.
    """

    method: str
    args: Raw
    channel: str
    ts: str
    metadata: Raw | None
    at: float  # real, monotonic
    outcome: str
    answered: bool = True


@dataclass
class Timing:
    """Real seconds; `Timing.real()` has Slack's own, the default is made for sandboxes."""

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 1.0, 5.0)
    delayed_every: float = 5.0  # "Delayed Events": after the last retry
    delayed_times: int = 1000
    flush_on_connect: bool = True  # what waits is retried as soon as a socket opens
    trigger: float = 3.0
    response_url: float = 1800.0
    response_url_uses: int = 5
    share: float = 0.0  # between files.completeUploadExternal and the message in the channel

    @staticmethod
    def real() -> "Timing":
        return Timing(
            retries=(0.0, 60.0, 300.0),
            delayed_every=3600.0,
            delayed_times=24,
            flush_on_connect=False,
        )


class Core:
    """The shared state; the emulator's parts and play methods stand on it."""

    def __init__(
        self,
        clock: SandboxClock,
        journal: Journal,
        base_url: str,
        *,
        bot_token: str = "xoxb-sandbox",  # noqa: S107 - worth nothing outside the sandbox
        app_token: str = "xapp-sandbox",  # noqa: S107
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107
        timing: Timing | None = None,
        delay: float = 0.0,
        limits: Literal["off", "bucket", "window"] = "off",
        record_cap: int | None = None,
    ) -> None:
        self.clock = clock
        self.journal = journal
        self.base_url = base_url.rstrip("/")
        self.timing = timing or Timing()
        self.delay = delay
        self.faults = Faults()
        self.limits = Limits(limits)
        self.world = World()
        self.screen = Screen(self.world, journal, clock)
        self.triggers = Triggers(self.timing.trigger)
        self.response_urls = ResponseUrls(
            f"{self.base_url}/slack/response",
            self.timing.response_url,
            self.timing.response_url_uses,
        )
        self.record: list[Call] = []
        self._record_cap = record_cap
        self.app = Installed(
            id="A0SANDBOX1",
            name="Liaison",
            team="",
            bot_id="B0SANDBOX1",
            bot_user="U0SANDBOX1",
            bot_token=bot_token,
            app_token=app_token,
            signing_secret=signing_secret,
        )

    def stamp(self) -> str:
        """A new ts in business time."""
        return stamps.ts_of(self.clock.stamp())

    def seconds(self) -> int:
        return stamps.seconds_of(self.clock.now())

    def remember(
        self,
        method: str,
        args: Raw,
        outcome: str = "ok",
        *,
        channel: str = "",
        ts: str = "",
        metadata: Raw | None = None,
        answered: bool = True,
    ) -> None:
        """Add a row to the platform's record."""
        row = Call(method, args, channel, ts, metadata, time.monotonic(), outcome, answered)
        self.record.append(row)
        if self._record_cap is not None and len(self.record) > self._record_cap * 2:
            del self.record[: -self._record_cap]

    @property
    def bot(self) -> User:
        return self.world.users[self.app.bot_user]

    def our_team(self) -> Raw:
        """The `team` object of interaction payloads."""
        return {"id": self.app.team, "domain": self.world.teams[self.app.team].domain}

    def is_external(self, user: User) -> bool:
        return user.team != self.app.team

    def hears_channel(self, channel: Channel) -> bool:
        """Does the app get this channel's events."""
        return self.app.bot_user in channel.members

    def permalink(self, channel: Channel, ts: str, thread: str | None) -> str:
        domain = self.world.teams[self.app.team].domain
        link = f"https://{domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return f"{link}?thread_ts={thread}&cid={channel.id}" if thread else link

    def bot_profile(self) -> Raw:
        icons: dict[str, Any] = {
            f"image_{size}": f"{self.base_url}/slack/icons/app_{size}.png" for size in (36, 48, 72)
        }
        return {
            "id": self.app.bot_id,
            "deleted": False,
            "name": self.app.name,
            "updated": 1700000000,
            "app_id": self.app.id,
            "icons": icons,
            "team_id": self.app.team,
        }
