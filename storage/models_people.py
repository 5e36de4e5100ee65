"""Who there is: managers, partners, their contacts, and where on which platform they are met."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base

LIVE = "archived_at IS NULL"
LETTERS = Text().with_variant(Text(collation="C"), "postgresql")  # compared letter by letter


class Manager(Base):
    """One of our people. liaison.toml gives first values; `key` is the name there."""

    __tablename__ = "managers"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # "Lin"
    called: Mapped[str] = mapped_column(default="")  # Chinese form of address: "林经理"
    role: Mapped[str]  # viewer, manager, lead, admin
    team: Mapped[str] = mapped_column(default="")
    is_head: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str]
    zone: Mapped[str]
    away_from: Mapped[datetime | None]  # None: since it was said
    away_until: Mapped[datetime | None]  # said by hand
    status_until: Mapped[datetime | None]  # the same by the status in Slack
    status_said: Mapped[str] = mapped_column(default="")  # which one was taken in last
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))  # while away
    routed_at: Mapped[datetime | None]  # when a rule gave them a ticket last

    def by_hand_until(self, now: datetime) -> datetime | None:
        """Until when they said that they are away; None before it begins and once it is over."""
        if self.away_until is None or self.away_until <= now or self.goes_away(now):
            return None
        return self.away_until

    def absent_until(self, now: datetime) -> datetime | None:
        """The same, also by their status in Slack; None while they are there."""
        said = [until for until in (self.by_hand_until(now), self.status_until)
                if until is not None and until > now]  # fmt: skip
        return max(said, default=None)

    def goes_away(self, now: datetime) -> bool:
        """Whether they said that they will be away later on."""
        return self.away_from is not None and self.away_from > now


class Partner(Base):
    """A company that sells for us."""

    __tablename__ = "partners"
    __table_args__ = tuple(
        Index(f"ix_partners_{name}", name, sqlite_where=text(LIVE), postgresql_where=text(LIVE))
        for name in ("tier", "region")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(LETTERS, unique=True)  # bot.partners.names.fold
    search: Mapped[str] = mapped_column(default="")  # bot.partners.names.search_words
    tier: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    zone: Mapped[str]
    language: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"), index=True)
    tags: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    owner: Mapped[Manager | None] = relationship(lazy="joined")


class Contact(Base):
    """A person at a partner. Empty language or zone = the partner's."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("partner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    name: Mapped[str]
    called: Mapped[str] = mapped_column(default="")  # "Jo", "王总"
    email: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    wants_surveys: Mapped[bool] = mapped_column(default=True)
    wants_news: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[str] = mapped_column(default="")  # "20:00", local; empty = never quiet
    quiet_to: Mapped[str] = mapped_column(default="")
    welcomed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="joined")


class Identity(Base):
    """A person as a platform knows them; a stranger until a contact or a manager stands behind."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("platform", "external_id"),
        Index("ix_identities_contact_id", "contact_id"),
        Index("ix_identities_manager_id", "manager_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    team: Mapped[str | None]  # company on the platform; None = not told yet, counts as external
    language: Mapped[str] = mapped_column(default="")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))
    ignored_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]

    contact: Mapped[Contact | None] = relationship(lazy="joined")
    manager: Mapped[Manager | None] = relationship(lazy="joined")


class Room(Base):
    """An address that we know something of: whose it is, who shares it, whether it still exists.

    `thread` is "" for the chat itself. `shared` None = not told yet, counts as shared.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("platform", "chat", "thread"),
        Index("ix_addresses_partner_id", "partner_id"),
        Index("ix_addresses_contact_id", "contact_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    chat: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]  # private, group, channel
    title: Mapped[str] = mapped_column(default="")
    shared: Mapped[bool | None]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("managers.id"))
    language: Mapped[str] = mapped_column(default="")
    linked_at: Mapped[datetime | None]
    unreachable_at: Mapped[datetime | None]
    unreachable_reason: Mapped[str] = mapped_column(default="")
    topics: Mapped[bool] = mapped_column(default=False)  # each ticket there gets one of its own

    partner: Mapped[Partner | None] = relationship(lazy="joined")


class LinkCode(Base):
    """A code that makes a stranger a contact, or a room a partner's. Only its hash is kept."""

    __tablename__ = "link_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # contact, room
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("managers.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
