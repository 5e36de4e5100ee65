"""A copy of the database while the bot runs, putting it back, and moving it to another engine."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from storage.revision import known, standing

BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a file


class BackupError(Exception):
    """A sentence for the operator, with what to do."""


async def backup(url: str, target: Path) -> None:
    """Write the database into a file of its own, without holding up whoever writes."""
    _may_write(target)
    found, part = make_url(url), _part_of(target)
    try:
        if found.get_backend_name() == "sqlite":
            await asyncio.to_thread(_copy_sqlite, file_of(found), part)
        else:
            await _run("pg_dump", found, "--format=custom", f"--file={part}")
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


@asynccontextmanager
async def unpacked(url: str, source: Path) -> AsyncIterator[str]:
    """The URL at which the backup stands, to be made ready before it is `put_in_force`.

    On SQLite a file beside the database, which is untouched until then; on PostgreSQL the database
    itself, which must be empty. The caller holds the lock of `run`.
    """
    _may_read(source)
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        if await standing(url) is not None:
            raise BackupError("The database is not empty; restore into a new one.")
        await _run("pg_restore", found, "--exit-on-error", "--no-owner", "--single-transaction",
                   str(source))  # fmt: skip
        await _is_ours(url, source)
        yield url
        return
    part = _part_of(file_of(found))
    try:
        await asyncio.to_thread(_check, source)
        await asyncio.to_thread(shutil.copyfile, source, part)
        there = found.set(database=str(part)).render_as_string(hide_password=False)
        await _is_ours(there, source)
        yield there
    finally:
        for ending in ("", *BESIDE):
            _with(part, ending).unlink(missing_ok=True)


async def _is_ours(url: str, source: Path) -> None:
    found = await standing(url)
    if found not in known():
        raise BackupError(f"{source} is of a newer version of Liaison, or of another program "
                          f"(its tables: {found}); this version cannot use it.")  # fmt: skip


def put_in_force(url: str, now: datetime) -> Path | None:
    """Let what is `unpacked` be the database; returns where the replaced file is kept."""
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        return None
    target = file_of(found)
    kept = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    was_there = target.exists()
    for ending in ("", *BESIDE):  # as they are: it may be damaged, which is why it is replaced
        if _with(target, ending).exists():
            _with(target, ending).rename(_with(kept, ending))
    _part_of(target).rename(target)
    return kept if was_there else None


def _may_write(target: Path) -> None:
    if target.exists():
        raise BackupError(f"{target} is there already; choose another name.")
    folder = target.absolute().parent
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}; make it first.")


def _may_read(source: Path) -> None:
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")


def file_of(url: URL) -> Path:
    return Path(url.database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    """One read of a snapshot: in WAL mode it holds up nobody, and is not begun again by writes."""
    if not source.is_file():
        raise BackupError(f"There is no database {source}; see DATABASE_URL.")
    with _opened(source) as reading, _opened(target) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
    _check(target)


def _check(file: Path) -> None:
    """Raises unless the file is a whole database of ours."""
    try:
        with _opened(file) as database:
            [whole] = database.execute("PRAGMA integrity_check").fetchone()
            tables = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is no backup of Liaison: {error}.") from error
    if whole != "ok" or tables is None:
        raise BackupError(f"{file} is damaged: {whole}.")


def _part_of(target: Path) -> Path:
    return _with(target, ".part")


def _with(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.name}{ending}")


class _opened:
    """sqlite3's own context manager commits and leaves the file open."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_fault: object) -> None:
        self._connection.close()


async def _run(program: str, url: URL, *arguments: str) -> None:
    """A program of PostgreSQL's; the password goes through the environment, never the list."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not there: install PostgreSQL's client programs.")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    process = await asyncio.create_subprocess_exec(
        found, f"--dbname={address}", *arguments, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    if process.returncode:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise BackupError(f"{program} failed: {' '.join(last)}")
