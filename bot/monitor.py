"""What machines look at: /healthz, /readyz and /metrics, on an address of their own."""

import asyncio
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.app import App
from bot.clock import monotonic
from storage.measures import Measures, answers, measure

FRESH = 10.0  # seconds for which figures of the database are good enough
PATIENCE = 2.0  # seconds; probes give up after a few


class Monitor:
    """Reads, and changes nothing. It names no person, partner or text: anybody inside may look."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._measured_at = -FRESH
        self._turn = asyncio.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._health),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    async def _health(self, _request: Request) -> Response:
        """503 when a loop has ended that never should: a restart is the cure."""
        return _verdict(self._app.broken())

    async def _ready(self, _request: Request) -> Response:
        """503 while starting, stopping or without the database: others should take over.

        A platform that is away is named but no reason: every replica would be unready at once.
        """
        why_not = [] if self._app.up else ["starting" if not self._app.stopping else "stopping"]
        try:
            async with asyncio.timeout(PATIENCE), self._app.database.reading() as session:
                await answers(session)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database away is the answer
            why_not.append(f"database: {type(error).__name__}")
        return _verdict(why_not)

    async def _metrics(self, _request: Request) -> Response:
        async with self._turn:
            if monotonic() - self._measured_at > FRESH:
                now = self._app.clock.now()
                async with self._app.database.reading() as session:
                    _show(await measure(session, now), now)
                self._measured_at = monotonic()
        return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _verdict(faults: list[str]) -> Response:
    if faults:
        return JSONResponse({"status": "unavailable", "why": faults}, status_code=503)
    return JSONResponse({"status": "ok"})


def _show(found: Measures, now: datetime) -> None:
    metrics.WAITING.clear()
    metrics.OLDEST.clear()
    metrics.FLYING.clear()
    for row in found.waiting:
        labels = (row.platform, str(row.cls))
        metrics.WAITING.labels(*labels).set(row.count)
        metrics.OLDEST.labels(*labels).set((now - row.since).total_seconds())
    for labels, count in found.flying.items():
        metrics.FLYING.labels(*labels).set(count)
    since = found.due_since
    metrics.DUE_WAITING.set(found.due)
    metrics.DUE_OLDEST.set((now - since).total_seconds() if since is not None else 0)
    metrics.SET_ASIDE.set(found.set_aside)
