"""files.*: the three steps of an upload, its facts, and the download."""

import asyncio
import mimetypes
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from sandbox.slack import events, shapes
from sandbox.slack.api_common import member_channel
from sandbox.slack.core import Core
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import SlackError
from sandbox.slack.stamps import norm_ts
from sandbox.slack.talk import Talk
from sandbox.slack.wire import Args
from sandbox.slack.world import Channel, FileRecord, Raw


class FilesApi:
    """The methods by their names, and the two addresses for bytes."""

    def __init__(self, core: Core, talk: Talk, delivery: Delivery) -> None:
        self._core, self._talk, self._delivery = core, talk, delivery
        self._uploads: dict[str, str] = {}

    def files_getUploadURLExternal(self, args: Args) -> Raw:
        if args.was_json:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] unsupported type"]}
            )
        name = args.need("filename")
        length = args.need("length")
        if not length.isdigit() or int(length) == 0:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] invalid length"]}
            )
        record = self.new_file(name, int(length), self._core.app.bot_user)
        key = secrets.token_urlsafe(24)
        self._uploads[key] = record.id
        return {
            "upload_url": f"{self._core.base_url}/slack/files/upload/{key}",
            "file_id": record.id,
        }

    def new_file(self, name: str, size: int, user: str, mime: str = "") -> FileRecord:
        core = self._core
        record = FileRecord(
            id=core.world.new_id("F"),
            name=name,
            title=name,
            mimetype=mime or mimetypes.guess_type(name)[0] or "application/octet-stream",
            size=size,
            user=user,
            team=core.world.users[user].team,
            created=core.seconds(),
        )
        core.world.files[record.id] = record
        return record

    async def upload(self, request: Request) -> Response:
        """The bytes themselves, raw or as a form's file."""
        record = self._core.world.files.get(self._uploads.get(request.path_params["key"], ""))
        if record is None:
            return PlainTextResponse("not found", 404)
        data = await _bytes(request)
        if len(data) != record.size:
            return PlainTextResponse("length differs from the one announced", 400)
        record.data = data
        self._core.remember("files.upload", {"file": record.id, "size": len(data)})
        return PlainTextResponse(f"OK - {len(data)}")

    def files_completeUploadExternal(self, args: Args) -> Raw:
        given = args.json("files", "invalid_arguments")
        if not isinstance(given, list) or not given:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] missing: files"]}
            )
        records = [self._uploaded(item) for item in given]
        targets = [c for c in (args.text("channel_id") or args.text("channels")).split(",") if c]
        channels = [member_channel(self._core, target) for target in targets]
        thread = (
            norm_ts(args.text("thread_ts"), "invalid_thread_ts") if args.text("thread_ts") else ""
        )
        if thread and any(channel.find(thread) is None for channel in channels):
            raise SlackError("thread_not_found")
        for record, item in zip(records, given, strict=True):
            record.complete, record.title = True, str(item.get("title") or record.name)
        answer = [shapes.file(self._core, record) for record in records]
        for channel in channels:
            self._share_soon(channel, records, args.text("initial_comment"), thread)
        return {"files": answer}

    def _uploaded(self, item: Any) -> FileRecord:
        record = self._core.world.files.get(item.get("id", "")) if isinstance(item, dict) else None
        if record is None or record.data is None:
            raise SlackError("file_not_found")
        if record.complete:
            raise SlackError("file_update_failed")
        return record

    def _share_soon(
        self, channel: Channel, records: list[FileRecord], comment: str, thread: str
    ) -> None:
        raw: Raw = {
            "type": "message",
            "user": self._core.app.bot_user,
            "bot_id": self._core.app.bot_id,
            "app_id": self._core.app.id,
            "team": self._core.app.team,
            "bot_profile": self._core.bot_profile(),
            "text": comment,
            "display_as_bot": False,
        }
        if self._core.timing.share <= 0:
            self.share(channel, records, raw, thread)
        else:
            self._delivery.spawn(self._share_later(channel, records, raw, thread))

    async def _share_later(
        self, channel: Channel, records: list[FileRecord], raw: Raw, thread: str
    ) -> None:
        await asyncio.sleep(self._core.timing.share)
        self.share(channel, records, raw, thread)

    def share(self, channel: Channel, records: list[FileRecord], raw: Raw, thread: str) -> str:
        """The message that shows the files; returns its ts."""
        core = self._core
        foreign = channel.is_shared and any(record.team != core.app.team for record in records)
        files = [shapes.stranger_file(r) if foreign else shapes.file(core, r) for r in records]
        placed: Raw = {"thread_ts": thread} if thread else {}
        message = self._talk.post(
            channel, {**raw, **placed, "subtype": "file_share", "files": files, "upload": False}
        )
        for record in records:
            record.shares.append({"channel": channel.id, "ts": message.ts, **placed})
            event = events.file_shared(channel, record.id, record.user, core.stamp())
            self._talk.emit(event, channel, record.team)
        core.remember(
            "message.file_share",
            {"files": [r.id for r in records]},
            channel=channel.id,
            ts=message.ts,
        )
        return message.ts

    def files_info(self, args: Args) -> Raw:
        core = self._core
        record = core.world.files.get(args.need("file", "file_not_found"))
        if record is None or not self._may_see(record):
            raise SlackError("file_not_found")
        return {
            "file": shapes.file(core, record, shares=True),
            "comments": [],
            "response_metadata": {"next_cursor": ""},
        }

    def _may_see(self, record: FileRecord) -> bool:
        if record.user == self._core.app.bot_user:
            return True
        rooms = (self._core.world.channels[share["channel"]] for share in record.shares)
        return any(self._core.hears_channel(room) for room in rooms)

    async def download(self, request: Request) -> Response:
        """url_private: the bytes with the app's token, Slack's sign-in page without it."""
        core = self._core
        record = core.world.files.get(request.path_params["file"].partition("-")[2])
        if record is None or record.data is None:
            return PlainTextResponse("not found", 404)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if (
            token != core.app.bot_token
            or "files:read" not in core.app.scopes
            or not self._may_see(record)
        ):
            return RedirectResponse(f"{core.base_url}/slack/signin", 302)
        return Response(record.data, media_type=record.mimetype)

    async def signin(self, _request: Request) -> Response:
        return HTMLResponse("<!DOCTYPE html><html><title>Sign in | Slack</title></html>")


async def _bytes(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
