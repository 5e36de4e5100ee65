"""A news item in the reader's language, and the digest that is made of several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import texts
from bot.chat import Message
from bot.config import Config
from bot.texts import Reader, language_of
from storage.models_work import NewsItem

HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Line:
    """`only` is the language it stands in when that is not the reader's."""

    id: int
    product: str
    text: str
    only: str


def language(text: str) -> str:
    """What a text is written in: Chinese as soon as it has Chinese characters."""
    return "zh" if HAN.search(text) else "en"


def line(item: NewsItem, wanted: str) -> Line:
    """The item in the reader's language, else as it was written."""
    written = language(item.text)
    if wanted == written:
        return Line(item.id, item.product, item.text, "")
    translated = item.texts.get(wanted, "")
    return Line(item.id, item.product, translated or item.text, "" if translated else written)


def missing(item: NewsItem) -> str:
    """The language in which the item is not written yet; "" = none."""
    other = "en" if language(item.text) == "zh" else "zh"
    return "" if item.texts.get(other) else other


def digest(
    items: Sequence[NewsItem], reader: Reader, config: Config, on: datetime, stop: int | None
) -> Message:
    """The digest for one reader; `stop` is the contact who can end it by a press."""
    wanted = language_of(reader)
    return texts.render(
        "news/digest.html.j2", reader, company=config.company_in(wanted), on=on, stop=stop,
        lines=[line(item, wanted) for item in items],
    )  # fmt: skip
