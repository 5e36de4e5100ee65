"""The local Slack: builders of its world, its routes, and all that people can do in it."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack.api import Api
from sandbox.slack.api_chat import ChatApi
from sandbox.slack.api_common import open_dm
from sandbox.slack.api_conversations import ConversationsApi
from sandbox.slack.api_files import FilesApi
from sandbox.slack.api_people import PeopleApi
from sandbox.slack.api_views import ViewsApi
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import PlayRefused
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.limits import Limits
from sandbox.slack.play_base import DeliveryKind
from sandbox.slack.play_modal import ModalPlay
from sandbox.slack.play_talk import TalkPlay
from sandbox.slack.replies import Replies
from sandbox.slack.rooms import Rooms
from sandbox.slack.snapshot import dump_world, load_world
from sandbox.slack.socket import Sockets
from sandbox.slack.talk import Talk
from sandbox.slack.views import Views
from sandbox.slack.world import Channel, Raw, Team, User


class SlackEmulator(TalkPlay, ModalPlay):
    """One workspace with the app installed, and the companies it shares channels with."""

    def __init__(
        self,
        clock: SandboxClock,
        journal: Journal,
        base_url: str,
        *,
        delivery: DeliveryKind = "socket",
        request_url: str = "",
        team_name: str = "Hengda",
        bot_name: str = "Liaison",
        **options: Any,
    ) -> None:
        super().__init__(clock, journal, base_url, **options)
        self._install(team_name, bot_name)
        self.sockets = Sockets(self.app.id, self.base_url, self.timing, self.faults)
        self.http = None
        if delivery == "http":
            if not request_url:
                raise ValueError("HTTP delivery needs the request_url to which Slack posts.")
            self.http = HttpDelivery(request_url, self.app.signing_secret, self.timing)
        self.delivery = Delivery(self.http or self.sockets, self.timing, self.faults)
        self.talk = Talk(self, self.delivery)
        self.rooms = Rooms(self, self.talk)
        self.views = Views(self)
        self.replies = Replies(self, self.talk)
        self.files = FilesApi(self, self.talk, self.delivery)
        people = PeopleApi(self, self.talk, None if self.http else self.sockets)
        rooms = ConversationsApi(self, self.rooms)
        holders = [ChatApi(self, self.talk), rooms, people, self.files, ViewsApi(self, self.views)]
        self._api = Api(self, holders)

    def _install(self, team_name: str, bot_name: str) -> None:
        team = self.add_team(team_name)
        self.app.team, self.app.name = team.id, bot_name
        self.world.users[self.app.bot_user] = User(
            id=self.app.bot_user,
            name=bot_name.lower().replace(" ", "_"),
            real_name=bot_name,
            display_name="",
            team=team.id,
            is_bot=True,
        )

    def routes(self) -> list[BaseRoute]:
        """Everything under /slack."""
        return [
            Route("/slack/api/{method}", self._api.endpoint, methods=["GET", "POST"]),
            WebSocketRoute("/slack/socket", self.sockets.endpoint),
            Route("/slack/files/upload/{key}", self.files.upload, methods=["POST", "PUT"]),
            Route("/slack/files/pri/{file}/download/{name}", self.files.download),
            Route("/slack/files/pri/{file}/{name}", self.files.download),
            Route("/slack/response/{key}", self.replies.endpoint, methods=["POST"]),
            Route("/slack/signin", self.files.signin),
            Route("/slack/icons/{name}", _no_icon),
        ]

    def add_team(self, name: str, *, domain: str = "", team_id: str = "") -> Team:
        """Another company; the first one, ours, is there from the start."""
        word = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
        team = Team(team_id or self.world.new_id("T"), name, domain or word or "company")
        self.world.teams[team.id] = team
        return team

    def add_user(
        self,
        name: str,
        real_name: str = "",
        *,
        team: Team | None = None,
        display_name: str = "",
        tz: str = "UTC",
        locale: str = "en-US",
        email: str = "",
        is_admin: bool = False,
        user_id: str = "",
    ) -> User:
        """Somebody of ours, or of `team`."""
        where = team or self.world.teams[self.app.team]
        user = User(
            id=user_id or self.world.new_id("U"),
            name=name,
            real_name=real_name or name,
            display_name=display_name,
            team=where.id,
            tz=tz,
            locale=locale,
            email=email or f"{name}@{where.domain}.example",
            is_admin=is_admin,
        )
        self.world.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str | User] = (),
        teams: Iterable[Team] = (),
        private: bool = False,
        with_bot: bool = True,
        channel_id: str = "",
    ) -> Channel:
        """A channel; shared with every company named or brought in by its members."""
        people = [self.user(member) for member in members]
        shared = [self.app.team, *(team.id for team in teams), *(person.team for person in people)]
        channel = Channel(
            id=channel_id or self.world.new_id("C"),
            name=name,
            kind="private" if private else "public",
            members=[person.id for person in people],
            teams=list(dict.fromkeys(shared)),
            created=self.seconds(),
            creator=people[0].id if people else self.app.bot_user,
        )
        if with_bot and self.app.bot_user not in channel.members:
            channel.members.append(self.app.bot_user)
        return self.world.add_channel(channel)

    def dm(self, who: str | User) -> Channel:
        """The conversation of one of our people with the app."""
        user = self.user(who)
        if self.is_external(user):
            raise PlayRefused(
                f"{user.shown} cannot open a conversation with an app of another company."
            )
        return open_dm(self, user)

    async def invite_bot(self, where: str | Channel, *, by: str | User) -> None:
        """Bring the app into a channel."""
        self.rooms.enter(self.room(where), self.bot, inviter=self.user(by).id)

    def add_usergroup(self, handle: str, name: str, users: Sequence[str | User]) -> Raw:
        group: Raw = {
            "id": self.world.new_id("S"),
            "team_id": self.app.team,
            "is_usergroup": True,
            "is_subteam": True,
            "name": name,
            "description": "",
            "handle": handle,
            "is_external": False,
            "date_create": self.seconds(),
            "date_update": self.seconds(),
            "date_delete": 0,
            "auto_type": None,
            "created_by": self.app.bot_user,
            "updated_by": self.app.bot_user,
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
            "users": [self.user(who).id for who in users],
        }
        self.world.usergroups.append(group)
        return group

    def set_limits(self, kind: Literal["off", "bucket", "window"], **options: int) -> None:
        """Start counting anew with these limits."""
        self.limits = Limits(kind, **options)

    def dump(self) -> Raw:
        """Everything that was said and shown, JSON-able."""
        return {"team": self.app.team, **dump_world(self.world)}

    def load(self, state: Raw) -> None:
        """Go on from a dump; what stood there before is gone."""
        load_world(self.world, state)
        self.app.team = state["team"]

    async def close(self) -> None:
        """Hang up on the app."""
        await self.delivery.close()
        await self.sockets.close()


async def _no_icon(_request: Request) -> Response:
    return PlainTextResponse("no icon", 404)
