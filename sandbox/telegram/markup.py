"""Checks keyboards as the server does and keeps what it would keep."""

import re

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.world import Json

MAX_BUTTONS = 100
MAX_DATA = 64
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
URL = re.compile(r"(https?|tg|ton|tonsite)://\S+$", re.IGNORECASE)
HOST = re.compile(r"https?://(localhost|[^\s/.]+(\.[^\s/.]+)+)([:/?#].*)?$", re.IGNORECASE)


def is_inline(markup: Json | None) -> bool:
    return bool(markup) and "inline_keyboard" in (markup or {})


def check_markup(markup: Json | None) -> Json | None:
    """The reply_markup that will be kept, or a refusal in the server's words."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        _rows(markup["keyboard"], "keyboard", 'Field "keyboard" must be an Array of Arrays')
        return markup
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def _rows(rows: object, name: str, words: str) -> list[list[object]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ApiError(400, f"Bad Request: {words[0].lower()}{words[1:]}")
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    return [row for row in rows if row or name == "keyboard"]


def _inline(rows: object) -> Json | None:
    words = 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    kept = [[_button(b) for b in row] for row in _rows(rows, "inline_keyboard", words)]
    return {"inline_keyboard": kept} if kept else None


def _button(button: object) -> Json:
    if not isinstance(button, dict):
        raise _cannot("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if text is None:
        raise _cannot('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _cannot('Field "text" must be of type String')
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    given = [name for name in ACTIONS if button.get(name) not in (None, "")]
    if not given:
        raise _cannot("Text buttons are unallowed in the inline keyboard")
    _check_action(button)
    kept = {name: button[name] for name in given[:1]}
    style = {name: button[name] for name in ("style", "icon_custom_emoji_id") if name in button}
    return {"text": text, **kept, **style}


def _check_action(button: Json) -> None:
    data, url = button.get("callback_data"), button.get("url")
    if data is not None and (not isinstance(data, str) or len(data.encode()) > MAX_DATA):
        raise bad("BUTTON_DATA_INVALID")
    if url:
        if not URL.match(str(url)):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
        if str(url).lower().startswith("http") and not HOST.match(str(url)):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _cannot(words: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse inline keyboard button: {words}")


def buttons(markup: Json | None) -> list[Json]:
    """All buttons of an inline or a reply keyboard, row by row."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return [b if isinstance(b, dict) else {"text": str(b)} for row in rows for b in row]
