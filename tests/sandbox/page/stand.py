"""A running sandbox for tests: real server, real Web API calls as the bot would make them."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette

from sandbox.page.stage import Stage
from sandbox.server import Options, Server, create_app, create_stage


class Stand:
    """The stage, its address, and the bot's two tokens put to use."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.url = stage.base_url
        self._session = session

    async def slack(self, method: str, **args: Any) -> dict[str, Any]:
        """A call of the Web API, which must succeed."""
        headers = {"Authorization": f"Bearer {self.stage.slack.app.bot_token}"}
        url = f"{self.url}/slack/api/{method}"
        async with self._session.post(url, json=args, headers=headers) as answer:
            body: dict[str, Any] = await answer.json()
        assert body["ok"], body
        return body

    async def telegram(self, method: str, **args: Any) -> Any:
        """A call of the Bot API, which must succeed."""
        url = f"{self.stage.telegram.api_url}/bot{self.stage.telegram.bot.token}/{method}"
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()}
        async with self._session.post(url, data=form) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def get(self, path: str) -> str:
        async with self._session.get(self.url + path) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.text()

    @contextlib.asynccontextmanager
    async def live(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """An open page's WebSocket."""
        async with self._session.ws_connect(f"{self.url}/play/live") as page:
            yield page

    async def play(self, path: str, **said: Any) -> dict[str, Any]:
        """What the page's script posts."""
        headers = {"X-Sandbox": "1"}
        async with self._session.post(self.url + path, json=said, headers=headers) as answer:
            body: dict[str, Any] = await answer.json()
        return body


@contextlib.asynccontextmanager
async def serve(app: Starlette, port: int = 0, stage: Stage | None = None) -> AsyncIterator[str]:
    """An application on this machine, in this event loop."""
    config = uvicorn.Config(
        app,
        port=port,
        log_level="warning",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    server = Server(stage, config) if stage else uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def a_stand(**options: Any) -> AsyncIterator[Stand]:
    """The demo world on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stage = create_stage(Options(base_url=f"http://127.0.0.1:{port}", **options))
    app = create_app(stage, options.get("state"))
    async with serve(app, port, stage), aiohttp.ClientSession() as session:
        yield Stand(stage, session)
