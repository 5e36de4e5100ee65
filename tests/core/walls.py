"""The core without platforms: a database, routes of the test's own, and events by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.chat import Address, Direct, Event, Message, Person
from bot.clock import Clock
from bot.config import Config, load
from bot.dispatch import Dispatch
from bot.markup import plain
from bot.outbox import from_json
from bot.routes import Routes
from bot.settings import adopt
from bot.turn import Turn
from storage.db import Database
from storage.models_delivery import Delivery, SeenEvent, SetAside

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)


@dataclass
class Walls:
    """What a platform sees of the bot: `dispatch`; what the judge sees: the rows."""

    database: Database
    config: Config
    routes: Routes = field(default_factory=Routes)

    def __post_init__(self) -> None:
        self.dispatch = Dispatch(
            self.database, self.database.clock, self.routes, lambda: self.config
        )

    async def handle(self, event: Event, raw: str = "{}") -> Direct:
        return await self.dispatch.handle(event, raw)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        async with self.database.transaction() as (session, now):
            yield Turn(session, now, self.config)

    async def owed(self) -> list[Message]:
        """Every message that was ever owed, oldest first."""
        async with self.database.reading() as session:
            rows = await session.scalars(select(Delivery).order_by(Delivery.id))
            return [from_json(row.payload) for row in rows if row.kind == "message"]

    async def texts(self) -> list[str]:
        return [plain(message.html) for message in await self.owed()]

    async def seen(self) -> set[str]:
        async with self.database.reading() as session:
            return set(await session.scalars(select(SeenEvent.key)))

    async def aside(self) -> list[SetAside]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(SetAside).order_by(SetAside.id)))


@asynccontextmanager
async def walls_on(url: str) -> AsyncIterator[Walls]:
    """The walls with the demo company's people in force."""
    database = Database(url, Clock())
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")
    try:
        yield Walls(database, config)
    finally:
        await database.close()


def an_event(
    key: str = "telegram:1", kind: str = "message", who: str = "4001", **more: Any
) -> Event:
    """Something a person did in a private Telegram chat, unless said otherwise."""
    platform = more.pop("platform", "telegram")
    where = more.pop("where", Address(platform, who))
    given = {"private": True, "direct": kind == "press", **more}
    return Event(key=key, at=AT, platform=platform, kind=kind, who=Person(platform, who, "Jo"),
                 where=where, **given)  # type: ignore[arg-type]  # fmt: skip


def by_lin(key: str, kind: str = "command", **more: Any) -> Event:
    """Something Lin, one of our managers, did in Slack."""
    where = Address("slack", "C0TEAM")
    return an_event(key, kind, "U0LIN", platform="slack",
                    **({"where": where, "private": False, "direct": True} | more))  # fmt: skip
