"""Who goes when more is owed than may be sent: nobody starves, and partners take turns."""

import asyncio
from datetime import timedelta

from bot import outbox
from bot.chat import Address
from bot.delivery import PATIENT, Courier
from bot.errors import TryLater
from bot.outbox import Class, Parcel
from bot.pace import Pace
from bot.texts import plain_message
from tests.core.test_adversary_delivery import _Platform
from tests.core.walls import Walls, walls_on

MANY = 150


async def _owe(walls: Walls, cls: Class, *keys: str, chat: str = "") -> None:
    async with walls.turn() as turn:
        for key in keys:
            await outbox.owe(turn, Address("telegram", chat or key), plain_message(key), key=key,
                             subject=key, cls=cls)  # fmt: skip


async def _order(walls: Walls, owed: int, pace: Pace) -> list[str]:
    """In which order all that is owed is sent."""

    async def answer(_parcel: Parcel) -> str:
        return str(len(platform.posts))

    platform = _Platform(answer)
    courier = Courier(walls.database, walls.database.clock, platform, walls.dispatch.answered,
                      pace=pace)  # fmt: skip
    running = asyncio.create_task(courier.run())
    async with asyncio.timeout(60):
        while len(platform.posts) < owed:
            await asyncio.sleep(0.01)
    courier.stop()
    await running
    return platform.posts


async def test_what_waited_too_long_goes_before_more_urgent_messages(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _owe(walls, Class.DIGEST, "old")
        walls.database.clock.advance(PATIENT + timedelta(seconds=1))
        await _owe(walls, Class.DIGEST, "young")
        await _owe(walls, Class.TICKET, *(f"t{n}" for n in range(MANY)))
        sent = await _order(walls, MANY + 2, Pace(gap=0.0, permits=1_000, in_flight=2))
    assert sent.index("old") < MANY // 2
    assert sent[-1] == "young"


async def test_partners_take_turns_among_equals(database_url: str) -> None:
    """Fifty messages to one room of a partner do not delay another partner's."""
    async with walls_on(database_url) as walls:
        await _owe(walls, Class.TICKET, *(f"a{n}" for n in range(50)), chat="100")
        await _owe(walls, Class.TICKET, "b0", chat="200")
        sent = await _order(walls, 3, Pace(gap=1.0))
    assert "b0" in sent[:2]


async def test_nothing_else_in_the_chat_delays_a_buttons_answer(database_url: str) -> None:
    """Not news for that chat, nor a reply in its hold, nor what fails there again and again."""

    async def answer(parcel: Parcel) -> str:
        if parcel.key == "failing":
            raise TryLater("busy")
        return parcel.key

    platform = _Platform(answer)
    async with walls_on(database_url) as walls:
        await _owe(walls, Class.DIGEST, *(f"news {n}" for n in range(20)), chat="100")
        await _owe(walls, Class.TICKET, "failing", chat="100")
        async with walls.turn() as turn:
            await outbox.owe(turn, Address("telegram", "100"), plain_message("held"), key="held",
                             subject="ticket:1", cls=Class.TICKET,
                             not_before=turn.now + timedelta(seconds=10))  # fmt: skip
        courier = Courier(walls.database, walls.database.clock, platform, walls.dispatch.answered,
                          pace=Pace(gap=0.2))  # fmt: skip
        walls.database.on_wake("outbox", courier.wake)
        running = asyncio.create_task(courier.run())
        async with asyncio.timeout(20):
            while len(platform.posts) < 3:
                await asyncio.sleep(0.005)
            await _owe(walls, Class.INTERACTIVE, "pressed", chat="100")
            before = len(platform.posts)
            while "pressed" not in platform.posts:
                await asyncio.sleep(0.005)
        courier.stop()
        await running
    assert "failing" in platform.posts
    assert "held" not in platform.posts
    assert platform.posts.index("pressed") <= before + 1, platform.posts  # one is on its way
