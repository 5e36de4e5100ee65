"""A client of the bot's control API: its clock, what happens next, whether it is idle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp

MOVE_TIMEOUT = 300.0  # a week with eighty partners' digests is moved through step by step
ASK_TIMEOUT = 10.0


class ControlError(Exception):
    """The bot does not answer, or refused; the text may be shown."""


@dataclass(frozen=True)
class Step:
    """Something that fell due while time moved."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Moved:
    """Where the bot's clock stands, and what happened on the way there."""

    now: datetime
    offset: timedelta
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Next:
    """Something that waits: when, what it is, and the reason in words."""

    at: datetime
    what: str
    why: str
    kind: Literal["due", "delivery"]
    why_zh: str = ""


class Control:
    """The control API under `url`, with its bearer token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def clock(self) -> Moved:
        """Where business time stands."""
        return _moved(await self._ask("GET", "/clock"))

    async def advance(self, by: timedelta) -> Moved:
        """Move forward; returns once what fell due has been done and delivered."""
        return await self._move({"advance": by.total_seconds()})

    async def move_to(self, moment: datetime) -> Moved:
        """Move to `moment`, which must lie ahead."""
        return await self._move({"to": moment.isoformat()})

    async def move_to_next_due(self) -> Moved:
        """Move to whatever comes next."""
        return await self._move({"to_next_due": True})

    async def next(self, limit: int = 100) -> list[Next]:
        """What waits, soonest first."""
        rows = await self._ask("GET", f"/next?limit={limit}")
        try:
            return [_next(row) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise ControlError(
                f"The bot's answer to /next is not understood: {error!r}"
            ) from error

    async def idle(self) -> bool:
        """Has the bot nothing to do at this moment."""
        answer = await self._ask("GET", "/idle")
        return bool(answer.get("idle"))

    async def _move(self, order: Mapping[str, object]) -> Moved:
        return _moved(await self._ask("POST", "/clock", order, MOVE_TIMEOUT))

    async def _ask(
        self, verb: str, path: str, body: object = None, patience: float = ASK_TIMEOUT
    ) -> Any:
        limit = aiohttp.ClientTimeout(total=patience)
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers, timeout=limit) as session,
                session.request(verb, self._url + path, json=body) as response,
            ):
                if response.status >= 400:
                    said = (await response.text())[:300]
                    raise ControlError(
                        f"The bot refused {verb} {path} ({response.status}): {said}"
                    )
                return await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ControlError(f"The bot does not answer {verb} {path}: {error!r}") from error


def _moved(answer: Any) -> Moved:
    try:
        steps = tuple(
            Step(datetime.fromisoformat(step["at"]), str(step["what"]))
            for step in answer.get("steps", ())
        )
        offset = timedelta(seconds=float(answer["offset"]))
        return Moved(datetime.fromisoformat(answer["now"]), offset, steps)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ControlError(f"The bot's answer to /clock is not understood: {error!r}") from error


def _next(row: Any) -> Next:
    kind: Literal["due", "delivery"] = "delivery" if row.get("kind") == "delivery" else "due"
    why, zh = str(row.get("why", "")), str(row.get("why_zh", ""))
    return Next(datetime.fromisoformat(row["at"]), str(row["what"]), why, kind, zh)
