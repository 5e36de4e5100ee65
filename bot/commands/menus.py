"""What there is to say, by role: for help, Telegram's menus, Slack's manifest and the docs."""

from collections.abc import Iterable, Mapping

from bot import texts
from bot.marks import _m
from bot.routes import Role, Route, Routes

NOUNS: Mapping[str, str] = {
    "partner": _m("Partners: invite, link, tell, list"),
    "ticket": _m("Tickets: list, take, reply, resolve"),
    "meeting": _m("Meetings: plan, list, move, cancel"),
    "news": _m("News and digests"),
    "survey": _m("Surveys and their results"),
    "report": _m("Reports"),
    "liaison": _m("What is yours to do, settings, help"),
}
PRIVATE = ("settings", "stop", "problem", "tickets", "meetings")  # a partner's, in their own chat
FIRST = ("start", "stop", "settings", "help")  # words of one verb, not to be shown to our people

Menu = list[tuple[str, str]]
Menus = dict[str, dict[str, Menu]]


def commands(routes: Routes, role: Role) -> list[Route]:
    """All commands that somebody of this role may type, in the order of the table."""
    return [
        route
        for (kind, _), route in routes.all.items()
        if kind == "command" and route.role <= role
    ]


def nouns(found: Iterable[Route]) -> list[str]:
    return list(dict.fromkeys(route.noun for route in found))


def menu(routes: Routes, role: Role, language: str) -> Menu:
    """Command words with one line each, in the reader's language."""
    found = commands(routes, role)
    rows = []
    for noun in nouns(found):
        alone = next((route for route in found if route.name == noun), None)
        says = NOUNS.get(noun) or (alone.help if alone is not None else "")
        if says and noun != "start":
            rows.append((noun, texts.translate(says, language)))
    return rows


def menus(routes: Routes) -> Menus:
    """Telegram's menus: what partners see everywhere, what groups see, what our people see."""
    return {
        role: {
            language: _without(menu(routes, least, language), leave)
            for language in texts.LANGUAGES
        }
        for role, least, leave in (
            ("partner", Role.PARTNER, ()),
            ("group", Role.PARTNER, PRIVATE),
            ("manager", Role.MANAGER, PRIVATE),
        )
    }  # fmt: skip


def _without(rows: Menu, leave: Iterable[str]) -> Menu:
    return [(noun, says) for noun, says in rows if noun not in set(leave)]


def slash_commands(routes: Routes, language: str = "en") -> list[tuple[str, str, str]]:
    """(word, description, usage hint) of each slash command, for Slack's manifest."""
    found = commands(routes, Role.ADMIN)
    made = []
    for noun in nouns(found):
        if noun not in NOUNS:
            continue
        examples = [route.spec.example for route in found if route.noun == noun and route.spec]
        hint = next((one for one in examples if " " in one), "").partition(" ")[2]
        made.append((noun, texts.translate(NOUNS[noun], language), hint))
    return made
