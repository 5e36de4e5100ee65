"""Who sends the broadcast: Liaison's outbox and Courier, or a library's own rate limiting."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from benchmarks.emulated import Emulated
from bot.chat import Address, Message, Part
from bot.clock import Clock
from bot.config import load
from bot.delivery import Courier
from bot.outbox import Class, Parcel, Receipt, owe
from bot.pace import Pace, SlackPace, TelegramPace
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.sender import SlackSender
from bot.platforms.telegram import account
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import TelegramSettings
from bot.turn import Turn
from storage.db import Database
from storage.upgrade import upgrade

ROOT = Path(__file__).parents[1]
NEWS = "The price list for the spring stands in the folder; the old one ends with this month."
URGENT = "Your ticket T-12 is solved."
AT_ONCE = 100  # rows owed in one transaction, as a slice of a digest is
FOREVER = 1_000_000_000  # a ceiling that is none


@dataclass
class Task:
    """`chats` in the order of sending, some more than once; `urgent` ones come in between."""

    chats: Sequence[str]
    urgent: Sequence[str] = ()
    every: float = 0.0  # seconds between the urgent ones
    per_minute: int = FOREVER


@dataclass
class Outcome:
    """Seconds from the first call to the last answer, and what each urgent message waited."""

    seconds: float = 0.0
    sent: int = 0
    waits: list[float] = field(default_factory=list)


Broadcast = Callable[[Emulated, Task], Awaitable[Outcome]]


class _Counting:
    """Counts what arrived; wraps a sender's post."""

    def __init__(self, expected: int) -> None:
        self.expected, self.began = expected, time.monotonic()
        self.owed: dict[str, float] = {}
        self.outcome = Outcome()
        self.done = asyncio.Event()

    async def post(self, post: Callable[[Parcel], Awaitable[Receipt]], parcel: Parcel) -> Receipt:
        receipt = await post(parcel)
        now = time.monotonic()
        self.outcome.sent += 1
        if parcel.key in self.owed:
            self.outcome.waits.append(now - self.owed[parcel.key])
        self.outcome.seconds = now - self.began
        if self.outcome.sent == self.expected:
            self.done.set()
        return receipt


async def liaison_on_telegram(there: Emulated, task: Task) -> Outcome:
    """The real outbox on SQLite, the real Courier, the real sender."""
    settings = TelegramSettings(there.access["telegram_token"], there.access["telegram_api"])
    ours = account.build(settings)
    await ours.introduce("")
    counting = _Counting(len(task.chats) + len(task.urgent))

    class Sender(TelegramSender):
        async def post(self, parcel: Parcel) -> Receipt:
            return await counting.post(super().post, parcel)

    sender = Sender(ours.bot, _no_file, _not_migrated)
    try:
        return await _through_the_outbox(sender, TelegramPace(), task, counting)
    finally:
        await ours.close()


async def liaison_on_slack(there: Emulated, task: Task) -> Outcome:
    client = SlackClient(SlackSettings(there.access["slack_token"], "-",
                                       api_url=there.access["slack_api"]))  # fmt: skip
    await client.start()
    counting = _Counting(len(task.chats) + len(task.urgent))

    class Sender(SlackSender):
        async def post(self, parcel: Parcel) -> Receipt:
            return await counting.post(super().post, parcel)

    sender = Sender(client, Clock(), _no_file, _no_progress)
    try:
        return await _through_the_outbox(sender, SlackPace(task.per_minute), task, counting)
    finally:
        await client.stop()


async def _through_the_outbox(sender: Any, pace: Pace, task: Task, counting: _Counting) -> Outcome:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/liaison.db"
        await asyncio.to_thread(asyncio.run, upgrade(url))
        database = Database(url, Clock())
        config = load(ROOT / "liaison.toml")
        courier = Courier(database, Clock(), sender, _not_asked, pace=pace)
        database.on_wake("outbox", courier.wake)

        async def owed(number: int, chat: str, text: str, cls: Class, turn: Turn) -> None:
            key = f"{cls.name}:{number}"
            await owe(turn, Address(sender.platform, chat), Message((Part(text),)),
                      key=key, subject=key, cls=cls)  # fmt: skip

        for start in range(0, len(task.chats), AT_ONCE):
            async with database.transaction() as (session, now):
                for number, chat in enumerate(task.chats[start : start + AT_ONCE], start):
                    await owed(number, chat, NEWS, Class.DIGEST, Turn(session, now, config))
        gc.freeze()  # as bot/serve.py does
        counting.began = time.monotonic()
        running = asyncio.create_task(courier.run())
        for number, chat in enumerate(task.urgent):
            await asyncio.sleep(task.every)
            counting.owed[f"{Class.INTERACTIVE.name}:{number}"] = time.monotonic()
            async with database.transaction() as (session, now):
                await owed(number, chat, URGENT, Class.INTERACTIVE, Turn(session, now, config))
        await counting.done.wait()
        courier.stop()
        await running
        await database.close()
    return counting.outcome


def aio_rate_limiter(retries: int) -> Broadcast:
    """python-telegram-bot's own: all messages handed over at once, as its users do."""

    async def broadcast(there: Emulated, task: Task) -> Outcome:
        connections = HTTPXRequest(connection_pool_size=256, pool_timeout=600.0, read_timeout=30.0)
        bot: ExtBot[Any] = ExtBot(
            there.access["telegram_token"], base_url=f"{there.access['telegram_api']}/bot",
            request=connections, rate_limiter=AIORateLimiter(max_retries=retries),
        )  # fmt: skip
        async with bot:
            return await _at_once(task, lambda chat, text: bot.send_message(chat, text))

    return broadcast


def rate_limit_handler(retries: int) -> Broadcast:
    """slack_sdk's own: it calls at once and sleeps when it is told to."""

    async def broadcast(there: Emulated, task: Task) -> Outcome:
        handler = AsyncRateLimitErrorRetryHandler(max_retry_count=retries)
        web = AsyncWebClient(there.access["slack_token"], base_url=there.access["slack_api"],
                             timeout=600, retry_handlers=[handler])  # fmt: skip
        return await _at_once(
            task, lambda chat, text: web.chat_postMessage(channel=chat, text=text)
        )

    return broadcast


async def a_task_a_channel(there: Emulated, task: Task) -> Outcome:
    """The ceiling of Slack's channels: nothing is kept, and each channel has a task of its own
    that calls, and calls again a second after the answer.
    """
    web = AsyncWebClient(there.access["slack_token"], base_url=there.access["slack_api"])
    outcome, began = Outcome(), time.monotonic()

    async def one(chat: str, count: int) -> None:
        for number in range(count):
            if number:
                await asyncio.sleep(1.0)
            await web.chat_postMessage(channel=chat, text=NEWS)
            outcome.seconds = time.monotonic() - began
            outcome.sent += 1

    await asyncio.gather(*(one(chat, count) for chat, count in Counter(task.chats).items()))
    return outcome


async def bare(there: Emulated, count: int, at_once: int) -> float:
    """Calls a second of the same client without limits: what the machine gives."""
    settings = TelegramSettings(there.access["telegram_token"], there.access["telegram_api"])
    ours = account.build(settings)
    await ours.introduce("")
    places = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with places:
            await ours.bot.send_message(100_001, NEWS)

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(count)))
    seconds = time.monotonic() - began
    await ours.close()
    return count / seconds


async def _at_once(task: Task, send: Callable[[str, str], Awaitable[Any]]) -> Outcome:
    outcome, began = Outcome(), time.monotonic()

    async def one(chat: str, text: str) -> None:
        started = time.monotonic()
        try:
            await send(chat, text)
        except Exception:  # noqa: BLE001 - whatever the library gives up on is lost
            return
        finally:
            outcome.seconds = time.monotonic() - began
        outcome.sent += 1
        if text == URGENT:
            outcome.waits.append(time.monotonic() - started)

    calls = [asyncio.create_task(one(chat, NEWS)) for chat in task.chats]
    for chat in task.urgent:
        await asyncio.sleep(task.every)
        calls.append(asyncio.create_task(one(chat, URGENT)))
    await asyncio.gather(*calls)
    return outcome


async def _no_file(_file: Any) -> bytes:
    raise LookupError("no files here")


async def _no_progress(_row: int, _progress: str) -> None:
    return


async def _not_migrated(_old: str, _new: str) -> None:
    return


async def _not_asked(_event: Any) -> None:
    return
