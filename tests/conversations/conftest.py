"""The stage as a fixture: SQLite by default, both engines with LIAISON_BOTH=1."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.conversations.stage import Stage, staged

ENGINES = ["sqlite", "postgres"] if os.environ.get("LIAISON_BOTH") else ["sqlite"]


@pytest.fixture(params=ENGINES)
def conversation_url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "postgres_database"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def stage(conversation_url: str) -> AsyncIterator[Stage]:
    async with staged(conversation_url) as ready:
        yield ready
