"""The client of the bot's control API against a small server that speaks it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control import Control, ControlError
from sandbox.page.time_machine import next_monday
from tests.sandbox.page.stand import a_stand, serve

START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


class Bot:
    """A clock that moves in two steps and tells the sandbox of each, as the bot does."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.asked: list[Any] = []
        self.tell: Any = None

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/clock", self.clock, methods=["GET", "POST"]),
                Route("/next", self.next),
                Route("/idle", self.idle),
            ]
        )

    async def clock(self, request: Request) -> JSONResponse:
        if request.headers.get("authorization") != "Bearer secret":
            return JSONResponse({"error": "wrong token"}, 401)
        steps = []
        if request.method == "POST":
            order = await request.json()
            self.asked.append(order)
            for part in (0.5, 0.5):
                self.offset += order.get("advance", 7200) * part
                if self.tell is not None:
                    await self.tell(self.offset)
                at = (START + timedelta(seconds=self.offset)).isoformat()
                steps.append({"at": at, "what": "nudge the owner"})
        now = (START + timedelta(seconds=self.offset)).isoformat()
        return JSONResponse({"now": now, "offset": self.offset, "steps": steps})

    async def next(self, request: Request) -> JSONResponse:
        row = {"at": START.isoformat(), "what": "Nudge Lin", "why": "T-1 is due",
               "why_zh": "T-1 到期", "kind": "due"}  # fmt: skip
        return JSONResponse([row] * min(2, int(request.query_params["limit"])))

    async def idle(self, _: Request) -> JSONResponse:
        return JSONResponse({"idle": True})


@contextlib.asynccontextmanager
async def a_bot() -> AsyncIterator[tuple[Bot, str]]:
    bot = Bot()
    async with serve(bot.app()) as url:
        yield bot, url


async def test_the_client_speaks_the_contract() -> None:
    async with a_bot() as (bot, url):
        control = Control(url, "secret")
        assert (await control.clock()).offset == timedelta(0)
        moved = await control.advance(timedelta(hours=1))
        assert moved.now == START + timedelta(hours=1)
        assert [step.what for step in moved.steps] == ["nudge the owner"] * 2
        await control.move_to_next_due()
        await control.move_to(START + timedelta(days=1))
        assert bot.asked[1:] == [{"to_next_due": True}, {"to": "2026-12-04T09:00:00+00:00"}]
        told = [(one.why, one.why_zh) for one in await control.next()]
        assert told == [("T-1 is due", "T-1 到期")] * 2
        assert await control.idle()


async def test_a_wrong_token_and_a_silent_bot_are_said_in_words() -> None:
    async with a_bot() as (_, url):
        with pytest.raises(ControlError, match="401"):
            await Control(url, "guess").clock()
    with pytest.raises(ControlError, match="does not answer"):
        await Control("http://127.0.0.1:9", "secret").clock()


async def test_the_platforms_stamp_the_time_of_each_step() -> None:
    async with a_bot() as (bot, url), a_stand(control_url=url, control_token="secret") as stand:
        seen = []

        async def tell(offset: float) -> None:
            answer = await stand.play("/play/clock", offset=offset)
            seen.append(answer["offset"])

        bot.tell = tell
        answer = await stand.play("/play/time", to="hour", zone="Asia/Shanghai")
        assert (answer["ok"], answer["offset"], len(answer["steps"])) == (True, 3600.0, 2)
        assert seen == [1800.0, 3600.0]
        ahead = stand.stage.clock.now() - datetime.now(UTC)
        assert timedelta(seconds=3590) < ahead < timedelta(seconds=3610)
        listed = await stand.play("/play/time", to="yesterday")
        assert not listed["ok"]


async def test_without_a_bot_time_stays_and_says_so() -> None:
    async with a_stand() as stand:
        answer = await stand.play("/play/time", to="hour")
        assert answer == {"ok": False, "error": "No bot is attached to this sandbox."}
        assert "disabled" in await stand.get("/")
        assert not (await stand.play("/play/clock", wrong=1))["ok"]


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        ("2026-12-03T09:00:00+00:00", "Asia/Shanghai", "2026-12-07T01:00:00+00:00"),
        ("2026-12-07T00:59:00+00:00", "Asia/Shanghai", "2026-12-07T01:00:00+00:00"),
        ("2026-12-07T01:00:00+00:00", "Asia/Shanghai", "2026-12-14T01:00:00+00:00"),
        ("2026-03-27T09:00:00+00:00", "Europe/Berlin", "2026-03-30T07:00:00+00:00"),
        ("2026-12-06T23:30:00+00:00", "Pacific/Auckland", "2026-12-13T20:00:00+00:00"),
    ],
)
def test_monday_at_nine_is_local(now: str, zone: str, monday: str) -> None:
    assert next_monday(datetime.fromisoformat(now), zone) == datetime.fromisoformat(monday)


async def test_open_pages_hear_the_clock_and_the_journal() -> None:
    async with a_stand() as stand, stand.live() as page:
        await stand.play("/play/clock", offset=60)
        said = await asyncio.wait_for(page.receive_json(), 5)
        assert (said["type"], said["offset"]) == ("clock", 60.0)
        await stand.stage.slack.post("U0LIN", "C0TEAM", "Morning")
        said = await asyncio.wait_for(page.receive_json(), 5)
        assert (said["kind"], said["room"], "U0MEI" in said["readers"]) == ("new", "C0TEAM", True)
