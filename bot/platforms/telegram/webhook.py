"""The webhook: Telegram posts each update here and hears 200 only after our commit."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot

from bot.platforms.telegram.inbound import ALLOWED_UPDATES
from bot.platforms.telegram.settings import TelegramSettings

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS = 1  # Telegram then delivers one by one: an edit never overtakes its message
LARGEST = 1024 * 1024  # bytes of one update; Telegram's are a few thousand

Take = Callable[[Any], Awaitable[None]]
Unreadable = Callable[[str, Exception], Awaitable[None]]


class Webhook:
    """Its route, and its registration with Telegram."""

    def __init__(self, settings: TelegramSettings, take: Take, unreadable: Unreadable) -> None:
        self._settings = settings
        self._take = take
        self._unreadable = unreadable
        self._one_by_one = asyncio.Lock()

    async def prepare(self, bot: Bot) -> None:
        await bot.set_webhook(
            self._settings.webhook_url,
            max_connections=CONNECTIONS,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
            secret_token=self._settings.webhook_secret,
        )

    def route(self) -> Route:
        return Route(self._settings.webhook_path, self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "").encode()
        if not hmac.compare_digest(given, self._settings.webhook_secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            async with self._one_by_one:
                await self._accept(body)
        except Exception:
            log.exception("an update is not acknowledged; Telegram will send it again")
            return Response(status_code=503)
        return Response(status_code=200)

    async def _accept(self, body: bytes) -> None:
        try:
            update = json.loads(body)
        except ValueError as error:
            text = body.decode("utf-8", "replace").replace(
                "\x00", "\ufffd"
            )  # no database takes NUL
            await self._unreadable(text, error)
            return
        await self._take(update)


async def _body(request: Request) -> bytes | None:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return body
