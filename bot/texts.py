"""Turns a template and a reader into a Message: in one language, in the reader's own clock.

Templates are small HTML (Jinja2, autoescaped, strict). `{{ button(_("Urgent"), "t.urgent", 12) }}`
ends a part with buttons; buttons that follow each other stand in one row, a new line starts a row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bot.chat import BUTTON_LABEL, Button, Choice, Field, Form, Message, Part
from bot.clock import new_id
from bot.errors import Refused
from bot.usual import USUAL

TEMPLATES = Path(__file__).parent.parent / "templates"
LANGUAGES = ("en", "zh")
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}  # 24-hour clock, day before month; Simplified
TOKEN_HEAD = f"\x02{new_id()}:"  # nobody can type it, so no text becomes a button
TOKEN = re.compile(f"{TOKEN_HEAD}(\\d+)\x03")
HAN = re.compile("[\u4e00-\u9fff]")
ROW = re.compile(f"((?:[ ]*{TOKEN_HEAD}\\d+\x03)+)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: language "en" or "zh", IANA zone; `several`: a room, clocks name their zone."""

    language: str
    zone: str
    several: bool = False

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def render(name: str, reader: Reader, /, **data: Any) -> Message:
    """The message of templates/<name> for this reader; `name` ends in .html.j2."""
    buttons: list[Button] = []
    template = _environment(language_of(reader)).get_template(name)
    speaker = data.pop("speaker", "")
    text = template.render(**data, reader=reader, button=_collector(buttons))
    return Message(_parts(text, buttons), speaker=speaker)


def sentence(message: str, reader: Reader, /, **data: Any) -> str:
    """A marked message id in the reader's language, filled with `data`: plain text."""
    filled = {name: _word(value, reader) for name, value in data.items()}
    return translate(message, language_of(reader)).format_map(filled)


def refusal(error: Refused, reader: Reader) -> str:
    """What a refused person reads: plain text."""
    return sentence(error.message, reader, **error.data)


def plain_message(text: str) -> Message:
    """A Message of plain text."""
    return Message((Part(str(escape(text))),))


def form(asked: Form, reader: Reader) -> Form:
    """The form in the reader's language."""
    language = language_of(reader)

    def field(one: Field) -> Field:
        choices = tuple(Choice(c.value, translate(c.label, language)) for c in one.choices)
        label, help = translate(one.label, language), translate(one.help, language)
        return replace(one, label=label, help=help, choices=choices)

    fields = tuple(field(one) for one in asked.fields)
    title, submit = translate(asked.title, language), translate(asked.submit, language)
    return replace(asked, title=title, submit=submit, fields=fields)


def translate(message: str, language: str) -> str:
    """A marked message id in one language; "" stays ""."""
    return catalog(language).gettext(message) if message else ""


def language_of(reader: Reader) -> Literal["en", "zh"]:
    """The language we have for this reader: Chinese for every zh, else English."""
    return "zh" if reader.language.lower().startswith("zh") else "en"


@cache
def catalog(language: str) -> Translations:
    """The translations of one language: every .po file of its folder, compiled in memory."""
    everything = Catalog(locale=language)
    for path in sorted((TEMPLATES / "locale" / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id and not message.fuzzy:
                    everything[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, everything)
    compiled.seek(0)
    return Translations(compiled)


def _collector(buttons: list[Button]) -> Callable[..., Markup]:
    def button(label: str, route: str = "", value: object = "", **how: str) -> Markup:
        how = {name: _bare(words) for name, words in how.items()}
        buttons.append(Button(_label(label), route, str(value), **how))  # type: ignore[arg-type]
        return Markup(f"{TOKEN_HEAD}{len(buttons) - 1}\x03")  # noqa: S704 - a number of ours

    return button


def _label(label: str) -> str:
    """On one line and as short as a button must be: names may be long, or blank."""
    words = " ".join(_bare(label).split()) or "…"
    return words if len(words) <= BUTTON_LABEL else f"{words[: BUTTON_LABEL - 1]}…"


def _bare(words: str) -> str:
    """What is no HTML when it arrives: buttons are plain text."""
    return words.unescape() if isinstance(words, Markup) else str(words)


def _parts(text: str, buttons: list[Button]) -> tuple[Part, ...]:
    """Text up to a row of buttons is one part; lines are kept, more than one blank line is not."""
    parts = []
    pieces = ROW.split(text)
    for html, row in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        tidy = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", html)).strip()
        shown = tuple(buttons[int(number)] for number in TOKEN.findall(row))
        if tidy or shown:
            parts.append(Part(tidy, shown))
    return tuple(parts)


@cache
def _environment(language: Literal["en", "zh"]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalog(language), newstyle=True)  # type: ignore[attr-defined]
    if language == "zh":
        environment.globals.update(gettext=_chinese, ngettext=_chinese_plural)
    environment.globals["gap"] = "" if language == "zh" else " "  # between two sentences
    environment.filters.update(FILTERS)
    return environment


@pass_context
def _chinese(_context: Context, message: str, /, **data: Any) -> Markup:
    """Chinese sets Latin words off by a space, but not its own: “Jo 在等”, “王总在等”."""
    return _filled(catalog("zh").gettext(message), data)


@pass_context
def _chinese_plural(_context: Context, one: str, many: str, number: int, /, **data: Any) -> Markup:
    return _filled(catalog("zh").ngettext(one, many, number), {"num": number, **data})


def _filled(text: str, data: Mapping[str, Any]) -> Markup:
    """A command keeps its spaces: without them “/partner 邀请华腾” would be one word."""
    for name, value in data.items() if not text.startswith("/") else ():
        said, mark = str(value), f"%({name})s"
        if HAN.match(said):
            text = re.sub(f"(?<={HAN.pattern}) (?={re.escape(mark)})", "", text)
        if HAN.fullmatch(said[-1:]):
            text = re.sub(f"(?<={re.escape(mark)}) (?={HAN.pattern})", "", text)
    return Markup(text) % data  # noqa: S704 - translations are ours, data is escaped


def local(moment: datetime, reader: Reader) -> datetime:
    return moment.astimezone(reader.tzinfo)


def clock(moment: datetime, reader: Reader) -> str:
    """ "10:12", in a room of several "10:12 (Berlin)", "柏林时间 10:12"."""
    words = format_time(local(moment, reader).time(), "HH:mm", locale=_locale(reader))
    if not reader.several:
        return words
    where = city(reader.zone, reader)
    return f"{where}时间 {words}" if language_of(reader) == "zh" else f"{words} ({where})"


def day(moment: datetime | date, reader: Reader) -> str:
    """ "Thu 10 Dec", "12月10日周四": without brackets, for it may stand in some."""
    on = local(moment, reader).date() if isinstance(moment, datetime) else moment
    pattern = "M月d日EEE" if language_of(reader) == "zh" else "EEE d MMM"
    return format_date(on, pattern, locale=_locale(reader))


def edge(moment: datetime, reader: Reader, *, end: bool = False) -> str:
    """Where a stretch of time begins or ends: "Thu 10 Dec 14:00", of whole days "Thu 10 Dec"."""
    there = local(moment, reader)
    if there.time() != time():
        return f"{day(moment, reader)} {clock(moment, reader)}"
    return day(there.date() - timedelta(days=1) if end else there.date(), reader)


def month_day(on: str, reader: Reader) -> str:
    """The shortest of a date as it is stored: "30 Nov", "11月30日"."""
    pattern = "M月d日" if language_of(reader) == "zh" else "d MMM"
    return format_date(date.fromisoformat(on), pattern, locale=_locale(reader))


def when(moment: datetime, reader: Reader, now: datetime) -> str:
    """The shortest that is clear: "10:12", within a week "Fri 10:12", else "Thu 10 Dec 10:12"."""
    there, here = local(moment, reader).date(), local(now, reader).date()
    time = clock(moment, reader)
    if there == here:
        return time
    if here < there <= here + timedelta(days=6):
        weekday = format_date(there, "EEE", locale=_locale(reader))
        return f"{weekday} {time}"
    return f"{day(there, reader)} {time}"


def city(zone: str, reader: Reader) -> str:
    """A zone as people call it: "Berlin", "上海"."""
    from babel.dates import get_timezone_location  # 20 ms, needed rarely

    return get_timezone_location(ZoneInfo(zone), locale=_locale(reader), return_city=True)


def number(value: float, reader: Reader) -> str:
    return format_decimal(value, locale=_locale(reader))


def duration(length: timedelta, reader: Reader, *, days: bool = True) -> str:
    """ "1 h 30 min", "1 小时 30 分钟"; minutes are the smallest unit.

    Without `days` for open time, in which no day has 24 hours.
    """
    minutes = max(0, round(length.total_seconds() / 60))
    whole, rest = divmod(minutes, 24 * 60) if days else (0, minutes)
    hours, minutes = divmod(rest, 60)
    names = (" 天", " 小时", " 分钟") if language_of(reader) == "zh" else (" d", " h", " min")
    said = [f"{amount}{name}" for amount, name in zip((whole, hours, minutes), names, strict=True)
            if amount]  # fmt: skip
    return " ".join(said) or f"0{names[2]}"


def _locale(reader: Reader) -> str:
    return LOCALES[language_of(reader)]


def _word(value: Any, reader: Reader) -> str:
    if isinstance(value, datetime):
        return f"{day(value, reader)} {clock(value, reader)}"
    if isinstance(value, timedelta):
        return duration(value, reader)
    return str(value)


def usual(text: str, reader: Reader) -> str:
    """A usual word ("Quarterly review", 季度回顾) in the reader's language; other text stays."""
    word = _usual_words().get(" ".join(text.split()).casefold())
    return translate(word, language_of(reader)) if word else text


@cache
def _usual_words() -> dict[str, str]:
    """Each usual word in each language, folded, with its message id."""
    return {translate(word, said).casefold(): word for word in USUAL for said in LANGUAGES}


FILTERS: Mapping[str, Callable[..., str]] = {
    "clock": clock, "day": day, "when": when, "edge": edge, "city": city, "number": number,
    "duration": duration, "usual": usual,
}  # fmt: skip
