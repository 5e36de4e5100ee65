"""A person's request as the page sends it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.telegram.errors import PlayError

Json = dict[str, Any]
MAX_PART = 25 * 1024 * 1024  # a little more than the 20 MB that the platforms hand to bots


@dataclass(frozen=True)
class Upload:
    """A file somebody picked."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Said:
    """Its words, and its files by field."""

    words: Mapping[str, Any]
    files: Mapping[str, list[Upload]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A word, "" where it is missing or something else."""
        value = self.words.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        try:
            return int(self.text(name))
        except ValueError:
            raise PlayError(f"{name} must be a number.") from None

    def maybe(self, name: str) -> int | None:
        return self.number(name) if self.text(name) else None


Hand = Callable[[Said], Awaitable[Json | None]]


async def read(request: Request) -> Said:
    """JSON, or a form with files."""
    if request.headers.get("content-type", "").startswith("application/json"):
        words = await request.json()
        return Said(words if isinstance(words, dict) else {})
    values: Json = {}
    files: dict[str, list[Upload]] = {}
    async with request.form(max_part_size=MAX_PART) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found = Upload(
                    value.filename or "file", value.content_type or "", await value.read()
                )
                files.setdefault(name, []).append(found)
            else:
                values[name] = value
    return Said(values, files)
