"""What a person types, in Slack's wire form: escaped text with ids, and its rich_text block."""

import re
import secrets
from collections.abc import Iterable

from sandbox.slack.world import Raw, User, World

_URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]]")
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_BROADCAST = ("channel", "here", "everyone")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Typed:
    """One typed text, cut into rich_text elements once and worded from them.

    `bold` are words of it that its writer marked and made bold.
    """

    def __init__(self, world: World, text: str, team: str, bold: str = "") -> None:
        self._people = _names(world, team)
        self._rooms = {room.name: room for room in world.channels.values() if room.name}
        self.elements = [part for element in self._cut(text) for part in _bold(element, bold)]

    def text(self) -> str:
        """The `text` of a message event."""
        return "".join(_worded(element) for element in self.elements)

    def blocks(self) -> list[Raw]:
        section = {"type": "rich_text_section", "elements": self.elements}
        return [
            {"type": "rich_text", "block_id": secrets.token_urlsafe(4)[:5], "elements": [section]}
        ]

    def command_text(self, world: World) -> str:
        """The `text` of a slash command with should_escape: mentions carry names too."""
        return "".join(self._in_command(world, element) for element in self.elements)

    def _in_command(self, world: World, element: Raw) -> str:
        if element["type"] == "user":
            return f"<@{element['user_id']}|{world.users[element['user_id']].name}>"
        if element["type"] == "channel":
            return f"<#{element['channel_id']}|{world.channels[element['channel_id']].name}>"
        return _worded(element)

    def _cut(self, text: str) -> Iterable[Raw]:
        plain, at = "", 0
        while at < len(text):
            found = self._special(text, at)
            if found is None:
                plain += text[at]
                at += 1
                continue
            if plain:
                yield {"type": "text", "text": plain}
                plain = ""
            length, element = found
            yield element
            at += length
        if plain:
            yield {"type": "text", "text": plain}

    def _special(self, text: str, at: int) -> tuple[int, Raw] | None:
        before = text[at - 1] if at else " "
        if text[at] == "@" and not before.isalnum():
            return self._mention(text, at)
        if text[at] == "#" and not before.isalnum():
            return self._channel(text, at)
        if text[at] == "h" and (url := _URL.match(text, at)):
            return len(url.group()), {"type": "link", "url": url.group()}
        if text[at] == ":" and (emoji := _EMOJI.match(text, at)):
            return len(emoji.group()), {"type": "emoji", "name": emoji.group(1)}
        return None

    def _mention(self, text: str, at: int) -> tuple[int, Raw] | None:
        for word in _BROADCAST:
            if _stands_at(text, at + 1, word):
                return len(word) + 1, {"type": "broadcast", "range": word}
        for name, user in self._people:
            if _stands_at(text, at + 1, name):
                return len(name) + 1, {"type": "user", "user_id": user.id}
        return None

    def _channel(self, text: str, at: int) -> tuple[int, Raw] | None:
        fitting = [name for name in self._rooms if _stands_at(text, at + 1, name)]
        if not fitting:
            return None
        name = max(fitting, key=len)
        return len(name) + 1, {"type": "channel", "channel_id": self._rooms[name].id}


def _bold(element: Raw, bold: str) -> list[Raw]:
    """An element parted so that the bold words stand alone."""
    before, found, after = str(element.get("text", "")).partition(bold) if bold else ("", "", "")
    if element["type"] != "text" or not found:
        return [element]
    parts: list[Raw] = [
             {"type": "text", "text": before},
             {"type": "text", "text": bold, "style": {"bold": True}},
             {"type": "text", "text": after}]  # fmt: skip
    return [part for part in parts if part["text"]]


def _names(world: World, team: str) -> list[tuple[str, User]]:
    """Every name a person can be picked by, longest first, own company before others."""
    found: dict[str, User] = {}
    for user in sorted(world.users.values(), key=lambda who: who.team != team):
        first = user.real_name.partition(" ")[0]
        for name in (user.real_name, user.display_name, user.name, first):
            if name:
                found.setdefault(name.lower(), user)
    return sorted(found.items(), key=lambda item: -len(item[0]))


def _stands_at(text: str, at: int, word: str) -> bool:
    if text[at : at + len(word)].lower() != word.lower():
        return False
    after = text[at + len(word) : at + len(word) + 1]
    return not (after.isascii() and (after.isalnum() or after in ("_", "-")))


def _worded(element: Raw) -> str:
    kind = element["type"]
    if kind == "user":
        return f"<@{element['user_id']}>"
    if kind == "channel":
        return f"<#{element['channel_id']}|>"
    if kind == "broadcast":
        return f"<!{element['range']}>"
    if kind == "link":
        return f"<{element['url']}>"
    if kind == "emoji":
        return f":{element['name']}:"
    words = escape(str(element["text"]))
    return f"*{words}*" if element.get("style") else words
