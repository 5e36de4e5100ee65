"""Telegram's small HTML to text and entities, refusing what Telegram refuses in the same words."""

import re
from dataclasses import dataclass

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.world import Json

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
KNOWN = {*SIMPLE, "a", "tg-emoji"}
SPACES = " \t\r\n\0\v"
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
USER_LINK = re.compile(r"tg://user\?id=(\d+)$", re.IGNORECASE)
LINK = re.compile(r"(?:https?|tg|ton|tonsite)://[^\s]+$|mailto:", re.IGNORECASE)
BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?$")


def utf16(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts offsets."""
    return len(text) + sum(1 for c in text if c > "\uffff")


@dataclass
class Open:
    tag: str
    argument: str
    offset: int
    begin: int  # index into the pieces


class Parser:
    """One pass over the text; positions in errors are UTF-8 byte offsets, as Telegram's are."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            following = re.compile("[<&]").search(self.source, self.at)
            end = following.start() if following else len(self.source)
            self._text(self.source[self.at : end])
            self.at = end
            if following is None:
                break
            if self.source[end] == "&":
                self._text(self._reference())
            elif self.source.startswith("</", end):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise self._error(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.pieces), self.entities

    def _error(self, words: str, position: int | None = None) -> ApiError:
        if position is not None:
            words += f" at byte offset {len(self.source[:position].encode())}"
        return ApiError(400, f"Bad Request: can't parse entities: {words}")

    def _text(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.offset += utf16(text)

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _skip_spaces(self) -> None:
        while self._peek() and self._peek() in SPACES:
            self.at += 1

    def _reference(self) -> str:
        """A character reference (Telegram knows four names, and numbers), or the ampersand."""
        match = REFERENCE.match(self.source, self.at)
        decoded = ""
        if match:
            hexadecimal, decimal, name = match.groups()
            if name:
                decoded = NAMED.get(name, "")
            else:
                code = int(hexadecimal, 16) if hexadecimal else int(decimal[:9])
                decoded = chr(code) if _is_character(code) else ""
        if not match or not decoded:
            self.at += 1
            return "&"
        self.at = match.end()
        return decoded

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        while self._peek() not in ("", ">", *SPACES):
            self.at += 1
        if not self._peek():
            raise self._error("Unclosed start tag", begin)
        tag = self.source[begin + 1 : self.at].lower()
        if tag not in KNOWN:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        argument = ""
        while self._peek() != ">":
            self._skip_spaces()
            if self._peek() == ">":
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(Open(tag, argument, self.offset, len(self.pieces)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str | None]:
        start = self.at
        while self._peek() not in ("", "=", ">", "/", '"', "'", *SPACES):
            self.at += 1
        name = self.source[start : self.at].lower()
        if not name:
            if not self._peek():
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip_spaces()
        if self._peek() != "=":
            if not self._peek():
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            return name, None
        self.at += 1
        self._skip_spaces()
        if not self._peek():
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        value = self._quoted() if self._peek() in ("'", '"') else self._token()
        if not self._peek():
            raise self._error("Unclosed start tag", begin)
        return name, value

    def _token(self) -> str:
        start = self.at
        while re.match(r"[A-Za-z0-9.-]", self._peek()):
            self.at += 1
        if self._peek() not in (">", *SPACES):
            raise self._error("Unexpected end of name token", start)
        return self.source[start : self.at].lower()

    def _quoted(self) -> str:
        quote = self._peek()
        self.at += 1
        value: list[str] = []
        while self._peek() not in ("", quote):
            if self._peek() == "&":
                value.append(self._reference())
            else:
                value.append(self._peek())
                self.at += 1
        self.at += 1 if self._peek() else 0
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        self.at += 2
        while self._peek() not in ("", ">", *SPACES):
            self.at += 1
        found = self.source[begin + 2 : self.at].lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise self._error("Unclosed end tag", begin)
        self.at += 1
        opened = self.open.pop()
        if found and found != opened.tag:
            words = f"Unmatched end tag at byte offset {len(self.source[:begin].encode())}"
            raise self._error(f'{words}, expected "</{opened.tag}>", found "</{found}>"')
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: Open) -> None:
        entity: Json = {"offset": opened.offset, "length": self.offset - opened.offset}
        if opened.tag == "a":
            link = _link(opened.argument or "".join(self.pieces[opened.begin :]))
            if link is None:
                return
            entity |= link
        elif opened.tag == "tg-emoji":
            entity |= {"type": "custom_emoji", "custom_emoji_id": opened.argument}
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        else:
            entity["type"] = SIMPLE[opened.tag]
        if not self._code_in_pre(opened, entity):
            self.entities.append(entity)

    def _code_in_pre(self, opened: Open, entity: Json) -> bool:
        """`<pre><code class="language-x">` is one block with a language."""
        if opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(key) == entity[key] for key in ("offset", "length"))
        if opened.tag == "pre" and same and last.get("type") == "code":
            last["type"] = "pre"
            return True
        return bool(same and last.get("type") == entity["type"])


def _is_character(code: int) -> bool:
    return 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _argument(tag: str, name: str, value: str | None) -> str:
    """What an attribute means for its tag; unknown attributes mean nothing."""
    if value is None:
        return "1" if (tag, name) == ("blockquote", "expandable") else ""
    known = {("a", "href"): "", ("tg-emoji", "emoji-id"): "", ("blockquote", "expandable"): ""}
    known |= {("code", "class"): "language-", ("span", "class"): "tg-"}
    prefix = known.get((tag, name))
    if prefix is None or not value.startswith(prefix):
        return ""
    return value.removeprefix(prefix)


def _link(url: str) -> Json | None:
    """text_mention, text_link, or nothing when the address is none: then only the text stays."""
    url = url.strip()
    user = USER_LINK.match(url)
    if user:
        return {"type": "text_mention", "user_id": int(user.group(1))}
    if LINK.match(url):
        return {"type": "text_link", "url": _with_slash(url)}
    if BARE_HOST.match(url):
        return {"type": "text_link", "url": _with_slash(f"http://{url}")}
    return None


def _with_slash(url: str) -> str:
    """Telegram ends a bare host with a slash."""
    return url + "/" if re.fullmatch(r"https?://[^/?#]+", url, re.IGNORECASE) else url


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Text and entities, or "Bad Request: can't parse entities: …"."""
    text, entities = Parser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


def refuse_parse_mode(mode: str) -> ApiError:
    if mode in ("markdown", "markdownv2"):
        return ApiError(501, f"Not Implemented: the sandbox does not read parse_mode {mode}")
    return bad("unsupported parse_mode")
