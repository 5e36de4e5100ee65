"""Places where a process can be told to kill itself: after a commit, around each platform call."""

import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from slack_bolt.adapter.socket_mode import async_internals
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from telegram.request import HTTPXRequest

import bot.app
from bot.platforms.slack import app as slack_app
from bot.platforms.slack import socket as slack_socket
from bot.platforms.slack.client import SlackClient
from bot.platforms.telegram import account
from storage.db import Database, Session

AT, NTH = "LIAISON_FAIL_AT", "LIAISON_FAIL_NTH"  # a glob, and which passage of it
TOPIC_CALLS = ("createForumTopic", "editForumTopic", "closeForumTopic")
AROUND = (
    "ack", "getUpdates",
    "chat_postMessage", "chat_update", "chat_delete",
    "files_getUploadURLExternal", "upload", "files_completeUploadExternal",
    "sendMessage", "sendDocument", "editMessageText", "deleteMessage", "answerCallbackQuery",
    *TOPIC_CALLS,
)  # fmt: skip
PLACES = ("commit", *(f"{when} {call}" for call in AROUND for when in ("before", "after")))


class Failpoint:
    """kill -9 of this process at one passage of a place."""

    def __init__(self) -> None:
        self._at, self._left = "", 0

    def arm(self, at: str, nth: int) -> None:
        self._at, self._left = at, nth

    def passes(self, place: str) -> None:
        if not fnmatchcase(place, self._at):
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


POINT = Failpoint()


class CommitsPass(Database):
    """Dies after the commit, before any loop that it woke has run."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[tuple[Session, datetime]]:
        async with super().transaction() as opened:
            yield opened
        POINT.passes("commit")

    @asynccontextmanager
    async def marking(self) -> AsyncIterator[Session]:
        async with super().marking() as session:
            yield session
        POINT.passes("commit")


class SlackCallsPass(SlackClient):
    async def answer(
        self, method: str, *, reading: bool = False, **given: Any
    ) -> AsyncSlackResponse:
        POINT.passes(f"before {method}")
        response = await super().answer(method, reading=reading, **given)
        POINT.passes(f"after {method}")
        return response

    async def upload(self, url: str, data: bytes) -> None:
        POINT.passes("before upload")
        await super().upload(url, data)
        POINT.passes("after upload")


class TelegramCallsPass(HTTPXRequest):
    async def do_request(self, url: str, *args: Any, **more: Any) -> tuple[int, bytes]:
        method = url.rpartition("/")[2]
        POINT.passes(f"before {method}")
        answer = await super().do_request(url, *args, **more)
        POINT.passes(f"after {method}")
        return answer


async def _acknowledge(*args: Any) -> None:
    POINT.passes("before ack")
    await async_internals.send_async_response(*args)  # type: ignore[no-untyped-call]
    POINT.passes("after ack")


def install(environment: Mapping[str, str]) -> None:
    """Put the passages around what the bot is composed of; arm the one that is asked for."""
    POINT.arm(environment.get(AT, ""), int(environment.get(NTH, "0")))
    bot.app.Database = CommitsPass  # type: ignore[misc]
    slack_app.SlackClient = SlackCallsPass  # type: ignore[misc]
    slack_socket.send_async_response = _acknowledge  # type: ignore[assignment]
    account.HTTPXRequest = TelegramCallsPass  # type: ignore[misc]
