"""The same listeners over HTTP: signatures, acknowledgements, retries, set-aside bodies."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from starlette.applications import Starlette

from bot.chat import Button, Choice, Direct, Field, Form, Message, Part
from bot.errors import ConfigError
from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack import SlackEmulator, Timing
from tests.platforms.slack.slack_world import World, serve, until

FORM = Form("f", "F", (Field("partner", "partner", "Partner"), Field("text", "text", "Text")))


@pytest.fixture
async def http() -> AsyncIterator[World]:
    app = Starlette()
    server, task, port = await serve(app)
    url = f"http://127.0.0.1:{port}"
    slack = SlackEmulator(
        SandboxClock(), Journal(), url, delivery="http", request_url=f"{url}/slack/events",
        timing=Timing(ack=1.0, retries=(0.0, 0.1), delayed_every=0.2, delayed_times=5),
    )  # fmt: skip
    app.router.routes.extend(slack.routes())
    world = World.build(slack, app, url)
    secret = slack.app.signing_secret
    await world.start(world.settings(app_token="", signing_secret=secret))
    yield world
    await world.stop()
    await slack.close()
    server.should_exit = True
    await task


def signed(body: bytes, secret: str, at: int | None = None) -> dict[str, str]:
    stamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/json",
    }


async def send(world: World, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    url = f"{world.url}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_everything_comes_through_one_address(http: World) -> None:
    http.door.answer = Direct(message=Message((Part("Hello", (Button("Take", "t", "1"),)),)))
    await http.slack.post(http.lin, http.general, "a message")
    assert (await http.door.next("message")).text == "a message"
    outcome = await http.slack.command(http.lin, http.general, "/ticket", "list")
    assert outcome.ok
    answer = http.seen_by(http.lin)[-1]
    assert (answer.text.startswith("Hello"), answer.private) == (True, True)
    http.door.answer = Direct(form=FORM)
    await http.slack.press(http.lin, http.general, answer.message, label="Take")
    await until(lambda: http.slack.current_modal(http.lin) is not None)
    http.door.choices = [Choice("3", "Nordwind")]
    http.door.answer = Direct(errors={"text": "Too short."})
    values = {"Partner": "Nordwind", "Text": "x"}
    outcome = await http.slack.submit_modal(http.lin, values)
    assert outcome.errors == {"text": "Too short."}
    http.door.answer = Direct()
    assert (await http.slack.submit_modal(http.lin)).ok
    assert [event.kind for event in http.door.events] == [
        "message", "command", "press", "options", "form", "form",
    ]  # fmt: skip


async def test_the_request_url_is_verified(http: World) -> None:
    assert http.slack.http is not None
    assert await http.slack.http.verify_url()
    assert http.door.aside == []


async def test_without_a_database_slack_tries_again(http: World) -> None:
    http.door.broken = ConnectionError("database is gone")
    await http.slack.post(http.lin, http.general, "hello?")
    await until(lambda: http.slack.delivery.undelivered == 1)
    http.door.broken = None
    assert (await http.door.next("message")).text == "hello?"
    await http.slack.delivery.idle()
    assert http.slack.delivery.given_up == []


async def test_a_body_without_our_signature_is_refused(http: World) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "E", "event": {"type": "x"}}).encode()
    good = signed(body, http.slack.app.signing_secret)
    old = signed(
        body, http.slack.app.signing_secret, at=int(good["X-Slack-Request-Timestamp"]) - 301
    )
    for headers in (
        {"Content-Type": "application/json"},
        signed(body, "another secret"),
        old,
        {**good, "X-Slack-Request-Timestamp": "soon"},
    ):
        assert (await send(http, body, headers))[0] == 401
    assert (await send(http, body + b" ", good))[0] == 401
    large = b" " * 2_000_001
    assert (await send(http, large, signed(large, http.slack.app.signing_secret)))[0] == 401
    assert (await send(http, body, good))[0] == 200
    assert http.door.aside == []


@pytest.mark.parametrize(
    "body",
    [b"{not json", b"[1, 2]", b'"text"', b"null", b"", b"payload=%7Bnot", b"\xff\xfe",
     b'{"type": "view_submission", "view": {"callback_id": "x"}}', b'{"type": "unknown"}'],
)  # fmt: skip
async def test_a_signed_body_that_nobody_can_read_is_set_aside(http: World, body: bytes) -> None:
    headers = signed(body, http.slack.app.signing_secret)
    if body == b"\xff\xfe":
        assert (await send(http, body, headers))[0] == 401
        return
    assert (await send(http, body, headers))[0] == 200
    assert len(http.door.aside) == 1
    json.loads(http.door.aside[0][1])


async def test_a_platform_needs_a_way_in(world: World) -> None:
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET"):
        await world.start(world.settings(app_token=""))
