"""Pushes updates to the bot's address, again and again until it answers with a 2xx."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp

from sandbox.telegram.errors import bad
from sandbox.telegram.feed import Feed
from sandbox.telegram.world import Json

PORTS = (80, 88, 443, 8443)
TIMEOUT = 60.0  # a slower answer counts as a failure and the update comes again
LOCAL = ("127.0.0.1", "localhost", "::1")
LONGEST_PAUSE = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

Answer = Callable[[str, Json], Awaitable[None]]


class Webhook:
    """At most one; updates go one by one, each until it is accepted."""

    def __init__(self, feed: Feed, answer: Answer, retry: float = 1.0) -> None:
        self.url = ""
        self.retry = retry  # first pause after a failure, doubled each time
        self._secret = ""
        self._feed = feed
        self._answer = answer
        self._task: asyncio.Task[None] | None = None
        self._max_connections = 40
        self._error: tuple[int, str] | None = None

    def check(self, args: Json) -> None:
        """As strict as reality, but plain http is taken for this machine, on any port."""
        parts = urlsplit(args["url"])
        if parts.hostname not in LOCAL:
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if (parts.port or 443) not in PORTS:
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        secret = args.get("secret_token", "")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")

    async def start(self, args: Json) -> None:
        await self.stop()
        self.url = args["url"]
        self._secret = args.get("secret_token", "")
        self._max_connections = args.get("max_connections", 40)
        self._error = None
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self.url = ""
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def info(self) -> Json:
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._feed.pending),
        }
        if self.url:
            info |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"}
        if self.url and self._error:
            info |= {"last_error_date": self._error[0], "last_error_message": self._error[1]}
        if self._feed.allowed is not None:
            info["allowed_updates"] = sorted(self._feed.allowed)
        return info

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                while self._feed.again or self._feed.pending:
                    await self._deliver(session)
                self._feed.arrived.clear()
                await self._feed.arrived.wait()

    async def _deliver(self, session: aiohttp.ClientSession) -> None:
        """The oldest update, until it is accepted."""
        again = bool(self._feed.again)
        update = self._feed.again[0] if again else self._feed.pending[0]
        pause = self.retry
        while not await self._post(session, update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        if again:
            self._feed.again.remove(update)
        else:
            self._feed.confirm(update["update_id"] + 1)

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {SECRET_HEADER: self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                if not 200 <= response.status < 300:
                    words = f"Wrong response from the webhook: {response.status} {response.reason}"
                    self._error = (int(time.time()), words)
                    return False
                await self._act_on(await response.read())
                return True
        except (aiohttp.ClientError, TimeoutError) as error:
            self._error = (int(time.time()), f"Connection failed: {type(error).__name__}")
            return False

    async def _act_on(self, body: bytes) -> None:
        """The answer may carry one method call, as the Bot API allows."""
        try:
            wanted = json.loads(body)
        except ValueError:
            return
        if isinstance(wanted, dict) and isinstance(wanted.get("method"), str):
            await self._answer(wanted.pop("method"), wanted)
