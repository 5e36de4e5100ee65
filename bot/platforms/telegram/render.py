"""A neutral message as sendMessage wants it: pure; beyond a limit refused, never cut."""

from typing import Any
from unicodedata import east_asian_width

from bot import markup
from bot.chat import Button, Message, Part
from bot.markup import Block, Span
from bot.platforms.telegram.entities import units

TEXT = 4_096  # after parsing, in UTF-16 units: the strictest reading of Telegram's "characters"
CAPTION = 1_024
BUTTONS = 100
DATA_BYTES = 64
TOAST = 200  # what the answer to a press can show
ALERT = 60  # a longer answer is shown as a box: a toast is gone before it is read
ROW_WIDTH = 30  # of a narrow phone, in Latin letters
ROW_BUTTONS = 5


def message(message: Message) -> dict[str, Any]:
    """{"text", "reply_markup"}, the latter None without buttons."""
    text = _spoken("\n\n".join(html(part) for part in message.parts if part.html), message.speaker)
    length = _length(text)
    if not 0 < length <= TEXT:
        raise ValueError(f"a Telegram message has 1 to {TEXT} characters, this one {length}")
    return {"text": text, "reply_markup": keyboard(message)}


def caption(message: Message) -> str:
    """What stands under a file: who sends it, and the words if there are any."""
    text = "\n\n".join(html(part) for part in message.parts if part.html)
    text = _spoken(text, message.speaker) if text else _name(message.speaker)
    length = _length(text)
    if length > CAPTION:
        raise ValueError(f"a Telegram caption has up to {CAPTION} characters, this one {length}")
    return text


def fits_toast(message: Message) -> bool:
    """Whether the answer to a press can show all of it; else it is owed as a message."""
    if message.buttons or message.files:
        return False
    return units(markup.plain(message.html)) <= TOAST


def _length(text: str) -> int:
    """As Telegram counts: what is left after parsing, without the white space around it."""
    return units("".join(block.text for block in markup.parse(text)).strip())


def html(part: Part) -> str:
    """A part in Telegram's HTML: people as links, nothing nested in <code> and <pre>."""
    return markup.write([_block(block) for block in markup.parse(part.html)])


def _block(block: Block) -> Block:
    return Block(block.kind, tuple(_span(span, block.kind) for span in block.spans))


def _span(span: Span, kind: str) -> Span:
    if kind == "pre":
        return Span(span.text)
    styles = frozenset({"code"}) if "code" in span.styles else span.styles
    return Span(span.text, styles, "" if "code" in styles else _link(span.link))


def _link(link: str) -> str:
    """Only people of Telegram can be linked there; others stay plain words."""
    person = link.removeprefix("person:")
    if person == link:
        return link
    return f"tg://user?id={person}" if person.isdecimal() else ""


def _name(speaker: str) -> str:
    return markup.write([Block("text", (Span(speaker, frozenset("b")),))]) if speaker else ""


def _spoken(text: str, speaker: str) -> str:
    """The bot posts under its own name only, so the speaker's is written before the words."""
    if not speaker:
        return text
    colon = "：" if any(_is_wide(char) for char in speaker) else ": "
    return _name(speaker + colon.strip()) + colon[1:] + text


def keyboard(message: Message) -> dict[str, Any] | None:
    """The buttons of each part in rows of their own."""
    if len(message.buttons) > BUTTONS:
        raise ValueError(f"{len(message.buttons)} buttons; Telegram takes {BUTTONS}")
    rows = [[_button(b) for b in row] for part in message.parts for row in _rows(part.buttons)]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": button.label, "url": button.url}
    data = f"{button.route} {button.value}" if button.value else button.route
    if len(data.encode()) > DATA_BYTES:
        raise ValueError(f"button {button.label!r}: {data!r} exceeds {DATA_BYTES} bytes")
    return {"text": button.label, "callback_data": data}


def _rows(buttons: tuple[Button, ...]) -> list[list[Button]]:
    """Rows that a narrow phone shows unshortened; a scale (0 to 10) in rows of like length."""
    widest = max((width(button.label) for button in buttons), default=0)
    if widest * min(len(buttons), ROW_BUTTONS) <= ROW_WIDTH:
        return _even(list(buttons))
    rows: list[list[Button]] = []
    room = 0
    for button in buttons:
        needs = width(button.label)
        if not rows or needs > room or len(rows[-1]) == ROW_BUTTONS:
            rows.append([])
            room = ROW_WIDTH
        rows[-1].append(button)
        room -= needs
    return rows


def _even(buttons: list[Button]) -> list[list[Button]]:
    count = -(-len(buttons) // ROW_BUTTONS)
    rows = []
    for left in range(count, 0, -1):
        length = -(-len(buttons) // left)
        rows.append(buttons[:length])
        buttons = buttons[length:]
    return rows


def width(label: str) -> int:
    """In Latin letters; Chinese characters and most emoji count as two."""
    return sum(2 if _is_wide(char) or ord(char) > 0xFFFF else 1 for char in label)


def _is_wide(char: str) -> bool:
    return east_asian_width(char) in "WF"
