"""Reads a call from query, form, multipart or JSON; checks it against the Bot API's own tables."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.world import Json

MAX_UPLOAD = 50 * 1024 * 1024  # the public server's limit for what a bot sends
MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "video": "there is no video in the request",
    "audio": "there is no audio in the request",
    "animation": "there is no animation in the request",
    "sticker": "there is no sticker in the request",
    "file_id": "file_id not specified",
    "user_id": "invalid user_id specified",
    "latitude": "latitude is empty",
    "longitude": "longitude is empty",
    "action": "wrong parameter action in request",
    "message_ids": "message identifiers are not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}
JSON_NAMES = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
    "scope": "BotCommandScope",
    "reaction": "reaction types",
    "menu_button": "menu button",
}


@dataclass
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass
class Call:
    method: str
    args: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def file(self, value: object) -> Upload | str:
        """An uploaded file, or the file_id or address that stands for one."""
        name = str(value)
        if name.startswith("attach://"):
            upload = self.uploads.get(name.removeprefix("attach://"))
            if upload is None:
                raise bad("wrong file identifier/HTTP URL specified")
            return upload
        return name


@cache
def tables() -> Json:
    """The slice of the Bot API description that the emulator ships."""
    source = files("sandbox.telegram") / "data" / "bot_api.json"
    loaded: Json = json.loads(source.read_text())
    return loaded


@cache
def method_names() -> dict[str, str]:
    """Reality matches names without regard to case."""
    return {name.lower(): name for name in tables()["all_methods"]}


async def read_call(request: Request, method: str) -> Call:
    raw: Json = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST":
        if int(request.headers.get("content-length", "0")) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        if kind == "application/json":
            raw |= _from_json(await request.body())
        elif kind == "multipart/form-data":
            fields, uploads = await _from_multipart(request)
            raw |= fields
        else:
            raw |= parse_qsl((await request.body()).decode("utf-8", "replace"), True)
    return Call(method, checked(method, raw), uploads)


def _from_json(body: bytes) -> Json:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise bad("can't parse JSON encoded request") from None
    if not isinstance(data, dict):
        raise bad("can't parse JSON encoded request")
    return data


async def _from_multipart(request: Request) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    uploads: dict[str, Upload] = {}
    async with request.form(max_part_size=MAX_UPLOAD) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                mime = value.content_type or "application/octet-stream"
                uploads[name] = Upload(value.filename or name, mime, await value.read())
                fields.setdefault(name, f"attach://{name}")
            else:
                fields[name] = value
    return fields, uploads


def checked(method: str, raw: Json) -> Json:
    """Known parameters with their types; unknown ones are ignored, as reality ignores them."""
    known: dict[str, Json] = tables()["methods"].get(method, {})
    args: Json = {}
    for name, value in raw.items():
        spec = known.get(name)
        if spec is None or value is None or value == "":
            continue
        args[name] = _typed(name, value, spec["types"])
    for name, spec in known.items():
        if spec["required"] and name not in args:
            raise bad(MISSING.get(name, f'parameter "{name}" is required'))
    return args


def _typed(name: str, value: Any, types: list[str]) -> Any:
    if "InputFile" in types or types == ["String"]:
        return value if isinstance(value, str) else json.dumps(value)
    if types == ["Boolean"]:
        return str(value).lower() in ("true", "1", "yes", "t", "y")
    if types in (["Integer"], ["Float"]):
        return _number(name, value, types[0])
    if types == ["Integer", "String"]:
        return _chat_id(value)
    return _json(name, value, types[0].startswith("Array"))


def _number(name: str, value: Any, kind: str) -> int | float:
    try:
        return float(value) if kind == "Float" else int(value)
    except (TypeError, ValueError):
        raise bad(f"invalid {name} specified") from None


def _chat_id(value: Any) -> int | str:
    try:
        return int(value)
    except (TypeError, ValueError):
        return str(value)


def _json(name: str, value: Any, is_list: bool) -> Any:
    shown = JSON_NAMES.get(name, name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {shown} JSON object") from None
    if is_list and not isinstance(value, list):
        raise bad(f"expected an Array as {shown}")
    if not is_list and not isinstance(value, dict):
        raise bad("object expected as " + shown.replace("reply keyboard", "reply"))
    return value
