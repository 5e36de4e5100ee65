"""Slack as one thing to start, stop and send with."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.chat import Event
from bot.clock import Clock, pause
from bot.errors import ConfigError, TryLater
from bot.platforms import Door, Menus
from bot.platforms.slack import inbound, payload
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.errors import OPERATOR
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.sender import Fetch, SaveProgress, SlackSender
from bot.platforms.slack.socket import Sockets
from bot.platforms.slack.who import Me

__all__ = ["Me", "SlackPlatform", "SlackSettings"]

Made = TypeVar("Made")

log = logging.getLogger(__name__)

PATH = "/slack/events"
AGAIN = timedelta(seconds=5)  # between attempts to reach Slack at start
BODY = 2_000_000  # bytes of one HTTP request; Slack's are far below


class SlackPlatform:
    """`me` is known once `start` returned; `sender` can be handed on before."""

    me: Me

    def __init__(
        self,
        settings: SlackSettings,
        door: Door,
        *,
        clock: Clock,
        fetch: Fetch,
        save_progress: SaveProgress,
    ) -> None:
        if not settings.app_token and not settings.signing_secret:
            raise ConfigError(["environment: set SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"])
        self._settings, self._door, self._clock = settings, door, clock
        self._client = SlackClient(settings)
        self._replies = Replies(self._client)
        self._sockets: Sockets | None = None
        self._entrance: SlackDoor | None = None
        self.sender = SlackSender(self._client, clock, fetch, save_progress)

    async def start(self) -> None:
        """Learn who we are and listen; waits while Slack is away. ConfigError for bad tokens."""
        await self._client.start()
        try:
            self.me = await _patiently(self._introduce, "SLACK_BOT_TOKEN")
            entrance = SlackDoor(self._settings, self._door, self._clock, self.me, self._replies)
            if self._settings.app_token:
                sockets = Sockets(self._settings, self._client, entrance)
                await _patiently(sockets.start, "SLACK_APP_TOKEN")
                self._sockets = sockets
            self._entrance = entrance
        except BaseException:
            await self._client.stop()
            raise

    async def stop(self) -> None:
        """Acknowledge and answer what is under way, then hang up."""
        if self._sockets is not None:
            await self._sockets.stop()
        await self._replies.finish()
        await self._client.stop()

    async def reread(self, raw: str) -> list[Event]:
        """The events of a text that was set aside; connects only to learn who we are."""
        await self._client.start()
        try:
            return inbound.from_raw(raw, await self._introduce(), self._clock.now())
        finally:
            await self._client.stop()

    def learned(self) -> dict[str, str]:
        return {"slack_company_team": self.me.team}

    async def show_menus(self, menus: Menus, managers: Sequence[str]) -> None:
        """Nothing: Slack offers the commands of the manifest."""

    async def missing_rights(self, triage: str) -> list[str]:
        """What keeps us from working, each with its fix; `triage`: our room for new tickets."""
        told = await self.sender.rights(triage)
        again = "install the app again with the manifest of `main.py manifest`"
        wrong = [
            f"the scope {scope} is missing ({SCOPES.get(scope, 'needed')}): {again}"
            for scope in told["missing"]
        ]
        if triage and not told.get("member", True):
            wrong.append(f"the bot is not in the channel {triage}: /invite it there")
        return wrong

    def http_routes(self) -> list[BaseRoute]:
        """For HTTP mode: one request URL for events, commands, interactivity and options."""
        if not self._settings.signing_secret:
            return []
        return [Route(PATH, self._endpoint, methods=["POST"])]

    async def fetch_file(self, source_id: str) -> bytes:
        """The bytes of a file that was sent to us in Slack."""
        return await self.sender.fetch_file(source_id)

    async def _endpoint(self, request: Request) -> Response:
        body = await _read(request)
        if not self._is_signed(body, request):
            return PlainTextResponse("bad signature", 401)
        if self._entrance is None:
            return PlainTextResponse("starting", 503)
        response = await self._entrance.take_http(body.decode("utf-8", "replace"), request.headers)
        return to_starlette_response(response)

    def _is_signed(self, body: bytes, request: Request) -> bool:
        try:
            verifier = SignatureVerifier(self._settings.signing_secret)
            return verifier.is_valid_request(body, dict(request.headers))
        except ValueError:  # a timestamp that is no number, a body that is no text
            return False

    async def _introduce(self) -> Me:
        answer = await self._client.call("auth_test", reading=True)
        return Me(
            user=payload.needed(answer, "user_id"),
            bot_id=payload.text(answer, "bot_id"),
            team=payload.needed(answer, "team_id"),
            url=payload.text(answer, "url"),
            prefix=self._settings.prefix,
        )


async def _read(request: Request) -> bytes:
    """At most BODY bytes, which is all a signature can be checked of; more is refused by that."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY:
            return b""
    return body


async def _patiently(work: Callable[[], Awaitable[Made]], token: str) -> Made:
    """Try again while Slack is away; a token that Slack refuses is for the operator to mend."""
    while True:
        try:
            return await work()
        except TryLater as error:
            if error.after == OPERATOR:
                raise ConfigError([f"environment: {token}: Slack says {error.reason}"]) from error
            log.warning("Slack is not reachable yet: %s", error.reason)
            await pause((error.after or AGAIN).total_seconds())
