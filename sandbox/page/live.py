"""The page's WebSocket: tells what appeared on whose screen, and where the clock stands."""

import asyncio
import contextlib
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.journal import Entry
from sandbox.page.stage import Stage


class Live:
    """Journal entries to every open page; pages draw themselves anew from the server."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pages: set[WebSocket] = set()

    def routes(self) -> list[BaseRoute]:
        return [WebSocketRoute("/play/live", self.listen)]

    async def listen(self, page: WebSocket) -> None:
        """Everything after the `after` that the page has seen, until it goes away."""
        await page.accept()
        self._pages.add(page)
        newest = len(self._stage.journal.entries) - 1
        after = page.query_params.get("after", "")
        cursor = min(int(after), newest) if after.lstrip("-").isdigit() else newest
        gone = asyncio.ensure_future(_gone(page))
        telling = asyncio.ensure_future(self._tell(page, cursor))
        try:
            await asyncio.wait({gone, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pages.discard(page)
            for task in (gone, telling):
                task.cancel()
            await asyncio.gather(gone, telling, return_exceptions=True)

    async def _tell(self, page: WebSocket, cursor: int) -> None:
        while True:
            for entry in await self._stage.journal.grown(cursor):
                cursor = entry.seq
                await page.send_json(self._said(entry))

    async def clock(self, now: str, offset: float) -> None:
        """Tell all pages that business time moved."""
        said = {"type": "clock", "now": now, "offset": offset}
        for page in list(self._pages):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await page.send_json(said)

    def _said(self, entry: Entry) -> dict[str, Any]:
        readers = sorted(entry.readers)
        alone = self._stage.people.find(entry.platform, readers[0]) if len(readers) == 1 else None
        return {
            "type": "entry",
            "seq": entry.seq,
            "platform": entry.platform,
            "kind": entry.kind,
            "room": entry.room,
            "thread": entry.thread,
            "message": entry.message,
            "by_bot": entry.by_bot,
            "text": entry.text if entry.kind == "toast" else "",
            "alert": bool(entry.raw.get("show_alert")),
            "readers": readers,
            "whom": alone.name if alone else "",
        }


async def _gone(page: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await page.receive_text()
