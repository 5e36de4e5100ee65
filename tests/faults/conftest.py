"""The whole bot between both platforms, which are made to fail."""

from collections.abc import AsyncIterator

import pytest

from storage import db
from tests.conversations.stage import Stage, staged


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with staged(sqlite_url) as ready:
        yield ready


@pytest.fixture
async def fragile(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """On both engines; waits for a locked file no longer than a moment."""
    monkeypatch.setattr(db, "BUSY_MS", 50)
    async with staged(database_url) as ready:
        yield ready
