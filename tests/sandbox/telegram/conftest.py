"""A Telegram emulator behind a real uvicorn, and python-telegram-bot's Bot talking to it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.telegram import TelegramEmulator


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


def bot_for(emulator: TelegramEmulator, token: str | None = None) -> Bot:
    return Bot(
        token or emulator.bot.token,
        base_url=f"{emulator.api_url}/bot",
        base_file_url=f"{emulator.api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=20),
        get_updates_request=HTTPXRequest(connection_pool_size=3),
    )


@pytest.fixture
async def bot(emulator: TelegramEmulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else reading retry_after warns
    async with bot_for(emulator) as bot:
        yield bot
