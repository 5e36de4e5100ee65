"""The rows of full-text search."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class SearchRow(Base):
    """Words to find a ticket by: its title's, a message's, a partner's or a contact's name.

    `place` says whose they are (storage/search.py); the engines' own indexes follow by migrations.
    """

    __tablename__ = "search_rows"

    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    words: Mapped[str]
