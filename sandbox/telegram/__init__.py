"""A local Telegram: the Bot API at HTTP level, and people who press, write and block."""

from sandbox.telegram.emulator import TelegramEmulator
from sandbox.telegram.errors import ApiError, PlayError
from sandbox.telegram.record import CallRow
from sandbox.telegram.world import Bot, Chat, Message, Person, Topic

__all__ = [
    "ApiError",
    "Bot",
    "CallRow",
    "Chat",
    "Message",
    "Person",
    "PlayError",
    "TelegramEmulator",
    "Topic",
]
