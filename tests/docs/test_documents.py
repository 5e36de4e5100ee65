"""The documents agree with the code: generated pages, named places, links, screenshots."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.commands.table import DUE, ROUTES
from bot.config import Config, Environment, parse
from bot.due import DueKinds
from bot.errors import ConfigError
from bot.holidays import written_out
from bot.platforms.slack.manifest import SCOPES
from bot.reference import CALENDAR, DOCS, PAGES, commands_md, configuration_md
from bot.routes import Role, Routes
from bot.tickets.calendar import Calendar

ROOT = DOCS.parent
PLACE = re.compile(
    r"`((?:bot|storage|templates|tests|sandbox|docs|benchmarks)/[\w./-]*)(?:::(\w+))?`"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
IMAGE_BYTES = 300_000
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_what_the_code_says(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == PAGES[name](), "run `make docs`"


def test_every_setting_and_variable_is_described() -> None:
    page = configuration_md()
    for name, field in Environment.model_fields.items():
        assert field.description, name
        assert f"`{name.upper()}`" in page
    for name, field in Config.model_fields.items():
        assert (f"| `{name}` |" in page) is not bool(field.exclude), name
    assert not re.search(r"\| +\|$", page, re.MULTILINE), "a key without its meaning"


@pytest.mark.parametrize("key", CALENDAR)
def test_a_calendar_reads_every_key_that_is_described(key: str) -> None:
    good = {"tz": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}}

    def read(mapping: dict[str, object]) -> None:
        written = written_out({"office": mapping}, ROOT, 2026, "liaison.toml")
        Calendar.parse(written["office"])

    read(good)
    with pytest.raises(ConfigError, match=key):
        read({**good, key: "nonsense"})


def test_the_example_of_settings_is_one() -> None:
    assert parse(tomllib.loads((ROOT / "liaison.toml").read_text("utf-8")), "liaison.toml")


def test_a_new_command_and_due_kind_appear_on_the_page() -> None:
    routes, due = Routes(), DueKinds()

    @routes.command("boat row", role=Role.LEAD, help="Row a boat", args="partner text?",
                    keys="at:time", zh="划", example="boat row Nordwind")  # fmt: skip
    async def row(*_: object) -> None: ...

    @due.kind("boat.sinks", says="It leaks.")
    async def sinks(*_: object) -> None: ...

    page = commands_md(routes, due.all)
    assert ("| `/boat row PARTNER TEXT?` | 划 | `at=` | leads and above | Row a boat "
            "| `/boat row Nordwind` |") in page  # fmt: skip
    assert "| `boat.sinks` | It leaks. |" in page


def test_every_command_is_on_the_page() -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    for (kind, name), route in ROUTES.all.items():
        shown = f"`/{route.noun}" if kind == "command" else f"`{name}`"
        if kind in ("command", "button", "form", "shortcut"):
            assert shown in page
    assert [name for name in DUE.all if f"`{name}`" not in page] == []


def test_where_is_names_places_that_exist() -> None:
    page = (DOCS / "where-is.md").read_text("utf-8")
    places = PLACE.findall(page)
    assert len(places) > 50
    missing = [f"{path}::{name}" if name else path
               for path, name in places if not _exists(path, name)]  # fmt: skip
    assert missing == []


def test_where_is_names_routes_and_due_kinds_that_exist() -> None:
    page = (DOCS / "where-is.md").read_text("utf-8")
    named = set(re.findall(r"(button|message route|due kind) `([\w.]+)`", page))
    kinds = {"button": "button", "message route": "message"}
    for what, name in named:
        there = name in DUE.all if what == "due kind" else (kinds[what], name) in ROUTES.all
        assert there, f"{what} {name}"
    assert {what for what, _ in named} == {"button", "message route", "due kind"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_places_of_every_document_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = [link.partition("#")[0] for link in LINK.findall(text)
               if "://" not in link and not link.startswith("#")]  # fmt: skip
    assert [to for to in targets if to and not (path.parent / unquote(to)).exists()] == []
    gone = [place for place, name in PLACE.findall(text) if not _exists(place, name)]
    assert gone == []


def test_the_readme_gives_every_scope_its_reason() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name, why in SCOPES.items() if f"| `{name}` | {why} |" not in readme] == []


def test_pictures_are_small_and_used() -> None:
    pictures = sorted((DOCS / "pictures").glob("*.png"))
    readme = (ROOT / "README.md").read_text("utf-8")
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < IMAGE_BYTES, picture.name
        assert f"docs/pictures/{picture.name}" in readme


def _exists(path: str, name: str) -> bool:
    if not (ROOT / path).exists():
        return False
    return not name or name in _names(ROOT / path)


@cache
def _names(path: Path) -> set[str]:
    """What a module defines at its top."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found
