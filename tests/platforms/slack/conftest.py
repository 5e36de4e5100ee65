"""A served Slack and our platform connected to it, with a door that keeps what comes."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack import SlackEmulator, Timing
from tests.platforms.slack.slack_world import World, serve


@pytest.fixture
async def world() -> AsyncIterator[World]:
    app = Starlette()
    server, task, port = await serve(app)
    url = f"http://127.0.0.1:{port}"
    timing = Timing(ack=1.0, retries=(0.0, 0.1, 0.2), delayed_every=0.3, delayed_times=3)
    slack = SlackEmulator(SandboxClock(), Journal(), url, timing=timing)
    app.router.routes.extend(slack.routes())
    made = World.build(slack, app, url)
    yield made
    await made.stop()
    await slack.close()
    server.should_exit = True
    await task
