"""News: kept once, shown before they go, taken back as far as that is possible."""

from datetime import datetime, timedelta
from typing import Any

from bot.campaigns import service as campaigns
from bot.digests import audience, calendar, plan, weekly, words
from bot.digests.audience import Audience
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of_manager
from bot.routes import Act
from bot.texts import Reader
from bot.turn import Turn
from storage import campaigns as campaign_rows
from storage import news
from storage.ids import row_id
from storage.models_people import Contact, Partner
from storage.models_work import NewsItem

LONGEST = 2_500  # characters: an item stays one paragraph of one message
LISTED = 10
RECALLABLE = timedelta(days=7)  # what is older was read
NO_NEWS = _m("There is no news item {ref}.")
WHICH_NEWS = _m("Which news item? Example: /news retract N-3")
KINDS = ("digest", "news")  # of campaigns
YES = ("yes", "y", "1", "true", "是", "urgent")


async def add(
    act: Act, text: str, *, product: str, to: Audience, urgent: bool, others: dict[str, str]
) -> NewsItem:
    """Keep an item; an urgent one goes out after the hold, the others with the next digest."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    text = _checked(text)
    written = words.language(text)
    texts = {language: _checked(other) for language, other in others.items()
             if other.strip() and language != written}  # fmt: skip
    await _check_somebody(act, to)
    item = NewsItem(text=text, texts=texts, product=" ".join(product.split())[:60],
                    audience=str(to), urgent=urgent, created_by=act.manager.id,
                    created_at=act.now)  # fmt: skip
    await news.add(act.session, item)
    if urgent:
        await weekly.send_now(act, edition(item), act.manager.id, item)
    return item


def edition(item: NewsItem) -> str:
    """An urgent item's own edition."""
    return f"{weekly.URGENT}{item.id}"


def _checked(text: str) -> str:
    kept = text.strip()
    if not kept:
        raise Refused(_m("News need a few words. Example: /news add Price list 2027 is out"))
    if len(kept) > LONGEST:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=LONGEST)
    return kept


async def _check_somebody(act: Act, to: Audience) -> None:
    """An audience with nobody in it is a slip of the finger."""
    people = await news.everybody(act.session)
    if to.wanted and not any(to.fits(plan.reached(one)) for one in people):
        raise Refused(_m("Nobody is in “{to}”. Tiers: {tiers}. Regions: {regions}."), to=to,
                      tiers=_names(one.tier for one in people),
                      regions=_names(one.region for one in people)).at("to")  # fmt: skip


def _names(found: Any) -> str:
    return ", ".join(sorted({name for name in found if name})) or "-"


async def find(turn: Turn, ref: str) -> NewsItem:
    """The item of "N-5" or of a button's number."""
    number = ref.rpartition("-")[2]
    item = await news.find(turn.session, row_id(number))
    if item is None:
        raise Refused(NO_NEWS, ref=ref) if ref.strip() else Refused(WHICH_NEWS)
    return item


async def show(act: Act, item: NewsItem) -> dict[str, Any]:
    """One item: who gets it and when, or how many have it; data of news/item.html.j2."""
    people = await news.everybody(act.session)
    counted = plan.count(people, [item], set())
    has = await news.count_received(act.session, item.id)
    settings, reader = act.config.digest, _reader(act)
    return {
        **await _urgently(act, item, counted), "has": has,
        "item": item, "count": counted.people, "partners": counted.partners,
        "missing": words.missing(item), "to": await _to(act, item),
        "next": calendar.next_slot(act.now, settings.weekday, settings.at, reader.zone),
        "at": settings.at,
        "paused": (await news.schedule(act.session, weekly.NAME)).paused_at is not None,
        "others": list(item.texts.values()),
    }  # fmt: skip


async def _urgently(act: Act, item: NewsItem, counted: plan.Count) -> dict[str, Any]:
    """What goes by itself: for how long it is held and who does not get it, then how far it is."""
    held = await weekly.held(act, edition(item))
    sending = await campaign_rows.keyed(act.session, weekly.key_of(edition(item)))
    left_out = {why: number for why, number in counted.left_out.items() if why != "nothing"}
    goes = sending is not None and sending.state != "recalled"
    return {
        "edition": edition(item), "held": held is not None, "left_out": left_out if held else {},
        "seconds": round((held.due_at - act.now).total_seconds()) if held else 0,
        "one": await campaigns.seen_by(act, sending) if sending and goes else None,
        "now": act.now,
    }  # fmt: skip


async def _to(act: Act, item: NewsItem) -> str:
    """The audience for people: partners by name."""
    parts = []
    for kind, word in audience.parse(item.audience).wanted:
        if kind == "partner":
            row = await act.session.get(Partner, int(word))
            parts.append(row.name if row is not None else word)
        else:
            parts.append(f"{kind}:{word}")
    return ", ".join(parts)


def _reader(act: Act) -> Reader:
    assert act.manager is not None  # noqa: S101 - the route's role says so
    return reader_of_manager(act.manager)


async def listed(act: Act) -> dict[str, Any]:
    """The latest items; data of news/list.html.j2."""
    rows = await news.latest(act.session, LISTED)
    wanted = "zh" if _reader(act).language.startswith("zh") else "en"
    lines = [{"line": words.line(row, wanted), "at": row.created_at, "urgent": row.urgent,
              "retracted": row.retracted_at is not None} for row in rows]  # fmt: skip
    return {"lines": lines}


def translate(item: NewsItem, text: str) -> None:
    """Add the item in its other language."""
    text = _checked(text)
    item.texts = {**item.texts, "en" if words.language(item.text) == "zh" else "zh": text}


async def retract(act: Act, item: NewsItem) -> dict[str, Any]:
    """Nobody gets it any more; data of news/retracted.html.j2."""
    if item.retracted_at is not None:
        raise Refused(_m("N-{id} is retracted already."), id=item.id)
    item.retracted_at = act.now
    await weekly.stop_edition(act, edition(item))
    campaign = await campaign_rows.keyed(act.session, weekly.key_of(edition(item)))
    if campaign is not None and campaign.state in ("running", "stopped"):
        await campaigns.leave(act, campaign)
    await weekly.withdraw(act, item.id)
    reach = await campaigns.reach_back(act, campaign) if campaign is not None else None
    return {"item": item, "has": await news.count_received(act.session, item.id),
            "campaign": campaign, "reach": reach}  # fmt: skip


def bring_back(item: NewsItem) -> None:
    """Undo of a retraction: it goes with the next digest, also if it was urgent."""
    if item.retracted_at is None:
        raise Refused(_m("N-{id} is not retracted."), id=item.id)
    item.retracted_at = None


async def preview(act: Act, partner: Partner | None) -> dict[str, Any]:
    """What would go out next, to whom, and to whom not: data of news/preview.html.j2."""
    people = await news.everybody(act.session, partner.id if partner else None)
    items = await news.live(act.session, act.now - plan.FRESH)
    has = await news.received(act.session, [one.contact_id for one in people])
    counted = plan.count(people, items, has)
    parcels = plan.parcels(people, items, has)
    settings, reader = act.config.digest, _reader(act)
    return {
        "partner": partner, "count": counted, "samples": _samples(act, parcels),
        "next": calendar.next_slot(act.now, settings.weekday, settings.at, reader.zone),
        "paused": (await news.schedule(act.session, weekly.NAME)).paused_at is not None,
        "at": settings.at, "zones": len({one.zone for parcel in parcels for one in parcel.people}),
    }  # fmt: skip


def _samples(act: Act, parcels: list[plan.Parcel]) -> list[dict[str, Any]]:
    """The fullest digest of each language that somebody reads, and whose it is."""
    samples = []
    for language in ("en", "zh"):
        read = [(parcel, one) for parcel in parcels for one in parcel.people
                if one.language == language]  # fmt: skip
        if read:
            parcel, one = max(read, key=lambda found: len(found[0].items))
            samples.append({"language": language, "company": act.config.company_in(language),
                            "lines": [words.line(item, language) for item in parcel.items],
                            "partner": one.partner})  # fmt: skip
    return samples


async def status(act: Act) -> dict[str, Any]:
    """When the next digest goes, and how it stands: data of news/status.html.j2."""
    row = await news.schedule(act.session, weekly.NAME)
    data = await preview(act, None)
    return {"paused": row.paused_at, "next": data["next"], "count": data["count"],
            "at": data["at"], "campaigns": await campaigns.of_kinds(act, KINDS),
            "now": act.now}  # fmt: skip


async def pause(act: Act) -> None:
    """No digest goes, and what is being sent stops."""
    row = await news.schedule(act.session, weekly.NAME)
    if row.paused_at is not None:
        raise Refused(_m("The digest is paused already."))
    assert act.manager is not None  # noqa: S101 - the route's role says so
    row.paused_at, row.paused_by = act.now, act.manager.id
    for campaign in await campaign_rows.in_state(act.session, ("digest",), "running"):
        await campaigns.stop(act, campaign)


async def resume(act: Act) -> None:
    """Digests go again, and whatever was stopped goes on."""
    row = await news.schedule(act.session, weekly.NAME)
    stopped = await campaign_rows.in_state(act.session, KINDS, "stopped")
    if row.paused_at is None and not stopped:
        raise Refused(_m("The digest is not paused."))
    row.paused_at = None
    row.paused_by = None
    for campaign in stopped:
        await campaigns.resume(act, campaign)


async def recallable(act: Act) -> dict[str, Any]:
    """The digest that went out last, and what can still be taken back of it."""
    states = ("running", "stopped", "done")
    since = act.now - RECALLABLE
    found = [one for one in await campaign_rows.in_state(act.session, ("digest",), *states)
             if one.at >= since]  # fmt: skip
    if not found:
        raise Refused(_m("No digest went out in the last week."))
    return {"one": await campaigns.seen_by(act, found[0]), "now": act.now,
            "reach": await campaigns.reach_back(act, found[0])}  # fmt: skip


async def send(act: Act, value: str) -> tuple[str, datetime]:
    """Everybody gets what is new for them now, after the hold; returns the edition and the moment.

    `value` is how many were shown: if the number has changed, the preview is out of date.
    """
    if (await news.schedule(act.session, weekly.NAME)).paused_at is not None:
        raise Refused(_m("The digest is paused. Resume it first: /news digest resume"))
    data = await preview(act, None)
    if not data["count"].people:
        raise Refused(_m("There is nothing new for anybody."))
    if str(data["count"].people) != value:
        raise Refused(_m("That preview is out of date. Please look again: /news digest send"))
    assert act.manager is not None  # noqa: S101 - the route's role says so
    edition = f"{weekly.NOW}{act.now:%Y-%m-%dT%H:%M:%S}"
    return edition, await weekly.send_now(act, edition, act.manager.id)


async def unsend(act: Act, edition: str) -> None:
    """Undo of send, until the hold is over."""
    if await weekly.held(act, edition) is None:
        raise Refused(_m("They are on their way already."))
    await weekly.stop_edition(act, edition)


async def hurry(act: Act, edition: str) -> None:
    """[Send now]: the hold is over."""
    if not await weekly.end_hold(act, edition):
        raise Refused(_m("They are on their way already."))


def own(act: Act, value: str) -> Contact:
    """The contact of a digest's button, who must be the one who presses it."""
    if act.contact is None or str(act.contact.id) != value:
        raise Refused(_m("This button belongs to somebody else's news."))
    return act.contact
