"""What is said to many with few words: known issues and their fixes, canned answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base
from storage.models_people import Manager


class KnownIssue(Base):
    """One cause of many tickets. K-4 is the row with id 4."""

    __tablename__ = "known_issues"
    __table_args__ = (Index("ix_known_issues_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]  # for ourselves: no partner reads it
    state: Mapped[str]  # open, fixed (and announced)
    created_by: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    created_at: Mapped[datetime]
    fixed_at: Mapped[datetime | None]


class KnownTicket(Base):
    """A ticket that a known issue caused: at most one, since it has one cause."""

    __tablename__ = "known_tickets"
    __table_args__ = (Index("ix_known_tickets_known_ticket", "known_id", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    known_id: Mapped[int] = mapped_column(ForeignKey("known_issues.id"))


class KnownFix(Base):
    """What everybody affected is told once the cause is gone: shown first, held, then sent."""

    __tablename__ = "known_fixes"
    __table_args__ = (Index("ix_known_fixes_known_state", "known_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    known_id: Mapped[int] = mapped_column(ForeignKey("known_issues.id"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    address: Mapped[str]  # where its author sees what becomes of it
    en: Mapped[str] = mapped_column(default="")
    zh: Mapped[str] = mapped_column(default="")
    state: Mapped[str]  # draft, held, going, sent, cancelled
    places: Mapped[int] = mapped_column(default=0)  # that were shown
    created_at: Mapped[datetime]

    known: Mapped[KnownIssue] = relationship(lazy="joined")
    manager: Mapped[Manager] = relationship(lazy="joined")


class KnownTold(Base):
    """A ticket whose partner is told; those of one place share the message of the first one."""

    __tablename__ = "known_told"
    __table_args__ = (
        Index("ix_known_told_fix_lead", "fix_id", "lead_id"),
        Index("ix_known_told_ticket_id", "ticket_id"),
    )

    fix_id: Mapped[int] = mapped_column(ForeignKey("known_fixes.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    lead_id: Mapped[int]  # the ticket in whose name the message stands
    state: Mapped[str] = mapped_column(default="")  # sent, failed; "" while it is on its way
    settled: Mapped[bool] = mapped_column(default=False)  # the ticket was solved by it
    answer: Mapped[str] = mapped_column(default="")  # yes, no
    at: Mapped[datetime]  # when it was said, then when it was answered


class Canned(Base):
    """An answer that is written once, with fields such as {{contact}}: bot/tickets/canned.py."""

    __tablename__ = "canned"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # the name as it is looked for
    name: Mapped[str]
    en: Mapped[str] = mapped_column(default="")
    zh: Mapped[str] = mapped_column(default="")
    changed_by: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    changed_at: Mapped[datetime]
