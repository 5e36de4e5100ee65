"""Templates and the helpers they use; autoescape is always on."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from sandbox.page import emoji
from sandbox.page.entities import with_entities
from sandbox.page.model import initials
from sandbox.page.mrkdwn import mrkdwn, rich_text, text_object
from sandbox.page.reader import Reader

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
Json = Mapping[str, Any]

_SERVICES = (
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
)
_FILE_SIGN = Markup(
    '<svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="1.5"><path d="M6 3h8l4 4v14H6zM14 3v4h4"/></svg>'
)


def texts(language: str) -> dict[str, Any]:
    """All words of the page in one language."""
    path = HERE / "texts" / f"{language}.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


TEXTS = {language: texts(language) for language in LANGUAGES}


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {
        "dump": dump,
        "raw_json": raw_json,
        "emoji": emoji.show,
        "hue": hue,
        "initials": initials,
        "mrkdwn": mrkdwn,
        "rich_text": rich_text,
        "text": text_object,
        "plain": plain,
        "values_of": values_of,
        "local_input": local_input,
        "has_input": has_input,
        "with_entities": with_entities,
        "sender_name": sender_name,
        "forward_name": forward_name,
    }
    return env


def for_reader(reader: Reader, language: str) -> dict[str, Any]:
    """Helpers that depend on who looks."""
    words = TEXTS[language]
    return {
        "t": words,
        "language": language,
        "local_picture": partial(local_picture, reader),
        "slack_file": partial(slack_file, words),
        "telegram_media": partial(telegram_media, words),
        "service_text": partial(service_text, words),
    }


def dump(value: Any) -> str:
    """JSON without any sign that could end a script element."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def raw_json(value: Any) -> Markup:
    """The same for the inside of a script element of type JSON."""
    return Markup(dump(value))  # noqa: S704 - < > & are escaped in dump


def hue(key: str) -> int:
    """A colour that stays with a person."""
    return sum((index + 7) * ord(sign) for index, sign in enumerate(str(key))) * 47 % 360


def plain(value: Any) -> str:
    """The words of a text object, with emoji names shown."""
    if not value:
        return ""
    text = value if isinstance(value, str) else str(value.get("text", ""))
    return emoji.replace(text)


def values_of(options: Any) -> list[str]:
    return [str(one.get("value", "")) for one in options or ()]


def local_input(stamp: Any, reader: Reader) -> str:
    """A datetimepicker's instant as the browser's field wants it, in the reader's zone."""
    if not stamp:
        return ""
    return reader.local(datetime.fromtimestamp(int(stamp), UTC)).strftime("%Y-%m-%dT%H:%M")


def has_input(view: Json) -> bool:
    return any(block.get("type") == "input" for block in view.get("blocks", ()))


def sender_name(message: Json) -> str:
    sender = message.get("from") or {}
    return " ".join(filter(None, (sender.get("first_name"), sender.get("last_name"))))


def forward_name(message: Json) -> str:
    origin = message.get("forward_origin") or {}
    return str(origin.get("sender_user_name") or sender_name({"from": origin.get("sender_user")}))


def local_picture(reader: Reader, url: Any) -> str:
    """Where the page loads a picture from, or "" for one that lies elsewhere in the world."""
    path = urlsplit(str(url or ""))
    if not reader.origin or f"{path.scheme}://{path.netloc}" != reader.origin:
        return ""
    parts = path.path.split("/")
    if "files" in parts[:3]:
        found = next((one for one in parts if one.startswith("F")), "")
        return f"/media/slack/{quote(found)}" if found else ""
    return path.path


def slack_file(words: Mapping[str, str], file: Json) -> Markup:
    """A file under a Slack message: pictures are shown, others offered."""
    url = f"/media/slack/{quote(str(file.get('id', '')))}"
    name = str(file.get("name") or file.get("title") or words["file"])
    if str(file.get("mimetype", "")).startswith("image/"):
        return _picture(url, name)
    return _file(url, name, int(file.get("size") or 0))


def telegram_media(words: Mapping[str, str], message: Json) -> Markup:
    """What a Telegram message carries besides its text."""
    photo: Sequence[Json] = message.get("photo") or ()
    if photo:
        return _picture(f"/media/telegram/{quote(str(photo[-1]['file_id']))}", words["photo"])
    for kind in ("document", "voice", "video", "audio", "animation"):
        found = message.get(kind)
        if found:
            name = str(found.get("file_name") or words.get(kind, words["file"]))
            url = f"/media/telegram/{quote(str(found['file_id']))}"
            return _file(url, name, int(found.get("file_size") or 0))
    if message.get("sticker"):
        shape = Markup('<p class="sticker" title="{}">{}</p>')
        return shape.format(words["sticker"], message["sticker"].get("emoji", "▢"))
    if message.get("location"):
        where = message["location"]
        return Markup("<p>⌖ {}: {}, {}</p>").format(
            words["location"], where["latitude"], where["longitude"]
        )
    if message.get("contact"):
        who = message["contact"]
        shape = Markup("<p>☎ {}: {} {}</p>")
        return shape.format(
            words["contact"], who.get("first_name", ""), who.get("phone_number", "")
        )
    return Markup("")


def _picture(url: str, name: str) -> Markup:
    shape = Markup(
        '<a class="photo" href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}"></a>'
    )
    return shape.format(url, url, name)


def _file(url: str, name: str, size: int) -> Markup:
    shape = Markup(
        '<a class="file" href="{}" download="{}">{}<span>{}<small>{}</small></span></a>'
    )
    return shape.format(url, name, _FILE_SIGN, name, _size(size))


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def service_text(words: Mapping[str, str], message: Json) -> str:
    """The line in the middle for somebody who came, a topic that opened, and the like."""
    if message.get("new_chat_members"):
        names = ", ".join(sender_name({"from": one}) for one in message["new_chat_members"])
        return words["joined"].replace("{name}", names)
    if message.get("left_chat_member"):
        return words["left"].replace("{name}", sender_name({"from": message["left_chat_member"]}))
    if topic := _topic_text(words, message):
        return topic
    for kind in _SERVICES:
        if message.get(kind):
            return kind.replace("_", " ")
    return ""


def _topic_text(words: Mapping[str, str], message: Json) -> str:
    """A topic's name where it opened or was renamed; that it was closed holds no information."""
    for kind in ("forum_topic_created", "forum_topic_edited"):
        if message.get(kind):
            return f"# {message[kind].get('name', '')}"
    toggled = ("forum_topic_closed", "forum_topic_reopened")
    return next((words[kind] for kind in toggled if kind in message), "")
