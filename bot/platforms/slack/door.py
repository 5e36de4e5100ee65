"""Our own door around Bolt: commit, then acknowledge; what Bolt will not route is set aside."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import metrics
from bot.chat import Direct, Event
from bot.clock import Clock
from bot.platforms import Door
from bot.platforms.slack import inbound, payload
from bot.platforms.slack.client import SlackSettings
from bot.platforms.slack.payload import Raw
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.who import Me

log = logging.getLogger(__name__)

ANY = re.compile("")
REACHED = "liaison_reached"  # in Bolt's context: one of our listeners took the request


class SlackDoor:
    """Both ways in, sockets and HTTP, hand their payloads to `take`."""

    def __init__(
        self, settings: SlackSettings, door: Door, clock: Clock, me: Me, replies: Replies
    ) -> None:
        self._door = door
        self._clock = clock
        self._me = me
        self._replies = replies
        self.app = _bolt(settings, me)
        for listen in (
            self.app.event, self.app.command, self.app.action, self.app.view,
            self.app.view_closed, self.app.shortcut, self.app.options,
        ):  # fmt: skip
            listen(ANY)(self._listen)

    async def take_socket(self, body: Raw, headers: Mapping[str, Any]) -> BoltResponse:
        with metrics.ACK.labels("slack").time():
            return await self._take(body, "", headers, "socket_mode")

    async def take_http(self, body: str, headers: Mapping[str, str]) -> BoltResponse:
        """`body` is as it came; its signature was checked before."""
        with metrics.ACK.labels("slack").time():
            return await self._take(body, body, headers, "http")

    async def set_aside(self, raw: str, error: Exception) -> str:
        """Keep what could not be read; the same text again gets the same key."""
        key = "slack:raw:" + hashlib.sha256(raw.encode()).hexdigest()[:32]
        return await self._door.set_aside("slack", key, raw, error)

    async def _take(
        self, body: Raw | str, raw: str, headers: Mapping[str, Any], mode: str
    ) -> BoltResponse:
        """Bolt's answer if it routed the request or answered it by itself; else 200, set aside.

        Anything but 200 means that the database is gone: then nothing may be acknowledged.
        """
        request: AsyncBoltRequest | None = None
        try:
            request = AsyncBoltRequest(body=body, headers=dict(headers), mode=mode)
            response = await self.app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the event is kept
            response, fault = BoltResponse(status=500), error
        else:
            fault = self._why(request.body, response.status)
        if (request is not None and request.context.get(REACHED)) or response.status == 200:
            return response
        parsed = request.body if request is not None else {}
        await self.set_aside(_raw(parsed, raw), fault)
        return BoltResponse(status=200)

    def _why(self, body: Raw, status: int) -> Exception:
        """What is wrong with a request that Bolt did not route."""
        try:
            inbound.events(inbound.kind_of(body), body, self._me, self._clock.now())
        except Exception as error:  # noqa: BLE001 - it is the answer
            return error
        return inbound.Unreadable(f"Bolt answered {status}")

    async def _listen(self, body: Raw, request: AsyncBoltRequest, ack: AsyncAck) -> None:
        """Every kind of request; raises only when the database is gone, and then is not acked."""
        request.context[REACHED] = True
        try:
            kind = inbound.kind_of(body)
            events = inbound.events(kind, body, self._me, self._clock.now())
        except Exception as error:  # noqa: BLE001 - set aside, and told by its id
            error_id = await self.set_aside(_raw(body, ""), error)
            await ack(f"⚠ {error_id}" if _command(body) else "")
            return
        answer: Raw = {}
        for event in events:
            answer = await self._handle(kind, body, event)
        await (ack(answer) if answer else ack())

    async def _handle(self, kind: str, body: Raw, event: Event) -> Raw:
        if event.kind == "options":
            return self._replies.options(await self._door.options(event))
        direct: Direct = await self._door.handle(event, inbound.to_raw(kind, body))
        try:
            return self._replies.ack(kind, body, event, direct)
        except Exception as error:
            # committed already: a reply that cannot be drawn must not make Slack send it again
            log.exception("the reply to %s cannot be shown", event.key)
            error_id = await self._door.set_aside("slack", event.key, "", error)
            return (
                {"response_type": "ephemeral", "text": f"⚠ {error_id}"} if _command(body) else {}
            )


def _command(body: Raw) -> bool:
    return "command" in body


def _raw(body: Raw, fallback: str) -> str:
    """The payload as text without its secrets, or what came if it is no object."""
    try:
        return inbound.to_raw(inbound.kind_of(body), body) if body else _unreadable(fallback)
    except ValueError:
        return inbound.to_raw("", body)


def _unreadable(came: str) -> str:
    return json.dumps({"kind": "", "payload": {"came": payload.storable(came)}})


def _bolt(settings: SlackSettings, me: Me) -> AsyncApp:
    """Knows who we are from start-up: authorising a request never touches the network."""
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=me.team,
        bot_user_id=me.user,
        bot_id=me.bot_id,
        bot_token=settings.bot_token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    return AsyncApp(
        name="liaison",
        client=AsyncWebClient(base_url=settings.api_url),
        authorize=authorize,
        signing_secret=settings.signing_secret or "checked by our own route",
        process_before_response=True,
        request_verification_enabled=False,  # done before Bolt reads the body
        ignoring_self_events_enabled=False,  # inbound decides that, in one place
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
