"""Known issues: one cause of many tickets, of many partners who never hear of each other."""

from typing import Any

from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import called
from bot.routes import Act
from bot.tickets import cards
from storage import known, tickets
from storage.ids import row_id
from storage.models_known import KnownIssue
from storage.models_work import Ticket

LONGEST = 200  # characters of a title: it stands on one line
LISTED = 15
CHOICES = 20  # known issues to choose from in a form


async def add(act: Act, title: str) -> KnownIssue:
    """A new one; its title is for ourselves."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    title = " ".join(title.split())
    if not title:
        raise Refused(_m("What is the problem? Example: /ticket known add Price list fails")).at(
            "title"
        )
    if len(title) > LONGEST:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=LONGEST).at(
            "title"
        )
    issue = KnownIssue(title=title, state="open", created_by=act.manager.id, created_at=act.now)
    return await known.add(act.session, issue)


async def find(act: Act, ref: str) -> KnownIssue:
    """The one of "K-4" or of a button's number."""
    issue = await known.get(act.session, row_id(ref.rpartition("-")[2]))
    if issue is None:
        raise Refused(_m("There is no known issue {ref}. All of them: /ticket known"), ref=ref)
    return issue


async def link(act: Act, ticket: Ticket, issue: KnownIssue) -> None:
    """This is the ticket's cause. One that was fixed is open again: it happens still."""
    before = await known.of_ticket(act.session, ticket.id)
    if before is not None and before.id == issue.id:
        raise Refused(_m("T-{id} belongs to K-{known} already."), id=ticket.id, known=issue.id)
    await known.link(act.session, ticket.id, issue.id)
    if ticket.status in tickets.LIVE:
        issue.state = "open"
    await tickets.log(act.session, ticket, "known", at=act.event.at, by=act.by, known=issue.id)
    await cards.follow(act, ticket)


async def unlink(act: Act, ticket: Ticket) -> KnownIssue:
    """It has another cause."""
    issue = await known.of_ticket(act.session, ticket.id)
    if issue is None:
        raise Refused(_m("T-{id} belongs to no known issue."), id=ticket.id)
    await known.unlink(act.session, ticket.id)
    await tickets.log(act.session, ticket, "unknown", at=act.event.at, by=act.by, known=issue.id)
    await cards.follow(act, ticket)
    return issue


async def listed(act: Act) -> dict[str, Any]:
    """Data of tickets/known_list.html.j2."""
    issues = await known.latest(act.session, LISTED)
    counts = await known.counts(act.session, [issue.id for issue in issues])
    return {"rows": [(issue, counts[issue.id]) for issue in issues]}


async def shown(act: Act, issue: KnownIssue) -> dict[str, Any]:
    """Data of tickets/known.html.j2."""
    count = (await known.counts(act.session, [issue.id]))[issue.id]
    found = await known.tickets_of(act.session, issue.id, LISTED)
    fix = await known.last_fix(act.session, issue.id)
    return {
        "issue": issue, "count": count, "rows": [_line(ticket) for ticket in found],
        "more": count.tickets - len(found), "now": act.now,
        "outcome": await known.outcome(act.session, fix.id) if fix is not None else None,
    }  # fmt: skip


def _line(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id, "ref": f"T-{ticket.id}", "partner": ticket.partner.name,
        "who": called(ticket.contact) if ticket.contact is not None else "",
        "title": ticket.title[:80], "live": ticket.status in tickets.LIVE,
    }  # fmt: skip
