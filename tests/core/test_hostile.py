"""What people type stays text: no mention, no markup, no template, on either platform."""

import json
from typing import Any
from unicodedata import category

import pytest

from bot import outbox, texts
from bot.chat import Address
from bot.outbox import Class
from tests.conversations.stage import Stage

HOSTILE = (
    "<!channel>", "<!here> now", "<!everyone>", "<@U0LIN>", "<@U0LIN|lin>", "<#C0TEAM>", "@here",
    "@channel", "@everyone", "*bold*", "_italic_", "~strike~", "`code`", "```block```", "> quote",
    "&gt; quote", "&amp;lt;", "</b>", "<b>bold", "<i>x</b>", "<script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>', '<a href="person:U0LIN">x</a>', "<time>x</time>",
    '<a href="tg://user?id=1">x</a>', "tg://user?id=700000011", "javascript:alert(1)",
    "<https://evil.example|bank>", "[bank](https://evil.example)", "<tg-spoiler>x</tg-spoiler>",
    "{{7*7}}", "{% raw %}", "{# x #}", "{0}", "{name}", "%(name)s", "%s%n", "${7*7}", "#{7*7}",
    "=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)", "'; DROP TABLE tickets; --", "../../etc/passwd",
    "C:\\x\\y", "\u202egnp.exe", "zero\u200bwidth", "👩‍👩‍👧‍👦 𝒳 🇩🇪", "x" * 300,
    "\x02 0\x03", "\x02x\x03 \x1b[31mred\x1b[0m", "line\u2028separator", "a &lt;b&gt; c",
    ":smile: :tada:", "/start@LiaisonDemoBot x",
)  # fmt: skip


INVISIBLE = ("Cc", "Cf", "Zl")  # platforms leave some of these out; nobody sees a difference


def _same(arrived: str, typed: str) -> bool:
    """The same text, invisible characters aside."""
    seen = ["".join(c for c in text if category(c) not in INVISIBLE) for text in (arrived, typed)]
    return seen[0].strip() == seen[1].strip()


async def _owe(stage: Stage, to: Address) -> None:
    async with stage.turn() as turn:
        for number, typed in enumerate(HOSTILE):
            await outbox.owe(turn, to, texts.plain_message(typed), key=f"h:{to}:{number}",
                             subject=f"h:{number}", cls=Class.TICKET)  # fmt: skip


def _elements(block: Any) -> list[dict[str, Any]]:
    if isinstance(block, list):
        return [found for one in block for found in _elements(one)]
    if isinstance(block, dict):
        return [block, *(found for one in block.values() for found in _elements(one))]
    return []


@pytest.fixture
def only_sqlite(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("what is drawn does not depend on the database")


async def test_in_slack(only_sqlite: None, stage: Stage) -> None:
    await _owe(stage, Address("slack", "C0TEAM"))
    await stage.settle()
    rows = [m.raw for m in stage.slack.room("C0TEAM").messages.values() if m.raw.get("bot_id")]
    assert len(rows) == len(HOSTILE)
    for typed in HOSTILE:
        found = [raw for raw in rows if _same(_said(raw), typed)]
        assert found, (typed, [_said(raw) for raw in rows])
        for raw in found:
            kinds = {e.get("type") for e in _elements(raw["blocks"])}
            assert not kinds & {"user", "broadcast", "channel", "usergroup", "emoji", "mrkdwn"}
            assert "style" not in json.dumps(raw["blocks"]), typed
            for mark in ("<!", "<@", "<#", "<http"):
                assert mark not in raw["text"], "the notification's text is escaped"


def _said(raw: dict[str, Any]) -> str:
    texts_ = [e["text"] for e in _elements(raw["blocks"]) if e.get("type") in ("text", "link")]
    return "".join(text for text in texts_ if isinstance(text, str))


async def test_in_telegram(only_sqlite: None, stage: Stage) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await stage.settle()
    await _owe(stage, Address("telegram", jo.id))
    await stage.settle()
    bodies = [m.body for m in stage.telegram.messages(jo.number)
              if m.sender == stage.telegram.bot.id]  # fmt: skip
    for typed in HOSTILE:
        found = [body for body in bodies if _same(str(body.get("text", "")), typed)]
        assert found, typed
        made = {"bold", "italic", "code", "pre", "text_link", "text_mention", "spoiler"}
        assert not any(e["type"] in made for body in found for e in body.get("entities", ()))
