"""The log: keys on every line, tracebacks without values, JSON that machines read."""

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest

from bot import logs

log = logging.getLogger("bot.test")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The test's own handlers come back, and libraries are as loud as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loudness = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:], root.level = handlers, level
    for name, was in loudness.items():
        logging.getLogger(name).setLevel(was)


def _stumble() -> None:
    words = "the partner's own words"
    try:
        raise LookupError(len(words))
    except LookupError:
        log.exception("event %s set aside", "telegram:991")


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_traceback_shows_no_values(
    style: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(style)
    _stumble()
    written = capsys.readouterr().err
    assert "event telegram:991 set aside" in written
    assert "LookupError" in written
    assert "own words" not in written


def test_lines_carry_the_keys_of_what_they_belong_to(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    with logs.about(event_key="slack:Ev1"), logs.about(delivery_key="ticket:12"):
        log.info("sent")
    log.info("idle")
    sent, idle = capsys.readouterr().err.splitlines()
    assert "event_key=slack:Ev1" in sent
    assert "delivery_key=ticket:12" in sent
    assert "key" not in idle


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", "DEBUG")
    with logs.about(event_key="telegram:7"):
        log.debug("%s handled", "消息")
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["event_key"], line["level"]) == (
        "消息 handled", "telegram:7", "debug",
    )  # fmt: skip
    assert line["timestamp"].endswith("Z")


def test_levels_and_libraries_that_would_log_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="WARNING")
    log.info("too quiet")
    logging.getLogger("httpx").info("HTTP Request: POST https://host/bot123:TOKEN/sendMessage")
    assert capsys.readouterr().err == ""
