"""What stands in chats about a ticket: the card, the partner's confirmation, the thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot import outbox, texts
from bot.chat import Address, File, Message, Part
from bot.markup import plain
from bot.outbox import Class
from bot.partners import people as who
from bot.partners.people import Meets
from bot.texts import Reader
from bot.tickets import (
    chain,
    clocks,
    patience,
    places,
    policy,
    sizes,
    their_turn,
    today,
    topics,
    translation,
    voices,
)
from bot.tickets import facts as facts_of
from bot.tickets import words as words_of
from bot.tickets.chain import Call
from bot.tickets.clocks import Clock, Story
from bot.tickets.looks import Look, plan
from bot.turn import Turn
from storage import messages, tickets
from storage.models_delivery import DueWork
from storage.models_work import Said, Ticket, TicketLog


@dataclass(frozen=True, slots=True)
class State:
    """A ticket as its log tells it; `running` are its clocks that have not ended."""

    story: Story
    running: dict[str, Clock]
    log: list[TicketLog]

    @property
    def promise(self) -> Clock | None:
        """The answer that the partner waits for."""
        return self.running.get(policy.ANSWER)

    @property
    def watched(self) -> Clock | None:
        """The promise that the card shows: the answer, else what is due first."""
        others = [clock for clock in self.running.values() if not clock.paused]
        return self.promise or min(others, key=lambda clock: clock.due, default=None)

    @property
    def revision(self) -> int:
        """Rises with everything that happens: part of the keys of what is shown."""
        return max((row.id for row in self.log), default=0)

    @property
    def promised(self) -> datetime | None:
        """The next moment that somebody of ours gave in words and that is still to come."""
        given: dict[int, datetime] = {}
        for row in clocks.stands(self.log):
            if row.kind in ("promised", "promise_moved"):
                given[row.data["promise"]] = datetime.fromisoformat(row.data["until"])
            elif row.kind in ("promise_kept", "promise_dropped"):
                given.pop(row.data["promise"], None)
        return min(given.values(), default=None)

    @property
    def team(self) -> str:
        """The team to which a rule gave it."""
        rows = (row for row in self.log if row.kind in ("routed", "passed_on"))
        return next((str(row.data["rule"]["team"]) for row in rows), "")

    @property
    def known(self) -> int | None:
        """The known issue that caused it."""
        rows = [row for row in self.log if row.kind in ("known", "unknown")]
        return int(rows[-1].data["known"]) if rows and rows[-1].kind == "known" else None

    @property
    def shown(self) -> int:
        """The same of what a card shows: who was reminded or what is linked does not change it."""
        unseen = ("nudged", "linked", "unlinked", patience.CHASED, patience.SILENT)
        return max((row.id for row in self.log if row.kind not in unseen), default=0)

    def has(self, kind: str) -> bool:
        return any(row.kind == kind for row in self.log)


async def state_of(turn: Turn, ticket: Ticket) -> State:
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    return read(turn, ticket, log)


def read(turn: Turn, ticket: Ticket, log: list[TicketLog]) -> State:
    """The state that a log amounts to."""
    story = clocks.fold(log)
    terms = policy.terms(turn.config, case_of(ticket, story))
    found = clocks.clocks(story, lambda _: terms, turn.now)
    return State(story, {one.name: one for one in found if one.stopped is None}, log)


def case_of(ticket: Ticket, story: Story, moment: datetime | None = None) -> policy.Case:
    """What decides which policy counts for a ticket, as it was then (None = as it is)."""
    priority = str(story.at(moment, "priority", "normal"))
    found = case(ticket, str(story.at(moment, "kind", ticket.kind)), priority)
    if moment is None:
        return found
    return replace(found, tier=story.at(moment, "tier", found.tier),
                   zone=story.at(moment, "zone", found.zone),
                   product=story.at(moment, "product", ""))  # fmt: skip


def case(ticket: Ticket, kind: str, priority: str) -> policy.Case:
    partner = ticket.partner
    return policy.Case(partner.name, partner.tier, partner.zone, kind, ticket.product, priority)


async def follow(
    turn: Turn, ticket: Ticket, *, fresh: bool = False, where: Address | None = None
) -> State:
    """After anything happened: set the clock, and bring card, confirmation and Homes up to date.

    `fresh` posts the confirmation below instead of editing it far above, where it was said: a
    ticket that was merged into this one may have been brought up elsewhere.
    """
    state = await state_of(turn, ticket)
    ticket.priority = state.story.priority
    ticket.due_at = state.promise.due if state.promise else None
    ticket.answered_at = state.story.answered_at
    ticket.held_until = state.story.held_until
    await turn.session.flush()
    terms = policy.terms(turn.config, case_of(ticket, state.story))
    await facts_of.record(turn, ticket, state.story, terms)
    await watch(turn, ticket, state)
    await show_card(turn, ticket, state)
    parts = await places.parts_elsewhere(turn, ticket, state.log)
    said = next((part for part in parts if where and part.address == str(where)), ticket)
    for one in (ticket, *parts):
        log = state if one is ticket else await state_of(turn, one)
        await show_confirmation(turn, one, log, fresh=fresh and one is said)
    theirs = {one.id: one for one in (ticket.owner, ticket.partner.owner) if one is not None}
    for manager in theirs.values():
        await today.refresh(turn, manager)
    return state


async def watch(turn: Turn, ticket: Ticket, state: State) -> None:
    await watch_all(turn, [(ticket, state, None)])


async def watch_all(turn: Turn, found: Sequence[tuple[Ticket, State, datetime | None]]) -> None:
    """Look again when somebody must be reminded next, or when the card shows another state.

    The moment, where there is one: whoever should be reminded by now sleeps until then.
    """
    looks = list[Look]()
    for ticket, state, awake in found:
        calls = calls_of(turn, state)
        moment = chain.next_moment(state.running.values(), calls, turn.now, awake)
        ticket.follow_up_at = moment
        looks.append(Look(ticket.id, "clock", "ticket.due", state.revision, moment))
        looks += their_turn.looks(turn, ticket, state.story, state.log)
    await plan(turn, looks)


def calls_of(turn: Turn, state: State) -> list[Call]:
    """Who is still to be reminded of what."""
    steps = turn.config.followups
    return [call for clock in state.running.values()
            for call in chain.calls(clock, state.log, steps, turn.now)]  # fmt: skip


async def meets_of(turn: Turn, ticket: Ticket) -> Meets | None:
    """Where the partner is answered, and in whose language; None when no chat works."""
    if not ticket.address:
        return None
    address = Address.parse(ticket.address)
    return await who.asked_at(turn, address, ticket.partner, ticket.contact)


def is_private(meets: Meets) -> bool:
    return not meets.reader.several


async def triage(turn: Turn) -> Meets | None:
    """The room of the cards, else the first team's: never one that other companies share."""
    first = turn.config.teams[0].name if turn.config.teams else ""
    meets = who.triage(turn.config) or who.team_room(turn.config, first)
    return await who.ours_alone(turn, meets)


async def thread_of(turn: Turn, ticket: Ticket) -> Meets | None:
    """Where colleagues talk about a ticket: below its card, on Telegram in answer to it or in its
    own topic.
    """
    meets = await triage(turn)
    if meets is None:
        return None
    return Meets(await topics.place(turn, ticket, meets.address), meets.reader)


def name_of(ticket: Ticket, log: list[TicketLog]) -> str:
    """Who asked, in full; somebody whom we do not know yet by the name on the platform."""
    if ticket.contact is not None:
        return ticket.contact.name
    opened = next((row for row in log if row.kind == "opened"), None)
    return str(opened.data.get("name") or ticket.partner.name) if opened else ticket.partner.name


def called(ticket: Ticket, log: list[TicketLog]) -> str:
    """The same for a short sentence: "Jo"."""
    return who.called(ticket.contact) if ticket.contact is not None else name_of(ticket, log)


def facts(turn: Turn, ticket: Ticket, state: State, reader: Reader) -> dict[str, Any]:
    """What templates about a ticket may use."""
    owner, team = ticket.owner, ticket.partner.owner
    end = clocks.last_end(state.log)
    ended = end.kind if end is not None else ""
    return {
        "ticket": ticket, "ref": f"T-{ticket.id}", "partner": ticket.partner, "now": turn.now,
        "who": name_of(ticket, state.log), "called": called(ticket, state.log),
        "title": ticket.title, "story": state.story, "due": ticket.due_at,
        "owner": who.manager_called(owner, reader) if owner is not None else "",
        "team": who.manager_called(team, reader) if team is not None else "",
        "company": turn.config.company_in(texts.language_of(reader)),
        "watched": state.watched, "promised": state.promised, "known": state.known,
        "standing": chain.standing(state.watched, turn.now) if state.watched else "",
        "scored": state.has("scored"), "first_time": _first_time(state.log),
        "belongs": ticket.merged_into or 0, "merged": ended == "merged",
        "heard": state.story.heard, "denied": clocks.denied(state.log) is not None,
        "solved": ended == "resolved", "told": _told(state.log), "follows": _follows(state.log),
        "remark": ticket.status == "closed" and ended == "remark",
        "foreign": _foreign(turn, ticket, state.log), "apart": who.names_zone(reader, turn.config),
    }  # fmt: skip


def _first_time(log: list[TicketLog]) -> bool:
    """Whether we knew the asker by their name in a room only: somebody should look twice."""
    return any(row.kind == "opened" and row.data.get("new") for row in log)


def _foreign(turn: Turn, ticket: Ticket, log: list[TicketLog]) -> int:
    """The first message, if whoever looks after the ticket may not read it; else 0."""
    opened = next((row for row in log if row.kind == "opened"), None)
    said = int(opened.data.get("said", 0)) if opened is not None else 0
    return said if said and translation.offered(turn, ticket, ticket.title) else 0


def _follows(log: list[TicketLog]) -> int:
    """The ticket of which this one is a follow-up."""
    return next((int(row.data["follows"]) for row in log if row.data.get("follows")), 0)


def _told(log: list[TicketLog]) -> bool:
    """Whether the confirmation says how it was solved, since no question said so."""
    rows = [row.kind for row in log if row.kind in (*clocks.ENDS, "told")]
    return bool(rows) and rows[-1] == "told"


async def show_card(turn: Turn, ticket: Ticket, state: State, anew: str = "") -> None:
    """`anew` posts it below instead, once under this name."""
    waits, end = state.story.waiting_since is not None, clocks.last_end(state.log)
    solved = end is not None and end.kind == "resolved"
    theirs = topics.sign(ticket, waits=waits, solved=solved, ours=False)
    await topics.show_theirs(turn, ticket, theirs, state.log, str(state.shown))
    meets = await triage(turn)
    if meets is None:
        return
    data = facts(turn, ticket, state, meets.reader)
    message = texts.render("tickets/card.html.j2", meets.reader, **data)
    late = data["standing"] == "breached"
    mark = topics.sign(ticket, waits=waits, late=late, solved=solved)
    shown = f"{state.shown}:{data['standing']}{anew}"
    where = await topics.show(turn, ticket, meets.address, mark, state.log, shown)
    slot = topics.card_of(ticket)
    await outbox.owe(turn, where, message, key=f"{slot}:{shown}", subject=slot, cls=Class.TICKET,
                     slot=slot, fresh=bool(anew))  # fmt: skip


async def show_confirmation(turn: Turn, ticket: Ticket, state: State, *, fresh: bool) -> None:
    """What the partner reads about their own ticket; of one that we opened only that it is solved,
    where no question says so.
    """
    meets = await meets_of(turn, ticket)
    opened = next((row for row in state.log if row.kind == "opened"), None)
    ours = opened is not None and opened.by.startswith("manager:")
    if meets is None or (ours and not _told(state.log)):
        return
    private = is_private(meets)
    data = facts(turn, ticket, state, meets.reader) | {"private": private}
    data |= (
        await places.may_say(turn, ticket, state.story, state.log)
        if private
        else {"split": 0, "other": 0}
    )
    if private and state.has("took_in"):  # what others said is nothing that this one reads of
        data["heard"] = places.heard(state.log, ticket.contact_id)
    revision = state.revision
    if ticket.merged_into:
        whole = await tickets.whole(turn.session, ticket)
        theirs = await state_of(turn, whole)
        name = name_of(whole, theirs.log)
        data |= places.in_whole(ticket, state.story, whole, theirs.log, name)
        revision = max(revision, theirs.revision)
    message = texts.render("tickets/confirmation.html.j2", meets.reader, **data)
    slot = f"ticket:{ticket.id}:confirmation"
    await outbox.owe(turn, meets.address, message, key=f"{slot}:{revision}",
                     subject=f"ticket:{ticket.id}:confirmation", cls=Class.INTERACTIVE, slot=slot,
                     fresh=fresh)  # fmt: skip


async def mirror(
    turn: Turn, ticket: Ticket, said: Said, speaker: str, *, words: bool = True,
    template: str = "tickets/mirror.html.j2", suffix: str = "", name: str = "",
    files: Sequence[dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Show colleagues what was said with the partner: below the card, files included.

    `files`: only these. Without a room for cards whoever looks after the ticket gets it privately.
    """
    meets = await ours_of(turn, ticket)
    if meets is None:
        return
    sent = tuple(File(**file) for file in (said.files if files is None else files))
    big = sizes.too_big(sent)
    key, subject = f"ticket:{ticket.id}:mirror:{said.id}", f"ticket:{ticket.id}:thread"
    parts: tuple[Part, ...] = ()
    above = "" if suffix else await voices.answered(turn, said)
    if big or above or (words and (said.html or suffix)):
        html = words_of.safe(said.html) if words else ""
        foreign = said.direction == "in" and translation.offered(turn, ticket, plain(html))
        parts = texts.render(template, meets.reader, html=html, name=name, lost=big,
                             above=above, ours=said.direction == "out",
                             foreign=said.id if foreign else 0).parts  # fmt: skip
    if parts:
        # on Telegram it can be answered itself, so it must be known again
        slot = f"{key}{suffix}" if meets.address.platform == "telegram" else ""
        await outbox.owe(turn, meets.address, Message(parts, speaker=speaker),
                         key=f"{key}{suffix}", subject=subject, cls=Class.TICKET,
                         slot=slot)  # fmt: skip
    for number, file in enumerate(sent):
        if not sizes.is_too_big(file):
            await outbox.owe(turn, meets.address, Message(files=(file,), speaker=speaker),
                             key=f"{key}{suffix}:file:{number}", subject=subject, cls=Class.TICKET,
                             then="ticket.file_passed")  # fmt: skip
    if big:
        await _tell_sender(turn, ticket, said, big, f"{key}{suffix}")


async def file_passed(turn: Turn, items: Sequence[DueWork]) -> None:
    """A file whose size nobody told us turned out too big: both sides hear that it is missing."""
    for item in items:
        if item.payload["state"] != "dead":
            continue
        about, _, index = str(item.payload["key"]).rpartition(":file:")
        _, number, _, said_id = about.split(":")[:4]
        ticket = await tickets.get(turn.session, int(number))
        said = await messages.get(turn.session, int(said_id))
        if ticket is None or said is None:
            continue
        lost, key = [str(said.files[int(index)]["name"])], item.payload["key"]
        await _tell_sender(turn, ticket, said, lost, key)
        meets = await thread_of(turn, ticket)
        if meets is not None:
            message = texts.render("tickets/mirror.html.j2", meets.reader, html="", lost=lost,
                                   above="", ours=said.direction == "out", foreign=0)  # fmt: skip
            await outbox.owe(turn, meets.address, message, key=f"{key}:missing",
                             subject=f"ticket:{ticket.id}:thread", cls=Class.TICKET)  # fmt: skip


async def _tell_sender(turn: Turn, ticket: Ticket, said: Said, lost: list[str], key: str) -> None:
    """A partner whose file does not arrive hears it at once, where they sent it."""
    meets = await meets_of(turn, ticket)
    if meets is None or said.direction != "in":
        return
    message = texts.render("tickets/not_passed.html.j2", meets.reader, lost=lost,
                           limit=sizes.LIMIT_MB)  # fmt: skip
    await outbox.owe(turn, meets.address, message, key=f"{key}:not_passed",
                     subject=f"ticket:{ticket.id}:not_passed", cls=Class.INTERACTIVE)  # fmt: skip


async def ours_of(turn: Turn, ticket: Ticket) -> Meets | None:
    """The thread, else the private chat of whoever looks after the ticket."""
    if (thread := await thread_of(turn, ticket)) is not None:
        return thread
    helper = await who.on_duty(turn, ticket.owner or ticket.partner.owner)
    return await who.manager_meets(turn, helper) if helper is not None else None
