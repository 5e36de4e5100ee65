"""Texts that would be a mention, markup, a template or a formula if anything took them so."""

import re
from typing import Any
from unicodedata import category

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


CALLING = frozenset({"user", "usergroup", "broadcast", "channel", "team", "mrkdwn"})
FOUND_BY_TELEGRAM = frozenset({"url", "mention", "hashtag", "cashtag", "bot_command", "email",
                               "phone_number"})  # fmt: skip
LOOSE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")  # what Slack would take for its own marks
INVISIBLE = ("Cc", "Cf", "Zl")  # platforms leave some of these out; nobody sees a difference


def same(arrived: str, typed: str) -> bool:
    """The same text, invisible characters aside."""
    seen = ["".join(c for c in text if category(c) not in INVISIBLE) for text in (arrived, typed)]
    return seen[0].strip() == seen[1].strip()


def elements(block: Any) -> list[dict[str, Any]]:
    if isinstance(block, list):
        return [found for one in block for found in elements(one)]
    if isinstance(block, dict):
        return [block, *(found for one in block.values() for found in elements(one))]
    return []


def said(raw: dict[str, Any]) -> str:
    """The words in a Slack message's blocks."""
    return "".join(_word(element) for element in elements(raw["blocks"]))


def _word(element: dict[str, Any]) -> str:
    if element.get("type") == "emoji":
        return f":{element['name']}:"
    text = element.get("text", element.get("url", ""))
    return str(text) if element.get("type") in ("text", "link") else ""


def assert_plain_in_slack(raw: dict[str, Any], typed: str = "") -> None:
    """Nobody is called, only typed addresses are linked, the notification's text is escaped."""
    for element in elements(raw["blocks"]):
        assert element.get("type") not in CALLING, raw["blocks"]
        if element.get("type") == "link":
            assert element["url"] in typed, raw["blocks"]
            assert element.get("text", element["url"]) == element["url"], raw["blocks"]
    assert LOOSE.search(raw["text"]) is None, raw["text"]


def assert_plain_in_telegram(body: dict[str, Any], *, ours: int = 0) -> None:
    """Only what Telegram itself finds in plain text; the first `ours` characters we may draw."""
    for entity in body.get("entities", ()):
        drawn_by_us = entity["offset"] + entity["length"] <= ours
        assert drawn_by_us or entity["type"] in FOUND_BY_TELEGRAM, body
