"""A meeting's dates and rule in words, and the rule of a meeting that moves; pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from babel.dates import format_date

from bot.marks import _m
from bot.texts import LOCALES, Reader, city, clock, day, language_of, local, sentence, translate
from bot.when import describe
from bot.when.rhythms import DAY_CODES, Rhythm


def joined(names: Iterable[str], reader: Reader) -> str:
    """ "Jo, Kai", in Chinese "Jo、Kai"."""
    return ("、" if language_of(reader) == "zh" else ", ").join(names)


def span(begin: datetime, end: datetime, reader: Reader) -> str:
    """ "Thu 10 Dec, 08:00–09:00 (Berlin)": the place is named, for it is read in several zones."""
    alone = replace(reader, several=False)
    return sentence(
        _m("{day}, {begin}–{end} ({city})"), reader, day=day(begin, alone),
        begin=clock(begin, alone), end=clock(end, alone), city=city(reader.zone, reader),
    )  # fmt: skip


def moment(at: datetime, reader: Reader) -> str:
    """ "Thu 10 Dec 15:00"."""
    return f"{day(at, reader)} {clock(at, reader)}"


def date_alone(at: datetime, reader: Reader) -> str:
    """ "11 Mar", "3月11日"."""
    pattern = "M月d日" if language_of(reader) == "zh" else "d MMM"
    return format_date(local(at, reader).date(), pattern, locale=LOCALES[language_of(reader)])


def in_words(rule: str, start: datetime, reader: Reader) -> str:
    """ "on the second Thursday of the quarter's last month"; "" for what takes place once."""
    if not rule:
        return ""
    told, data = describe(rule, start)
    return sentence(told, reader, **{name: _word(value, reader) for name, value in data.items()})


def _word(value: str | int | list[str], reader: Reader) -> str:
    language = language_of(reader)
    if isinstance(value, list):
        return joined((translate(one, language) for one in value), reader)
    return str(value) if isinstance(value, int) else translate(value, language)


def moved(rule: str, start: datetime, held: int = 0) -> str:
    """The same rhythm from another start; `held` occurrences of its COUNT are over.

    What names several days ("every working day") keeps them: its start is moved to the first one.
    """
    if not rule:
        return ""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    days = tuple(parts.get("BYDAY", "").split(","))
    kept = days if len(days) > 1 else ()
    count = max(1, int(parts["COUNT"]) - held) if "COUNT" in parts else 0
    by_date = start.day if "BYMONTHDAY" in parts else 0
    rhythm = Rhythm(parts["FREQ"], int(parts.get("INTERVAL", "1")), kept, by_date, count)
    return rhythm.rule(start)


def fits(rule: str, start: datetime) -> bool:
    """Whether a rule that names several weekdays has the start's own."""
    days = [part.partition("=")[2] for part in rule.split(";") if part.startswith("BYDAY=")]
    names = days[0].split(",") if days else []
    return len(names) < 2 or DAY_CODES[start.weekday()] in names
