"""What one transaction's work needs: its session, its moment, the settings it goes by."""

from dataclasses import dataclass
from datetime import datetime

from bot.config import Config
from storage.db import Session


@dataclass(frozen=True)
class Turn:
    """`now` is business time, read once when the transaction got its lock."""

    session: Session
    now: datetime
    config: Config
