"""Which addresses become links, and which of them lead into the other platform of this page."""

import re
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup, escape

_SAFE = ("http://", "https://", "mailto:", "tel:")
_BOT_LINK = re.compile(r"^(?:https?://)?(?:t\.me|telegram\.me)/[A-Za-z0-9_]{3,}\?", re.IGNORECASE)


def is_deep_link(url: str) -> bool:
    """A t.me link that starts a bot, which this page opens on its Telegram side."""
    if not _BOT_LINK.match(url):
        return False
    asked = parse_qs(
        urlsplit(url if "//" in url else f"https://{url}").query, keep_blank_values=True
    )
    return "start" in asked or "startgroup" in asked


def link(url: str, label: str | Markup) -> Markup:
    """A link; a scheme that could run something stays text."""
    if is_deep_link(url):
        shape = Markup('<a href="{}" class="deep" data-act="deep-link" data-url="{}">{}</a>')
        return shape.format(url, url, label)
    if not url.lower().startswith(_SAFE):
        return escape(label)
    shape = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>')
    return shape.format(url, label)


def tagged(tag: str, inside: Markup, style: str = "") -> Markup:
    """`inside` in one of our own tags."""
    attribute = f' class="{style}"' if style else ""
    shape = Markup(f"<{tag}{attribute}>{{}}</{tag}>")  # noqa: S704 - tag and class are our words
    return shape.format(inside)
