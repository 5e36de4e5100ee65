"""Partners as our people keep them: added, changed, shown, listed; notes for ourselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any

from bot import due
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners import invite, names
from bot.routes import Act
from bot.turn import Turn
from bot.when import parse_zone
from storage import partners, people, settings
from storage.models_people import Contact, Manager, Partner, Room
from storage.models_work import Said
from storage.partners import Wanted

PAGE = 20  # partners of a list that one screen holds
LANGUAGES = {"en": "en", "english": "en", "英文": "en", "英语": "en",
             "zh": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Met:
    """A contact, and on which platforms they are reached."""

    contact: Contact
    platforms: tuple[str, ...]
    unreachable: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is shown of a partner."""

    partner: Partner
    contacts: Sequence[Met]
    rooms: Sequence[Room]
    tickets: int


async def add(act: Act, name: str, given: Mapping[str, str]) -> Partner:
    """A new partner; what is not given comes from who adds it."""
    name = invite.checked_name(name)
    key = names.fold(name)
    there = await people.partner_keyed(act.session, key)
    if there is not None:
        raise Refused(_m("{name} is there already."), name=there.name)
    values = await _values(act, given)
    owner = values.pop("owner", act.manager)
    partner = Partner(
        name=name, name_key=key, search=names.search_words(name), created_at=act.now,
        owner_id=owner.id if owner is not None else None,
        **{"zone": act.config.zone, "language": act.config.language, "tags": [], **values},
    )  # fmt: skip
    await partners.add_partner(act.session, partner)
    await settings.note(act.session, who=act.by, what="partner.added", now=act.now,
                        subject=f"partner:{partner.id}", name=name)  # fmt: skip
    return partner


async def change(act: Act, partner: Partner, given: Mapping[str, str]) -> list[str]:
    """Change what is given; the names of what changed."""
    values = await _values(act, given)
    if not values:
        raise Refused(
            _m("What should change? Example: /partner set {name} tier=gold"), name=partner.name
        )
    if "owner" in values:
        owner: Manager | None = values.pop("owner")
        values["owner_id"] = owner.id if owner is not None else None
        partner.owner = owner
    for field, value in values.items():
        setattr(partner, field, value)
    row = await settings.note(act.session, who=act.by, what="partner.changed", now=act.now,
                              subject=f"partner:{partner.id}", **dict(given))  # fmt: skip
    if {"tier", "tz"} & given.keys():
        await promises_follow(act, partner, str(row.id), act.by)
    return sorted(given)


IMPORT = "import"  # who changed a partner, when a table did


async def promises_follow(turn: Turn, partner: Partner, change: str, by: str = "bot") -> None:
    """Another tier or zone may be another promise: their open tickets are looked at again."""
    await due.put(turn, key=f"ticket.terms:partner:{partner.id}:{change}", kind="ticket.terms",
                  due_at=turn.now, version=turn.config.version, after=0, partner=partner.id,
                  by=by)  # fmt: skip


async def _values(act: Act, given: Mapping[str, str]) -> dict[str, Any]:
    """Column values of the keys that were typed; Refused names what is wrong."""
    values: dict[str, Any] = {}
    for key, word in given.items():
        match key:
            case "tz":
                values["zone"] = parse_zone(word)
            case "lang":
                values["language"] = language(word)
            case "owner":
                values["owner"] = await owner_named(act, word)
            case "tags":
                values["tags"] = tags(word)
            case "tier":
                values["tier"] = await _tier(act, word.strip().lower())
            case _:
                values[key] = word.strip()
    return values


async def _tier(act: Act, word: str) -> str:
    """A new tier is a word like any other; one that is nearly a known one is a slip.

    With "glod" the partner would lose what gold partners are promised, and nobody would notice.
    """
    used, _ = await partners.words_in_use(act.session)
    known = {*used, *(tier for policy in act.config.policies for tier in policy.tiers)}
    near = [one for one in sorted(known) if names.within(word, one, 1 if len(one) < 5 else 2)]
    if word in known or not near or len(word) < 3:
        return word
    raise Refused(_m("No partner has the tier “{word}”. Did you mean {nearest}?"), word=word,
                  nearest=near[0])  # fmt: skip


def language(word: str) -> str:
    """ "en" or "zh", as it is written in either language."""
    found = LANGUAGES.get(fold(word).strip())
    if found is None:
        raise Refused(_m("I speak English (en) and Chinese (zh), not “{word}”."), word=word)
    return found


def tags(word: str) -> list[str]:
    """ "distributor; key" as a list, each once."""
    parts = fold(word).replace(";", ",").split(",")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


async def owner_named(turn: Turn, word: str) -> Manager | None:
    """One of our people by name; "none" = nobody."""
    said = fold(word).strip().lstrip("@")
    if said in ("none", "nobody", "-", "无"):
        return None
    everybody = await people.managers(turn.session)
    for manager in everybody:
        if said in (fold(manager.name), fold(manager.called), fold(manager.key)):
            return manager
    raise Refused(_m("I know nobody of ours called “{name}”. Possible: {names}."), name=word,
                  names=", ".join(manager.name for manager in everybody))  # fmt: skip


async def shown(turn: Turn, partner: Partner) -> Shown:
    """The partner with its people and rooms."""
    accounts: dict[int | None, list[str]] = {}
    for identity in await partners.identities_of_partner(turn.session, partner.id):
        accounts.setdefault(identity.contact_id, []).append(identity.platform)
    rooms = await partners.rooms_of(turn.session, partner.id)
    gone = {room.contact_id for room in rooms if room.contact_id and room.unreachable_at}
    contacts = [
        Met(contact, tuple(dict.fromkeys(accounts.get(contact.id, ()))), contact.id in gone)
        for contact in await people.contacts_of(turn.session, partner.id)
    ]
    shared = [room for room in rooms if room.contact_id is None]
    tickets = await partners.open_tickets(turn.session, partner.id)
    return Shown(partner, contacts, shared, tickets)


# lists


async def wanted(act: Act, words: str) -> Wanted:
    """What a list's words mean: mine, a tier, a region, one of ours, else a part of the name."""
    said = [word for word in fold(words).split() if word]
    tiers, regions = await partners.words_in_use(act.session)
    tier_of = {fold(tier): tier for tier in tiers}
    region_of = {fold(region): region for region in regions}
    found, rest = Wanted(), []
    for word in said:
        if word in ("mine", "我的") and act.manager is not None:
            found = replace(found, owner_id=act.manager.id)
        elif word in tier_of:
            found = replace(found, tier=tier_of[word])
        elif word in region_of:
            found = replace(found, region=region_of[word])
        else:
            rest.append(word)
    if rest and " ".join(rest) in region_of:
        return replace(found, region=region_of[" ".join(rest)])
    return await _who(act, found, " ".join(rest)) if rest else found


async def _who(act: Act, found: Wanted, word: str) -> Wanted:
    for manager in await people.managers(act.session):
        if word in (fold(manager.name), fold(manager.called)):
            return replace(found, owner_id=manager.id)
    return replace(found, name=names.fold(word))


async def page(turn: Turn, which: Wanted, offset: int) -> tuple[list[Partner], int]:
    """One screen of a list, and how many there are in all."""
    rows = await partners.page(turn.session, which, offset, PAGE)
    return rows, await partners.count(turn.session, which)


# notes


async def note(act: Act, partner: Partner, text: str, at: datetime) -> None:
    """A note for ourselves in the partner's timeline; it is never sent anywhere."""
    if not text.strip():
        raise Refused(_m("What should I note? Example: /partner note Nordwind Jo is on leave"))
    assert act.manager is not None  # noqa: S101 - the route's role says so
    await partners.keep_said(
        act.session,
        Said(direction="in", visibility="internal", partner_id=partner.id,
             manager_id=act.manager.id, platform=act.event.platform, chat="",
             html=escape(text.strip(), quote=False), files=[], versions=[], at=at),
    )  # fmt: skip


def contact_values(given: Mapping[str, str]) -> dict[str, str]:
    """Column values of a contact's keys; Refused names what is wrong."""
    readers = {"lang": ("language", language), "tz": ("zone", parse_zone)}
    values = {}
    for key, word in given.items():
        field, read = readers.get(key, (key, str.strip))
        values[field] = read(word)
    return values
