"""Chinese or English, by the letters alone."""

import pytest

from bot.tickets.languages import guess, is_foreign


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The price list will not open", "en"),
        ("价格表打不开", "zh"),
        ("ERP 的价格表打不开", "zh"),
        ("Please look at 价格表 in the download area", "en"),
        ("Die Preisliste lässt sich nicht öffnen", "en"),  # Latin is all that is looked at
        ("価格表が開けません、よろしくおねがいします", "other"),
        ("Прайс-лист не открывается", "other"),
        ("👍", ""),
        ("42 %", ""),
        ("OK", ""),
    ],
)
def test_guess(text: str, language: str) -> None:
    assert guess(text) == language


def test_foreign_is_what_the_reader_does_not_read() -> None:
    assert is_foreign("价格表打不开", "en")
    assert not is_foreign("价格表打不开", "zh-CN")
    assert is_foreign("The price list", "zh")
    assert is_foreign("Прайс-лист", "en")
    assert not is_foreign("👍", "en")
