"""Which files are too big to go along: what Telegram hands out to bots is the limit. Pure."""

from collections.abc import Sequence

from bot.chat import File
from bot.marks import _m

LIMIT_MB = 20
TOO_BIG = _m("“{name}” is too big: files of up to {limit} MB can be passed on. "
             "Send a smaller one, or a link to it.")  # fmt: skip


def is_too_big(file: File) -> bool:
    return file.size > LIMIT_MB * 1024 * 1024


def too_big(files: Sequence[File]) -> list[str]:
    """The names of those that cannot be passed on."""
    return [file.name for file in files if is_too_big(file)]
