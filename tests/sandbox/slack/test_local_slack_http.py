"""HTTP mode: signed posts to a real Bolt app, retries with Slack's headers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack import SlackEmulator, Timing
from tests.sandbox.slack.slack_place import Place, pause, serve


@dataclass
class Door:
    """The app's request URL: what came, and what it answers instead of asking Bolt."""

    slack: SlackEmulator
    came: list[dict[str, str]] = field(default_factory=list)
    refuse: list[Response] = field(default_factory=list)
    hang: float = 0.0


@pytest.fixture
async def door(place: Place) -> AsyncIterator[tuple[Door, AsyncApp]]:
    handler: list[AsyncSlackRequestHandler] = []

    async def endpoint(request: Request) -> Response:
        found.came.append(dict(request.headers))
        await pause(found.hang)
        if found.refuse:
            return found.refuse.pop(0)
        return await handler[0].handle(request)

    server, task, port = await serve(
        Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    )
    slack = SlackEmulator(
        SandboxClock(),
        Journal(),
        place.url,
        delivery="http",
        request_url=f"http://127.0.0.1:{port}/slack/events",
        timing=Timing(ack=0.3, retries=(0.0, 0.1, 0.1), delayed_times=0),
    )
    slack.load(place.slack.dump())
    found = Door(slack)
    app = AsyncApp(client=place.client, signing_secret=slack.app.signing_secret)
    handler.append(AsyncSlackRequestHandler(app))
    yield found, app
    await slack.close()
    server.should_exit = True
    await task


async def test_the_request_url_is_verified(door: tuple[Door, AsyncApp]) -> None:
    assert door[0].slack.http is not None
    assert await door[0].slack.http.verify_url()
    door[0].slack.http._secret = "wrong"
    with pytest.raises(Exception, match="http_error"):
        await door[0].slack.http.verify_url()


async def test_events_and_commands_are_signed(place: Place, door: tuple[Door, AsyncApp]) -> None:
    found, app = door
    heard: list[str] = []

    @app.event("message")
    async def on_message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @app.command("/partner")
    async def on_command(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You said {command['text']}")

    await found.slack.post("lin", "general", "hello")
    await found.slack.delivery.idle()
    assert heard == ["hello"]
    outcome = await found.slack.command("lin", "general", "/partner", "list 王")
    assert outcome.answer == {"text": "You said list 王"}
    assert "x-slack-retry-num" not in found.came[0]


async def test_refused_events_come_again_with_the_reason(door: tuple[Door, AsyncApp]) -> None:
    found, app = door
    heard: list[str] = []

    @app.event("message")
    async def on_message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    found.refuse = [Response("busy", 503)]
    await found.slack.post("lin", "general", "hello")
    await found.slack.delivery.idle()
    assert heard == ["hello"]
    retry = found.came[1]
    assert (retry["x-slack-retry-num"], retry["x-slack-retry-reason"]) == ("1", "http_error")


async def test_no_retry_is_respected_and_slowness_is_not(door: tuple[Door, AsyncApp]) -> None:
    found, _ = door
    found.refuse = [Response("no", 500, headers={"x-slack-no-retry": "1"})]
    await found.slack.post("lin", "general", "once")
    await found.slack.delivery.idle()
    assert len(found.came) == 1
    found.hang = 0.5
    await found.slack.post("lin", "general", "slow")
    await found.slack.delivery.idle()
    assert found.came[-1]["x-slack-retry-reason"] == "http_timeout"
    assert found.came[-1]["x-slack-retry-num"] == "3"
    assert [p["event"]["text"] for p in found.slack.delivery.given_up] == ["once", "slow"]


async def test_socket_mode_is_off(door: tuple[Door, AsyncApp]) -> None:
    with pytest.raises(ValueError, match="request_url"):
        SlackEmulator(SandboxClock(), Journal(), "http://localhost", delivery="http")
