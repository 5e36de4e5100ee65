"""A served Slack with a small world, for the tests beside this file."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.journal import Journal
from sandbox.slack import SlackEmulator
from sandbox.slack.world import Channel, User

Connect = Callable[..., Awaitable[AsyncSocketModeHandler]]


async def until(true: Callable[[], object], within: float = 5.0) -> None:
    """Wait for something that announces itself nowhere."""
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.005)


async def pause(seconds: float) -> None:
    """Let real time pass."""
    await asyncio.sleep(seconds)


async def serve(app: Any) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    """Run an ASGI app on a free port of this machine, in this event loop."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    return server, task, server.servers[0].sockets[0].getsockname()[1]


@dataclass
class Place:
    """A workspace with three people of ours, a partner's two, and four rooms."""

    slack: SlackEmulator
    url: str
    client: AsyncWebClient
    lin: User
    bo: User
    jo: User
    general: Channel
    private: Channel
    shared: Channel

    @property
    def journal(self) -> Journal:
        return self.slack.journal

    def seen_by(self, user: User) -> list[str]:
        return [entry.text for entry in self.journal.entries if user.id in entry.readers]
