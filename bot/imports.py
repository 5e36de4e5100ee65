"""Brings partners in from a table: all faults at once, nothing by halves, twice is once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.partners import names
from bot.partners.service import IMPORT, promises_follow
from bot.partners.sheet import Fault, Row, decode, read
from bot.turn import Turn
from storage import imports
from storage.db import Database
from storage.imports import Known
from storage.models_people import Contact, Identity, Partner, Room

SLICE = 25  # rows of one transaction: about 30 ms, so that a modal never waits (DESIGN.md rule 1)

Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What an import did, or would do; with `faults` and not `only_good` it did nothing."""

    rows: int = 0
    good: int = 0
    faults: list[Fault] = field(default_factory=list)
    applied: bool = False
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, *, new: bool) -> None:
        kept = self.added if new else self.changed
        kept[what] = kept.get(what, 0) + 1


async def import_partners(
    database: Database, config: Config, source: Path | bytes, *, only_good: bool = False,
    dry_run: bool = False, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Import a CSV file; `progress(done, total)` is called after each slice."""
    try:
        text = decode(source if isinstance(source, bytes) else _load(source))
    except (ValueError, OSError) as error:
        return Report(faults=[Fault(1, "partner", str(error))])
    rows, faults = read(text)
    report = Report(rows=len({f.row for f in faults if f.row > 1}) + len(rows), faults=faults)
    good = await _good(database, rows, report)
    report.good = len(good)
    if report.faults and not only_good:
        return report
    await _write(database, config, good, report, dry_run=dry_run, progress=progress)
    report.applied = not dry_run
    return report


def _load(path: Path) -> bytes:
    return path.read_bytes()


async def _good(database: Database, rows: Sequence[Row], report: Report) -> list[Row]:
    """The rows that also fit what is in the database."""
    good: list[Row] = []
    async with database.reading() as session:
        for part in _slices(rows):
            known = await _known(session, part)
            for row in part:
                found = list(_misfits(row, known))
                report.faults += found
                good += [] if found else [row]
    return good


def _misfits(row: Row, known: Known) -> Iterator[Fault]:
    if row["owner"] and row["owner"] not in known.managers:
        there = ", ".join(known.managers)
        problem = f"nobody of ours is called “{row['owner']}”; known are {there}"
        yield Fault(row.number, "owner", problem)
    partner = known.partners.get(row.key)
    for column, platform in (("slack_user", "slack"), ("telegram_user", "telegram")):
        account = known.accounts.get((platform, row[column]))
        if account is None:
            continue
        if account.manager is not None:
            problem = f"{row[column]} is {account.manager.name}, one of ours"
            yield Fault(row.number, column, problem)
        elif account.contact is not None and not _same(account.contact, partner, row):
            whose = f"{account.contact.name} of {account.contact.partner.name}"
            yield Fault(row.number, column, f"{row[column]} is {whose} already")
    for column, platform in (("slack_channel", "slack"), ("telegram_chat", "telegram")):
        room = known.rooms.get((platform, row[column]))
        if room is not None and room.partner is not None and room.partner is not partner:
            problem = f"{row[column]} is a room of {room.partner.name} already"
            yield Fault(row.number, column, problem)


def _same(contact: Contact, partner: Partner | None, row: Row) -> bool:
    return contact.partner is partner and contact.name == row["contact"]


async def _write(
    database: Database, config: Config, rows: Sequence[Row], report: Report, *, dry_run: bool,
    progress: Progress | None,
) -> None:  # fmt: skip
    """Slice by slice; a dry run counts in a session that is thrown away."""
    done = 0
    for part in _slices(rows):
        if dry_run:
            async with database.reading() as session:
                await _slice(Turn(session, database.clock.now(), config), part, report)
        else:
            async with database.transaction() as (session, now):
                await _slice(Turn(session, now, config), part, report)
        done += len(part)
        if progress is not None:
            progress(done, len(rows))


def _slices(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while part := list(islice(left, SLICE)):
        yield part


async def _known(session: Any, rows: Sequence[Row]) -> Known:
    accounts = [row[c] for row in rows for c in ("slack_user", "telegram_user") if row[c]]
    chats = [row[c] for row in rows for c in ("slack_channel", "telegram_chat") if row[c]]
    return await imports.known(session, [row.key for row in rows], accounts, chats)


async def _slice(turn: Turn, rows: Sequence[Row], report: Report) -> None:
    """Partners first, then contacts, then their accounts and rooms: each needs the one before."""
    known = await _known(turn.session, rows)
    promised = {row.key for row in rows if _partner(turn, row, known, report)}
    await turn.session.flush()
    for key in promised:
        await promises_follow(turn, known.partners[key], turn.now.isoformat(), IMPORT)
    for row in rows:
        _contact(turn, row, known, report)
    await turn.session.flush()
    for row in rows:
        _addresses(turn, row, known, report)
    await turn.session.flush()


def _partner(turn: Turn, row: Row, known: Known, report: Report) -> bool:
    """Whether what they are promised may be something else now."""
    owner = known.managers.get(row["owner"])
    given: dict[str, Any] = {name: row[name] for name in ("tier", "region", "zone", "language")}
    given |= {"owner_id": owner.id if owner is not None else None, "tags": row.tags}
    partner = known.partners.get(row.key)
    if partner is None:
        named = {"name": row["partner"], "name_key": row.key,
                 "search": names.search_words(row["partner"]), "created_at": turn.now}  # fmt: skip
        given["zone"] = given["zone"] or turn.config.zone
        given["language"] = given["language"] or turn.config.language
        partner = known.partners[row.key] = Partner(**named, **given)
        turn.session.add(partner)
        report.count("partners", new=True)
        return False
    before = partner.tier, partner.zone
    if _change(partner, given):
        report.count("partners", new=False)
    return before != (partner.tier, partner.zone)


def _contact(turn: Turn, row: Row, known: Known, report: Report) -> None:
    if not row["contact"]:
        return
    partner = known.partners[row.key]
    given = {"called": row["called"], "email": row["email"],
             "language": row["contact_language"], "zone": row["contact_zone"]}  # fmt: skip
    contact = known.contacts.get((partner.id, row["contact"]))
    if contact is None:
        contact = Contact(partner_id=partner.id, partner=partner, name=row["contact"], **given)
        known.contacts[partner.id, row["contact"]] = contact
        turn.session.add(contact)
        report.count("contacts", new=True)
    elif _change(contact, given):
        report.count("contacts", new=False)


def _change(kept: Partner | Contact, given: dict[str, Any]) -> bool:
    """Set what is given and differs; an empty cell changes nothing."""
    changed = False
    for name, value in given.items():
        if value and getattr(kept, name) != value:
            setattr(kept, name, value)
            changed = True
    return changed


def _addresses(turn: Turn, row: Row, known: Known, report: Report) -> None:
    partner = known.partners[row.key]
    contact = known.contacts.get((partner.id, row["contact"]))
    for column, platform in (("slack_channel", "slack"), ("telegram_chat", "telegram")):
        if row[column]:
            kind = "channel" if platform == "slack" else "group"
            _room(turn, known, report, platform, row[column], kind, partner, None)
    if contact is None:
        return
    for column, platform in (("slack_user", "slack"), ("telegram_user", "telegram")):
        if row[column]:
            _account(turn, known, report, platform, row[column], contact)
    if row["telegram_user"]:
        contact.welcomed_at = contact.welcomed_at or turn.now
        _room(turn, known, report, "telegram", row["telegram_user"], "private", partner, contact)


def _account(
    turn: Turn, known: Known, report: Report, platform: str, external: str, contact: Contact
) -> None:
    account = known.accounts.get((platform, external))
    if account is None:
        account = Identity(platform=platform, external_id=external, name=contact.name,
                           first_seen_at=turn.now)  # fmt: skip
        known.accounts[platform, external] = account
        turn.session.add(account)
    if account.contact_id != contact.id:
        account.contact_id = contact.id
        report.count("accounts", new=True)


def _room(
    turn: Turn, known: Known, report: Report, platform: str, chat: str, kind: str,
    partner: Partner, contact: Contact | None,
) -> None:  # fmt: skip
    """A room of several counts as shared with others until the platform says it is not."""
    room = known.rooms.get((platform, chat))
    if room is None:
        room = Room(platform=platform, chat=chat, kind=kind, shared=contact is None)
        known.rooms[platform, chat] = room
        turn.session.add(room)
    if room.partner_id != partner.id:
        room.partner_id, room.linked_at = partner.id, turn.now
        room.contact_id = contact.id if contact is not None else None
        report.count("rooms", new=True)
