"""The walls, with the sandbox's Telegram and Slack behind them, on both engines."""

from collections.abc import AsyncIterator

import pytest

from tests.conversations.stage import Stage, staged


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with staged(database_url) as ready:
        yield ready
