"""Every text has its Chinese, and every template an example that both platforms can show."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot import markup, texts
from bot.chat import Message
from bot.outbox import pack
from bot.platforms.slack import render as slack_render
from bot.platforms.telegram import render as telegram_render
from bot.texts import Reader
from sandbox.telegram.html import parse_html
from tests.texts_check import ROOT, faults

HERE = Path(__file__).parent
EXAMPLES: dict[str, dict[str, Any]] = {}
for _path in sorted(HERE.glob("examples_*.py")):
    EXAMPLES |= importlib.import_module(f"tests.templates.{_path.stem}").EXAMPLES
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html.j2")
)
READERS = {
    "en": Reader("en", "Europe/Berlin"),
    "zh": Reader("zh", "Asia/Shanghai"),
    "room": Reader("en", "America/New_York", several=True),
    "zh room": Reader("zh", "Europe/Berlin", several=True),
}
SCHEMA = json.loads((ROOT / "sandbox/slack/data/block-kit.schema.json").read_text("utf-8"))
SAME = {"English", "main", "outbox", "events", "liaison", "toml"}  # a language; files of ours
# Names, references, commands and zones stay as they are in Chinese.
FOREIGN = re.compile(r"https?://\S+|/\S+|@\S+|[A-Z]-\d+|<[^>]+>|[A-Za-z]+=\S*|[\w.]+:\S+")


def test_every_text_has_its_chinese() -> None:
    assert faults() == []


def test_every_template_has_an_example() -> None:
    assert [name for name in TEMPLATES if name not in EXAMPLES] == []
    assert [name for name in EXAMPLES if name not in TEMPLATES] == []


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_both_platforms_can_show_it(name: str, reader: str) -> None:
    message = texts.render(name, READERS[reader], **EXAMPLES[name])
    assert message.parts, "an empty message cannot be sent"
    for piece in pack(message):
        shown = slack_render.message(piece)
        jsonschema.validate(shown["blocks"], {**SCHEMA, "$ref": "#/definitions/Blocks"})
        assert len(shown["blocks"]) <= 50
        parse_html(telegram_render.message(piece)["text"])


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_english_is_left_in_chinese(name: str) -> None:
    english = _words(texts.render(name, READERS["en"], **EXAMPLES[name]))
    chinese = _words(texts.render(name, READERS["zh"], **EXAMPLES[name]))
    data = json.dumps(EXAMPLES[name], default=_plain, ensure_ascii=False)
    left = {word for word in chinese & english if len(word) > 3 and word not in data}
    assert left <= {"Liaison", "Slack", "Telegram", "Hengda", *SAME}


@pytest.mark.parametrize("name", TEMPLATES)
def test_chinese_has_no_space_after_a_sentence(name: str) -> None:
    said = markup.plain(texts.render(name, READERS["zh"], **EXAMPLES[name]).html)
    assert not re.search(r"[。？！；] +[\u4e00-\u9fff]", said)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_no_bracket_stands_within_a_bracket(name: str, reader: str) -> None:
    said = markup.plain(texts.render(name, READERS[reader], **EXAMPLES[name]).html)
    assert not re.search(r"[(（][^()（）]*[(（]", said)


def test_a_command_keeps_its_spaces_in_chinese() -> None:
    """Copied without them it would be one word: “/partner 邀请华腾科技 姓名”."""
    data = EXAMPLES["partners/invite_nobody.html.j2"]
    said = texts.render("partners/invite_nobody.html.j2", READERS["zh"], **data)
    assert "/partner 邀请 华腾科技 姓名" in markup.plain(said.html)


def _plain(value: Any) -> Any:
    return vars(value) if hasattr(value, "__dict__") else str(value)


def _words(message: Message) -> set[str]:
    labels = " ".join(button.label for button in message.buttons)
    text = FOREIGN.sub(" ", markup.plain(message.html) + " " + labels)
    return set(re.findall(r"[A-Za-z]{2,}", text))
