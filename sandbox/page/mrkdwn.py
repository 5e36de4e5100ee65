"""Slack's mrkdwn and rich text as safe HTML: whatever anybody typed stays text."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape

from sandbox.page import emoji
from sandbox.page.links import link, tagged
from sandbox.page.reader import Reader

Json = Mapping[str, Any]

_SPECIAL = re.compile(r"```(.+?)```|`([^`\n]+)`|<([^<>\n]+)>", re.DOTALL)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
)
_HOLE = re.compile("\x00(\\d+)\x00")


def mrkdwn(text: str, reader: Reader) -> Markup:
    """Slack's wire form of a text, drawn as its people would see it."""
    holes: list[Markup] = []

    def keep(found: re.Match[str]) -> str:
        holes.append(_special(found, reader))
        return f"\x00{len(holes) - 1}\x00"

    flat = _SPECIAL.sub(keep, text.replace("\x00", ""))
    drawn = str(escape(emoji.replace(html.unescape(flat))))
    for pattern, tag in _STYLES:
        drawn = pattern.sub(rf"<{tag}>\1</{tag}>", drawn)
    drawn = "\n".join(_quoted(line) for line in drawn.split("\n"))
    filled = _HOLE.sub(lambda found: str(holes[int(found[1])]), drawn)
    return Markup(filled)  # noqa: S704 - escaped above; only our own tags were added


def _quoted(line: str) -> str:
    if line.startswith("&gt; ") or line == "&gt;":
        return f'<span class="quote">{line[4:].lstrip()}</span>'
    return line


def _special(found: re.Match[str], reader: Reader) -> Markup:
    block, code, angle = found.groups()
    if block is not None:
        return Markup("<pre>{}</pre>").format(html.unescape(block).strip("\n"))
    if code is not None:
        return Markup("<code>{}</code>").format(html.unescape(code))
    return _angle(html.unescape(angle), reader)


def _angle(inside: str, reader: Reader) -> Markup:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return _mention(
            "@" + reader.people.get(target[1:], label or target[1:]), target[1:] == reader.me
        )
    if target.startswith("#"):
        return _mention("#" + reader.rooms.get(target[1:], label or target[1:]).lstrip("#"), False)
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("!"):
        return _mention("@" + target[1:].split("^")[0], True)
    return link(target, label or target)


def _mention(shown: str, me: bool) -> Markup:
    return Markup('<span class="mention{}">{}</span>').format(" me" if me else "", shown)


def _date(target: str, label: str, reader: Reader) -> Markup:
    parts = target.split("^")
    try:
        shown = reader.slack_date(int(parts[1]), parts[2])
    except (IndexError, ValueError, OverflowError):
        return escape(label)
    return Markup('<time title="{}">{}</time>').format(label, shown)


def rich_text(block: Json, reader: Reader) -> Markup:
    """A rich_text block: sections, lists, quotes and preformatted text."""
    return Markup("").join(_rich_part(part, reader) for part in block.get("elements", ()))


def _rich_part(part: Json, reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _rich_list(part, reader)
    inside = Markup("").join(_rich_element(one, reader) for one in part.get("elements", ()))
    if kind == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(inside)
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inside)
    return Markup('<div class="rich">{}</div>').format(inside)


def _rich_list(part: Json, reader: Reader) -> Markup:
    tag = "ol" if part.get("style") == "ordered" else "ul"
    items = Markup("").join(
        Markup("<li>{}</li>").format(_rich_part(item, reader)) for item in part.get("elements", ())
    )
    return tagged(tag, items, f"indent-{int(part.get('indent', 0))}")


def _rich_element(one: Json, reader: Reader) -> Markup:
    draw = _ELEMENTS.get(str(one.get("type")))
    drawn = draw(one, reader) if draw else escape(str(one.get("text", "")))
    style = one.get("style") or {}
    for key, tag in (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s")):
        if style.get(key):
            drawn = tagged(tag, drawn)
    return drawn


def _rich_date(one: Json, reader: Reader) -> Markup:
    shown = reader.slack_date(
        int(one.get("timestamp", 0)), str(one.get("format", "{date} {time}"))
    )
    drawn = Markup('<time title="{}">{}</time>').format(one.get("fallback", ""), shown)
    return link(str(one["url"]), drawn) if one.get("url") else drawn


def _rich_user(one: Json, reader: Reader) -> Markup:
    person = str(one.get("user_id", ""))
    return _mention("@" + reader.people.get(person, person), person == reader.me)


def _rich_channel(one: Json, reader: Reader) -> Markup:
    room = str(one.get("channel_id", ""))
    return _mention("#" + reader.rooms.get(room, room).lstrip("#"), False)


def _rich_emoji(one: Json, _: Reader) -> Markup:
    try:
        points = str(one.get("unicode", ""))
        if points:
            return escape("".join(chr(int(point, 16)) for point in points.split("-")))
    except (ValueError, OverflowError):
        pass
    return escape(emoji.show(str(one.get("name", ""))))


_ELEMENTS: dict[str, Callable[[Json, Reader], Markup]] = {
    "text": lambda one, _: escape(emoji.replace(str(one.get("text", "")))),
    "link": lambda one, _: link(
        str(one.get("url", "")), str(one.get("text") or one.get("url", ""))
    ),
    "user": _rich_user,
    "channel": _rich_channel,
    "emoji": _rich_emoji,
    "date": _rich_date,
    "broadcast": lambda one, _: _mention("@" + str(one.get("range", "")), True),
    "usergroup": lambda one, _: _mention("@" + str(one.get("usergroup_id", "")), False),
    "color": lambda one, _: escape(str(one.get("value", ""))),
}


def text_object(value: Json | str | None, reader: Reader) -> Markup:
    """A Block Kit text object; plain_text knows emoji names and nothing else."""
    if value is None:
        return Markup("")
    if isinstance(value, str):
        return escape(value)
    text = str(value.get("text", ""))
    if value.get("type") == "mrkdwn":
        return mrkdwn(text, reader)
    return escape(emoji.replace(text) if value.get("emoji", True) else text)
