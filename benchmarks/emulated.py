"""Both emulated platforms in a process of their own, with limits that a benchmark sets."""

import argparse
import asyncio
import contextlib
import gc
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator

ROOT = Path(__file__).parents[1]
DELAY = 0.02  # seconds every call takes, beside the emulator's own work
FIRST_PERSON = 100_001
START = 30.0  # seconds the process gets to come up


def people(count: int) -> list[str]:
    """Chat ids of Telegram people who have pressed Start."""
    return [str(FIRST_PERSON + number) for number in range(count)]


def channels(count: int) -> list[str]:
    return [f"C0BENCH{number:05d}" for number in range(count)]


class Quiet(Journal):
    """Shows nothing to anybody: the screens are not what is measured."""

    def add(self, make: Any) -> Any:
        return make(0)


class Stage:
    """The emulators, the limits in force, and what was let through or refused."""

    def __init__(self, base_url: str, chats: int, rooms: int) -> None:
        clock, journal = SandboxClock(), Quiet()
        self.slack = SlackEmulator(clock, journal, base_url, delay=DELAY)
        self.telegram = TelegramEmulator(clock, journal, base_url, delay=DELAY)
        self.slack.app.events = set()  # nobody listens: what is sent is measured
        for chat in people(chats):
            self.telegram.add_person("Jo", id=int(chat))
            self.telegram.world.private(int(chat)).started = True
        for room in channels(rooms):
            self.slack.add_channel(room.lower(), channel_id=room)

    def routes(self) -> list[Any]:
        own = [Route("/limits", self._limits, methods=["POST"]), Route("/counts", self._counts)]
        return [*own, *self.slack.routes(), *self.telegram.routes()]

    async def _limits(self, request: Request) -> Response:
        """{"kind", and for Slack "burst" and "per_minute"}: begin to count anew."""
        given = await request.json()
        kind = given.pop("kind")
        self.telegram.limits.set_mode(kind)
        self.telegram.limits.counts.clear()
        self.telegram.record.clear()
        self.slack.set_limits(kind, **given)
        self.slack.record.clear()
        return JSONResponse({})

    async def _counts(self, _: Request) -> Response:
        refused = {
            name: count
            for name, count in self.telegram.limits.counts.items()
            if name.startswith("refused")
        }
        accepted = [row for row in self.telegram.record if row.message and row.outcome == "ok"]
        posted = [row for row in self.slack.record
                  if row.method == "chat.postMessage" and row.outcome == "ok"]  # fmt: skip
        return JSONResponse({
            "accepted": len(accepted) + len(posted),
            "refused": sum(refused.values()) + self.slack.limits.refused.total(),
        })  # fmt: skip


class Emulated:
    """The process as the benchmark sees it."""

    def __init__(self, url: str, access: dict[str, str]) -> None:
        self.url, self.access = url, access
        self._http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def limit(self, kind: str, **options: int) -> None:
        (await self._http.post("/limits", json={"kind": kind, **options})).raise_for_status()

    async def counts(self) -> dict[str, int]:
        counts: dict[str, int] = (await self._http.get("/counts")).json()
        return counts

    async def close(self) -> None:
        await self._http.aclose()


@contextlib.asynccontextmanager
async def emulated(chats: int, rooms: int) -> AsyncIterator[Emulated]:
    """Start the process; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.emulated", str(chats), str(rooms),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START):
            told = json.loads(await process.stdout.readline())
        here = Emulated(told.pop("url"), told)
        try:
            yield here
        finally:
            await here.close()
    finally:
        process.terminate()
        await process.wait()


async def serve(chats: int, rooms: int) -> None:
    config = uvicorn.Config(
        Starlette(),
        host="127.0.0.1",
        port=0,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        timeout_keep_alive=75,  # a pause under a ceiling must not end in a closed connection
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    stage = Stage(f"http://127.0.0.1:{port}", chats, rooms)
    app: Any = config.app
    app.router.routes.extend(stage.routes())
    told = {"url": f"http://127.0.0.1:{port}", "slack_api": f"http://127.0.0.1:{port}/slack/api/",
            "slack_token": stage.slack.app.bot_token, "telegram_api": stage.telegram.api_url,
            "telegram_token": stage.telegram.bot.token}  # fmt: skip
    gc.freeze()
    print(json.dumps(told), flush=True)
    await task


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chats", type=int)
    parser.add_argument("rooms", type=int)
    given = parser.parse_args()
    asyncio.run(serve(given.chats, given.rooms))
