"""5,000 malformed updates and envelopes through the real adapters: none of them is lost."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.chat import Choice, Direct, Event
from bot.clock import Clock
from bot.commands.table import ROUTES
from bot.dispatch import Dispatch
from bot.platforms.slack import inbound as slack_inbound
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.replies import Replies
from bot.platforms.telegram import account
from bot.platforms.telegram import inbound as telegram_inbound
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.settings import TelegramSettings
from tests.core.walls import Walls, walls_on
from tests.platforms.slack import test_slack_door as slack_samples
from tests.platforms.telegram import telegram_rig as telegram_samples

EACH = 2_500
NOWHERE = "http://127.0.0.1:9"  # nobody listens: what is answered outside the ack goes astray
WORST: tuple[Any, ...] = (None, [], "", 0, True, {}, {"update_id": None}, {"type": "x" * 70_000})


class Counting(Dispatch):
    """The real door, which also counts what comes in and what it sets aside."""

    came = 0
    aside = 0

    async def handle(self, event: Event, raw: str = "") -> Direct:
        self.came += 1
        return await super().handle(event, raw)

    async def options(self, event: Event) -> list[Choice]:
        self.came += 1
        return await super().options(event)

    async def set_aside(self, platform: str, key: str, raw: str, error: Exception) -> str:
        self.aside += 1
        return await super().set_aside(platform, key, raw, error)


@dataclass
class Tally:
    sent: int = 0
    handled: int = 0
    aside: int = 0
    not_for_us: int = 0
    lost: list[Any] = field(default_factory=list)


@pytest.fixture
async def walls(sqlite_url: str) -> AsyncIterator[Walls]:
    async with walls_on(sqlite_url) as ready:
        yield ready


@pytest.fixture
def door(walls: Walls) -> Counting:
    return Counting(walls.database, walls.database.clock, ROUTES, lambda: walls.config)


async def _send(
    door: Counting,
    things: list[Any],
    take: Callable[[Any], Awaitable[object]],
    read: Callable[[Any], list[Event]],
) -> Tally:
    """Each is set aside, or handled, or says nothing that concerns a bot; else it is lost."""
    tally = Tally(sent=len(things))
    for thing in things:
        came, aside = door.came, door.aside
        await take(thing)  # an exception here would stop the platform for ever
        if door.aside > aside:
            tally.aside += 1
        elif door.came > came:
            tally.handled += 1
        elif _says_nothing(read, thing):
            tally.not_for_us += 1
        else:
            tally.lost.append(thing)
    return tally


def _says_nothing(read: Callable[[Any], list[Event]], thing: Any) -> bool:
    try:
        return read(thing) == []
    except Exception:  # noqa: BLE001 - unreadable is not the same as empty
        return False


def _deep(levels: int) -> Any:
    thing: Any = "bottom"
    for _ in range(levels):
        thing = {"message": thing}
    return thing


async def test_telegram_updates(walls: Walls, door: Counting) -> None:
    luck = random.Random(20261203)  # noqa: S311 - not for secrets
    samples = [row["update"] for row in telegram_samples.samples()]
    updates: list[Any] = [*WORST, {"update_id": 1, **_deep(200)}]
    while len(updates) < EACH:
        update = telegram_samples.mutated(luck, luck.choice(samples))
        updates.append({**update, "update_id": 1_000 + len(updates)})
    settings = TelegramSettings("7000000001:AAtest", api_url=NOWHERE)
    here = account.build(settings)
    intake = Intake(here.bot, door, walls.database.clock.now)
    now = walls.database.clock.now()
    tally = await _send(
        door, updates, lambda one: intake.take(one, telegram_samples.ME),
        lambda one: telegram_inbound.events(one, telegram_samples.ME, now),
    )  # fmt: skip
    await intake.close()
    _is_whole(tally, len(await walls.aside()))


async def test_slack_envelopes(walls: Walls, door: Counting) -> None:
    luck = random.Random(20261204)  # noqa: S311 - not for secrets
    samples = slack_samples.every_sample()
    bodies: list[Any] = [*(x for x in WORST if isinstance(x, dict)), _deep(200)]
    while len(bodies) < EACH:
        bodies.append(slack_samples.mutated(luck.choice(samples), luck))
    settings = SlackSettings("xoxb-test", app_token="xapp-test", api_url=f"{NOWHERE}/api/")
    client = SlackClient(settings)
    await client.start()
    entrance = SlackDoor(settings, door, Clock(), slack_samples.ME, Replies(client))
    answers = []

    async def take(body: Any) -> None:
        answers.append((await entrance.take_socket(body, {})).status)

    now = walls.database.clock.now()

    def read(body: Any) -> list[Event]:
        if body.get("type") == "url_verification":  # Slack's question whether we are there
            return []
        return slack_inbound.events(slack_inbound.kind_of(body), body, slack_samples.ME, now)

    tally = await _send(door, bodies, take, read)
    await client.stop()
    assert set(answers) == {200}, "all are acknowledged"
    _is_whole(tally, len(await walls.aside()))


def _is_whole(tally: Tally, rows: int) -> None:
    print(
        f"\nsent {tally.sent}, handled {tally.handled}, not for a bot {tally.not_for_us}, "
        f"set aside {tally.aside}, rows {rows}"
    )
    assert tally.lost == []
    assert tally.handled + tally.aside + tally.not_for_us == tally.sent
    assert min(tally.aside, tally.handled) > 100, "both kinds are among the samples"
    assert rows <= tally.aside, "the same broken thing again keeps its id"
    assert rows >= tally.aside * 0.5
