"""Bad days: faults, floods, and the record that judges what really happened."""

import time
from datetime import timedelta

import pytest
from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from sandbox.faults import Fault
from sandbox.telegram import Person, TelegramEmulator
from sandbox.telegram.limits import Limits
from tests.sandbox.telegram.pictures import png


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    jo = emulator.add_person("Jo")
    emulator.set_started(jo)
    return jo


def texts(emulator: TelegramEmulator, jo: Person) -> list[str]:
    return [m.text for m in emulator.messages(jo)]


async def test_500_and_flood_did_nothing(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    emulator.faults.add(Fault("error_500", "send*"))
    emulator.faults.add(Fault("flood", "sendMessage", seconds=7))
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(jo.id, "one")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(jo.id, "one")
    assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(jo.id, "one")
    assert texts(emulator, jo) == ["one"]
    assert [r.ok for r in emulator.record if r.method == "sendMessage"] == [False, False, True]


async def test_a_dropped_connection_before_and_after(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    emulator.faults.add(Fault("drop_before", "sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(jo.id, "lost")
    assert texts(emulator, jo) == []
    emulator.faults.add(Fault("drop_after", "sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(jo.id, "done")
    assert texts(emulator, jo) == ["done"]
    rows = [(r.ok, r.answered, r.message) for r in emulator.record]
    assert rows == [(False, False, None), (True, False, emulator.messages(jo)[0].id)]


async def test_slow_and_hanging_calls(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    emulator.faults.add(Fault("slow_after", "sendMessage", seconds=0.5))
    with pytest.raises(TimedOut):
        await bot.send_message(jo.id, "late", read_timeout=0.2)
    assert texts(emulator, jo) == ["late"]
    emulator.faults.add(Fault("timeout", "sendMessage", seconds=0.1))
    with pytest.raises(NetworkError):
        await bot.send_message(jo.id, "never")
    emulator.faults.add(Fault("slow", "sendMessage", seconds=0.2))
    began = time.monotonic()
    await bot.send_message(jo.id, "slow")
    assert time.monotonic() - began >= 0.2
    emulator.delay = 0.1
    began = time.monotonic()
    await bot.send_message(jo.id, "delayed")
    assert time.monotonic() - began >= 0.1
    assert texts(emulator, jo) == ["late", "slow", "delayed"]


async def test_skip_and_times(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    emulator.faults.add(Fault("error_500", "sendMessage", times=2, skip=1))
    outcomes = []
    for word in "abcd":
        try:
            await bot.send_message(jo.id, word)
        except TelegramError:
            outcomes.append(False)
        else:
            outcomes.append(True)
    assert outcomes == [True, False, False, True]


async def test_file_downloads_fail_too(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    sent = await bot.send_document(jo.id, b"x", filename="x.txt")
    assert sent.document is not None
    stored = await bot.get_file(sent.document.file_id)
    emulator.faults.add(Fault("error_500", "file"))
    with pytest.raises(TelegramError):
        await stored.download_as_bytearray()
    assert await stored.download_as_bytearray() == b"x"


async def test_updates_come_again_twice_or_in_the_wrong_order(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    emulator.faults.add(Fault("redeliver", "event"))
    await emulator.write(jo, jo, "again")
    [first] = await bot.get_updates()
    [second] = await bot.get_updates(offset=first.update_id + 1)
    assert second.update_id == first.update_id
    assert await bot.get_updates(offset=first.update_id + 1) == ()
    emulator.faults.add(Fault("new_event_id", "event"))
    await emulator.write(jo, jo, "twice")
    one, two = await bot.get_updates()
    assert one.message is not None
    assert two.message is not None
    assert one.update_id != two.update_id
    assert one.message.message_id == two.message.message_id
    await bot.get_updates(offset=two.update_id + 1)
    emulator.faults.add(Fault("reorder", "event"))
    await emulator.write(jo, jo, "first")
    await emulator.write(jo, jo, "second")
    got = [u.message.text for u in await bot.get_updates() if u.message]
    assert got == ["second", "first"]


async def test_a_reordered_update_that_stays_alone_comes_in_the_end(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    emulator.faults.add(Fault("reorder", "event", seconds=0.1))
    await emulator.write(jo, jo, "alone")
    assert await bot.get_updates() == ()
    [update] = await bot.get_updates(timeout=2)
    assert update.message is not None
    assert update.message.text == "alone"


async def test_limits_refuse_with_the_seconds_to_wait(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    emulator.limits.set_mode("window")
    await bot.send_message(jo.id, "one")
    with pytest.raises(RetryAfter):
        await bot.send_message(jo.id, "two")
    assert emulator.limits.counts == {"allowed": 1, "refused_chat": 1}
    assert emulator.record[-1].outcome == "429 Too Many Requests: retry after 1"
    with pytest.raises(RetryAfter):
        await bot.send_media_group(jo.id, [InputMediaPhoto(png()), InputMediaPhoto(png())])
    emulator.limits.set_mode("off")
    with pytest.raises(BadRequest):
        await bot.send_message(4711, "x")


@pytest.mark.parametrize("mode", ["bucket", "window"])
def test_the_documented_numbers(mode: str) -> None:
    now = [1000.0]
    limits = Limits("bucket" if mode == "bucket" else "window", lambda: now[0])

    def passes(chat: int, *, edit: bool = False) -> bool:
        try:
            limits.take(chat, edit=edit)
        except Exception as error:  # noqa: BLE001 - the kind is checked below
            assert type(error).__name__ == "ApiError"  # noqa: PT017
            return False
        return True

    assert sum(passes(chat) for chat in range(1, 51)) == 30
    assert not passes(1)
    now[0] += 1
    assert passes(1)
    assert not passes(1)
    assert passes(1, edit=True)
    sent = 0
    for _ in range(60):
        now[0] += 1.0001
        sent += passes(-5)
    allowed_in_a_minute = 20 if mode == "window" else 40  # a full bucket, and what refills it
    assert 19 <= sent <= allowed_in_a_minute
    assert limits.counts["refused_group"] > 0
