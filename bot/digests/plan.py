"""Who gets what in a digest, and who does not and why; pure."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta

from bot.digests.audience import Reached, parse
from bot.partners import policy
from storage.models_work import NewsItem
from storage.news import Someone

FRESH = timedelta(days=28)  # older items are no news to somebody who joins today


@dataclass(frozen=True)
class Parcel:
    """One digest: to a private chat or, once for several people, to their partner's room."""

    to: str  # "contact:12" or "room:5"
    room_id: int  # the row of the address
    people: tuple[Someone, ...]
    items: tuple[NewsItem, ...]
    new: tuple[tuple[int, int], ...]  # (contact, news) to note


def reached(one: Someone) -> Reached:
    return Reached(one.partner_id, one.tier, one.region, one.language, one.tags)


def new_for(one: Someone, items: Sequence[NewsItem], has: Set[tuple[int, int]]) -> list[NewsItem]:
    """The items that are for this contact and that they do not have."""
    who = reached(one)
    missing = [item for item in items if (one.contact_id, item.id) not in has]
    return [item for item in missing if parse(item.audience).fits(who)]


def why_not(one: Someone, new: Sequence[NewsItem]) -> str:
    """A word of the contact policy, or "nothing"; "" when a digest goes to them."""
    return policy.refusal(facts(one)) or ("" if new else "nothing")


def facts(one: Someone, gone: policy.Gone = "") -> policy.Facts:
    """What the contact policy asks of somebody; a room keeps nobody's quiet hours."""
    hours = one.quiet if one.chat is not None else policy.NEVER_QUIET
    reachable = one.chat is not None or one.room is not None
    return policy.Facts(one.contact_id, one.wants, reachable, one.zone, hours, gone)


def refused(
    people: Sequence[Someone], items: Sequence[NewsItem], has: Set[tuple[int, int]]
) -> list[Someone]:
    """Those for whom there is something new that does not go to them."""
    return [one for one in people if policy.refusal(facts(one)) and new_for(one, items, has)]


def parcels(
    people: Sequence[Someone], items: Sequence[NewsItem], has: Set[tuple[int, int]]
) -> list[Parcel]:
    """The digests for these people, in their order."""
    found: dict[str, list[tuple[Someone, list[NewsItem]]]] = {}
    for one in people:
        new = new_for(one, items, has)
        if not why_not(one, new):
            to = f"contact:{one.contact_id}" if one.chat is not None else f"room:{one.room}"
            found.setdefault(to, []).append((one, new))
    return [_parcel(to, readers) for to, readers in found.items()]


def _parcel(to: str, readers: list[tuple[Someone, list[NewsItem]]]) -> Parcel:
    items = {item.id: item for _, new in readers for item in new}
    room_id = readers[0][0].chat if to.startswith("contact:") else readers[0][0].room
    assert room_id is not None  # noqa: S101 - why_not has looked
    return Parcel(
        to, room_id, tuple(one for one, _ in readers), tuple(items[key] for key in sorted(items)),
        tuple((one.contact_id, item.id) for one, new in readers for item in new),
    )  # fmt: skip


@dataclass(frozen=True)
class Count:
    """How a digest would go out: people by language, partners, and those left out by reason."""

    people: int
    partners: int
    languages: dict[str, int]
    left_out: dict[str, int]


def count(
    people: Sequence[Someone], items: Sequence[NewsItem], has: Set[tuple[int, int]]
) -> Count:
    reasons: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    partners = set()
    for one in people:
        reason = why_not(one, new_for(one, items, has))
        if reason:
            reasons[reason] += 1
        else:
            languages["zh" if one.language.startswith("zh") else "en"] += 1
            partners.add(one.partner_id)
    return Count(languages.total(), len(partners), dict(languages), dict(reasons))
