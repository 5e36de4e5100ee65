"""Starting, stopping, the webhook and the menus."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from telegram_rig import RecordingDoor, a_parcel, settings_for

from bot.errors import ConfigError
from bot.platforms.telegram import app
from bot.platforms.telegram.app import TelegramPlatform
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.webhook import HEADER
from sandbox.faults import Fault
from sandbox.telegram import Person, TelegramEmulator

SECRET = "s3cret_-"


@pytest.fixture
async def hooked(
    emulator: TelegramEmulator, door: RecordingDoor
) -> AsyncIterator[TelegramPlatform]:
    """A platform whose webhook route is served where Telegram was told."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/telegram/hook"
    settings = settings_for(emulator, webhook_url=url, webhook_secret=SECRET)
    platform = TelegramPlatform(settings, door)
    config = uvicorn.Config(
        Starlette(routes=platform.http_routes()), log_level="critical", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await platform.start()
    yield platform
    await platform.stop()
    server.should_exit = True
    await task
    listener.close()


async def test_the_webhook(
    emulator: TelegramEmulator, hooked: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    door.gone = 1
    for text in ("one", "two"):
        await emulator.write(jo, jo, text)
    emulator.feed.put("message", {"some fields are missing": True})
    await emulator.write(jo, jo, "three")
    events = await door.until(3)
    assert [event.text for event in events] == ["one", "two", "three"]
    assert len(door.aside) == 1
    assert door.again == []


async def test_who_may_call_the_webhook(hooked: TelegramPlatform, door: RecordingDoor) -> None:
    url, update = hooked.settings.webhook_url, {"update_id": 1, "poll": {}}
    async with httpx.AsyncClient() as client:
        for headers in ({}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}):
            assert (await client.post(url, json=update, headers=headers)).status_code == 403
        right = {HEADER: SECRET}
        assert (await client.post(url, json=update, headers=right)).status_code == 200
        assert (await client.post(url, content=b"no json", headers=right)).status_code == 200
        assert (await client.post(url, content=b"[1]", headers=right)).status_code == 200
        big = b" " * (1024 * 1024 + 1)
        assert (await client.post(url, content=big, headers=right)).status_code == 413
        door.gone = 1
        assert (await client.post(url, content=b"no json", headers=right)).status_code == 503
        assert (await client.get(url, headers=right)).status_code == 405
    assert [raw for _, raw, _ in door.aside] == ["no json", "[1]"]
    assert door.events == []


async def test_polling_has_no_routes(platform: TelegramPlatform) -> None:
    assert platform.http_routes() == []
    with pytest.raises(RuntimeError, match="already"):
        await platform.start()


async def test_stopped_and_started_again(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    """As a replica that loses and regains the role of the one poller."""
    await platform.stop()
    await emulator.write(jo, jo, "meanwhile")
    await platform.start()
    [event] = await door.until(1)
    await platform.sender.post(a_parcel(jo.id, "heard"))
    assert event.text == "meanwhile"


async def test_polling_takes_over_from_a_webhook(
    emulator: TelegramEmulator, hooked: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    door.gone = 1_000
    await emulator.write(jo, jo, "kept")
    other = RecordingDoor()
    platform = TelegramPlatform(settings_for(emulator), other, poll=5)
    await platform.start()
    [event] = await other.until(1)
    assert event.text == "kept"
    await platform.stop()


@pytest.mark.parametrize("token", ["7000000001:WRONG", "1:X"])
async def test_a_refused_token_is_a_fault_of_the_configuration(
    emulator: TelegramEmulator, door: RecordingDoor, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    platform = TelegramPlatform(TelegramSettings(token, api_url=emulator.api_url), door)
    with pytest.raises(ConfigError, match="TELEGRAM_BOT_TOKEN") as caught:
        await platform.start()
    await platform.stop()
    assert token not in str(caught.value)
    assert caught.value.__suppress_context__
    assert token not in caplog.text


async def test_telegram_may_be_away_at_the_start(
    emulator: TelegramEmulator,
    door: RecordingDoor,
    jo: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "RECONNECT", 0.05)
    emulator.faults.add(Fault("error_500", "getMe", times=3))
    await emulator.write(jo, jo, "hello?")
    platform = TelegramPlatform(settings_for(emulator), door, poll=5)
    await platform.start()
    assert (platform.me.id, platform.me.username) == (str(emulator.bot.id), "")
    await door.until(1)
    assert platform.me.username == "LiaisonDemoBot"
    await platform.stop()


async def test_the_token_is_in_no_log(
    emulator: TelegramEmulator, door: RecordingDoor, jo: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.faults.add(Fault("drop_after", "getUpdates"))
    platform = TelegramPlatform(settings_for(emulator), door, poll=5)
    await platform.start()
    await emulator.write(jo, jo, "hello")
    await door.until(1)
    await platform.stop()
    assert "connected to Telegram" in caplog.text
    assert emulator.bot.token not in caplog.text
    assert emulator.bot.token not in repr(platform.settings)


async def test_menus(emulator: TelegramEmulator, platform: TelegramPlatform, jo: Person) -> None:
    lin = emulator.add_person("Lin", language_code="zh")
    emulator.set_started(lin)
    room = emulator.add_group("Nordwind", [jo])
    partner = {"en": [("tickets", "My tickets")], "zh": [("tickets", "我的工单")]}
    manager = {"en": [("ticket", "Tickets")], "zh": [("ticket", "工单")]}
    menus = {"partner": partner, "group": {"en": [("help", "Help")]}, "manager": manager}
    await platform.show_menus(menus, [str(lin.id), "424242"])
    assert [c["description"] for c in emulator.menu(jo, jo)] == ["My tickets"]
    assert [c["description"] for c in emulator.menu(lin, lin)] == ["工单"]
    assert [c["command"] for c in emulator.menu(jo, room)] == ["help"]


async def test_menus_that_telegram_would_refuse(platform: TelegramPlatform) -> None:
    for command in (("伙伴", "Partners"), ("ticket new", "New"), ("ticket", ""), ("t", "x" * 257)):
        with pytest.raises(ValueError, match=r"Telegram's commands|description"):
            await platform.show_menus({"partner": {"en": [command]}}, [])


@pytest.mark.parametrize(
    "settings",
    [
        {"token": "nonsense"},
        {"token": "1:X", "webhook_url": "https://a.de/x"},
        {"token": "1:X", "webhook_url": "https://a.de/x", "webhook_secret": "with space"},
        {"token": "1:X", "prefix": "LI-"},
    ],
)
def test_settings_that_cannot_work(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"token|secret|prefix"):
        TelegramSettings(**settings)


async def test_check_names_what_topics_need(
    emulator: TelegramEmulator, door: RecordingDoor, jo: Person
) -> None:
    room = emulator.add_group("Desk", [jo], bot_admin=True)
    platform = TelegramPlatform(settings_for(emulator, topics=True), door)
    assert "has no topics" in (await platform.missing_rights(str(room.id)))[-1]
    await emulator.use_topics(jo, room)
    await emulator.promote(jo, room, without="can_manage_topics")
    assert "no right to manage topics" in (await platform.missing_rights(str(room.id)))[-1]
    await emulator.promote(jo, room)
    assert len(await platform.missing_rights(str(room.id))) == 1  # privacy mode alone
    await platform.stop()
