"""What whoever types a command is told when it cannot be done: a sentence, never a traceback."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from main import cli
from tests.core.walls import ROOT


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the demo's liaison.toml, and nothing in the environment."""
    for name in ("SLACK_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", "DATABASE_URL", "LIAISON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(ROOT / "liaison.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _say(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run",), "set SLACK_BOT_TOKEN or TELEGRAM_BOT_TOKEN"),
        (("import", "nosuch.csv"), "There is no file nosuch.csv."),
        (("manifest", "--no-socket"), "--url https://"),
        (("sandbox", "--at", "nonsense"), "2026-12-03T15:40:00+08:00"),
        (("sandbox", "--at", "2026-12-03"), "2026-12-03T15:40:00+08:00"),
        (("sandbox", "--port", "70000"), "65535"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], told: str) -> None:
    answer = _say(*words)
    assert answer.exit_code == 2
    assert told in answer.output


def test_check_names_the_tables_and_the_tokens_at_once(here: Path) -> None:
    answer = _say("check")
    assert answer.exit_code == 2
    assert "run main.py db upgrade first" in answer.output
    assert "set SLACK_BOT_TOKEN or TELEGRAM_BOT_TOKEN" in answer.output


def test_the_sandbox_says_what_keeps_it_from_starting(here: Path) -> None:
    settings = here / "liaison.toml"
    settings.write_text(settings.read_text("utf-8").replace("Asia/Shanghai", "Mars/X"), "utf-8")
    faulty = _say("sandbox").output
    assert "'Mars/X' is no IANA zone" in faulty
    assert "at least 1 item" not in faulty  # no managers are left, for their zones are wrong
    settings.unlink()
    settings.mkdir()
    assert "cannot be read" in _say("sandbox").output
    settings.rmdir()
    shutil.copy(ROOT / "liaison.toml", here)
    (here / ".sandbox").touch()
    assert "cannot be written" in _say("sandbox").output


def test_ctrl_c_ends_the_sandbox_quietly_and_a_second_one_is_refused(here: Path) -> None:
    """The second one would take the first one's messages; and a port has one program."""
    (here / "elsewhere").mkdir()
    shutil.copy(here / "liaison.toml", here / "elsewhere")
    command = [sys.executable, str(ROOT / "main.py"), "sandbox", "--port"]
    said = here / "said"
    with said.open("w") as written:
        first = subprocess.Popen([*command, "8795"], stdout=written, stderr=written, cwd=here)
    try:
        until = time.monotonic() + 60
        while "Ctrl-C" not in said.read_text() and time.monotonic() < until:
            time.sleep(0.1)
        second = subprocess.run([*command, "8796"], stderr=subprocess.PIPE, cwd=here, check=False)
        assert "a sandbox runs here already" in second.stderr.decode()
        taken = subprocess.run([*command, "8795"], stderr=subprocess.PIPE,
                               cwd=here / "elsewhere", check=False)  # fmt: skip
        assert taken.stderr.decode().startswith("--port: 8795 cannot be used")
    finally:
        first.send_signal(signal.SIGINT)
        assert first.wait(30) == 0
    assert "Traceback" not in said.read_text()
