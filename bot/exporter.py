"""Makes the files that people order: one more account of the outbox, which is only asked."""

import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from bot import due, texts
from bot.config import Config
from bot.due import DueKinds
from bot.errors import TryLater
from bot.exports import PLATFORM, Open, Source, Work
from bot.marks import _m
from bot.outbox import Class, OnlyAsked, Parcel
from bot.partners.people import reader_of_manager
from bot.sheets import MIMES, Cell, Sheet, sheet
from bot.texts import Reader
from bot.turn import Turn
from storage import blobs, people
from storage.db import Database, is_gone
from storage.models_delivery import DueWork

log = logging.getLogger(__name__)

MOST = 100_000  # rows of one file
AT_ONCE = 2  # files that are made at the same time
PAGE = 10_000  # keys of one query
BATCH = 50  # rows of one read: few enough that the event loop does other things meanwhile
PATIENCE = 240.0  # seconds
KEPT = timedelta(days=7)  # as long as what was sent: it can be sent again so long

due_kinds = DueKinds()


class TooBig(Exception):
    """`args[0]` says in which way: many, big."""


class Exporter(OnlyAsked):
    """A Sender of files; `kinds` are the files that there are."""

    platform = PLATFORM
    slowest = PATIENCE

    def __init__(
        self, database: Database, config: Callable[[], Config], kinds: Mapping[str, Open], *,
        most: int = MOST,
    ) -> None:  # fmt: skip
        self._database, self._config, self._kinds, self._most = database, config, kinds, most

    async def ask(self, parcel: Parcel) -> dict[str, Any]:
        """The question and its file, or its "fault": whoever ordered waits and is told."""
        question = parcel.question
        try:
            async with asyncio.timeout(PATIENCE):
                return question | await self._made(question)
        except TooBig as error:
            return question | {"fault": error.args[0]}
        except TimeoutError:
            return question | {"fault": "slow"}
        except Exception as error:
            if is_gone(error):
                raise TryLater(f"the database is gone: {type(error).__name__}") from error
            log.exception("a file of %s cannot be made", question["kind"])
            return question | {"fault": "broken"}

    async def _made(self, question: dict[str, Any]) -> dict[str, Any]:
        async with self._database.reading() as session:
            manager = await people.manager(session, question["manager"])
        if manager is None:
            return {"fault": "broken"}
        reader, stream = reader_of_manager(manager), io.BytesIO()
        source = self._kinds[question["kind"]](question["asked"], manager, reader)
        now = self._database.clock.now()
        rows = await write(self._database, self._config(), source, question["file"], stream,
                           reader, now, most=self._most, limit=blobs.LIMIT)  # fmt: skip
        name = f"{question['kind']}-{texts.local(now, reader):%Y-%m-%d}.{question['file']}"
        return {"rows": rows} | await self._kept(name, question["file"], stream.getvalue())

    async def _kept(self, name: str, file: str, data: bytes) -> dict[str, Any]:
        if len(data) > blobs.LIMIT:
            raise TooBig("big")
        async with self._database.transaction() as (session, now):
            kept = await blobs.keep(session, name, MIMES[file], data, now)
            turn = Turn(session, now, self._config())
            number = int(kept.source.partition(":")[2])
            await due.put(turn, key=f"export.forget:{number}", kind="export.forget",
                          due_at=now + KEPT, blob=number)  # fmt: skip
        return {"name": name, "size": kept.size, "source": kept.source}


async def write(
    database: Database, config: Config, source: Source, file: str, stream: BinaryIO,
    reader: Reader, now: datetime, *, most: int = MOST, limit: int | None = None,
) -> int:  # fmt: skip
    """All rows of `source` into `stream`, a batch at a time; how many keys there were.

    Each batch is a reading of its own, since PostgreSQL ends one that idles for 2 s while a thread
    writes; raises TooBig beyond `most` keys or `limit` bytes.
    """
    keys: list[int] = []
    async for page in _pages(database, config, source, now):
        keys += page
        if len(keys) > most:
            raise TooBig("many")
    written = await asyncio.to_thread(sheet, file, stream, source.columns, reader.tzinfo)
    for start in range(0, len(keys), BATCH):
        async with database.reading() as session:
            work = await source.read(Turn(session, now, config), keys[start : start + BATCH])
        await asyncio.to_thread(_add, written, work)
        if limit is not None and stream.tell() > limit:
            raise TooBig("big")
    await asyncio.to_thread(written.close)
    return len(keys)


def _add(written: Sheet, work: Work) -> None:
    """In a thread; after each row the event loop may have the interpreter."""

    def gently() -> Iterator[Sequence[Cell]]:
        for row in work():
            yield row
            time.sleep(0)

    written.add(gently())


async def _pages(
    database: Database, config: Config, source: Source, now: datetime
) -> AsyncIterator[list[int]]:  # fmt: skip
    after = 0
    while True:
        async with database.reading() as session:
            page = await source.keys(Turn(session, now, config), after, PAGE)
        if page:
            yield page
            after = page[-1]
        if len(page) < PAGE:
            return


@due_kinds.kind("export.forget", says=_m("A file that was made is thrown away."),
                cls=Class.DIGEST)  # fmt: skip
async def forget(turn: Turn, items: Sequence[DueWork]) -> None:
    """What was sent is with whoever ordered it."""
    await blobs.forget(turn.session, [item.payload["blob"] for item in items])
