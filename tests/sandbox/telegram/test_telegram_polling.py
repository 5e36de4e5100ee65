"""Long polling as the Bot API documents it: nothing is lost that was not confirmed."""

import asyncio
import os
import signal
import sys
import textwrap
import time

import aiohttp
import pytest
from telegram import Bot
from telegram.error import Conflict

from sandbox.telegram import Person, TelegramEmulator


@pytest.fixture
async def jo(emulator: TelegramEmulator) -> Person:
    jo = emulator.add_person("Jo", "Weber")
    emulator.set_started(jo)
    return jo


async def test_offset_confirms_and_ids_are_sequential(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    for word in ("one", "two", "three"):
        await emulator.write(jo, jo, word)
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    assert [u.update_id for u in again][:2] == [u.update_id for u in first]
    assert [u.update_id - again[0].update_id for u in again] == [0, 1, 2]
    [last] = await bot.get_updates(offset=again[1].update_id + 1)
    assert last.message is not None
    assert last.message.text == "three"
    assert await bot.get_updates(offset=last.update_id + 1) == ()
    assert emulator.feed.confirmed == 3


async def test_negative_offset_keeps_the_last(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    for word in ("one", "two", "three"):
        await emulator.write(jo, jo, word)
    [update] = await bot.get_updates(offset=-1)
    assert update.message is not None
    assert update.message.text == "three"
    assert len(emulator.feed.pending) == 1


async def test_long_poll_waits_and_wakes(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    began = time.monotonic()
    assert await bot.get_updates(timeout=1) == ()
    assert time.monotonic() - began >= 1
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    while emulator.feed._poll is None:
        await asyncio.sleep(0.01)
    await emulator.write(jo, jo, "wake")
    [update] = await asyncio.wait_for(poll, 2)
    assert update.message is not None
    assert update.message.text == "wake"


async def test_a_second_poller_ends_the_first(emulator: TelegramEmulator, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    while emulator.feed._poll is None:
        await asyncio.sleep(0.01)
    assert await bot.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_allowed_updates_stick(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await emulator.write(jo, jo, "unheard")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    await emulator.write(jo, jo, "heard")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "heard"


POLLER = """
import json, sys, urllib.request
url, offset = sys.argv[1], 0
while True:
    body = json.dumps({"offset": offset, "timeout": 20}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    for update in json.load(urllib.request.urlopen(request))["result"]:
        print(update["message"]["text"], flush=True)
        offset = update["update_id"] + 1
        if update["message"]["text"] == "last":
            urllib.request.urlopen(f"{url}?offset={offset}")
            sys.exit()
"""


async def test_a_killed_poller_loses_nothing(emulator: TelegramEmulator, jo: Person) -> None:
    url = f"{emulator.api_url}/bot{emulator.bot.token}/getUpdates"
    seen: list[str] = []

    async def poller() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", textwrap.dedent(POLLER), url, stdout=asyncio.subprocess.PIPE
        )

    first = await poller()
    assert first.stdout is not None
    words = [f"word {n}" for n in range(50)]
    for word in words[:25]:
        await emulator.write(jo, jo, word)
    seen += [(await first.stdout.readline()).decode().strip() for _ in range(5)]
    os.kill(first.pid, signal.SIGKILL)
    seen += (await first.stdout.read()).decode().split("\n")[:-1]
    await first.wait()
    for word in [*words[25:], "last"]:
        await emulator.write(jo, jo, word)
    second = await poller()
    assert second.stdout is not None
    seen += (await second.stdout.read()).decode().split("\n")[:-1]
    await second.wait()
    assert list(dict.fromkeys(seen)) == [*words, "last"]
    assert not emulator.feed.pending


async def test_no_polling_while_a_webhook_is_set(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_raw_answers(emulator: TelegramEmulator) -> None:
    base, token = emulator.api_url, emulator.bot.token
    expected = {
        f"{base}/bot{token}/noSuchMethod": (404, "Not Found"),
        f"{base}/bot1:wrong/getMe": (401, "Unauthorized"),
        f"{base}/botnonsense/getMe": (404, "Not Found"),
        f"{base}/bot{token}/sendPoll": (
            501,
            "Not Implemented: the sandbox does not emulate sendPoll",
        ),
    }
    async with aiohttp.ClientSession() as session:
        for url, (code, words) in expected.items():
            async with session.get(url) as response:
                body = await response.json()
            assert (response.status, body["error_code"], body["description"]) == (
                code,
                code,
                words,
            )
        async with session.get(f"{base}/bot{token}/GETME") as response:
            assert (await response.json())["result"]["username"] == "LiaisonDemoBot"
