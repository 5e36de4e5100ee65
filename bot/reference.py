"""Writes docs/configuration.md and docs/commands.md from what the code declares: `make docs`."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.commands.args import NOUNS as CHINESE_NOUNS
from bot.commands.args import THEIRS
from bot.commands.table import DUE, ROUTES
from bot.commands.vocabulary import KEYS, VALUES
from bot.config import Config, Environment
from bot.due import DueKind
from bot.routes import Role, Route, Routes
from bot.specs import Arg, Kind

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- Made by `make docs` from the code. Change it there. -->\n\n"

CALENDAR: Mapping[str, tuple[str, str]] = {
    "tz": ("IANA zone, required", "The zone whose wall clock the hours are on."),
    "week": (
        'spans by day, or "24x7"',
        'Open hours: mon = [["09:00", "12:00"], ["13:00", "18:00"]]; a day left out is closed.',
    ),
    "holidays": ("dates", 'Days that are closed: "2027-01-01".'),
    "recurring_holidays": ("days of the year", 'Closed every year: "12-25".'),
    "country": (
        "code",
        "Closed on a country's public holidays: DE, or DE-HH for a part of it. Weekends on which "
        "it works in exchange (CN) have the hours of the first working day.",
    ),
    "ical": ("file", "Closed on the days of this iCal file, beside liaison.toml."),
    "exceptions": (
        "spans by date",
        'Other hours on one day: "2026-12-24" = [["09:00", "12:00"]]; [] closes it. '
        "Outranks holidays.",
    ),
}
ROLES: Mapping[Role, str] = {
    Role.ANYONE: "everybody",
    Role.PARTNER: "partners' contacts and all of ours",
    Role.VIEWER: "all of ours",
    Role.MANAGER: "managers and above",
    Role.LEAD: "leads and above",
    Role.ADMIN: "admins",
}
KINDS: Mapping[Kind, str] = {
    "partner": "a partner's name, a few letters are enough",
    "person": "one of our people: @name or name",
    "room": "a channel: #name",
    "ticket": "T-12",
    "part": "T-12",
    "meeting": "M-3",
    "news": "N-5",
    "round": "R-2",
    "known": "K-4",
    "number": "a number",
    "time": "“next thursday 15:00”, 下周四下午三点",
    "rhythm": "weekly, quarterly, “every second friday”, 每季度",
    "duration": "30m, 1h, “2 days”, 两小时",
    "word": "one word; quote it if it has spaces",
    "text": "free text to the end of the line, no quotes needed",
}


def configuration_md() -> str:
    """Every environment variable and every key of liaison.toml."""
    variables = [
        (f"`{name.upper()}`", _default(field), field.description or "")
        for name, field in Environment.model_fields.items()
    ]
    lines = [
        "# Configuration",
        "Secrets and addresses come from the environment, the rest from `liaison.toml`. "
        "`main.py check` names every fault of both at once, with its fix.",
        "## Environment",
        "Slack needs `SLACK_BOT_TOKEN` and one of `SLACK_APP_TOKEN` (Socket Mode) and "
        "`SLACK_SIGNING_SECRET` (HTTP mode). Either platform may be absent.",
        _table(("Variable", "Default", "Meaning"), variables),
        "## liaison.toml",
        "The file in the project works as it stands. On SQLite it is read at each start; "
        "SIGHUP reads it again without a restart (see [operations](operations.md)).",
        *_sections(Config, ""),
    ]
    return MADE + "\n\n".join(lines) + "\n"


def _sections(model: type[BaseModel], path: str) -> Iterator[str]:
    """The keys of a model, then a section for each model inside it."""
    fields = {name: field for name, field in model.model_fields.items() if not field.exclude}
    yield _table(("Key", "Type", "Default", "Meaning"), [
        (f"`{name}`", _type(field.annotation), _default(field), field.description or "")
        for name, field in fields.items()
    ])  # fmt: skip
    for name, field in fields.items():
        inner = _model(field.annotation)
        where = f"{path}{name}"
        if inner is not None:
            several = get_origin(field.annotation) is tuple
            yield f"### `[[{where}]]`" if several else f"### `[{where}]`"
            yield field.description or ""
            yield from _sections(inner, f"{where}.")
        elif name == "calendars":
            yield f"### `[{where}.NAME]`"
            yield field.description or ""
            yield _table(("Key", "Type", "Meaning"),
                         [(f"`{key}`", *row) for key, row in CALENDAR.items()])  # fmt: skip


def _model(annotation: Any) -> type[BaseModel] | None:
    inner = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation) if choice)
    if get_origin(annotation) is tuple:
        of = "numbers" if get_args(annotation)[0] is int else "texts"
        return "several tables" if _model(annotation) else f"list of {of}"
    if get_origin(annotation) is UnionType:
        return "text or table"
    if _model(annotation) or get_origin(annotation) is not None:
        return "table"
    return {bool: "true or false", int: "number", str: "text"}[annotation]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    tables = isinstance(default, tuple) and any(isinstance(one, BaseModel) for one in default)
    if tables or isinstance(default, BaseModel) or default in ("", ()):
        return ""
    if isinstance(default, tuple):
        default = list(default)
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def commands_md(routes: Routes = ROUTES, due: Mapping[str, DueKind] = DUE.all) -> str:
    """What can be said and pressed, and what happens by itself."""
    commands = [route for (kind, _), route in routes.all.items() if kind == "command"]
    ours = [route for route in commands if route.role >= Role.VIEWER]
    theirs = [route for route in commands if route.role < Role.VIEWER]
    chinese: dict[str, list[str]] = {}
    for word, noun in CHINESE_NOUNS.items():
        for meant in dict.fromkeys((noun, THEIRS.get(noun, noun))):
            chinese.setdefault(meant, []).append(word)
    lines = [
        "# Commands",
        "The same words on Slack and Telegram. Verb and thing stand in either order, the words "
        "in the second column mean the same, and everything also works as "
        "`/liaison ticket …`. In a Slack thread, where slash commands do not work, write "
        "`@Liaison …`. `?` marks what may be left out; a wrong word is answered with the "
        "nearest right one.",
        "## For our own people",
    ]
    for noun in dict.fromkeys(route.noun for route in ours):
        word = f" · {chinese[noun][0]}" if noun in chinese else ""
        lines += [f"### `/{noun}`{word}",
                  _commands([route for route in ours if route.noun == noun])]  # fmt: skip
    lines += [
        "## For partners, on Telegram", "Partners need none of these: writing is enough.",
        _commands(theirs, chinese),
        "## What stands for what", _table(("Written as", "Means"), _kinds(commands)),
        "## Chinese words for keys and values",
        _table(("Key or value", "Chinese"), _words()),
        "## Other things one can do",
        "Buttons, forms and shortcuts by the names under which they are declared, and who may.",
        _table(("What", "Who may", "Names"), _others(routes)),
        "## What happens by itself", _table(("Due work", "Why"), _due(due)),
    ]  # fmt: skip
    return MADE + "\n\n".join(lines) + "\n"


def _commands(routes: Iterable[Route], words: Mapping[str, list[str]] | None = None) -> str:
    """`words` are the Chinese ones of commands without a verb."""
    return _table(("Command", "Or", "Keys", "Who may", "What it does", "Example"), [
        (f"`{_typed(route)}`", ", ".join(_spec(route).also or (words or {}).get(route.noun, ())),
         " ".join(f"`{arg.name}=`" for arg in _spec(route).keys), ROLES[route.role], route.help,
         f"`/{_spec(route).example.removeprefix('/')}`")
        for route in routes
    ])  # fmt: skip


def _typed(route: Route) -> str:
    shown = [f"/{route.noun}"]
    spec = _spec(route)
    if spec.verb:
        shown.append(f"[{spec.verb}]" if spec.default else spec.verb)
    return " ".join([*shown, *(_arg(arg) for arg in spec.args)])


def _spec(route: Route) -> Any:
    if route.spec is None:
        raise ValueError(f"command {route.name} has no spec")
    return route.spec


def _arg(arg: Arg) -> str:
    return f"{arg.name.upper()}{'?' if arg.optional else ''}"


def _kinds(routes: Iterable[Route]) -> list[tuple[str, str]]:
    """The arguments and keys that some command takes, by what is written there."""
    found: dict[str, Kind] = {}
    for route in routes:
        found |= {arg.name.upper(): arg.kind for arg in _spec(route).args}
        found |= {f"{arg.name}=": arg.kind for arg in _spec(route).keys}
    names = _gathered((KINDS[kind], f"`{name}`") for name, kind in sorted(found.items()))
    return [(shown, words) for words, shown in names]


def _words() -> list[tuple[str, str]]:
    keys = [(f"`{key}=`", word) for word, key in KEYS.items()]
    return _gathered(keys + [(f"`{value}`", word) for word, value in VALUES.items()])


def _others(routes: Routes) -> list[tuple[str, str, str]]:
    rows = sorted((kind, int(route.role), name) for (kind, name), route in routes.all.items()
                  if kind in ("button", "form", "shortcut", "reaction"))  # fmt: skip
    found = _gathered((f"{kind} {role}", f"`{name}`") for kind, role, name in rows)
    return [(kind.partition(" ")[0], ROLES[Role(int(kind.partition(" ")[2]))], names)
            for kind, names in found]  # fmt: skip


def _gathered(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """One row for each first word, the second ones joined."""
    found: dict[str, list[str]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return [(first, ", ".join(seconds)) for first, seconds in found.items()]


def _due(due: Mapping[str, DueKind]) -> list[tuple[str, str]]:
    return [(f"`{name}`", kind.says or "the bot's own housekeeping")
            for name, kind in sorted(due.items())]  # fmt: skip


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
                     for line in lines)  # fmt: skip


PAGES: Mapping[str, Any] = {"configuration.md": configuration_md, "commands.md": commands_md}


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
