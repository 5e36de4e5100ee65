"""What is owed and what is due, which events were seen, and what waits half-done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base

OPEN = "state IN ('queued', 'sending', 'in_doubt')"
QUEUED = "state = 'queued'"
# SQLite takes a partial index only for a query that says the very same words.
AWAKE, AWAKE_SQLITE = "state = 'queued' AND NOT asleep", "state = 'queued' AND asleep = 0"
ASLEEP, ASLEEP_SQLITE = "state = 'queued' AND asleep", "state = 'queued' AND asleep = 1"
RETRIED = "retry_at IS NOT NULL AND state IN ('queued', 'in_doubt')"
FLYING = "state IN ('sending', 'in_doubt')"
IN_SLOT = "slot_id IS NOT NULL"
HELD = "state = 'queued' AND not_before IS NOT NULL"
ENDED, ENDED_SQLITE = "done_at IS NOT NULL AND NOT emptied", "done_at IS NOT NULL AND emptied = 0"
ENDED_BADLY = "state IN ('dead', 'unverified')"
OF_CAMPAIGN = "campaign_id IS NOT NULL"
WAITING = "state = 'waiting'"
FRESH = "state = 'waiting' AND retry_at IS NULL"
FAILED = "state = 'waiting' AND retry_at IS NOT NULL"
GIVEN_UP = "state = 'dead'"
DONE = "done_at IS NOT NULL"


class Slot(Base):
    """A message that lives on: `message_id` is its platform id once it is posted."""

    __tablename__ = "slots"
    __table_args__ = (Index("ix_slots_message_id", "message_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    message_id: Mapped[str] = mapped_column(default="")


class Campaign(Base):
    """What goes to many people and can be watched, stopped and resumed: bot/campaigns.

    Its deliveries refer to it; due work that will owe more of them has its `key` as subject.
    """

    __tablename__ = "campaigns"
    __table_args__ = (Index("ix_campaigns_state_kind", "state", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # "digest:2026-12-07"
    kind: Mapped[str]  # digest, news
    title: Mapped[str] = mapped_column(default="")  # "N-5"; of a weekly digest its day
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))
    at: Mapped[datetime]  # when its first delivery was owed
    state: Mapped[str]  # running, stopped, done, recalled
    braked: Mapped[bool] = mapped_column(default=False)  # stopped by itself
    forgiven: Mapped[int] = mapped_column(default=0)  # failures before it was resumed
    tried: Mapped[int] = mapped_column(default=0)  # deliveries that had ended by then
    shown: Mapped[bool] = mapped_column(default=False)  # its owner has a message about it
    looked_at: Mapped[datetime | None]  # the last look at it, and how many had ended by then
    looked: Mapped[int] = mapped_column(default=0)


class Delivery(Base):
    """One call that is owed to a platform. States and classes: DESIGN.md rule 3, bot/outbox.py.

    `not_before` and `expires_at` are business time; `retry_at`, `lease_until`, `started_at` real.
    `payload` is the neutral message (kind "message") or the question ("ask"); {} when emptied.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_ready", "platform", "cls", "id", sqlite_where=text(AWAKE_SQLITE),
              postgresql_where=text(AWAKE)),
        Index("ix_outbox_asleep", "platform", "cls", "not_before",
              sqlite_where=text(ASLEEP_SQLITE), postgresql_where=text(ASLEEP)),
        Index("ix_outbox_retry", "platform", "retry_at", sqlite_where=text(RETRIED),
              postgresql_where=text(RETRIED)),
        Index("ix_outbox_lane_open", "lane", "id", sqlite_where=text(OPEN),
              postgresql_where=text(OPEN)),
        Index("ix_outbox_slot", "slot_id", "state", sqlite_where=text(IN_SLOT),
              postgresql_where=text(IN_SLOT)),
        Index("ix_outbox_flying", "platform", "lease_until", sqlite_where=text(FLYING),
              postgresql_where=text(FLYING)),
        Index("ix_outbox_subject_queued", "subject", sqlite_where=text(QUEUED),
              postgresql_where=text(QUEUED)),
        Index("ix_outbox_done", "done_at", sqlite_where=text(ENDED_SQLITE),
              postgresql_where=text(ENDED)),
        Index("ix_outbox_not_before", "not_before", sqlite_where=text(HELD),
              postgresql_where=text(HELD)),
        Index("ix_outbox_ended_badly", "id", sqlite_where=text(ENDED_BADLY),
              postgresql_where=text(ENDED_BADLY)),
        Index("ix_outbox_campaign", "campaign_id", "state", "piece", "not_before",
              sqlite_where=text(OF_CAMPAIGN), postgresql_where=text(OF_CAMPAIGN)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str]
    address: Mapped[str]
    chat: Mapped[str]  # "telegram:42": what the platform paces
    subject: Mapped[str] = mapped_column(default="")
    lane: Mapped[str]
    cls: Mapped[int]
    kind: Mapped[str]  # message, ask, edit, delete; replaced: only keeps its key
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slots.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    piece: Mapped[int] = mapped_column(default=0)  # of a long message; counted is only the first
    target: Mapped[str] = mapped_column(default="")  # message id that an edit or a delete aims at
    then: Mapped[str] = mapped_column(default="")  # due kind to put once the state is final
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]  # queued, stopped, sending, in_doubt; sent, skipped, dead, unverified
    reason: Mapped[str] = mapped_column(default="")  # of a final state; else the last error
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    rests: Mapped[str] = mapped_column(default="")  # what else waits until then: storage/rests.py
    asleep: Mapped[bool] = mapped_column(default=False)  # for a moment to come: claims pass it by
    attempts: Mapped[int] = mapped_column(default=0)
    delivery_id: Mapped[str] = mapped_column(default="")  # random, travels in Slack's metadata
    started_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    epoch: Mapped[int] = mapped_column(default=0)  # of the sender that claimed it
    platform_id: Mapped[str] = mapped_column(default="")  # of the message, once it is there
    progress: Mapped[str] = mapped_column(default="")  # of a call in steps: Slack's file id
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    emptied: Mapped[bool] = mapped_column(default=False)  # the payload was thrown away


class DueWork(Base):
    """Something to decide at a moment. `due_at` is business time, `retry_at` real time."""

    __tablename__ = "due_work"
    __table_args__ = (
        Index("ix_due_work_waiting", "due_at", "id", sqlite_where=text(WAITING),
              postgresql_where=text(WAITING)),
        Index("ix_due_work_fresh", "kind", "due_at", "id", sqlite_where=text(FRESH),
              postgresql_where=text(FRESH)),
        Index("ix_due_work_retry", "retry_at", sqlite_where=text(FAILED),
              postgresql_where=text(FAILED)),
        Index("ix_due_work_given_up", "id", sqlite_where=text(GIVEN_UP),
              postgresql_where=text(GIVEN_UP)),
        Index("ix_due_work_done", "done_at", sqlite_where=text(DONE), postgresql_where=text(DONE)),
        Index("ix_due_work_subject", "subject", sqlite_where=text(WAITING),
              postgresql_where=text(WAITING)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]  # waiting, done, dropped, dead
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]


class Held(Base):
    """What only one process does at a time, and who: storage/election.py. Times are real."""

    __tablename__ = "held"

    name: Mapped[str] = mapped_column(primary_key=True)  # "sender:slack", "poller:telegram"
    holder: Mapped[str]  # random; "" before the first one
    epoch: Mapped[int]  # rises with every holder
    seen_at: Mapped[datetime | None]
    clean: Mapped[bool]  # handed back, not lost


class SeenEvent(Base):
    """An event that was handled; kept 26 h, longer than any platform redelivers."""

    __tablename__ = "seen_events"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SetAside(Base):
    """A raw event that we could not handle, kept under the error id that the person saw."""

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    error_id: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    raw: Mapped[str]
    error: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]  # open, retried, dropped


class Draft(Base):
    """A form that a person is answering field by field in a chat."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("address", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    person: Mapped[str]  # "telegram:123"
    form: Mapped[dict[str, Any]]  # the Form, translated for that person
    values: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)  # counts questions, for keys and old buttons
    paused: Mapped[bool] = mapped_column(default=False)  # "later": what is written is no answer
    updated_at: Mapped[datetime]


class Blob(Base):
    """A file that we made or must keep; at most 20 MB."""

    __tablename__ = "blobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class SettingsVersion(Base):
    """The content of liaison.toml as it stood; rows refer to the version they used."""

    __tablename__ = "settings_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Audit(Base):
    """Who changed what, when."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", index=True)
    data: Mapped[dict[str, Any]]
