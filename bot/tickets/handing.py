"""A new ticket falls under a rule: it goes to a team or one of ours, and on if they do nothing."""

from collections.abc import Sequence
from datetime import datetime

from bot import due
from bot.config_tickets import Kind, Rule
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import is_away, on_duty, reader_of_manager
from bot.partners.reach import tell
from bot.routes import Act
from bot.tickets import cards, chain, last_words, policy, routing
from bot.tickets.cards import State
from bot.tickets.routing import Asked, Seat
from bot.turn import Turn
from storage import people, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Ticket, TicketLog

LINES = 10  # of one message; the rest is counted
BUTTONS = 3

due_kinds = DueKinds()


async def route(turn: Turn, ticket: Ticket, at: datetime) -> TicketLog | None:
    """Look for the rule and give the ticket to whom it says; the row of the log that tells so."""
    rule = routing.choose(turn.config.routing, _asked(ticket))
    if rule is None:
        return None
    if rule.priority:
        await tickets.log(turn.session, ticket, "priority", at=at, by="bot", value=rule.priority,
                          rule=rule.name)  # fmt: skip
    return await _give(turn, ticket, "routed", rule, await _who(turn, rule, set()), at)


def _asked(ticket: Ticket) -> Asked:
    partner, contact = ticket.partner, ticket.contact
    language = contact.language if contact is not None else ""
    return Asked(partner.name, partner.tier, partner.region, language or partner.language,
                 ticket.kind, ticket.product, ticket.title)  # fmt: skip


async def _give(
    turn: Turn, ticket: Ticket, kind: str, rule: Rule, to: Manager | None, at: datetime
) -> TicketLog:  # fmt: skip
    """The row keeps the rule as it was: other settings change nothing about this ticket."""
    ticket.owner_id = to.id if to is not None else None
    if to is not None:
        to.routed_at = turn.now
    await turn.session.flush()
    await turn.session.refresh(ticket, ["owner"])
    return await tickets.log(turn.session, ticket, kind, at=at, by="bot", owner=ticket.owner_id,
                             rule=rule.model_dump())  # fmt: skip


async def _who(turn: Turn, rule: Rule, had: set[int]) -> Manager | None:
    """Whom the rule means today; `had` = those who had it before."""
    everyone = await people.managers(turn.session)
    if rule.owner and not had:
        return await on_duty(turn, next((one for one in everyone if one.key == rule.owner), None))
    if rule.hand_out == "nobody" and not had:
        return None
    there = {one.id: one for one in everyone if one.team == rule.team and one.role != "viewer"
             and one.id not in had and not is_away(turn, one)}  # fmt: skip
    awake = {key: one for key, one in there.items()
             if chain.morning(one.zone, turn.now) == turn.now}  # fmt: skip
    asked = awake or there
    loads = await tickets.loads(turn.session, list(asked))
    seats = [Seat(one.id, one.routed_at, loads.get(one.id, 0)) for one in asked.values()]
    found = routing.turn_of(seats, rule.hand_out)
    return asked[found.id] if found is not None else None


async def correct(act: Act, ticket: Ticket, kind: Kind) -> TicketLog | None:
    """One of ours says what it is: promises and rules that look at the kind follow.

    Returns the row of another rule that fits now, if nobody had done anything yet.
    """
    before = await _before(act, ticket, is_known=ticket.kind == kind)
    ticket.kind = kind
    await tickets.log(act.session, ticket, "kind", at=act.event.at, by=act.by, value=kind)
    return await _follow(act, ticket, before)


async def say_product(act: Act, ticket: Ticket, product: str) -> TicketLog | None:
    """The same of the product that it is about; "" = of none that has promises of its own."""
    before = await _before(act, ticket, is_known=ticket.product == product)
    ticket.product = product
    await tickets.log(act.session, ticket, "product", at=act.event.at, by=act.by, product=product)
    return await _follow(act, ticket, before)


async def _before(act: Act, ticket: Ticket, *, is_known: bool) -> State:
    if ticket.status not in tickets.LIVE:
        raise Refused(_m("T-{id} is closed already."), id=ticket.id)
    if is_known:
        raise Refused(_m("T-{id} is that already."), id=ticket.id)
    return await cards.state_of(act, ticket)


async def _follow(act: Act, ticket: Ticket, before: State) -> TicketLog | None:
    routed = await _route_again(act, ticket, before)
    state = await cards.follow(act, ticket)
    if routed is not None:
        await told(act, ticket, state, routed)
    return routed


async def _route_again(act: Act, ticket: Ticket, before: State) -> TicketLog | None:
    """By another rule, while whoever has it, by a rule, has done nothing with it."""
    given = [row for row in before.log if row.kind in ("routed", "passed_on", "taken")]
    last = given[-1] if given else None
    if last is not None and (last.kind == "taken" or not _untouched(ticket, before, last)):
        return None
    rule = routing.choose(act.config.routing, _asked(ticket))
    if rule is None or (last is not None and last.data["rule"]["name"] == rule.name):
        return None
    return await route(act, ticket, act.event.at)


async def told(turn: Turn, ticket: Ticket, state: State, row: TicketLog) -> None:
    """Whoever got it hears of it, and it is looked at again before the promise is lost."""
    rule = Rule(**row.data["rule"])
    if ticket.owner is None:
        return
    await _tell_by_day(turn, ticket, row, ticket.owner, "routed")
    promise = state.running.get(policy.ANSWER)
    if rule.pass_on and promise is not None:
        at = max(promise.moment(_part(state, rule)), turn.now + chain.BUNDLE)
        await due.put(turn, key=f"ticket:{ticket.id}:pass-on:{row.id}", kind="ticket.pass_on",
                      due_at=at, subject=f"ticket:{ticket.id}", ticket=ticket.id,
                      row=row.id)  # fmt: skip


def _part(state: State, rule: Rule) -> float:
    had = sum(one.kind in ("routed", "passed_on") for one in state.log)
    return routing.part_until(rule.pass_on, had)


@due_kinds.kind("ticket.pass_on", cls=Class.TICKET,
                says=_m("A ticket that a rule gave to somebody is looked at again."))  # fmt: skip
async def pass_on(turn: Turn, items: Sequence[DueWork]) -> None:
    """Who got it and did nothing has no time today: the next of the team gets it."""
    for item in items:
        ticket = await tickets.get(turn.session, item.payload["ticket"])
        if ticket is None or ticket.status not in tickets.LIVE:
            continue
        state = await cards.state_of(turn, ticket)
        row = next((one for one in state.log if one.id == item.payload["row"]), None)
        promise = state.promise
        if row is None or promise is None or not _untouched(ticket, state, row):
            continue
        rule = Rule(**row.data["rule"])
        moment = promise.moment(_part(state, rule))
        if moment > turn.now:
            await due.put(turn, key=item.key, kind=item.kind, due_at=moment,
                          subject=item.subject, **item.payload)  # fmt: skip
            continue
        await _pass(turn, ticket, state, rule)


def _untouched(ticket: Ticket, state: State, row: TicketLog) -> bool:
    """Still with them, and nothing of theirs since."""
    by = f"manager:{row.data['owner']}"
    later = [one for one in state.log if one.id > row.id]
    given_on = any(one.kind in ("taken", "passed_on") for one in later)
    acted = any(one.by == by for one in later)
    return ticket.owner_id == row.data["owner"] and not given_on and not acted


async def _pass(turn: Turn, ticket: Ticket, state: State, rule: Rule) -> None:
    had = {one.data["owner"] for one in state.log if one.kind in ("routed", "passed_on")}
    before = ticket.owner
    to = await _who(turn, rule, had)
    row = await _give(turn, ticket, "passed_on", rule, to, turn.now)
    after = await cards.follow(turn, ticket)
    await told(turn, ticket, after, row)
    if before is not None:
        await _tell_by_day(turn, ticket, row, before, "passed")


async def _tell_by_day(
    turn: Turn, ticket: Ticket, row: TicketLog, to: Manager, how: str
) -> None:  # fmt: skip
    """Nobody hears of it at night; what comes together is told together."""
    await due.put(turn, key=f"ticket:{ticket.id}:{how}:{row.id}", kind="ticket.handed",
                  due_at=await _awake(turn, to), ticket=ticket.id, row=row.id, to=to.id,
                  how=how)  # fmt: skip


async def _awake(turn: Turn, to: Manager) -> datetime:
    """When whoever is asked for them is awake; where nobody is, a room hears of it now."""
    helper = await on_duty(turn, to)
    return chain.morning(helper.zone, turn.now) if helper is not None else turn.now


@due_kinds.kind("ticket.handed", cls=Class.TICKET,
                says=_m("Somebody hears of tickets that a rule gave or passed on."))  # fmt: skip
async def hear(turn: Turn, items: Sequence[DueWork]) -> None:
    """One message to each, of what is still so."""
    known = await tickets.many(turn.session, [item.payload["ticket"] for item in items])
    logs = await tickets.logs(turn.session, list(known))
    found: dict[int, list[tuple[DueWork, Ticket, State, TicketLog]]] = {}
    for item in items:
        ticket = known.get(item.payload["ticket"])
        if ticket is None or ticket.status not in tickets.LIVE:
            continue
        state = cards.read(turn, ticket, logs[ticket.id])
        row = next(one for one in state.log if one.id == item.payload["row"])
        if item.payload["how"] == "passed" or _untouched(ticket, state, row):
            found.setdefault(item.payload["to"], []).append((item, ticket, state, row))
    for manager_id, news in found.items():
        to = await people.manager(turn.session, manager_id)
        if to is not None:
            await _tell(turn, to, news)


async def _tell(
    turn: Turn, to: Manager, news: list[tuple[DueWork, Ticket, State, TicketLog]]
) -> None:  # fmt: skip
    at = await _awake(turn, to)
    if at > turn.now:  # somebody else stands in by now
        for item, *_ in news:
            await due.put(turn, key=item.key, kind=item.kind, due_at=at, **item.payload)
        return
    reader = reader_of_manager(to)
    words = await last_words.unanswered(turn, [(ticket, state) for _, ticket, state, _ in news])
    rows = [cards.facts(turn, ticket, state, reader) | {
                "how": item.payload["how"], "rule": row.data["rule"]["name"],
                "passed": row.kind == "passed_on", "words": words.get(ticket.id, "")}
            for item, ticket, state, row in news]  # fmt: skip
    first, _, _, row = news[0]
    await tell(turn, to, "tickets/routed.html.j2",
               f"handed:{to.id}:{first.payload['how']}:{row.id}", rows=rows[:LINES], shown=BUTTONS,
               more=len(rows[LINES:]))  # fmt: skip
