"""One raw update through the door, committed when this returns; polling and webhook share it."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot import metrics
from bot.chat import Direct
from bot.markup import plain
from bot.platforms import Door
from bot.platforms.telegram import inbound, render
from bot.platforms.telegram.errors import outcome
from bot.platforms.telegram.raw import Json
from bot.platforms.telegram.settings import Me

log = logging.getLogger(__name__)

FAREWELL = 5.0  # seconds that stop() leaves to answers on their way


class Intake:
    """Hands updates to `door` one by one and answers presses after their commit."""

    def __init__(self, bot: Bot, door: Door, now: Callable[[], datetime]) -> None:
        self._bot = bot
        self._door = door
        self._now = now
        self._answers: set[asyncio.Task[None]] = set()

    async def take(self, update: Any, me: Me) -> None:
        """Handle or set aside; raises only when the database is gone: then do not acknowledge."""
        with metrics.ACK.labels("telegram").time():
            await self._take(update, me)

    async def _take(self, update: Any, me: Me) -> None:
        raw = json.dumps(update)
        try:
            events = inbound.events(update, me, self._now())
        except Exception as error:  # noqa: BLE001 - whatever it is, the loop must go on
            log.warning("update %s cannot be read: %s", key(update), type(error).__name__)
            await self._door.set_aside("telegram", key(update), raw, error)
            events = []
        direct = Direct()
        for event in events:
            direct = await self._door.handle(event, raw)
        query = query_id(update)
        if query:
            self._answer_soon(query, direct)

    def _answer_soon(self, query: str, direct: Direct) -> None:
        """In a task, so that a slow answer holds up nobody's next press."""
        task = asyncio.create_task(self._answer(query, direct))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, query: str, direct: Direct) -> None:
        """Every press is answered, else the button spins; it is never worth more than one try."""
        text = toast(direct)
        try:
            await self._bot.answer_callback_query(
                query, text or None, show_alert=len(text) > render.ALERT or None
            )
        except TelegramError as error:
            log.info("a press was not answered: %s", outcome(error).reason)

    async def close(self) -> None:
        """Wait a little for answers on their way."""
        if self._answers:
            _, late = await asyncio.wait(self._answers, timeout=FAREWELL)
            for task in late:
                task.cancel()


def toast(direct: Direct) -> str:
    """The words for a press's own answer; "" when they do not fit and dispatch owes them."""
    if direct.message is not None and render.fits_toast(direct.message):
        return plain(direct.message.html)
    return ""


def key(update: Any) -> str:
    """Of an update that may be anything at all."""
    number = update_id(update)
    if number is not None:
        return f"telegram:{number}"
    return f"telegram:?{sha256(json.dumps(update).encode()).hexdigest()[:16]}"


def update_id(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def query_id(update: Json) -> str:
    query = update.get("callback_query") if isinstance(update, dict) else None
    found = query.get("id") if isinstance(query, dict) else None
    return found if isinstance(found, str) else ""
