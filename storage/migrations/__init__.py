"""Alembic: how the tables came to be what storage/models*.py say."""
