"""Files: three calls, of which only the last shows anything; the id is committed before it."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot import naming
from bot.chat import File
from bot.clock import pause
from bot.errors import DeliveryError, Rejected
from bot.outbox import Parcel, Receipt
from bot.platforms.slack import payload
from bot.platforms.slack.client import SlackClient
from bot.platforms.slack.payload import Raw

FILE = "file:"  # a receipt that names the file, where Slack did not tell the message
LOOKS = 4  # Slack shares a file a moment after it was completed
BETWEEN_LOOKS = 0.25
DOWNLOAD = 20 * 1024 * 1024  # as Telegram hands out: no file beyond it is held in memory


class Files:
    """Uploads, downloads and finds files."""

    def __init__(
        self,
        client: SlackClient,
        fetch: Callable[[File], Awaitable[bytes]],
        save_progress: Callable[[int, str], Awaitable[None]],
    ) -> None:
        self._client = client
        self._fetch = fetch
        self._save = save_progress

    async def post(self, parcel: Parcel, channel: str) -> Receipt:
        message = parcel.message
        if message is None or len(message.files) != 1 or message.parts:
            raise Rejected("a file travels alone, without words")
        file_id = await self._completed(parcel, message.files[0], channel)
        for _ in range(LOOKS):
            found = await self._shared(file_id, channel)
            if found:
                return found
            await pause(BETWEEN_LOOKS)
        return Receipt(FILE + file_id)

    async def _completed(self, parcel: Parcel, file: File, channel: str) -> str:
        """Share the file of an earlier attempt, or a new one if Slack has thrown that away."""
        if parcel.progress:
            try:
                return await self._complete(parcel, channel, parcel.progress)
            except Rejected as error:
                if error.reason != "file_not_found":
                    raise
        file_id = await self._upload(file)
        await self._save(parcel.id, file_id)
        return await self._complete(parcel, channel, file_id)

    async def _complete(self, parcel: Parcel, channel: str, file_id: str) -> str:
        given: dict[str, Any] = {"files": [{"id": file_id}]}
        if parcel.address.thread:
            given["thread_ts"] = parcel.address.thread
        await self._client.call("files_completeUploadExternal", channel_id=channel, **given)
        return file_id

    async def find(self, file_id: str, channel: str) -> Receipt | None:
        """Whether a file in doubt stands in the channel; without an id it was never shared."""
        if not file_id:
            return None
        info = await self._info(file_id)
        return _share(info, channel)

    async def delete(self, file_id: str) -> None:
        await self._client.call("files_delete", file=file_id)

    async def describe(self, file_id: str) -> dict[str, Any]:
        info = await self._info(file_id)
        return {
            "name": naming.file(payload.text(info, "name")),
            "mime": payload.text(info, "mimetype"),
            "size": payload.number(info, "size"),
        }

    async def download(self, file_id: str) -> bytes:
        info = await self._info(file_id)
        url = payload.first(info, "url_private_download", "url_private")
        if not url:
            raise Rejected(f"Slack gives no address for file {file_id}")
        size = payload.number(info, "size")
        if size > DOWNLOAD:
            raise Rejected("too big")
        data = await self._client.fetch(url)
        if size and len(data) != size:  # without the right to it Slack sends its sign-in page
            raise Rejected(f"Slack sent {len(data)} bytes of {size}: is files:read granted?")
        return data

    async def _upload(self, file: File) -> str:
        data = await self._bytes(file)
        name = file.name or await self._named(file.source) or "file"
        answer = await self._client.call(
            "files_getUploadURLExternal", reading=True, filename=name, length=len(data)
        )
        await self._client.upload(payload.needed(answer, "upload_url"), data)
        return payload.needed(answer, "file_id")

    async def _named(self, source: str) -> str:
        """The name of a file of another company, which events do not tell."""
        place, _, file_id = source.partition(":")
        return str((await self.describe(file_id))["name"]) if place == "slack" else ""

    async def _bytes(self, file: File) -> bytes:
        place, _, name = file.source.partition(":")
        data = await (self.download(name) if place == "slack" else self._fetch(file))
        if not data:
            raise Rejected(f"file {file.name!r} is empty")
        return data

    async def _shared(self, file_id: str, channel: str) -> Receipt | None:
        """After completing, doubt about the message's ts must not become doubt about the file."""
        try:
            return _share(await self._info(file_id), channel)
        except DeliveryError:
            return None

    async def _info(self, file_id: str) -> Raw:
        answer = await self._client.call("files_info", reading=True, file=file_id)
        return payload.table(answer, "file")


def _share(info: Raw, channel: str) -> Receipt | None:
    for kind in ("public", "private"):
        for share in payload.rows(payload.table(info, "shares", kind), channel):
            return Receipt(payload.needed(share, "ts"))
    return None
