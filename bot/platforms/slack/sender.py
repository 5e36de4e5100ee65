"""Delivers one parcel to Slack, and finds out whether one in doubt arrived."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.chat import HOME, File, Message
from bot.clock import Clock
from bot.errors import InDoubt, Rejected, TryLater
from bot.outbox import Parcel, Receipt
from bot.platforms.slack import payload, render, tiers
from bot.platforms.slack.asks import Asks
from bot.platforms.slack.client import CALL, SlackClient
from bot.platforms.slack.files import FILE, Files

EVENT_TYPE = "liaison_delivery"
SETTLE = timedelta(seconds=10)  # a call given up may still arrive for so long
SKEW = timedelta(minutes=5)  # between our clock and Slack's
PAGE = 100
PAGES = 5

Fetch = Callable[[File], Awaitable[bytes]]
SaveProgress = Callable[[int, str], Awaitable[None]]


class SlackSender:
    """`fetch` reads files from elsewhere; `save_progress` commits a file id before sharing."""

    platform = "slack"
    slowest = tiers.PATIENCE + CALL

    def __init__(
        self, client: SlackClient, clock: Clock, fetch: Fetch, save_progress: SaveProgress
    ) -> None:
        self._client = client
        self._clock = clock
        self._files = Files(client, fetch, save_progress)
        self._asks = Asks(client, self._files)
        self._conversations: dict[str, str] = {}
        self._opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def post(self, parcel: Parcel) -> Receipt:
        message = _message(parcel)
        chat = parcel.address.chat
        if chat.startswith(HOME):
            return await self._publish(chat.removeprefix(HOME), message)
        channel = await self._channel(chat)
        if message.files:
            return await self._files.post(parcel, channel)
        given: dict[str, Any] = {
            **_rendered(message),
            "channel": channel,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": parcel.delivery_id}},
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        if parcel.address.thread:
            given["thread_ts"] = parcel.address.thread
        if message.speaker:
            given["username"] = message.speaker
        answer = await self._client.call("chat_postMessage", **given)
        return _receipt(answer)

    async def edit(self, parcel: Parcel) -> Receipt:
        message = _message(parcel)
        chat = parcel.address.chat
        if chat.startswith(HOME):
            return await self._publish(chat.removeprefix(HOME), message)
        await self._client.call(
            "chat_update",
            channel=await self._channel(chat),
            ts=parcel.message_id,
            **_rendered(message),
        )
        return Receipt(parcel.message_id)

    async def delete(self, parcel: Parcel) -> None:
        """Gone already is as good as deleted."""
        try:
            if parcel.message_id.startswith(FILE):
                await self._files.delete(parcel.message_id.removeprefix(FILE))
            else:
                channel = await self._channel(parcel.address.chat)
                await self._client.call("chat_delete", channel=channel, ts=parcel.message_id)
        except Rejected as error:
            if not error.gone:
                raise

    async def topic(self, _parcel: Parcel) -> Receipt:
        raise Rejected("Slack has threads, no topics")

    async def verify(self, parcel: Parcel) -> Receipt | None:
        """Only a post can be in doubt: an edit, a deletion or a Home is simply repeated."""
        if parcel.message_id or parcel.message is None or parcel.address.chat.startswith(HOME):
            return None
        rest = parcel.started_at + SETTLE - self._clock.real()
        if rest > timedelta(0):
            raise TryLater("waits until the call surely ended", rest)
        channel = await self._channel(parcel.address.chat)
        if parcel.message.files:
            return await self._files.find(parcel.progress, channel)
        return await self._find(parcel, channel)

    async def ask(self, parcel: Parcel) -> dict[str, Any]:
        return await self._asks.answer(parcel.question)

    async def rights(self, chat: str) -> dict[str, Any]:
        """{"missing": scopes, "member": whether we are in `chat`}."""
        return await self._asks.answer({"what": "rights", "chat": chat})

    async def fetch_file(self, file_id: str) -> bytes:
        """The bytes of a file that was sent to us in Slack."""
        return await self._files.download(file_id)

    async def _publish(self, user: str, message: Message) -> Receipt:
        try:
            view = render.home(message)
        except ValueError as error:
            raise Rejected(str(error)) from error
        answer = await self._client.call("views_publish", user_id=user, view=view)
        return Receipt(payload.text(answer, "view", "id") or user)

    async def _channel(self, chat: str) -> str:
        """A person is written to in the conversation that Slack opens for us."""
        if not chat.startswith(("U", "W")):
            return chat
        async with self._opening[chat]:  # rows that are looked for together ask once
            if chat not in self._conversations:
                answer = await self._client.call("conversations_open", reading=True, users=[chat])
                self._conversations[chat] = payload.needed(answer, "channel", "id")
        return self._conversations[chat]

    async def _find(self, parcel: Parcel, channel: str) -> Receipt | None:
        """Look for our delivery id in what was posted since; the newest first, or the thread."""
        cursor = ""
        for _ in range(PAGES):
            page = await self._page(parcel, channel, cursor)
            for row in payload.rows(page, "messages"):
                if _delivery_id(row) == parcel.delivery_id:
                    return Receipt(payload.needed(row, "ts"))
            cursor = payload.text(page, "response_metadata", "next_cursor")
            if not cursor:
                return None
        raise InDoubt(f"not among the {PAGE * PAGES} messages looked at")

    async def _page(self, parcel: Parcel, channel: str, cursor: str) -> dict[str, Any]:
        given: dict[str, Any] = {
            "channel": channel,
            "limit": PAGE,
            "include_all_metadata": True,
            "oldest": payload.stamp(parcel.started_at - SKEW),
        }
        if cursor:
            given["cursor"] = cursor
        if parcel.address.thread:
            given["ts"] = parcel.address.thread
            return await self._client.call("conversations_replies", reading=True, **given)
        return await self._client.call("conversations_history", reading=True, **given)


def _message(parcel: Parcel) -> Message:
    if parcel.message is None:
        raise Rejected("nothing to say")
    return parcel.message


def _rendered(message: Message) -> dict[str, Any]:
    try:
        return render.message(message)
    except ValueError as error:
        raise Rejected(str(error)) from error


def _receipt(answer: dict[str, Any]) -> Receipt:
    try:
        return Receipt(payload.needed(answer, "ts"))
    except payload.Unreadable as error:
        raise InDoubt(f"an answer without ts: {error}") from error


def _delivery_id(row: dict[str, Any]) -> str:
    if payload.text(row, "metadata", "event_type") != EVENT_TYPE:
        return ""
    return payload.text(row, "metadata", "event_payload", "id")
