"""Slack and Telegram: the only code that knows an SDK."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.chat import Choice, Direct, Event

Menu = Sequence[tuple[str, str]]  # (command, description)
Menus = Mapping[str, Mapping[str, Menu]]  # role -> language -> menu


class Door(Protocol):
    """What a platform calls for everything that happens there; bot/dispatch.py is behind it."""

    async def handle(self, event: Event, raw: str) -> Direct:
        """Handle one event in one transaction, committed when this returns.

        A redelivered key is a no-op. A bug inside sets `raw` aside and returns a sentence with its
        error id. Raises only when the database is gone: then the platform must not acknowledge.
        """
        ...

    async def options(self, event: Event) -> list[Choice]:
        """Choices for a select while somebody types (Event.kind "options"); reads only."""
        ...

    async def set_aside(self, platform: str, key: str, raw: str, error: Exception) -> str:
        """Keep an event that could not even be read; returns its error id."""
        ...
