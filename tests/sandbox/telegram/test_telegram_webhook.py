"""Updates pushed to an address, with the secret, until they are accepted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest

from sandbox.faults import Fault
from sandbox.telegram import Person, TelegramEmulator

SECRET = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Receiver:
    url: str = ""
    got: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    refuse: int = 0
    answer: dict[str, Any] | None = None

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.get(SECRET), await request.json()))
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        return web.json_response(self.answer) if self.answer else web.Response()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.got]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    jo = emulator.add_person("Jo")
    emulator.set_started(jo)
    return jo


async def test_pushed_with_the_secret_and_again_after_a_refusal(
    emulator: TelegramEmulator, bot: Bot, jo: Person, receiver: Receiver
) -> None:
    await emulator.write(jo, jo, "before")
    receiver.refuse = 2
    await bot.set_webhook(receiver.url, secret_token="s3cret_-")
    await emulator.write(jo, jo, "after")
    await receiver.until(4)
    assert receiver.texts() == ["before", "before", "before", "after"]
    assert {secret for secret, _ in receiver.got} == {"s3cret_-"}
    info = await bot.get_webhook_info()
    assert info.url == receiver.url
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_pending_ones_can_be_dropped_and_polling_goes_on(
    emulator: TelegramEmulator, bot: Bot, jo: Person, receiver: Receiver
) -> None:
    await emulator.write(jo, jo, "dropped")
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await emulator.write(jo, jo, "pushed")
    await receiver.until(1)
    await bot.delete_webhook()
    await emulator.write(jo, jo, "polled")
    assert receiver.texts() == ["pushed"]
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["polled"]


async def test_the_answer_may_carry_a_method(
    emulator: TelegramEmulator, bot: Bot, jo: Person, receiver: Receiver
) -> None:
    receiver.answer = {"method": "sendMessage", "chat_id": jo.id, "text": "at once"}
    await bot.set_webhook(receiver.url)
    await emulator.write(jo, jo, "hello")
    entry = await emulator.core.journal.wait_for(lambda e: e.by_bot)
    assert entry.text == "at once"


async def test_redelivered_though_accepted(
    emulator: TelegramEmulator, bot: Bot, jo: Person, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    emulator.faults.add(Fault("redeliver", "event"))
    await emulator.write(jo, jo, "twice")
    await receiver.until(2)
    [first, second] = [update for _, update in receiver.got]
    assert first == second


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://example.org/x", None, "https url must be provided"),
        ("https://example.org:8080/x", None, "only on ports 80, 88, 443 or 8443"),
        ("http://127.0.0.1/x", "no spaces", "unallowed characters"),
        ("http://127.0.0.1/x", "x" * 257, "too long"),
    ],
)
async def test_bad_webhooks(bot: Bot, url: str, secret: str | None, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.set_webhook(url, secret_token=secret)
