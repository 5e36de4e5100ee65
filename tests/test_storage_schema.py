"""The migrations build exactly the models, on both engines."""

from storage.revision import is_current
from storage.upgrade import differences


async def test_models_equal_migrations(database_url: str) -> None:
    assert await is_current(database_url)
    assert await differences(database_url) == []
