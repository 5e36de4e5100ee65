"""One connection pool to Slack's Web API, without retries of its own: those duplicate messages."""

import logging
from dataclasses import dataclass, field
from io import BytesIO
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import monotonic, pause
from bot.errors import DeliveryError, TryLater
from bot.platforms.slack.errors import EXPECTED, translate
from bot.platforms.slack.tiers import Tiers

CALL = 30  # seconds for one call; below the outbox's lease
FAREWELL = 15  # seconds that calls under way get when we stop
CONNECT = 10  # of these, for the connection: a time-out here is surely not sent

# A logger without a level of its own has the SDK write out each request and answer, for nobody.
SDK_LOG = logging.getLogger("slack_sdk.web")
SDK_LOG.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`app_token` (Socket Mode) or `signing_secret` (HTTP); `prefix` precedes command words."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    proxy: str = field(default="", repr=False)
    prefix: str = ""


class SlackClient:
    """`web` is the SDK's client; `call` speaks delivery errors only."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._under_way = 0
        self._tiers = Tiers()
        self.web = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api_url,
            timeout=CALL,
            proxy=settings.proxy or None,
            retry_handlers=[],
            logger=SDK_LOG,
        )
        if not settings.proxy and is_local(settings.api_url):
            self.web.proxy = None  # a proxy from the environment does not lead to this machine

    @property
    def proxy(self) -> str | None:
        return self.web.proxy

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL, sock_connect=CONNECT)
        self.web.session = aiohttp.ClientSession(timeout=timeout)

    async def stop(self) -> None:
        """Hang up once the calls under way have their answers: cut off, each would be in doubt."""
        deadline = monotonic() + FAREWELL
        while self._under_way and monotonic() < deadline:
            await pause(0.02)
        if self.web.session is not None:
            await self.web.session.close()

    async def answer(
        self, method: str, *, reading: bool = False, **given: Any
    ) -> AsyncSlackResponse:
        """`method` is the SDK's name ("chat_postMessage"); `reading` may be repeated freely."""
        async with self._tiers.turn(method):
            self._under_way += 1
            try:
                response: AsyncSlackResponse = await getattr(self.web, method)(**given)
            except EXPECTED as error:
                raise self._translated(method, error, reading=reading) from error
            finally:
                self._under_way -= 1
        return response

    def _translated(self, method: str, error: Exception, *, reading: bool) -> DeliveryError:
        found = translate(error, reading=reading)
        if isinstance(found, TryLater) and found.limited:
            self._tiers.refused(method, found)
        return found

    async def call(self, method: str, *, reading: bool = False, **given: Any) -> dict[str, Any]:
        """The answer's body."""
        response = await self.answer(method, reading=reading, **given)
        return response.data if isinstance(response.data, dict) else {}

    async def fetch(self, url: str) -> bytes:
        """A private file; the token goes to Slack's own hosts only."""
        headers = {}
        if self._is_slack(url):
            headers["Authorization"] = f"Bearer {self._settings.bot_token}"
        try:
            async with self._session.get(url, headers=headers, proxy=self.web.proxy) as answer:
                answer.raise_for_status()
                return await answer.read()
        except EXPECTED as error:
            raise translate(error, reading=True) from error

    async def upload(self, url: str, data: bytes) -> None:
        """The bytes of a file; nobody sees them before it is completed, so doubt is harmless."""
        try:
            async with self._session.post(url, data=BytesIO(data), proxy=self.web.proxy) as answer:
                answer.raise_for_status()
        except EXPECTED as error:
            raise translate(error, reading=True) from error

    async def respond(self, url: str, body: dict[str, Any]) -> bool:
        """Answer over a response_url; False when it is spent or too late."""
        try:
            async with self._session.post(url, json=body, proxy=self.web.proxy) as answer:
                return answer.status == 200
        except EXPECTED:
            return False

    @property
    def _session(self) -> aiohttp.ClientSession:
        assert self.web.session is not None, "start() first"  # noqa: S101 - a bug of ours
        return self.web.session

    def _is_slack(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        own = urlsplit(self._settings.api_url).hostname
        return host == own or host == "slack.com" or host.endswith(".slack.com")


def is_local(url: str) -> bool:
    """On this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
