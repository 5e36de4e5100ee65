"""A known issue is fixed: everybody affected is told in their language, after a look and a hold.

The question "Is it solved for you?" goes to the place where each ticket lives; what is answered is
in bot/tickets/fixed.py. The tickets are solved by it once it has arrived, in slices.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any

from bot import due, outbox, texts
from bot.chat import Address, Message
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import quiet
from bot.partners.people import Meets, reader_of_contact, reader_of_manager, speaker
from bot.partners.private import asker, show
from bot.routes import Act
from bot.tickets import cards, closing
from bot.turn import Turn
from storage import due_work, known, messages, tickets
from storage.ids import row_id
from storage.known import Affected, Place
from storage.models_delivery import DueWork
from storage.models_known import KnownFix, KnownIssue, KnownTold
from storage.models_work import Ticket

HOLD = timedelta(seconds=60)  # DESIGN.md 5: before many people
LONGEST = 2_000  # characters: it stands in one message with what it is about
SLICE = 10  # tickets whose partners are told in one transaction: each posts a message
SOLVED = 5  # tickets solved in one: each edits a card and a chat, and recounts its promises
NAMED = 20  # partners of a preview
OUTDATED = _m("That is out of date: nothing was changed.")
TOO_LATE = _m("Too late: it is on its way.")

due_kinds = DueKinds()


@dataclass(frozen=True)
class Plan:
    """Who would be told. `left_out` names partners: nobody to write to, or a chat that is gone."""

    languages: Counter[str] = field(default_factory=Counter)
    partners: tuple[str, ...] = ()
    tickets: int = 0
    solved: int = 0
    nobody: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        return sum(self.languages.values())


def plan(affected: Sequence[Affected], places: dict[str, Place]) -> Plan:
    """One message for each place and person, however many tickets they have there."""
    told: dict[known.Where, str] = {}
    partners: dict[str, None] = {}
    nobody: dict[str, None] = {}
    gone: dict[str, None] = {}
    count = 0
    for one in (row for row in affected if row.live):
        place = places.get(one.address)
        if not one.address:
            nobody[one.partner] = None
        elif place is not None and place.gone:
            gone[one.partner] = None
        else:
            told[one.address, one.contact_id] = _language(one, place)
            partners[one.partner] = None
            count += 1
    solved = sum(not one.live for one in affected)
    return Plan(Counter(told.values()), tuple(partners), count, solved, tuple(nobody), tuple(gone))


def _language(one: Affected, place: Place | None) -> str:
    """As cards.meets_of finds the reader."""
    private = one.contact_id is not None and (place is None or place.contact_id == one.contact_id)
    own = one.own if private else place.language if place is not None else ""
    return "zh" if (own or one.language).lower().startswith("zh") else "en"


async def draft(act: Act, issue: KnownIssue, en: str, zh: str) -> None:
    """Show its author what everybody would read; nothing leaves yet."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    en, zh = _checked(en, zh)
    fix = await known.add_fix(act.session, KnownFix(
        known_id=issue.id, manager_id=act.manager.id, address=str(asker(act).address), en=en,
        zh=zh, state="draft", created_at=act.now,
    ))  # fmt: skip
    await _preview(act, fix, act.event.key)


def _checked(en: str, zh: str) -> tuple[str, str]:
    """Words in one language at least; raises Refused."""
    for name, text in (("en", en), ("zh", zh)):
        if len(text.strip()) > LONGEST:
            raise Refused(_m("That is too long: at most {limit} characters."),
                          limit=LONGEST).at(name)  # fmt: skip
    if not en.strip() and not zh.strip():
        raise Refused(_m("What should they read? Example: /ticket known fixed K-4 It works again"),
                      ).at("en")  # fmt: skip
    return en.strip(), zh.strip()


async def reword(act: Act, value: str, en: str, zh: str) -> None:
    """[Edit]: other words for a draft."""
    fix = await mine(act, value, "draft")
    fix.en, fix.zh = _checked(en, zh)
    await _preview(act, fix, act.event.key)


async def mine(act: Act, value: str, *states: str) -> KnownFix:
    """The announcement of a button: the presser's own, and still in that state."""
    fix = await known.fix(act.session, row_id(value))
    if fix is None or act.manager is None or fix.manager_id != act.manager.id:
        raise Refused(OUTDATED)
    if fix.state not in states:
        raise Refused(TOO_LATE if fix.state in ("going", "sent") else OUTDATED)
    return fix


async def planned(turn: Turn, fix: KnownFix) -> Plan:
    affected = await known.affected(turn.session, fix.known_id)
    addresses = sorted({one.address for one in affected if one.live and one.address})
    return plan(affected, await known.places(turn.session, addresses))


async def send(act: Act, value: str) -> None:
    """[Send]: it goes out after the hold, if it still is what was shown."""
    fix = await mine(act, value, "draft")
    if await known.under_way(act.session, fix.known_id) is not None:
        raise Refused(_m("K-{id} is being announced already."), id=fix.known_id)
    shown, found = fix.places, await planned(act, fix)
    if not found.places:
        raise Refused(_m("Nobody would get it: no ticket of K-{id} is open."), id=fix.known_id)
    if found.places != shown:
        await _preview(act, fix, act.event.key, changed=True)
        return
    fix.state = "held"
    await _put(act, fix, act.now + HOLD)
    await _show(act, fix, "held", act.event.key, plan=found, seconds=int(HOLD.total_seconds()))


async def undo(act: Act, value: str) -> None:
    """[Undo] within the hold: it is a draft again."""
    fix = await _held(act, value)
    await due.drop(act, subject=_subject(fix.id))
    fix.state = "draft"
    await _preview(act, fix, act.event.key)


async def hurry(act: Act, value: str) -> None:
    """[Send now]: the hold is over."""
    await _put(act, await _held(act, value), act.now)


async def _held(act: Act, value: str) -> KnownFix:
    fix = await mine(act, value, "held")
    work = await due_work.waiting_of(act.session, _subject(fix.id))
    if work is None or work.due_at <= act.now:
        raise Refused(TOO_LATE)
    return fix


async def cancel(act: Act, value: str) -> None:
    fix = await mine(act, value, "draft")
    fix.state = "cancelled"
    await _show(act, fix, "cancelled", act.event.key)


async def _put(turn: Turn, fix: KnownFix, at: datetime, after: int = 0) -> None:
    await due.put(turn, key=f"{_subject(fix.id)}:announce", kind="known.announce", due_at=at,
                  subject=_subject(fix.id), fix=fix.id, after=after)  # fmt: skip


def _subject(fix_id: int) -> str:
    return f"known.fix:{fix_id}"


@due_kinds.kind("known.announce", says=_m("Everybody with a known issue hears that it is fixed."))
async def announce(turn: Turn, items: Sequence[DueWork]) -> None:
    """A slice of the tickets at a time: what was solved meanwhile is left alone."""
    for item in items:
        fix = await known.fix(turn.session, item.payload["fix"])
        if fix is None or fix.state not in ("held", "going"):
            continue
        fix.state, fix.known.state, fix.known.fixed_at = "going", "fixed", turn.now
        found = await known.live_after(turn.session, fix.known_id, item.payload["after"], SLICE)
        await _tell(turn, fix, found)
        if len(found) == SLICE:
            await _put(turn, fix, turn.now, found[-1].id)
        else:
            fix.state = "sent"
            await show_outcome(turn, fix, f"sent:{item.id}")
            await _settle_soon(turn, fix.id, item.id)


async def _tell(turn: Turn, fix: KnownFix, found: Sequence[Ticket]) -> None:
    addresses = sorted({ticket.address for ticket in found if ticket.address})
    leads = await known.leads(turn.session, fix.id, addresses)
    begun: dict[int, list[Ticket]] = {}
    told = []
    for ticket in found:
        where = ticket.address, ticket.contact_id
        if not ticket.address:
            continue  # stays open: the preview said so
        if where not in leads:
            gone = await cards.meets_of(turn, ticket) is None
            leads[where] = known.Lead(ticket.id, "failed" if gone else "")
        lead = leads[where]
        told.append((ticket.id, lead))
        begun.setdefault(lead.ticket_id, []).append(ticket)
    await known.record_told(turn.session, fix.id, told, turn.now)
    for lead_id, theirs in begun.items():
        first = next((ticket for ticket in theirs if ticket.id == lead_id), None)
        if first is not None:
            await _ask(turn, fix, first, theirs)


async def _ask(turn: Turn, fix: KnownFix, ticket: Ticket, theirs: Sequence[Ticket]) -> None:
    meets = await cards.meets_of(turn, ticket)
    if meets is None:
        return
    key = key_of(fix.id, ticket.id)
    await messages.record_out(
        turn.session, meets.address, escape(words_for(fix, meets)[0], quote=False), key=key,
        at=turn.now, partner_id=ticket.partner_id, contact_id=ticket.contact_id,
        manager_id=fix.manager_id, ticket_id=ticket.id,
    )  # fmt: skip
    await outbox.owe(turn, meets.address, asked(turn, fix, ticket, theirs, meets), key=key,
                     subject=key, cls=Class.TICKET, slot=slot_of(fix.id, ticket.id),
                     not_before=_awake(turn, ticket, meets), then="known.told")  # fmt: skip


def key_of(fix_id: int, lead_id: int) -> str:
    return f"{_subject(fix_id)}:{lead_id}"


def slot_of(fix_id: int, lead_id: int) -> str:
    """Named like a ticket's, so that what answers it is about that ticket."""
    return f"ticket:{lead_id}:fixed:{fix_id}"


def _awake(turn: Turn, ticket: Ticket, meets: Meets) -> datetime | None:
    """Nobody is told in their quiet hours: they did not just write."""
    contact = ticket.contact
    if contact is None or meets.reader.several:
        return None
    zone = reader_of_contact(contact).zone
    at = quiet.after(turn.now, zone, contact.quiet_from, contact.quiet_to)
    return at if at > turn.now else None


def words_for(fix: KnownFix, meets: Meets) -> tuple[str, bool]:
    """What somebody reads, and whether it is in their own language."""
    own = fix.zh if texts.language_of(meets.reader) == "zh" else fix.en
    return (own, True) if own else (fix.en or fix.zh, False)


def asked(
    turn: Turn, fix: KnownFix, ticket: Ticket, theirs: Sequence[Ticket], meets: Meets,
    how: str = "",
) -> Message:  # fmt: skip
    """The question as the partner reads it; `how` they answered."""
    words, own = words_for(fix, meets)
    who = speaker(fix.manager, meets.reader, turn.config)
    return texts.render(
        "tickets/fixed.html.j2", meets.reader, words=words, own=own, how=how,
        title=ticket.title[:200], speaker=who,
        refs=", ".join(f"T-{one.id}" for one in theirs), value=f"{fix.id}:{ticket.id}",
    )  # fmt: skip


@due_kinds.kind("known.told", says=_m("Whether a partner heard that a known issue is fixed."))
async def told(turn: Turn, items: Sequence[DueWork]) -> None:
    """Where it arrived the tickets are solved next; where it did not they stay open."""
    ended: dict[tuple[int, str], list[int]] = {}
    for item in items:
        _, fix_id, lead_id = item.payload["key"].split(":")[:3]
        state = "sent" if item.payload["state"] in ("sent", "unverified") else "failed"
        ended.setdefault((int(fix_id), state), []).append(int(lead_id))
    for (fix_id, state), leads in ended.items():
        await known.arrived(turn.session, fix_id, leads, state)
    for fix_id in {fix_id for fix_id, _ in ended}:
        await _settle_soon(turn, fix_id, items[-1].id)


async def _settle_soon(turn: Turn, fix_id: int, cause: int) -> None:
    """`cause`: the work because of which; one of these waits at a time."""
    subject = f"{_subject(fix_id)}:settle"
    if await due_work.waiting_of(turn.session, subject) is None:
        await due.put(turn, key=f"{subject}:{cause}", kind="known.settle", due_at=turn.now,
                      subject=subject, fix=fix_id)  # fmt: skip


@due_kinds.kind("known.settle", says=_m("Tickets of a known issue are solved by its fix."))
async def settle(turn: Turn, items: Sequence[DueWork]) -> None:
    """A slice at a time; whoever has answered by then has decided themselves."""
    for item in items:
        fix = await known.fix(turn.session, item.payload["fix"])
        if fix is None:
            continue
        rows = await known.unsettled(turn.session, fix.id, SOLVED)
        found = await tickets.many(turn.session, [row.ticket_id for row in rows])
        for row in rows:
            row.settled = True
            await _solve(turn, fix, row, found[row.ticket_id])
        if len(rows) == SOLVED:
            await due.put(turn, key=item.key, kind=item.kind, due_at=turn.now,
                          subject=item.subject, **item.payload)  # fmt: skip
        else:
            await show_outcome(turn, fix, f"settled:{item.id}")


async def _solve(turn: Turn, fix: KnownFix, row: KnownTold, ticket: Ticket) -> None:
    if row.answer != "no" and ticket.status in tickets.LIVE:
        await solve(turn, fix, ticket, f"manager:{fix.manager_id}", turn.now)


async def solve(turn: Turn, fix: KnownFix, ticket: Ticket, by: str, at: datetime) -> None:
    """Solved by the fix; nobody asks for a score, since they are asked whether it is solved."""
    ticket.status, ticket.resolved_at = "resolved", at
    row = await tickets.log(turn.session, ticket, "resolved", at=at, by=by, known=fix.known_id)
    row.data = {**row.data, "key": f"resolved:{row.id}"}
    await closing.arm(turn, ticket, row.id)
    await cards.follow(turn, ticket)


# what its author sees


async def _preview(act: Act, fix: KnownFix, step: str, *, changed: bool = False) -> None:
    found = await planned(act, fix)
    fix.places = found.places
    await _show(act, fix, "draft", step, plan=found, changed=changed)


async def show_outcome(turn: Turn, fix: KnownFix, step: str) -> None:
    """How many have it and what they say; edited with each answer."""
    await _show(turn, fix, "sent", step, outcome=await known.outcome(turn.session, fix.id))


async def _show(turn: Turn, fix: KnownFix, how: str, step: str, **data: Any) -> None:
    usual: dict[str, Any] = {"plan": Plan(), "changed": False, "seconds": 0, "named": NAMED,
                             "outcome": known.Outcome()}  # fmt: skip
    meets = Meets(Address.parse(fix.address), reader_of_manager(fix.manager))
    await show(turn, meets, "tickets/known_fix.html.j2", slot=f"{_subject(fix.id)}:shown",
               step=step, how=how, fix=fix, issue=fix.known, **(usual | data))  # fmt: skip
