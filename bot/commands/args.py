"""From a typed line to a route and its arguments: partners, tickets, people and times by name."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.chat import Button
from bot.commands.parse import Parsed, parse, possible_names, reference
from bot.commands.words import nearest
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners import names
from bot.partners.people import reader_of
from bot.routes import Act, Role, Route, Routes
from bot.specs import Arg
from bot.when import parse_duration, parse_time
from storage import naming, people, tickets
from storage.db import Session
from storage.ids import row_id
from storage.models_people import Manager, Partner
from storage.models_work import Ticket

NOUNS = {"伙伴": "partner", "会议": "meeting", "动态": "news", "新闻": "news", "调查": "survey",
         "工单": "ticket", "报告": "report", "助手": "liaison",
         "问题": "problem", "报告问题": "problem",
         "我的工单": "tickets", "我的会议": "meetings", "设置": "settings", "停止": "stop",
         "停": "stop", "退订": "stop", "帮助": "help", "开始": "start"}  # fmt: skip
THEIRS = {"ticket": "tickets", "meeting": "meetings"}  # alone, a partner means their own
CHOICES = 3  # buttons when several partners may be meant
NO_PARTNER = _m("I know no partner “{name}”. Try fewer letters, or /partner list.")


def noun_of(word: str) -> str:
    """A command's noun in its one form, whichever language and width it was typed in."""
    plain = fold(word).strip("/").casefold()
    return NOUNS.get(plain, plain)


def is_noun(routes: Routes, word: str) -> bool:
    """Whether a word begins a command."""
    noun = noun_of(word)
    return any(kind == "command" and route.noun == noun for (kind, _), route in routes.all.items())


def is_for_us(act: Act, routes: Routes) -> bool:
    """Not another bot's command in a group, or just words: there we speak only when asked."""
    event = act.event
    if act.is_ours or event.private or event.mentions_bot or event.reply_to_bot:
        return True
    nouns = [route.noun for (kind, _), route in routes.all.items() if kind == "command"]
    return is_noun(routes, event.route) or nearest(event.route, nouns) is not None


async def find(
    act: Act, routes: Routes, noun: str, text: str, implied: str = ""
) -> tuple[Route, dict[str, Any]]:
    """The route that a line means and its arguments; raises Refused with what to do.

    `implied` is a reference that the place implies: "T-12" in that ticket's thread.
    """
    noun = noun_of(noun)
    first, _, rest = text.strip().partition(" ")
    if noun == "liaison" and is_noun(routes, first) and noun_of(first) != "liaison":
        noun, text = noun_of(first), rest
    if act.role < Role.VIEWER and not text.strip():
        noun = THEIRS.get(noun, noun)
    role = Role.PARTNER if act.is_guest else act.role  # they are told where they are a guest
    mine = [route for (kind, _), route in routes.all.items()
            if kind == "command" and route.noun == noun and route.role <= role]  # fmt: skip
    if not mine:
        return _instead(act, routes, noun)
    specs = [route.spec for route in mine if route.spec is not None]
    known = await _partners(act.session, possible_names(text, specs))
    names_one = any(reference(fold(word), "TMNRK") for word in text.split()[:2])
    line = f"{implied} {text}" if implied and not names_one else text
    parsed = parse(noun, line, specs, lambda words: names.leading(words, known))
    route = next(route for route in mine if route.spec is parsed.spec)
    missing = [arg.name for arg in parsed.spec.args
               if arg.kind in ("ticket", "part") and not arg.optional
               and arg.name not in parsed.args]  # fmt: skip
    if missing and implied.startswith("T-"):  # "link K-4" in a ticket's thread
        parsed.args[missing.pop()] = implied
    elif names_one and implied.startswith("T-"):
        parsed.args.update(_second(parsed, implied))
    if missing:
        raise Refused(_m("Which ticket? Example: /{example}"), example=parsed.spec.example)
    kinds = {arg.name: arg for arg in (*parsed.spec.args, *parsed.spec.keys)}
    values = {name: await _resolve(act, kinds[name], word) for name, word in parsed.args.items()}
    return route, values


def _second(parsed: Parsed, implied: str) -> dict[str, str]:
    """ "link T-20" in T-12's thread is about these two, unless it says what else it is about."""
    of_tickets = [arg.name for arg in parsed.spec.args if arg.kind in ("ticket", "part")]
    if len(of_tickets) < 2 or parsed.args.keys() != {of_tickets[0]}:
        return {}
    return {of_tickets[1]: implied} if parsed.args[of_tickets[0]] != implied else {}


def _instead(act: Act, routes: Routes, noun: str) -> tuple[Route, dict[str, Any]]:
    """A word that is none of theirs: what was meant, and for a partner what they can do here."""
    commands = [route for (kind, _), route in routes.all.items() if kind == "command"]
    there = sorted({route.noun for route in commands})
    ours = act.role >= Role.VIEWER
    mine = there if ours else [route.noun for route in commands if route.role < Role.VIEWER]
    near = nearest(noun, mine) if noun not in there else None
    if near:
        raise Refused(_m("“{word}” is not known here. Did you mean /{nearest}?"), word=noun,
                      nearest=near)  # fmt: skip
    if not ours:
        return routes.all["command", "help"], {"about": noun}
    raise Refused(_m("“{word}” is not known here. Possible: {nouns}."), word=noun,
                  nouns=", ".join(f"/{name}" for name in there))  # fmt: skip


async def _partners(session: Session, said: list[str]) -> list[str]:
    """The names of the few partners that may be meant."""
    words = {names.fold(name.split()[0]) for name in said if name.split()}
    words |= {names.fold(name) for name in said}
    found = await naming.partners_like(session, [word for word in words if word])
    return [partner.name for partner in found]


async def partners_like(session: Session, text: str) -> list[Partner]:
    """Partners for a select while somebody types; the first ones when nothing is typed yet."""
    key = names.fold(text)
    return await naming.partners_like(session, [key])


async def partner_named(session: Session, text: str) -> Partner:
    """The one partner that is meant; several become buttons, none a Refused with what to do."""
    key = names.fold(text)
    if not key:  # "🎉": as it is looked for, nothing would fit everybody
        raise Refused(NO_PARTNER, name=text)
    exact = await people.partner_keyed(session, key)
    if exact is not None and exact.archived_at is None:
        return exact
    liked = await naming.partners_like(session, [key]) if key else []
    candidates = {partner.name: partner for partner in liked}
    if not candidates:
        close = names.match(text, await naming.partners_near(session, key))
        candidates = await _by_names(session, close[:CHOICES])
        if len(candidates) != 1:
            _refuse_partner(text, list(candidates.values()))
    best = names.match(text, list(candidates)) or list(candidates)
    if len(best) == 1:
        return candidates[best[0]]
    _refuse_partner(text, [candidates[name] for name in best])
    raise AssertionError("unreachable")


async def _by_names(session: Session, found: list[str]) -> dict[str, Partner]:
    rows = {name: await people.partner_keyed(session, names.fold(name)) for name in found}
    return {name: row for name, row in rows.items() if row is not None}


def _refuse_partner(text: str, several: list[Partner]) -> None:
    if not several:
        raise Refused(NO_PARTNER, name=text)
    buttons = tuple(Button(p.name[:75], "partner.show", str(p.id)) for p in several[:CHOICES])
    raise Refused(_m("“{name}” could be several partners. Which one?"), name=text, buttons=buttons)


async def _partner(act: Act, _arg: Arg, word: str) -> Partner:
    return await partner_named(act.session, word)


async def _ticket(act: Act, arg: Arg, word: str) -> Ticket:
    """Only a ticket that the asker may see: ours see all, a partner their own.

    What is said about one that was merged is about the one of which it is a part.
    """
    number = row_id(word.partition("-")[2])
    ticket = await (tickets.get if arg.kind == "part" else tickets.reach)(act.session, number)
    hidden = act.role < Role.VIEWER and (
        ticket is None or act.partner is None or ticket.partner_id != act.partner.id
    )
    if ticket is None or hidden:
        raise Refused(_m("There is no ticket {ref}."), ref=word)
    return ticket


async def _person(act: Act, _arg: Arg, word: str) -> Manager:
    return await manager_of(act, word)


async def manager_of(act: Act, word: str) -> Manager:
    """One of ours by name, mention or platform id; Refused names those there are."""
    found = await manager_called(act, word)
    if found is None:
        everyone = await people.managers(act.session)
        raise Refused(_m("I know nobody of ours called “{name}”. Possible: {names}."), name=word,
                      names=", ".join(manager.name for manager in everyone))  # fmt: skip
    return found


async def manager_called(act: Act, word: str) -> Manager | None:
    """One of ours by name, mention or platform id, if there is such a one."""
    wanted = word.strip("<>@").partition("|")[0]
    identity = await people.find_identity(act.session, act.person.platform, wanted)
    if identity is not None and identity.manager is not None:
        return identity.manager
    said = fold(word).strip("@").casefold()
    for manager in await people.managers(act.session):
        if said in (manager.name.casefold(), manager.called.casefold(), manager.key.casefold()):
            return manager
    return None


async def _time(act: Act, _arg: Arg, word: str) -> Any:
    reader = reader_of(act.identity, act.room, act.config)
    return parse_time(word, act.now, reader.zone, whole=True)


async def _duration(_act: Act, _arg: Arg, word: str) -> Any:
    return parse_duration(word)


RESOLVERS: dict[str, Callable[[Act, Arg, str], Awaitable[Any]]] = {
    "partner": _partner, "ticket": _ticket, "part": _ticket, "person": _person, "time": _time,
    "duration": _duration,
}  # fmt: skip


async def _resolve(act: Act, arg: Arg, word: str) -> Any:
    resolver = RESOLVERS.get(arg.kind)
    return await resolver(act, arg, word) if resolver is not None else word
