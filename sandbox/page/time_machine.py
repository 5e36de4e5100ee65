"""Business time on the page: shown, moved through the bot, and followed by the emulators."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.control import Control, ControlError, Moved
from sandbox.page.live import Live
from sandbox.page.stage import Stage

MONDAY_HOUR = 9
NO_BOT = "No bot is attached to this sandbox."


class TimeMachine:
    """Only the bot moves time, step by step; each step's offset is posted here before it acts."""

    def __init__(self, stage: Stage, live: Live) -> None:
        self._stage, self._live = stage, live

    async def set_clock(self, request: Request) -> JSONResponse:
        """The bot tells its offset: from now on the platforms stamp that time."""
        try:
            offset = float((await request.json())["offset"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"ok": False, "error": 'Post {"offset": seconds}.'}, 400)
        await self.follow(timedelta(seconds=offset))
        return JSONResponse({"ok": True, **self._now()})

    async def follow(self, offset: timedelta) -> None:
        """Shift the platforms' clock and tell every open page."""
        self._stage.clock.shift_to(offset)
        self._stage.offset = offset.total_seconds()
        await self._live.clock(self._stage.clock.now().isoformat(), self._stage.offset)

    async def clock(self, _: Request) -> JSONResponse:
        return JSONResponse({"ok": True, **self._now()})

    async def move(self, request: Request) -> JSONResponse:
        """The three buttons: an hour, the next due thing, Monday at nine in the reader's zone."""
        control = self._stage.control
        if request.headers.get("x-sandbox") != "1" or control is None:
            return JSONResponse({"ok": False, "error": NO_BOT}, 409)
        asked = await request.json()
        try:
            moved = await self._moved(control, str(asked.get("to")), str(asked.get("zone", "UTC")))
        except ControlError as refused:
            return JSONResponse({"ok": False, "error": str(refused)})
        except (KeyError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": f"Time cannot move there: {wrong}"}, 400)
        await self.follow(moved.offset)
        steps = [{"at": step.at.isoformat(), "what": step.what} for step in moved.steps]
        return JSONResponse({"ok": True, **self._now(), "steps": steps})

    async def _moved(self, control: Control, to: str, zone: str) -> Moved:
        if to == "hour":
            return await control.advance(timedelta(hours=1))
        if to == "next":
            return await control.move_to_next_due()
        if to == "monday":
            return await control.move_to(next_monday(self._stage.clock.now(), zone))
        raise ValueError(to)

    async def next(self, _: Request) -> JSONResponse:
        """What happens next, and why."""
        if self._stage.control is None:
            return JSONResponse({"ok": False, "error": NO_BOT, "items": []})
        try:
            found = await self._stage.control.next()
        except ControlError as refused:
            return JSONResponse({"ok": False, "error": str(refused), "items": []})
        items = [
            {"at": one.at.isoformat(), "what": one.what, "kind": one.kind,
             "why": {"en": one.why, "zh": one.why_zh or one.why}}
            for one in found
        ]  # fmt: skip
        return JSONResponse({"ok": True, "items": items})

    def _now(self) -> dict[str, object]:
        return {"now": self._stage.clock.now().isoformat(), "offset": self._stage.offset}


def next_monday(now: datetime, zone: str) -> datetime:
    """The coming Monday 09:00 in `zone`; at that very moment, the one a week later."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=-local.weekday() % 7)
    nine = datetime(day.year, day.month, day.day, MONDAY_HOUR, tzinfo=ZoneInfo(zone))
    if nine <= local:
        day += timedelta(days=7)
        nine = datetime(day.year, day.month, day.day, MONDAY_HOUR, tzinfo=ZoneInfo(zone))
    return nine.astimezone(UTC)
