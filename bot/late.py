"""What becomes of what could only be decided late, after an outage of ours; pure.

delivery.md 4.5, after Zulip's precedent: what hardly came late says nothing of it, what came later
says when it was due, and what has lost its sense is not sent (each feature knows when).
"""

from datetime import datetime, timedelta

SILENT = timedelta(minutes=15)
TOO_LATE = "too late to be of use"  # the reason of a delivery that expired before it left


def was_due(due_at: datetime, now: datetime) -> datetime | None:
    """The moment that a message names which comes so late that its reader would wonder."""
    return due_at if now - due_at > SILENT else None


def extended(due_at: datetime, now: datetime) -> datetime | None:
    """Until when something stays open that should have closed while nobody could answer."""
    return now + (now - due_at) if now - due_at > SILENT else None
