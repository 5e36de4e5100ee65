"""Bad days of the Web API: each fault, the delay and the rate limits."""

import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from sandbox.faults import Fault, FaultKind
from tests.sandbox.slack.slack_place import Place


async def say(place: Place, text: str = "x") -> None:
    await place.client.chat_postMessage(channel=place.general.id, text=text)


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        ("error_500", SlackApiError, 0),
        ("flood", SlackApiError, 0),
        ("drop_before", aiohttp.ClientError, 0),
        ("timeout", aiohttp.ClientError, 0),
        ("drop_after", aiohttp.ClientError, 1),
    ],
)
async def test_faults_that_the_app_feels(
    place: Place, kind: FaultKind, error: type[Exception], done: int
) -> None:
    place.client.retry_handlers = []
    place.slack.faults.add(Fault(kind, "chat.*", seconds=0.05))
    with pytest.raises(error):
        await say(place)
    assert len(place.journal.entries) == done
    assert place.slack.record[-1].outcome == ("ok" if done else f"fault:{kind}")
    assert place.slack.record[-1].answered is (kind in ("error_500", "flood"))
    await say(place)
    assert len(place.journal.entries) == done + 1


@pytest.mark.parametrize("kind", ["slow", "slow_after"])
async def test_slow_answers(place: Place, kind: FaultKind) -> None:
    place.slack.faults.add(Fault(kind, "chat.postMessage", seconds=0.2))
    before = time.monotonic()
    await say(place)
    assert time.monotonic() - before >= 0.2


async def test_a_client_that_gives_up_may_have_been_heard(place: Place) -> None:
    place.slack.faults.add(Fault("slow_after", "chat.postMessage", seconds=0.5))
    place.client.timeout = 0.2  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await say(place)
    assert [entry.text for entry in place.journal.entries] == ["x"]


async def test_flood_says_how_long(place: Place) -> None:
    place.slack.faults.add(Fault("flood", "chat.*", seconds=7))
    with pytest.raises(SlackApiError) as caught:
        await say(place)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"
    assert place.slack.limits.refused == {"chat.postMessage": 1}


@pytest.mark.parametrize("kind", ["bucket", "window"])
async def test_limits_per_channel_and_method(place: Place, kind: str) -> None:
    place.slack.set_limits(kind, burst=3)  # type: ignore[arg-type]
    for _ in range(3):
        await say(place)
    with pytest.raises(SlackApiError) as caught:
        await say(place)
    assert int(caught.value.response.headers["Retry-After"]) in range(1, 4)
    await place.client.chat_postMessage(channel=place.private.id, text="elsewhere")
    assert place.slack.limits.refused["chat.postMessage"] == 1
    assert place.slack.record[-2].outcome == "ratelimited"


async def test_limit_of_the_workspace(place: Place) -> None:
    place.slack.set_limits("window", burst=100, per_minute=4)
    rooms = [place.slack.add_channel(f"room-{n}").id for n in range(5)]
    for room in rooms[:4]:
        await place.client.chat_postMessage(channel=room, text="x")
    with pytest.raises(SlackApiError):
        await place.client.chat_postMessage(channel=rooms[4], text="x")


async def test_every_answer_can_be_delayed(place: Place) -> None:
    place.slack.delay = 0.1
    before = time.monotonic()
    await say(place)
    assert time.monotonic() - before >= 0.1
