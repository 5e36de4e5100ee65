"""The emulator behind a real uvicorn, and the adapter with its real library in front of it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from telegram_rig import RecordingDoor, settings_for

from bot.platforms.telegram.app import TelegramPlatform
from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.telegram import Person, TelegramEmulator


@pytest.fixture
async def emulator() -> AsyncIterator[TelegramEmulator]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    emulator = TelegramEmulator(SandboxClock(), Journal(), url)
    emulator.core.webhook.retry = 0.02
    app = Starlette(routes=emulator.routes())
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield emulator
    await emulator.close()
    server.should_exit = True
    await task
    listener.close()


@pytest.fixture
def door() -> RecordingDoor:
    return RecordingDoor()


@pytest.fixture
async def platform(
    emulator: TelegramEmulator, door: RecordingDoor
) -> AsyncIterator[TelegramPlatform]:
    """Started: polls and can send."""
    platform = TelegramPlatform(settings_for(emulator), door, poll=5)
    await platform.start()
    async with asyncio.timeout(5):
        while emulator.feed.allowed is None:
            await asyncio.sleep(0.01)
    yield platform
    await platform.stop()


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    jo = emulator.add_person("Jo", "Weber", language_code="de")
    emulator.set_started(jo)
    return jo
