"""Hostile words in templates: they stay words, and never become or break a button."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot import texts
from bot.chat import Choice, Field, Form, Message
from bot.markup import plain
from bot.texts import Reader

EN, ZH = Reader("en", "Europe/Berlin"), Reader("zh", "Asia/Shanghai")


def _question(label: str, *choices: str) -> Message:
    field = Field("f", "choice", label, choices=tuple(Choice(c, c) for c in choices))
    form = Form("t.form", "Order", (field,))
    return texts.render("forms/question.html.j2", EN, form=form, field=field, number=1, total=1,
                        handle="1:1")  # fmt: skip


@pytest.mark.parametrize("evil", ["\x020\x03", "\x0299\x03", "\x02", "\x03\x02 0\x03"])
def test_control_characters_are_no_buttons(evil: str) -> None:
    message = _question(f"before {evil} after", "Yes")
    labels = [button.label for button in message.buttons]
    assert labels == ["Yes", "Skip", "Cancel"]
    assert "before" in message.html
    assert "after" in message.html


@pytest.mark.parametrize(("name", "label"), [
    ("n" * 300, "n" * 74 + "…"), ("   ", "…"), ("two\nlines", "two lines"),
    ("A & <B>", "A & <B>"), ("王" * 80, "王" * 74 + "…"),
])  # fmt: skip
def test_any_name_fits_a_button(name: str, label: str) -> None:
    assert _question("Which?", name).buttons[0].label == label


def test_a_name_within_a_buttons_words_is_plain_text() -> None:
    message = texts.render("surveys/in_private.html.j2", EN, owner="Fish & Chips", invite=1,
                           link="", score=2, lead="Kim")  # fmt: skip
    assert "Talk to Fish & Chips" in [button.label for button in message.buttons]


@pytest.mark.parametrize("zone", ["Etc/UTC", "UTC", "Etc/GMT+5", "Asia/Shanghai", "CET"])
@pytest.mark.parametrize("reader", [EN, ZH])
def test_every_zone_has_a_name(zone: str, reader: Reader) -> None:
    assert texts.city(zone, reader).strip()


@pytest.mark.parametrize("hours", range(-30, 24 * 9, 7))
def test_when_is_never_ambiguous_around_midnight_and_dst(hours: int) -> None:
    """Moments an hour or more apart never read the same, but in the hour that comes twice."""
    now = datetime(2026, 10, 24, 21, 59, tzinfo=UTC)  # just before the clocks go back in Berlin
    zone = ZoneInfo(EN.zone)
    moments = [now + timedelta(hours=hours + step) for step in range(4)]
    for one, other in pairwise(moments):
        same = one.astimezone(zone).replace(tzinfo=None) == other.astimezone(zone).replace(
            tzinfo=None
        )
        assert same or texts.when(one, EN, now) != texts.when(other, EN, now)


def test_chinese_punctuation_stays() -> None:
    said = texts.sentence("Not like this: {what}.", ZH, what="“报价”，对吗？{a}")
    assert plain(texts.plain_message(said).html).count("“报价”，对吗？{a}") == 1
