"""Nothing that comes in is lost, and nothing that comes in makes the door fall over."""

import copy
import json
import random
from typing import Any

import pytest

from bot.chat import Direct, Form, Message
from bot.clock import Clock
from bot.platforms.slack import inbound
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.socket import Handler
from bot.platforms.slack.who import Me
from tests.platforms.slack.slack_world import RecordingDoor, World
from tests.platforms.slack.test_slack_inbound import DATA, NOW

ME = Me("UBOT", "BBOT", "T111")
MUTATIONS = 2_000
ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    [{}],
    "x" * 5_000,
    "\x00\ud800",
    1e300,
    ["a"],
)


def entrance(door: RecordingDoor) -> SlackDoor:
    settings = SlackSettings("xoxb-test", app_token="xapp-test")
    return SlackDoor(settings, door, Clock(), ME, Replies(SlackClient(settings)))


def every_sample() -> list[dict[str, Any]]:
    rows = [row for path in sorted(DATA.glob("*.json")) for row in json.loads(path.read_text())]
    return [row["payload"] for row in rows if isinstance(row["payload"], dict)]


def mutated(sample: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """The sample with one to three of its values dropped or replaced."""
    body = copy.deepcopy(sample)
    for _ in range(luck.randint(1, 3)):
        holder, name = luck.choice(list(places(body)) or [(body, "type")])
        if luck.random() < 0.3 and isinstance(holder, dict):
            holder.pop(name, None)
        else:
            holder[name] = copy.deepcopy(luck.choice(ODD))
    return body


def places(value: Any) -> list[tuple[Any, Any]]:
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, name) for name in names]
    for name in names:
        if isinstance(value[name], dict | list):
            found += places(value[name])
    return found


def fate(body: dict[str, Any]) -> int | None:
    """How many events the pure reader sees; None where it cannot read."""
    try:
        return len(inbound.events(inbound.kind_of(body), body, ME, NOW))
    except ValueError:
        return None


async def test_every_sample_is_acknowledged_and_handled_or_set_aside() -> None:
    door = RecordingDoor()
    gate = entrance(door)
    for body in every_sample():
        before = len(door.events), len(door.aside)
        response = await gate.take_socket(body, {})
        assert response.status == 200
        handled, aside = len(door.events) - before[0], len(door.aside) - before[1]
        expected = fate(body)
        if body.get("type") == "url_verification":
            continue
        assert (handled, aside) == ((expected, 0) if expected is not None else (0, 1)), body
    assert len(door.events) > 50


async def test_two_thousand_broken_payloads_never_crash_the_door() -> None:
    luck = random.Random(20261203)  # noqa: S311 - reproducible, not secret
    door = RecordingDoor()
    gate = entrance(door)
    samples = every_sample()
    quiet = 0
    for _ in range(MUTATIONS):
        body = mutated(luck.choice(samples), luck)
        before = len(door.events) + len(door.aside)
        response = await gate.take_socket(body, {})
        assert response.status == 200
        came = len(door.events) + len(door.aside) - before
        if not came:
            assert fate(body) == 0 or body.get("type") == "url_verification", body
            quiet += 1
    assert len(door.aside) > 100
    assert len(door.events) > 100
    assert quiet < MUTATIONS
    for event in door.events:
        assert isinstance(event.text, str)
        event.text.encode()
        assert event.where.chat
        assert event.who.id


async def test_what_was_set_aside_can_be_read_again() -> None:
    door = RecordingDoor()
    gate = entrance(door)
    body = {"type": "event_callback", "event_id": "E1", "token": "secret-token",
            "event": {"type": "message", "user": "U1", "channel": "C1", "ts": "soon"}}  # fmt: skip
    await gate.take_socket(body, {})
    ((key, raw, error),) = door.aside
    assert "secret-token" not in raw
    assert isinstance(error, inbound.Unreadable)
    with pytest.raises(inbound.Unreadable):
        inbound.from_raw(raw, ME, NOW)
    mended = raw.replace("soon", "1606810819.000800")
    (event,) = inbound.from_raw(mended, ME, NOW)
    assert event.where.chat == "C1"
    await gate.take_socket(body, {})
    assert door.aside[1][0] == key


async def test_the_person_sees_the_error_id_of_a_command() -> None:
    gate = entrance(RecordingDoor())
    response = await gate.take_socket({"command": "/ticket", "text": "x"}, {})
    assert (response.status, response.body) == (200, "⚠ E-1")


@pytest.mark.parametrize("direct", [Direct(message=Message()), Direct(form=Form("r", "T", ()))])
async def test_a_reply_that_cannot_be_drawn_is_kept_and_told(direct: Direct) -> None:
    """The event is committed by then: it must be acknowledged all the same."""
    door = RecordingDoor(answer=direct)
    body = {"command": "/ticket", "trigger_id": "1.2", "user_id": "U1", "channel_id": "C1"}
    response = await entrance(door).take_socket(body, {})
    assert response.status == 200
    assert json.loads(response.body)["text"] == "⚠ E-1"
    assert len(door.events) == 1


@pytest.mark.parametrize(
    "message",
    [
        {"envelope_id": "e1", "type": "events_api"},
        {"envelope_id": "e1", "payload": {}},
        {"envelope_id": "e1", "type": "events_api", "payload": [1]},
        {"envelope_id": "e1", "type": "events_api", "payload": None},
        {"envelope_id": "e1", "type": "interactive", "payload": "text"},
        {"envelope_id": "e1", "type": "something_new", "payload": {"a": 1}},
    ],
)
async def test_a_malformed_envelope_is_set_aside_and_acknowledged(message: dict[str, Any]) -> None:
    door = RecordingDoor()
    settings = SlackSettings("xoxb-test", app_token="xapp-test")
    handler = Handler(settings, SlackClient(settings), entrance(door))
    sent: list[str] = []
    handler.client.current_session = Line(sent)  # type: ignore[assignment]
    await handler.client.run_message_listeners(message, json.dumps(message))
    assert [json.loads(text)["envelope_id"] for text in sent] == ["e1"]
    assert len(door.aside) == 1
    await handler.finish()


class Line:
    """The far end of a socket, keeping what was sent."""

    closed = False

    def __init__(self, sent: list[str]) -> None:
        self.sent = sent

    async def send_str(self, text: str) -> None:
        self.sent.append(text)

    async def close(self) -> None:
        self.closed = True


async def test_tokens_are_never_shown(world: World) -> None:
    shown = repr(world.settings(signing_secret="very-secret"))
    assert world.slack.app.bot_token not in shown
    assert world.slack.app.app_token not in shown
    assert "very-secret" not in shown
