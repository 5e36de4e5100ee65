"""Known issues: one cause of many tickets, of many partners who never hear of each other."""

from typing import Any

from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import called
from bot.routes import Act
from bot.tickets import cards
from storage import known, people, settings, tickets
from storage.ids import row_id
from storage.models_delivery import Audit
from storage.models_known import KnownIssue
from storage.models_work import Ticket

LONGEST = 200  # characters of a title: it stands on one line
LISTED = 15
CHOICES = 20  # known issues to choose from in a form
CHANGES = 3  # of its name and state that are shown with it
DECIDED = _m("That is decided already.")


async def add(act: Act, title: str) -> KnownIssue:
    """A new one; its title is for ourselves."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    issue = KnownIssue(title=_checked(title), state="open", created_by=act.manager.id,
                       created_at=act.now)  # fmt: skip
    return await known.add(act.session, issue)


def _checked(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_m("What is the problem? Example: /ticket known add Price list fails")).at(
            "title"
        )
    if len(title) > LONGEST:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=LONGEST).at(
            "title"
        )
    return title


async def rename(act: Act, issue: KnownIssue, title: str) -> Audit:
    """Another title, for ourselves as before; the line of the audit that [Undo] takes back."""
    title = _checked(title)
    if title == issue.title:
        raise Refused(_m("K-{id} is called that already."), id=issue.id).at("title")
    before, issue.title = issue.title, title
    return await _note(act, issue, "renamed", before=before, after=title)


async def reopen(act: Act, issue: KnownIssue) -> Audit:
    """It was not fixed after all. Its tickets stay as they are: each is somebody's own."""
    if issue.state == "open":
        raise Refused(_m("K-{id} is open already."), id=issue.id)
    if await known.under_way(act.session, issue.id) is not None:
        raise Refused(_m("K-{id} is being announced already."), id=issue.id)
    issue.state = "open"
    return await _note(act, issue, "reopened")


async def take_back(act: Act, issue: KnownIssue, row_id: int) -> Audit:
    """[Undo] of a name or of reopening, unless somebody has changed it again."""
    newest = next(iter(await settings.noted(act.session, _subject(issue), 1)), None)
    if newest is None or newest.id != row_id:
        raise Refused(DECIDED)
    match newest.what, issue.state:
        case "known.renamed", _:
            return await rename(act, issue, newest.data["before"])
        case "known.reopened", "open":
            issue.state = "fixed"
            return await _note(act, issue, "fixed")
    raise Refused(DECIDED)


async def _note(act: Act, issue: KnownIssue, what: str, **data: str) -> Audit:
    return await settings.note(act.session, who=act.by, what=f"known.{what}", now=act.event.at,
                               subject=_subject(issue), **data)  # fmt: skip


def _subject(issue: KnownIssue) -> str:
    return f"known:{issue.id}"


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
    changes = await settings.noted(act.session, _subject(issue), CHANGES)
    names = {f"manager:{one.id}": one.name for one in await people.managers(act.session)}
    return {
        "issue": issue, "count": count, "rows": [_line(ticket) for ticket in found],
        "more": count.tickets - len(found), "now": act.now,
        "changes": [{"at": one.at, "what": one.what, "who": names.get(one.who, ""),
                     "before": one.data.get("before", "")} for one in reversed(changes)],
        "outcome": await known.outcome(act.session, fix.id) if fix is not None else None,
    }  # fmt: skip


def _line(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id, "ref": f"T-{ticket.id}", "partner": ticket.partner.name,
        "who": called(ticket.contact) if ticket.contact is not None else "",
        "title": ticket.title[:80], "live": ticket.status in tickets.LIVE,
    }  # fmt: skip
