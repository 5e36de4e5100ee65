"""Posting one file: Telegram's own by its id, all others by their bytes."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, InputFile, ReplyParameters
from telegram import Message as Sent
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.chat import File
from bot.errors import DeliveryError, Rejected, TryLater
from bot.platforms.telegram import content

PHOTO = 10 * 1024 * 1024  # as a photo; bigger pictures go as documents
UPLOAD = 50 * 1024 * 1024
PICTURES = ("image/jpeg", "image/png")
# what Telegram says of an id that was sent as the wrong kind, and of pictures it cannot show
WRONG_KIND = ("file of type", "type of file mismatch")
NO_PICTURE = ("photo_invalid_dimensions", "image_process_failed", "photo_ext_invalid")

Fetch = Callable[[File], Awaitable[bytes]]
Put = Callable[[str, str | InputFile], Awaitable[Sent]]

# names that we gave at the door (content.py) tell which method takes the id back
KINDS = {
    content.PHOTO: "photo",
    content.VOICE: "voice",
    content.VIDEO: "video",
    content.VIDEO_NOTE: "video_note",
    content.ANIMATION: "animation",
    content.AUDIO: "audio",
}


async def post_file(
    bot: Bot, chat: str, thread: int | None, answers: ReplyParameters | None, file: File,
    caption: str, fetch: Fetch,
) -> Sent:  # fmt: skip
    """A file of Telegram's that refuses its id as this kind is fetched and sent as a document.

    Falling back repeats nothing: what a 400 answers was not sent.
    """
    put = _putter(bot, chat, thread, answers, caption)
    if file.source.startswith("telegram:"):
        try:
            return await put(_kind(file), file.source.removeprefix("telegram:"))
        except BadRequest as error:
            if not _says(error, WRONG_KIND):
                raise
    data = await _bytes(file, fetch)
    if file.mime in PICTURES and len(data) <= PHOTO:
        try:
            return await put("photo", InputFile(data, filename=file.name))
        except BadRequest as error:
            if not _says(error, NO_PICTURE):
                raise
    return await put("document", InputFile(data, filename=file.name))


def _says(error: BadRequest, parts: tuple[str, ...]) -> bool:
    return any(part in error.message.lower() for part in parts)


def _kind(file: File) -> str:
    if file.name in KINDS:
        return KINDS[file.name]
    return next((k for k in ("audio", "video") if file.mime.startswith(f"{k}/")), "document")


async def _bytes(file: File, fetch: Fetch) -> bytes:
    try:
        data = await fetch(file)
    except DeliveryError:
        raise
    except Exception as error:
        raise TryLater(f"cannot fetch {file.source}: {type(error).__name__}") from error
    if len(data) > UPLOAD:
        raise Rejected(f"too big: {file.name} has {len(data)} bytes, Telegram takes {UPLOAD}")
    if not data:
        raise Rejected(f"{file.name} is empty")
    return data


def _putter(
    bot: Bot, chat: str, thread: int | None, answers: ReplyParameters | None, caption: str
) -> Put:
    common: dict[str, Any] = {"chat_id": chat, "message_thread_id": thread,
                              "reply_parameters": answers}  # fmt: skip
    worded = {**common, "caption": caption or None, "parse_mode": ParseMode.HTML}

    async def put(kind: str, file: str | InputFile) -> Sent:
        method = getattr(bot, f"send_{kind}")
        options = common if kind == "video_note" else worded  # a round video has no caption
        sent: Sent = await method(**{kind: file}, **options)
        return sent

    return put
