"""The sandbox's hold on the bot: move business time, see what comes next. Not part of `run`."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import markup, texts
from bot.app import App
from bot.clock import monotonic, pause
from bot.commands.table import DUE
from bot.marks import _m
from bot.outbox import from_json
from storage import claims, due_work
from storage.models_delivery import Delivery, DueWork

SETTLE_WITHIN = 30.0  # seconds a step may take to come to rest; then the mover is told
HELD = _m("Held until then.")
INTERNAL = 5  # items that concern no person may stand in front
LOOK_EVERY = 0.01  # seconds between looks while settling
TELL_TIMEOUT = aiohttp.ClientTimeout(total=5)

Tell = Callable[[float], Awaitable[None]]


class TimeMachine:
    """Steps business time to each moment at which something falls due; waits until it is done."""

    def __init__(self, app: App, tell: Tell, kept: Path | None = None) -> None:
        self._app, self._tell, self._kept = app, tell, kept
        self._turn = asyncio.Lock()

    async def move(self, target: datetime) -> list[dict[str, str]]:
        """Move to `target`; returns the steps [{"at": ISO, "what": words}] made on the way."""
        steps: list[dict[str, str]] = []
        async with self._turn:
            await self.settle()
            while (step := await self._next(target)) is not None:
                await self._shift_to(step[0])
                steps.append({"at": step[0].isoformat(), "what": step[1]})
                await self.settle()
            await self._shift_to(target)
            await self.settle()
        return steps

    async def next_moment(self) -> datetime | None:
        """When the next thing falls due; None if nothing waits."""
        found = await upcoming(self._app, 1, told=True)
        return datetime.fromisoformat(found[0]["at"]) if found else None

    async def settle(self) -> None:
        """Wait until due work and outbox are idle; TimeoutError if they do not come to rest."""
        deadline = monotonic() + SETTLE_WITHIN
        quiet = 0
        while quiet < 2:  # a handler may just have put what the courier has not yet seen
            quiet = quiet + 1 if await self._app.idle() else 0
            if monotonic() > deadline:
                raise TimeoutError("the bot did not come to rest")
            await pause(LOOK_EVERY)

    async def _next(self, target: datetime) -> tuple[datetime, str] | None:
        found = await upcoming(self._app, 1)
        if not found:
            return None
        at = datetime.fromisoformat(found[0]["at"])
        return (at, found[0]["what"]) if at <= target else None

    async def _shift_to(self, moment: datetime) -> None:
        clock = self._app.clock
        ahead = max(timedelta(0), moment - clock.now())
        clock.advance(ahead)
        for pace in self._app.paces:
            pace.jumped(ahead.total_seconds())
        if self._kept is not None:
            self._kept.write_text(json.dumps({"offset": clock.offset.total_seconds()}))
        await self._tell(clock.offset.total_seconds())
        self._app.wake()


async def upcoming(app: App, limit: int, *, told: bool = False) -> list[dict[str, str]]:
    """What happens next and why: due work and held deliveries after now, earliest first.

    `told` leaves out what concerns no person, such as housekeeping.
    """
    now = app.clock.now()
    async with app.database.reading() as session:
        work = await due_work.waiting(session, now, limit + INTERNAL)
        held = await claims.held(session, now, limit)
    rows = [_work(row) for row in work] + [_held(row) for row in held]
    rows = [row for row in rows if row["why"] or not told]
    return sorted(rows, key=lambda row: row["at"])[:limit]


def _work(row: DueWork) -> dict[str, str]:
    says = DUE.all[row.kind].says if row.kind in DUE.all else row.kind
    return {"at": row.due_at.isoformat(), "what": f"{row.kind} {row.subject}".strip(),
            "why": says, "why_zh": texts.translate(says, "zh"), "kind": "due"}  # fmt: skip


def _held(row: Delivery) -> dict[str, str]:
    words = markup.plain(from_json(row.payload).html) if row.kind == "message" else row.kind
    at = row.not_before.isoformat() if row.not_before else ""
    return {"at": at, "what": words[:80], "why": HELD, "why_zh": texts.translate(HELD, "zh"),
            "kind": "delivery"}  # fmt: skip


class _Api:
    """The handlers of the control API."""

    def __init__(self, app: App, machine: TimeMachine) -> None:
        self._app, self._machine = app, machine

    async def clock(self, request: Request) -> Any:
        """GET where business time stands; POST moves it and tells the steps made."""
        if request.method == "GET":
            return self._now()
        target = await _target(self._app, self._machine, await request.json())
        steps = await self._machine.move(target) if target is not None else []
        return {**self._now(), "steps": steps}

    async def next(self, request: Request) -> Any:
        limit = min(200, int(request.query_params.get("limit", "20")))
        return await upcoming(self._app, limit, told=True)

    async def idle(self, _request: Request) -> Any:
        return {"idle": await self._app.idle()}

    def _now(self) -> dict[str, Any]:
        clock = self._app.clock
        return {"now": clock.now().isoformat(), "offset": clock.offset.total_seconds()}


def api(app: App, machine: TimeMachine, token: str) -> Starlette:
    """The control API; each call needs `Authorization: Bearer <token>`."""
    handlers = _Api(app, machine)
    return Starlette(routes=[
        Route("/clock", _guarded(handlers.clock, token), methods=["GET", "POST"]),
        Route("/next", _guarded(handlers.next, token)),
        Route("/idle", _guarded(handlers.idle, token)),
    ])  # fmt: skip


def _guarded(handler: Callable[[Request], Awaitable[Any]], token: str) -> Any:
    async def check(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return JSONResponse({"error": "wrong token"}, status_code=401)
        try:
            return JSONResponse(await handler(request))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except TimeoutError as error:
            return JSONResponse({"error": str(error)}, status_code=504)

    return check


async def _target(app: App, machine: TimeMachine, wish: dict[str, Any]) -> datetime | None:
    """The moment a request means; ValueError for one in the past."""
    now = app.clock.now()
    if wish.get("to_next_due"):
        return await machine.next_moment()
    if "advance" in wish:
        target = now + timedelta(seconds=float(wish["advance"]))
    else:
        target = datetime.fromisoformat(str(wish["to"]))
    if target.tzinfo is None or target < now - timedelta(seconds=1):
        raise ValueError("business time only moves forward, to an instant with a zone")
    return max(target, now)


def tell_sandbox(url: str) -> Tell:
    """Pass each new offset on to the emulated platforms, so that their stamps follow."""

    async def tell(offset: float) -> None:
        async with (
            aiohttp.ClientSession(timeout=TELL_TIMEOUT) as client,
            client.post(f"{url}/play/clock", json={"offset": offset}) as answer,
        ):
            answer.raise_for_status()

    return tell
