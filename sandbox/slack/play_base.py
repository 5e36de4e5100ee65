"""What all play methods stand on: the wired parts, finding by name, what a person sees."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.slack.core import Core
from sandbox.slack.delivery import Delivery, NotDelivered, Parcel
from sandbox.slack.errors import PlayRefused
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.replies import Replies
from sandbox.slack.rooms import Rooms
from sandbox.slack.socket import Sockets
from sandbox.slack.talk import Talk
from sandbox.slack.views import Views
from sandbox.slack.world import Channel, Message, Raw, User

DeliveryKind = Literal["socket", "http"]


@dataclass(frozen=True)
class Outcome:
    """What became of a person's act: `shown` is what Slack itself told them, "" if nothing.

    `errors` are a modal's red lines by block_id; `answer` is the app's ack as it came.
    """

    ok: bool
    shown: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    answer: Raw | None = None


class PlayBase(Core):
    """Core with its parts, and what the play methods share."""

    delivery: Delivery
    sockets: Sockets
    http: HttpDelivery | None
    talk: Talk
    rooms: Rooms
    views: Views
    replies: Replies

    def user(self, who: str | User) -> User:
        """A person by id, handle or name."""
        if isinstance(who, User):
            return who
        if who in self.world.users:
            return self.world.users[who]
        for user in self.world.users.values():
            if who in (user.name, user.real_name, user.display_name):
                return user
        raise PlayRefused(f"There is nobody called {who}.")

    def room(self, where: str | Channel) -> Channel:
        """A channel by id or name, with or without #."""
        if isinstance(where, Channel):
            return where
        if where in self.world.channels:
            return self.world.channels[where]
        for channel in self.world.channels.values():
            if channel.name and channel.name == where.removeprefix("#"):
                return channel
        raise PlayRefused(f"There is no channel {where}.")

    def inside(self, who: str | User, where: str | Channel) -> tuple[User, Channel]:
        """Both, the person being in the room."""
        user, channel = self.user(who), self.room(where)
        if user.id not in channel.members:
            raise PlayRefused(f"{user.shown} is not in #{channel.name or channel.id}.")
        return user, channel

    def seen_message(self, user: User, channel: Channel, ts: str) -> Message:
        message = channel.find(ts)
        if message is None or message.reader not in (None, user.id):
            raise PlayRefused(
                f"{user.shown} sees no such message in #{channel.name or channel.id}."
            )
        return message

    def ours_only(self, user: User, what: str) -> None:
        """People of other companies do not get this from our app."""
        if self.is_external(user):
            raise PlayRefused(f"{what} of this app belong to the workspace that installed it.")

    async def ask_app(self, parcel: Parcel) -> Raw | None:
        """Carry a person's request to the app; NotDelivered goes on to the caller."""
        kind = str(parcel.payload.get("type", parcel.kind))
        try:
            answer = await self.delivery.request(parcel)
        except NotDelivered as problem:
            self.remember(f"request.{kind}", {}, str(problem))
            raise
        self.remember(f"request.{kind}", {})
        return answer
