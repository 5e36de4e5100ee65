"""What we do with partners: what was said, tickets, meetings, news, surveys."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base
from storage.models_people import Contact, Manager, Partner

LIVE = "status IN ('open', 'waiting', 'hold')"  # not solved; as the indexes of lists know it
MERGED = "merged_into IS NOT NULL"
STANDING = {status: f"status = '{status}'" for status in ("open", "waiting", "hold")}


class Said(Base):
    """One message in or out of a partner's or a ticket's chat."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("platform", "chat", "platform_id"),
        Index("ix_messages_partner_at", "partner_id", "at"),
        Index("ix_messages_ticket_id", "ticket_id", "id"),
        Index("ix_messages_undecided", "partner_id", "id", sqlite_where=text("undecided"),
              postgresql_where=text("undecided")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[str]  # in, out
    visibility: Mapped[str]  # partner, internal
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))
    author: Mapped[str] = mapped_column(default="")  # who wrote it, by their id on the platform
    platform: Mapped[str]
    chat: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    platform_id: Mapped[str | None]  # None until what we send has arrived
    delivery_key: Mapped[str] = mapped_column(default="", index=True)  # of what we send
    source: Mapped[str] = mapped_column(default="", index=True)  # message that told us to say it
    reply_to: Mapped[str] = mapped_column(default="")
    html: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    versions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    undecided: Mapped[bool] = mapped_column(default=False)  # room talk: a ticket or nothing?
    at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Tell(Base):
    """A word of ours to a partner: shown to its author first, then held, then sent."""

    __tablename__ = "tells"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    address: Mapped[str]  # where its author sees what becomes of it
    html: Mapped[str]
    to: Mapped[list[dict[str, Any]]]  # per place: address, name, contact_id, state
    state: Mapped[str]  # draft, held, done, undone, cancelled
    created_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(lazy="joined")
    manager: Mapped[Manager] = relationship(lazy="joined")


class Ticket(Base):
    """A partner's problem that we follow until it is solved. T-12 is the row with id 12."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_partner_status", "partner_id", "status"),
        Index("ix_tickets_owner_status", "owner_id", "status"),
        Index("ix_tickets_contact_status", "contact_id", "status"),
        *(
            Index(f"ix_tickets_live_{columns[0]}", *columns, sqlite_where=text(LIVE),
                  postgresql_where=text(LIVE))
            for columns in (("due_at",), ("owner_id", "due_at"), ("partner_id", "due_at"),
                            ("priority", "due_at"), ("kind", "due_at"))
        ),
        Index("ix_tickets_live_follow_up", "owner_id", "follow_up_at", sqlite_where=text(LIVE),
              postgresql_where=text(LIVE)),
        *(
            Index(f"ix_tickets_{status}_due", "due_at", sqlite_where=text(STANDING[status]),
                  postgresql_where=text(STANDING[status]))
            for status in ("waiting", "hold")
        ),
        Index("ix_tickets_merged_into", "merged_into", sqlite_where=text(MERGED),
              postgresql_where=text(MERGED)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))
    address: Mapped[str]  # where the partner is answered
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(default="problem")  # or question, order, request
    product: Mapped[str] = mapped_column(default="")
    status: Mapped[str]  # open, waiting (for the partner), hold (for a third), resolved, closed
    priority: Mapped[str] = mapped_column(default="normal")  # low, normal, high, urgent
    due_at: Mapped[datetime | None]  # the promise: answer by; None when nothing is promised
    follow_up_at: Mapped[datetime | None]  # when somebody is reminded next, or the card changes
    answered_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]  # on hold until then; None = until somebody says so
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    solution: Mapped[str] = mapped_column(default="")
    settings_version: Mapped[int] = mapped_column(ForeignKey("settings_versions.id"))
    answer_round: Mapped[int] = mapped_column(default=1)  # counts promised answers, for keys
    merged_into: Mapped[int | None]  # the ticket of which it is a part; never one that is a part

    partner: Mapped[Partner] = relationship(lazy="joined")
    contact: Mapped[Contact | None] = relationship(lazy="joined")
    owner: Mapped[Manager | None] = relationship(lazy="joined")


class TicketLog(Base):
    """What happened to a ticket, append-only; folded in (at, id) order."""

    __tablename__ = "ticket_log"
    __table_args__ = (Index("ix_ticket_log_ticket_at", "ticket_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str] = mapped_column(default="")  # "manager:3", "contact:7", "bot"
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TicketFact(Base):
    """How long one promise of a ticket took, once it ended: what reports are summed from.

    Written in the transaction that ends it, in the terms, and for the people, of that day; the
    log can always make it anew.
    """

    __tablename__ = "ticket_facts"
    __table_args__ = (
        Index("ix_ticket_facts_summed", "clock", "ended_at", "used", "kept", "week", "tier",
              "partner_id", "owner_id", "ticket_id"),
    )  # fmt: skip

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)  # answer (the first one), solve
    ended_at: Mapped[datetime]
    week: Mapped[str]  # its Monday on the company's clock, "2026-11-30"
    used: Mapped[int]  # seconds of open time
    target: Mapped[int | None]  # the same that was promised; None = nothing was
    kept: Mapped[bool | None]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    tier: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))


class Handover(Base):
    """All that one of our people looks after goes to another; it can be undone."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))  # who asked for it
    state: Mapped[str]  # draft, going, done, undoing, undone
    at: Mapped[datetime]  # when it was asked for, then when it was done

    giver: Mapped[Manager] = relationship(lazy="joined", foreign_keys=[giver_id])
    taker: Mapped[Manager] = relationship(lazy="joined", foreign_keys=[taker_id])
    by: Mapped[Manager] = relationship(lazy="joined", foreign_keys=[by_id])


class Handed(Base):
    """One thing that was handed over, so that it can go back."""

    __tablename__ = "handed"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # partner, ticket, meeting
    row_id: Mapped[int] = mapped_column(primary_key=True)


class Promise(Base):
    """A follow-up that somebody of ours gave in words: "I'll check by Thursday 15:00"."""

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_manager_state_due", "manager_id", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    words: Mapped[str]  # as they were said; "" when only the moment was given
    due_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)  # rises with each move
    state: Mapped[str] = mapped_column(default="open")  # open, kept, dropped

    ticket: Mapped[Ticket] = relationship(lazy="joined")
    manager: Mapped[Manager] = relationship(lazy="joined")


class Meeting(Base):
    """A meeting with a partner: local start + zone + RRULE; each change of time is a revision."""

    __tablename__ = "meetings"
    __table_args__ = (Index("ix_meetings_partner_id", "partner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("managers.id"), index=True)
    title: Mapped[str]
    starts: Mapped[str]  # local, "2026-12-10T15:00"
    zone: Mapped[str]
    rrule: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=60)
    place: Mapped[str] = mapped_column(default="")
    remind: Mapped[list[str]]  # "1d", "1h"
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]  # draft, sent, cancelled
    created_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(lazy="joined")
    organiser: Mapped[Manager] = relationship(lazy="joined")


class MeetingGuest(Base):
    """A contact who is invited, and what they said last."""

    __tablename__ = "meeting_guests"
    __table_args__ = (UniqueConstraint("meeting_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    answer: Mapped[str] = mapped_column(default="")  # yes, no, other; "" = not yet
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    contact: Mapped[Contact] = relationship(lazy="joined")
    meeting: Mapped[Meeting] = relationship(lazy="joined")


class NewsItem(Base):
    """Something partners should know. N-5 is the row with id 5."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # other languages: {"zh": "..."}
    product: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")  # "tier:gold", "" = all
    urgent: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    retracted_at: Mapped[datetime | None]


class NewsReceipt(Base):
    """That a news item went to a contact: it never goes to them again."""

    __tablename__ = "news_receipts"

    news_id: Mapped[int] = mapped_column(ForeignKey("news.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    delivery_key: Mapped[str]


class Decision(Base):
    """What the contact policy said of one thing for one contact, and why: bot/partners/gate.py.

    `at` is the moment that counts: when it goes, or when it was decided that it does not. What
    became of it then is told by the delivery.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("thing", "contact_id"),
        Index("ix_decisions_contact_at", "contact_id", "at"),
        Index("ix_decisions_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[str]  # "digest:2026-12-07", "survey.invite:33"
    kind: Mapped[str]  # digest, news, survey
    title: Mapped[str]  # a weekly digest's day, "N-5", "T-12"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    state: Mapped[str]  # goes, waits, skipped
    reason: Mapped[str] = mapped_column(default="")  # a word of bot/partners/policy.py
    at: Mapped[datetime]
    delivery_key: Mapped[str]


class Schedule(Base):
    """Something that goes out by itself, which people can pause: "digest"."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))


class SurveyInvite(Base):
    """A question to one contact; kind "csat" after a solved ticket."""

    __tablename__ = "survey_invites"
    __table_args__ = (Index("ix_survey_invites_contact_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    address: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)  # a ticket solved twice is asked twice
    state: Mapped[str]  # open, comment (words are awaited), answered, closed
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))  # of a low score
    sent_at: Mapped[datetime]

    contact: Mapped[Contact] = relationship(lazy="joined")


class SurveyAnswer(Base):
    """One answer to one question of an invite; changing it replaces the row's value."""

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("invite_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invite_id: Mapped[int] = mapped_column(ForeignKey("survey_invites.id"))
    number: Mapped[int]
    value: Mapped[str]
    at: Mapped[datetime]
