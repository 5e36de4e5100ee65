"""Direct replies: what rides on the acknowledgement, and what runs in a task behind it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.chat import Choice, Direct, Event, Message
from bot.errors import DeliveryError
from bot.platforms.slack import payload, render
from bot.platforms.slack.client import SlackClient
from bot.platforms.slack.payload import Raw

log = logging.getLogger(__name__)

# said where the reader's language is not at hand: Slack gave us three seconds and they passed
TOO_LATE = "That took too long. Please try again. / 处理超时，请再试一次。"
NO_FIELD = "?"


class Replies:
    """`ack` gives the body of an acknowledgement; what needs the network starts as a task."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()

    def ack(self, kind: str, body: Raw, event: Event, direct: Direct) -> Raw:
        """The acknowledgement of one act; tasks for the rest are started by this call."""
        if kind == "view_submission":
            return _after_submit(body, direct)
        if direct.form is not None:
            self._start(self._open(body, render.form(direct.form)))
        if direct.message is None:
            return {}
        said = _ephemeral(direct.message)
        if kind == "slash_commands":
            return said
        url = payload.text(body, "response_url")
        if url:
            self._start(self._say(url, body, event, said))
        else:
            self._start(self._open(body, render.notice(direct.message)))
        return {}

    def options(self, choices: list[Choice]) -> Raw:
        return {"options": render.options(choices[: render.OPTIONS])}

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, body: Raw, view: Raw) -> None:
        """On top of the modal it was pressed in, if there is one."""
        in_modal = payload.text(body, "view", "type") == "modal"
        method = "views_push" if in_modal else "views_open"
        try:
            await self._client.call(method, trigger_id=payload.text(body, "trigger_id"), view=view)
        except DeliveryError as error:
            log.warning("modal %s not opened: %s", view.get("callback_id"), error.reason)
            url = payload.text(body, "response_url")
            if url:
                await self._client.respond(url, {"response_type": "ephemeral", "text": TOO_LATE})

    async def _say(self, url: str, body: Raw, event: Event, said: Raw) -> None:
        """Seen by the presser alone; an ephemeral message that was pressed is replaced."""
        said["replace_original"] = payload.flag(body, "container", "is_ephemeral")
        if event.where.thread:
            said["thread_ts"] = event.where.thread
        if not await self._client.respond(url, said):
            log.warning("%s: the answer came too late for its response_url", event.key)


def _ephemeral(message: Message) -> Raw:
    return {"response_type": "ephemeral", **render.message(message)}


def _after_submit(body: Raw, direct: Direct) -> Raw:
    if direct.errors:
        return {"response_action": "errors", "errors": _errors(body, dict(direct.errors))}
    if direct.form is not None:
        return {"response_action": "update", "view": render.form(direct.form)}
    return {"response_action": "clear"}


def _errors(body: Raw, told: dict[str, str]) -> dict[str, str]:
    """Slack shows an error only at a field: what concerns the whole form goes to the first."""
    blocks = payload.rows(body, "view", "blocks")
    names = [payload.text(block, "block_id") for block in blocks if block.get("type") == "input"]
    shown: dict[str, str] = {}
    for name, words in told.items():
        place = name if name in names else next(iter(names), NO_FIELD)
        shown[place] = f"{shown[place]} {words}" if place in shown else words
    return shown


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """The event is committed: what fails here may not reach the acknowledgement."""
    try:
        await work
    except Exception:
        log.exception("a direct reply failed")
