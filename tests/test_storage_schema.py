"""The migrations build exactly the models, on both engines."""

from storage.upgrade import differences, is_current


async def test_models_equal_migrations(database_url: str) -> None:
    assert await is_current(database_url)
    assert await differences(database_url) == []
