"""What Telegram makes of a text: entities found in plain words, trimming, lengths."""

import re
from collections.abc import Callable

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.html import parse_html, refuse_parse_mode, utf16
from sandbox.telegram.world import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
MAX_SOURCE_BYTES = 1 << 15  # the server reads no longer source than this
OPAQUE = {"code", "pre", "text_link", "text_mention"}  # nothing is looked for inside these
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@]))"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d_]\w*)"
    r"|(?P<bare>(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|de|cn|dev|app|eu)\b(?:/[^\s]*)?)"
)
VISIBLE = re.compile("[^\\s\u200b-\u200f\u2060-\u2064\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028-\u202e]")


def find_entities(text: str, known: list[Json]) -> list[Json]:
    """Commands, mentions, links, hashtags and e-mail addresses that are simply typed."""
    closed = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in OPAQUE]
    found: list[Json] = []
    for match in FOUND.finditer(text):
        kind = "url" if match.lastgroup == "bare" else str(match.lastgroup)
        offset, length = utf16(text[: match.start()]), utf16(match.group())
        if all(offset + length <= start or offset >= end for start, end in closed):
            found.append({"type": kind, "offset": offset, "length": length})
    return found


def typed(text: str, bold: str = "") -> tuple[str, list[Json]]:
    """What a person sends: trimmed, with the entities their client finds, and their bold words."""
    if not bold:
        return finish(text, [])
    offset = utf16(text[: text.index(bold)])
    return finish(text, [{"type": "bold", "offset": offset, "length": utf16(bold)}])


def finish(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Control characters and outer white space go; entities follow; typed ones are added."""
    text, entities = _trim(*_without_control(text, entities))
    if any(sign in text for sign in ":/@#."):
        entities = entities + find_entities(text, entities)
    entities.sort(key=lambda e: (e["offset"], -e["length"]))
    return text, entities[:MAX_ENTITIES]


def _without_control(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    if not CONTROL.search(text):
        return text, entities
    gone = [utf16(text[: m.start()]) for m in CONTROL.finditer(text) if m.group() != "\r"]
    gone += [utf16(text[: m.start()]) for m in re.finditer("\r", text)]
    text = CONTROL.sub("", text)
    return text, _moved(entities, lambda at: at - sum(1 for g in gone if g < at))


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    leading = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    total = utf16(text)
    return text, _moved(entities, lambda at: min(max(at - leading, 0), total))


def _moved(entities: list[Json], place: Callable[[int], int]) -> list[Json]:
    moved = []
    for entity in entities:
        begin, end = place(entity["offset"]), place(entity["offset"] + entity["length"])
        if end > begin:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return moved


def formatted(
    source: str, parse_mode: str | None, entities: list[Json] | None
) -> tuple[str, list[Json]]:
    """A text parameter with its parse_mode or its entities, as the server reads them."""
    if len(source.encode()) > MAX_SOURCE_BYTES:
        raise bad("text is too long")
    mode = (parse_mode or "").lower()
    if source and mode == "html":
        text, marked = parse_html(source)
    elif source and mode not in ("", "none"):
        raise refuse_parse_mode(mode)
    else:
        text, marked = source, [_checked(e, utf16(source)) for e in entities or []]
    return finish(text, marked)


def _checked(entity: Json, total: int) -> Json:
    """An entity given outright; out of range is refused, as TDLib does."""
    try:
        kind, offset, length = str(entity["type"]), int(entity["offset"]), int(entity["length"])
    except (KeyError, TypeError, ValueError):
        raise bad("can't parse MessageEntity: expected type, offset and length") from None
    if offset < 0 or length < 0 or offset + length > total:
        raise bad("entity has invalid bounds")
    keep = {k: v for k, v in entity.items() if k in ("url", "user", "language", "custom_emoji_id")}
    return {"type": kind, "offset": offset, "length": length, **keep}


def message_text(
    source: str, parse_mode: str | None, entities: list[Json] | None
) -> tuple[str, list[Json]]:
    """The text of a message; empty before parsing and empty after it are two refusals."""
    if not source:
        raise bad("message text is empty")
    text, marked = formatted(source, parse_mode, entities)
    if not VISIBLE.search(text):
        raise bad("text must be non-empty")
    return text, marked


def refuse_long(text: str, limit: int, error: ApiError) -> None:
    """Counted in UTF-16 units, the strictest reading of "characters"."""
    if utf16(text) > limit:
        raise error
