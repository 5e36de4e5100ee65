"""A door that remembers, and what else the tests of this folder share."""

import asyncio
import copy
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.chat import Address, Choice, Direct, Event, Message, Part
from bot.outbox import Parcel
from bot.platforms.telegram.settings import Me, TelegramSettings
from sandbox.telegram import TelegramEmulator

DATA = Path(__file__).parents[2] / "data" / "telegram"
ME = Me("7000000001", "LiaisonDemoBot")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10"  # enough of one: 32 x 16
NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)


class DatabaseGone(Exception):
    """What the real door lets through when nothing can be committed."""


@dataclass
class RecordingDoor:
    """A real door without a database: remembers, deduplicates by key as dispatch does."""

    reply: Callable[[Event], Direct] = lambda _: Direct()
    before: Callable[[Event], Awaitable[None]] | None = None
    gone: int = 0
    events: list[Event] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    aside: list[tuple[str, str, Exception]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    again: list[str] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, event: Event, raw: str) -> Direct:
        if self.before is not None:
            await self.before(event)
        if self.gone:
            self.gone -= 1
            raise DatabaseGone
        async with self.news:
            self.news.notify_all()
            if event.key in self.seen:
                self.again.append(event.key)
                return Direct()
            self.seen.add(event.key)
            self.events.append(event)
            self.raws.append(raw)
        return self.reply(event)

    async def options(self, event: Event) -> list[Choice]:  # noqa: ARG002 - Slack's alone
        return []

    async def set_aside(self, platform: str, key: str, raw: str, error: Exception) -> str:
        assert platform == "telegram"
        if self.gone:
            self.gone -= 1
            raise DatabaseGone
        async with self.news:
            self.news.notify_all()
            self.aside.append((key, raw, error))
        return f"E-{len(self.aside)}"

    async def until(self, count: int, seconds: float = 10.0) -> list[Event]:
        """The events once there are `count` of them."""
        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(lambda: len(self.events) >= count)
        return self.events


def settings_for(emulator: TelegramEmulator, **more: Any) -> TelegramSettings:
    return TelegramSettings(emulator.bot.token, api_url=emulator.api_url, **more)


def a_parcel(
    to: int | str,
    message: Message | str | None = "hello",
    *,
    thread: int | None = None,
    message_id: int | str = "",
    question: dict[str, Any] | None = None,
) -> Parcel:
    said = Message((Part(message),)) if isinstance(message, str) else message
    address = Address("telegram", str(to), None if thread is None else str(thread))
    return Parcel(
        id=1, key="test:1", address=address, message=said, question=question or {},
        message_id=str(message_id), delivery_id="d1", started_at=NOW, progress="",
    )  # fmt: skip


def samples() -> list[dict[str, Any]]:
    """All sample updates, {"name", "update"}."""
    names = ("updates-constructed.json", "updates-real.json")
    return [row for name in names for row in json.loads((DATA / name).read_text("utf-8"))]


def mutated(chance: random.Random, update: dict[str, Any]) -> dict[str, Any]:
    """A copy in which one to three places, the update_id apart, hold something else or nothing."""
    update = copy.deepcopy(update)
    for _ in range(chance.randint(1, 3)):
        place: Any = update
        while True:
            keys = (
                [k for k in place if k != "update_id"]
                if isinstance(place, dict)
                else range(len(place))
            )
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.8:
                place = place[key]
                continue
            if chance.random() < 0.4 and isinstance(place, dict):
                del place[key]
            else:
                place[key] = chance.choice(
                    [None, -1, 10**20, "", "x", "\ud83d", [], {}, [[]], True]
                )
            break
    return update
