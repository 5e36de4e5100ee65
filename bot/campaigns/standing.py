"""How a campaign stands, for people: how many have it, who does not, when the last gets it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.campaigns import rules
from bot.chat import Address
from bot.texts import Reader
from bot.turn import Turn
from storage import campaigns, people
from storage.campaigns import Count
from storage.models_delivery import Campaign

NAMED = 20  # of those whom it did not reach


@dataclass(frozen=True, slots=True)
class Standing:
    """Data of campaigns/standing.html.j2 for one reader; `there` is who gets it last, and when."""

    id: int
    kind: str
    title: str
    on: date  # of a digest: the day by which it goes
    state: str
    braked: bool
    count: Count
    why: dict[str, int]
    more: bool  # more deliveries are still to be owed
    left: timedelta | None
    last: datetime | None
    there: Reader


async def standing(turn: Turn, campaign: Campaign, count: Count, reader: Reader) -> Standing:
    last, zone, more = await _last(turn, campaign)
    since = turn.now - (campaign.looked_at or turn.now)
    ready = count.waiting - count.later + count.flying
    running = campaign.state == "running"
    return Standing(
        campaign.id, campaign.kind, campaign.title, _day(campaign, reader), campaign.state,
        campaign.braked, count, rules.grouped(count.failed), more and running,
        rules.remaining(ready, count.ended - campaign.looked, since) if running else None,
        last if running else None, Reader(reader.language, zone or reader.zone),
    )  # fmt: skip


def _day(campaign: Campaign, reader: Reader) -> date:
    """A weekly digest has one day, though it begins in another zone the day before."""
    if campaign.kind == "digest" and campaign.title:
        return date.fromisoformat(campaign.title)
    return campaign.at.astimezone(reader.tzinfo).date()


async def _last(turn: Turn, campaign: Campaign) -> tuple[datetime | None, str, bool]:
    """When the last of those who get it later gets it, by which clock; whether more is owed."""
    row = await campaigns.last(turn.session, campaign.id, turn.now)
    _, work = await campaigns.still_to_owe(turn.session, campaign.key)
    begins = row.not_before if row is not None else None
    if work is not None and work.due_at > (begins or turn.now):
        return work.due_at, work.payload.get("zone") or "", True
    if row is None:
        return None, "", work is not None
    zone = await campaigns.zone_at(turn.session, Address.parse(row.address))
    return begins, zone, work is not None


async def missed(turn: Turn, campaign: Campaign) -> list[tuple[str, str]]:
    """Whom it did not reach, and why in a word of rules.why; the first of them."""
    rows = await campaigns.failed(turn.session, campaign.id, NAMED)
    names = await people.names_at(turn.session, [Address.parse(row.address) for row in rows])
    return [(names.get(row.address, row.address), rules.why(row.reason)) for row in rows]
