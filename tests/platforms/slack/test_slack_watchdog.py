"""Sockets break, are refreshed, go deaf, or never come up: events still arrive."""

import pytest

from bot.clock import pause
from bot.errors import ConfigError
from bot.platforms.slack import socket
from sandbox.faults import Fault
from tests.platforms.slack.slack_world import World, until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "PING", 0.2)
    monkeypatch.setattr(socket, "DEAF", 0.6)
    monkeypatch.setattr(socket, "LOOK", 0.05)


def opened(world: World) -> int:
    return sum(call.method == "apps.connections.open" for call in world.slack.record)


@pytest.mark.parametrize("kind", ["disconnect", "refresh"])
async def test_a_broken_or_refreshed_socket_loses_nothing(world: World, kind: str) -> None:
    await world.start()
    world.slack.faults.add(Fault(kind, on="socket"))  # type: ignore[arg-type]
    for number in range(5):
        await world.slack.post(world.lin, world.general, f"message {number}")
    await until(lambda: len({event.text for event in world.door.events}) == 5, within=10)
    await world.slack.delivery.idle()
    assert world.slack.delivery.given_up == []


@pytest.mark.parametrize("warn", [True, False])
async def test_a_command_is_heard_while_a_socket_is_refreshed(world: World, warn: bool) -> None:
    await world.start()
    await until(lambda: world.slack.sockets.connected == 2)
    world.slack.sockets.disconnect(warn=warn)
    for number in range(10):
        outcome = await world.slack.command(world.lin, world.general, "/ticket", str(number))
        assert outcome.ok, outcome.shown
    await until(lambda: world.slack.sockets.connected == 2)
    assert len(world.door.events) == 10


async def test_a_socket_that_never_says_hello_is_replaced(world: World) -> None:
    hello = world.slack.sockets._hello
    world.slack.sockets._hello = lambda: "{}"  # type: ignore[method-assign]
    await world.start()
    await pause(0.3)
    assert opened(world) == 2
    world.slack.sockets._hello = hello  # type: ignore[method-assign]
    await until(lambda: opened(world) == 4, within=5)
    await until(lambda: world.slack.sockets.connected > 0)
    await world.slack.post(world.lin, world.general, "heard")
    assert (await world.door.next("message", within=10)).text == "heard"


async def test_a_well_socket_is_left_alone(world: World) -> None:
    await world.start()
    await pause(1.5)
    assert opened(world) == 2
    assert world.slack.sockets.connected == 2


async def test_slack_away_at_the_start_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.slack.faults.add(Fault("flood", on="auth.test", seconds=1))
    world.slack.faults.add(Fault("flood", on="apps.connections.open", seconds=1))
    platform = await world.start()
    assert platform.me.user == world.slack.app.bot_user


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"app_token": "xapp-no"}, "SLACK_APP_TOKEN"),
    ],
)
async def test_a_wrong_token_is_told_by_name(
    world: World, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        await world.start(world.settings(**changed))
    assert "invalid_auth" in str(caught.value)
    assert next(iter(changed.values())) not in str(caught.value)


def test_a_socket_address_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    url = "wss://wss-primary.slack.com/link/?ticket=very-secret&app_id=A1"
    try:
        raise ConnectionError(url)
    except ConnectionError as error:
        socket.sdk_log.exception("Failed to connect (error: %s)", error)
    assert "Failed to connect" in caplog.text
    assert "very-secret" not in caplog.text


async def test_stopping_finishes_what_is_under_way(world: World) -> None:
    platform = await world.start()
    ts = await world.slack.post(world.lin, world.general, "last words")
    await world.door.next("message")
    await world.stop()
    await world.slack.delivery.idle()
    assert world.slack.delivery.given_up == []
    assert platform.sender is not None
    assert world.door.events[-1].message_id == ts
