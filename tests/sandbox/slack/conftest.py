"""A served Slack, the SDK's client for it, and small Bolt apps on both transports."""

import logging
from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack import SlackEmulator, Timing
from tests.sandbox.slack.slack_place import Connect, Place, serve, until


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    app = Starlette()
    server, task, port = await serve(app)
    url = f"http://127.0.0.1:{port}"
    timing = Timing(
        ack=0.5, retries=(0.0, 0.1, 0.2), delayed_every=0.3, delayed_times=3, trigger=0.3
    )
    slack = SlackEmulator(SandboxClock(), Journal(), url, timing=timing)
    app.router.routes.extend(slack.routes())
    nordwind = slack.add_team("Nordwind")
    lin = slack.add_user("lin", "Lin Wei", tz="Asia/Shanghai", locale="zh-CN", is_admin=True)
    bo = slack.add_user("bo", "Bo Chen", tz="Asia/Shanghai")
    jo = slack.add_user("jo", "Jo Weber", team=nordwind, tz="Europe/Berlin", locale="de-DE")
    client = AsyncWebClient(token=slack.app.bot_token, base_url=f"{url}/slack/api/")
    yield Place(
        slack,
        url,
        client,
        lin,
        bo,
        jo,
        general=slack.add_channel("general", members=[lin, bo]),
        private=slack.add_channel("leads", members=[lin], private=True),
        shared=slack.add_channel("nordwind", members=[lin, jo]),
    )
    await slack.close()
    server.should_exit = True
    await task


@pytest.fixture
async def bolt(place: Place) -> AsyncApp:
    """A Bolt app that hears everything; listeners are added by the tests."""
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
    return AsyncApp(client=place.client, signing_secret=place.slack.app.signing_secret)


@pytest.fixture
async def connect(place: Place, bolt: AsyncApp) -> AsyncIterator[Connect]:
    handlers: list[AsyncSocketModeHandler] = []

    async def make() -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(bolt, place.slack.app.app_token)
        before = place.slack.sockets.connected
        await handler.connect_async()
        handlers.append(handler)
        await until(lambda: place.slack.sockets.connected > before)
        return handler

    yield make
    for handler in handlers:
        await handler.close_async()
