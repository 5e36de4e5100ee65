"""The poll loop on bad days: killed, without a database, with a rival, with poison, too fast."""

import asyncio
import logging
import random

import pytest
from telegram import Bot
from telegram_rig import NOW, RecordingDoor, mutated, samples, settings_for

from bot.chat import Direct, Event
from bot.clock import monotonic
from bot.platforms.telegram import inbound
from bot.platforms.telegram.app import TelegramPlatform
from bot.platforms.telegram.settings import Me
from sandbox.faults import Fault
from sandbox.telegram import Person, TelegramEmulator

BACKLOG = 900


async def until_confirmed(emulator: TelegramEmulator, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while emulator.feed.pending:
            await asyncio.sleep(0.01)


async def test_killed_at_random_nothing_is_lost_and_nothing_confirmed_unhandled(
    emulator: TelegramEmulator, door: RecordingDoor, jo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)  # noqa: S311 - repeatable
    unhandled: list[str] = []
    confirm = emulator.feed.confirm

    def watched(offset: int) -> None:
        waiting = [f"telegram:msg:{jo.id}:{u['message']['message_id']}"
                   for u in emulator.feed.pending if u["update_id"] < offset]  # fmt: skip
        unhandled.extend(key for key in waiting if key not in door.seen)
        confirm(offset)

    async def work(_: Event) -> None:
        await asyncio.sleep(chance.choice([0, 0, 0.002]))

    monkeypatch.setattr(emulator.feed, "confirm", watched)
    door.before = work
    for number in range(BACKLOG):
        await emulator.write(jo, jo, f"line {number}")
    kills = 0
    while len(door.events) < BACKLOG:
        platform = TelegramPlatform(settings_for(emulator), door, poll=5)
        await platform.start()
        await asyncio.sleep(chance.uniform(0.02, 0.25))
        if len(door.events) >= BACKLOG:
            await until_confirmed(emulator)
        await platform.stop()
        kills += 1
    assert kills >= 5
    assert [event.text for event in door.events] == [f"line {n}" for n in range(BACKLOG)]
    assert unhandled == []
    assert door.aside == []


async def test_no_database_no_confirmation(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    door.gone = 2
    for text in ("one", "two", "three"):
        await emulator.write(jo, jo, text)
    events = await door.until(3)
    assert [event.text for event in events] == ["one", "two", "three"]
    assert door.gone == 0
    await until_confirmed(emulator)


async def test_poison_is_set_aside_and_the_rest_goes_on(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    await emulator.write(jo, jo, "before")
    emulator.feed.put("message", {"some fields are missing": True})
    emulator.feed.put("callback_query", {"id": "77", "data": "a 1", "message": 5})
    await emulator.write(jo, jo, "after")
    events = await door.until(2)
    assert [event.text for event in events] == ["before", "after"]
    assert [(key[:9], type(error)) for key, _, error in door.aside] == [
        ("telegram:", KeyError), ("telegram:", TypeError),
    ]  # fmt: skip
    assert '"some fields are missing": true' in door.aside[0][1]
    await until_confirmed(emulator)


async def test_poison_waits_for_the_database_too(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor
) -> None:
    door.gone = 1
    emulator.feed.put("message", {"some fields are missing": True})
    await until_confirmed(emulator)
    assert len(door.aside) == 1


async def test_two_thousand_damaged_updates(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    """Each is either read, event by event, or set aside: the loop forgets none."""
    chance, sources = random.Random(11), samples()  # noqa: S311 - repeatable
    me = Me(str(emulator.bot.id), emulator.bot.username)
    poison: set[str] = set()
    seen: set[str] = set()
    sent = 0
    while sent < 2_000:
        update = mutated(chance, chance.choice(sources)["update"])
        update["update_id"] = emulator.feed.next_id
        if "\\ud83d" in repr(update):
            continue  # JSON of the emulator is UTF-8, which has no lone surrogates
        emulator.feed.next_id += 1
        emulator.feed.pending.append(update)
        sent += 1
        try:
            seen |= {event.key for event in inbound.events(update, me, NOW)}
        except Exception:  # noqa: BLE001 - just these are expected to be set aside
            poison.add(f"telegram:{update['update_id']}")
    await emulator.write(jo, jo, "the last")
    await until_confirmed(emulator)
    assert len(poison) > 200
    assert {key for key, _, _ in door.aside} == poison
    assert len(door.events) == len(seen) + 1
    assert door.events[-1].text == "the last"


async def test_a_rival_is_told_of_once(
    emulator: TelegramEmulator,
    platform: TelegramPlatform,
    door: RecordingDoor,
    jo: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    conflicts = Fault("slow", "getUpdates", times=100, seconds=0)
    emulator.faults.add(conflicts)
    async with Bot(emulator.bot.token, base_url=f"{emulator.api_url}/bot") as rival:
        await rival.set_webhook("http://127.0.0.1:9/theirs")
        async with asyncio.timeout(10):
            while conflicts.times > 97:
                await asyncio.sleep(0.01)
        await rival.delete_webhook()
    await emulator.write(jo, jo, "still here?")
    await door.until(1)
    await until_confirmed(emulator)
    told = [r.getMessage() for r in caplog.records if r.name.endswith("telegram.poll")]
    assert len([words for words in told if "another program" in words]) == 1
    assert len([words for words in told if "nobody else" in words]) == 1


async def test_a_flood_is_waited_out_as_long_as_telegram_says(
    emulator: TelegramEmulator, door: RecordingDoor, jo: Person
) -> None:
    emulator.faults.add(Fault("flood", "getUpdates", seconds=2))
    await emulator.write(jo, jo, "waiting")
    platform = TelegramPlatform(settings_for(emulator), door, poll=5)
    started = monotonic()
    await platform.start()
    await door.until(1)
    assert monotonic() - started > 1.9
    await platform.stop()


async def test_floods_and_failures_are_waited_out(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    emulator.faults.add(Fault("flood", "getUpdates", seconds=1))
    emulator.faults.add(Fault("error_500", "getUpdates"))
    emulator.faults.add(Fault("drop_after", "getUpdates"))
    for text in ("one", "two"):
        await emulator.write(jo, jo, text)
    events = await door.until(2, 15)
    assert [event.text for event in events] == ["one", "two"]


async def test_a_server_that_does_not_hold_the_poll_is_not_hammered(
    emulator: TelegramEmulator, door: RecordingDoor
) -> None:
    count = Fault("slow", "getUpdates", times=10_000, seconds=0)
    emulator.faults.add(count)
    platform = TelegramPlatform(settings_for(emulator), door, poll=0)
    await platform.start()
    await asyncio.sleep(1.5)
    await platform.stop()
    assert 1 <= 10_000 - count.times <= 3


async def test_a_redelivered_update_is_the_same_event(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    emulator.faults.add(Fault("redeliver", "event"))
    await emulator.write(jo, jo, "once")
    await door.until(1)
    await emulator.write(jo, jo, "next")
    await door.until(2)
    await until_confirmed(emulator)
    assert [event.text for event in door.events] == ["once", "next"]


async def test_a_press_on_poison_is_still_answered(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    sent = await emulator.write(jo, jo, "x")
    query = emulator.core.open_query(jo.id, sent, "a.b 1")
    emulator.feed.pending[-1]["callback_query"]["from"] = 5
    assert await asyncio.wait_for(query.answer, 5) == ""
    assert len(door.aside) == 1


async def test_a_late_answer_is_no_failure(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Person
) -> None:
    door.reply = lambda _: Direct()
    emulator.feed.put(
        "callback_query",
        {"id": "1", "from": {"id": jo.id, "is_bot": False, "first_name": "Jo"}, "data": "a 1",
         "chat_instance": "1", "message": {"message_id": 3, "date": 0,
                                           "chat": {"id": jo.id, "type": "private"}}},
    )  # fmt: skip
    await door.until(1)
    await emulator.write(jo, jo, "next")
    await door.until(2)
