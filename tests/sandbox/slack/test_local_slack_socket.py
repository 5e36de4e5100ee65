"""Socket Mode as it is on bad days: no acks, lost sockets, doubles and disorder."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox.faults import Fault
from tests.sandbox.slack.slack_place import Connect, Place, pause, until


class Raw:
    """A client that sees envelopes as they come and acks only when told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.got: list[dict[str, Any]] = []

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(3):
            self.got.append(json.loads(await self.socket.receive_str()))
        return self.got[-1]

    async def ack(self, envelope: dict[str, Any], payload: Any = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(answer if payload is None else {**answer, "payload": payload})


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def raw_socket(place: Place, session: aiohttp.ClientSession) -> Raw:
    answer = await place.client.apps_connections_open(app_token=place.slack.app.app_token)
    raw = Raw(await session.ws_connect(answer["url"]))
    assert (await raw.next())["type"] in ("hello", "disconnect")
    return raw


async def test_hello_and_bad_tickets(place: Place, session: aiohttp.ClientSession) -> None:
    raw = await raw_socket(place, session)
    assert raw.got[0]["num_connections"] == 1
    assert raw.got[0]["connection_info"] == {"app_id": place.slack.app.id}
    refused = await session.ws_connect(f"{place.url}/slack/socket?ticket=guess")
    assert (await refused.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_an_event_without_ack_comes_again(
    place: Place, session: aiohttp.ClientSession
) -> None:
    raw = await raw_socket(place, session)
    await place.slack.post(place.lin, place.general, "hear me")
    first = await raw.next()
    again = await raw.next()
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
    assert first["envelope_id"] != again["envelope_id"]
    assert first["payload"]["event_id"] == again["payload"]["event_id"]
    await raw.ack(again)
    await place.slack.delivery.idle()
    assert place.slack.delivery.given_up == []


async def test_an_event_nobody_takes_is_given_up_at_last(place: Place) -> None:
    await place.slack.post(place.lin, place.general, "nobody")
    await place.slack.delivery.idle()
    assert [payload["event"]["text"] for payload in place.slack.delivery.given_up] == ["nobody"]


async def test_a_broken_socket_hands_its_events_to_another(
    place: Place, session: aiohttp.ClientSession
) -> None:
    one = await raw_socket(place, session)
    other = await raw_socket(place, session)
    await place.slack.post(place.lin, place.general, "hear me")
    first = await one.next()
    await one.socket.close()
    again = await other.next()
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    await other.ack(again)
    await place.slack.delivery.idle()


async def test_refresh_is_announced_and_disconnect_is_not(
    place: Place, session: aiohttp.ClientSession
) -> None:
    raw = await raw_socket(place, session)
    place.slack.faults.add(Fault("refresh", "socket"))
    await place.slack.post(place.lin, place.general, "x")
    assert (await raw.next())["reason"] == "refresh_requested"
    assert (await raw.socket.receive()).type is aiohttp.WSMsgType.CLOSE
    silent = await raw_socket(place, session)
    assert (await silent.next())["payload"]["event"]["text"] == "x"
    place.slack.sockets.warn()
    assert (await silent.next())["reason"] == "warning"
    place.slack.sockets.disconnect()
    assert (await silent.socket.receive()).type is aiohttp.WSMsgType.CLOSE
    await until(lambda: place.slack.sockets.connected == 0)


async def test_ten_sockets_and_no_more(place: Place, session: aiohttp.ClientSession) -> None:
    sockets = [await raw_socket(place, session) for _ in range(11)]
    assert [raw.got[0]["type"] for raw in sockets] == ["hello"] * 10 + ["disconnect"]
    assert sockets[10].got[0]["reason"] == "too_many_websockets"


async def test_doubles_and_disorder(place: Place, bolt: AsyncApp, connect: Connect) -> None:
    heard: list[tuple[str, str]] = []

    @bolt.event("message")
    async def on_message(event: dict[str, Any], body: dict[str, Any]) -> None:
        heard.append((event["text"], body["event_id"]))

    await connect()
    for kind, words in (("redeliver", "a"), ("new_event_id", "b")):
        place.slack.faults.add(Fault(kind, "event"))  # type: ignore[arg-type]
        await place.slack.post(place.lin, place.general, words)
        await place.slack.delivery.idle()
    place.slack.faults.add(Fault("reorder", "event"))
    await place.slack.post(place.lin, place.general, "c")
    await place.slack.post(place.lin, place.general, "d")
    await place.slack.delivery.idle()
    assert [words for words, _ in heard] == ["a", "a", "b", "b", "d", "c"]
    assert heard[0][1] == heard[1][1]
    assert heard[2][1] != heard[3][1]


async def test_what_people_see_when_the_app_is_silent(
    place: Place, session: aiohttp.ClientSession
) -> None:
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Take"},
        "action_id": "take",
    }
    sent = await place.client.chat_postMessage(
        channel=place.general.id, text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    dead = await place.slack.command(place.lin, place.general, "/partner", "list")
    assert dead.shown == "/partner failed with the error “dispatch_failed”"
    silent = await raw_socket(place, session)
    mute = await place.slack.command(place.lin, place.general, "/partner", "list")
    assert mute.shown == "/partner failed with the error “operation_timeout”"
    pressed = await place.slack.press(place.lin, place.general, sent["ts"], label="Take")
    assert not pressed.ok
    await silent.socket.close()
    toasts = [entry for entry in place.journal.entries if entry.kind == "toast"]
    assert [entry.text for entry in toasts] == [dead.shown, mute.shown, pressed.shown]
    assert {entry.readers for entry in toasts} == {frozenset({place.lin.id})}


async def test_only_events_come_again(place: Place, session: aiohttp.ClientSession) -> None:
    raw = await raw_socket(place, session)
    await place.slack.command(place.lin, place.general, "/partner", "list")
    await pause(0.2)
    await place.slack.post(place.lin, place.general, "after")
    kinds = [(await raw.next())["type"], (await raw.next())["type"]]
    assert kinds == ["slash_commands", "events_api"]


async def test_words_in_the_ack_of_a_command(place: Place, session: aiohttp.ClientSession) -> None:
    raw = await raw_socket(place, session)
    running = asyncio.create_task(
        place.slack.command(place.lin, place.general, "/partner", "list")
    )
    await raw.ack(await raw.next(), {"text": "Three *partners*", "response_type": "ephemeral"})
    assert (await running).ok
    entry = place.journal.entries[-1]
    assert (entry.text, entry.private, entry.readers) == ("Three partners", True, {place.lin.id})
