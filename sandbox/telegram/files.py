"""Keeps uploaded files and describes them as the Bot API does."""

import mimetypes
import struct
from pathlib import PurePosixPath

from sandbox.telegram.errors import bad
from sandbox.telegram.params import Call, Upload
from sandbox.telegram.world import Json, StoredFile, World

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
PREFIX = {
    "photo": "AgACAgIAAxkBAAI",
    "document": "BQACAgIAAxkBAAI",
    "voice": "AwACAgIAAxkBAAI",
    "video": "BAACAgIAAxkBAAI",
    "audio": "CQACAgIAAxkBAAI",
    "sticker": "CAACAgIAAxkBAAI",
    "animation": "CgACAgIAAxkBAAI",
}
FOLDER = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "sticker": "stickers",
    "animation": "animations",
}
SUFFIX = {"photo": ".jpg", "voice": ".oga", "sticker": ".webp", "video": ".mp4"}
THUMB = 320  # the longest side of a photo's smaller version


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG; None when it is no such picture."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def store(
    world: World,
    kind: str,
    upload: Upload,
    size: tuple[int, int] = (0, 0),
    claim: int | None = None,
) -> StoredFile:
    """A new file under a new id; `claim` is a size it pretends to have."""
    world.last_file += 1
    number = world.last_file
    suffix = SUFFIX.get(kind) or PurePosixPath(upload.name).suffix
    stored = StoredFile(
        file_id=f"{PREFIX[kind]}{number:08d}AAFLiaisonAC",
        unique_id=f"AQAD{number:08d}",
        kind=kind,
        path=f"{FOLDER[kind]}/file_{number}{suffix}",
        name=upload.name,
        mime=upload.mime,
        data=upload.data,
        width=size[0],
        height=size[1],
        size_override=claim,
    )
    world.files[stored.file_id] = stored
    return stored


def content(world: World, kind: str, upload: Upload, claim: int | None = None) -> Json:
    """The message content for a new file, e.g. {"document": {…}}; photos come in two sizes."""
    if kind == "photo":
        return {"photo": _photo_sizes(world, upload)}
    mime = upload.mime
    if mime == "application/octet-stream":
        mime = mimetypes.guess_type(upload.name)[0] or mime
    stored = store(world, kind, Upload(upload.name, mime, upload.data), claim=claim)
    return {kind: _described(stored)}


def _photo_sizes(world: World, upload: Upload) -> list[Json]:
    if len(upload.data) > MAX_PHOTO:
        raise bad(
            f"file of size {len(upload.data)} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    size = image_size(upload.data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    scale = min(1.0, THUMB / max(size))
    small = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    stored = [store(world, "photo", upload, s) for s in dict.fromkeys((small, size))]
    for one in stored:
        one.family = stored[0].file_id
    return [_described(one) for one in stored]


def _described(stored: StoredFile) -> Json:
    shown: Json = {"file_id": stored.file_id, "file_unique_id": stored.unique_id}
    if stored.kind in ("photo", "video", "animation", "sticker"):
        shown |= {"width": stored.width, "height": stored.height}
    if stored.kind in ("voice", "video", "audio", "animation"):
        shown["duration"] = max(1, stored.size // 4000) if stored.kind == "voice" else 1
    if stored.kind in ("document", "video", "audio", "animation"):
        shown |= {"file_name": stored.name, "mime_type": stored.mime}
    if stored.kind == "voice":
        shown["mime_type"] = "audio/ogg"
    if stored.kind == "sticker":
        shown |= {"type": "regular", "is_animated": False, "is_video": False}
    return shown | {"file_size": stored.size}


def from_call(world: World, kind: str, call: Call, value: object) -> Json:
    """Content from an upload or from the file_id of a file the server has."""
    given = call.file(value)
    if isinstance(given, Upload):
        if not given.data:
            raise bad("file must be non-empty")
        return content(world, kind, given)
    if given.lower().startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # the sandbox fetches nothing from outside
    stored = world.files.get(given)
    if stored is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    if kind == "photo":
        same = [f for f in world.files.values() if f.family == stored.family]
        return {"photo": [_described(f) for f in same]}
    return {kind: _described(stored)}


def find(world: World, file_id: str) -> StoredFile:
    stored = world.files.get(file_id)
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if stored.size > MAX_DOWNLOAD:
        raise bad("file is too big")
    return stored
