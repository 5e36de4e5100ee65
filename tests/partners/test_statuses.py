"""Which Slack statuses mean that somebody is not at work."""

import pytest

from bot.partners.statuses import means_away


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        (":palm_tree:", ""),
        (":palm_tree:", "Vacationing"),
        (":face_with_thermometer:", "Out sick"),
        ("", "OOO until Friday"),
        ("", "Out of Office"),
        (":baby:", "On parental leave"),
        ("", "休假中"),
        ("", "年假，12月7日回来"),
        ("", "今天请假"),
        ("", "不在办公室"),
    ],
)
def test_away(emoji: str, text: str) -> None:
    assert means_away(emoji, text)


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        ("", ""),
        (":calendar:", "In a meeting"),
        (":house_with_garden:", "Working remotely"),
        (":bus:", "Commuting"),
        (":palm_tree:", "Back from vacation"),
        ("", "Vacation next week"),
        ("", "On leave from Monday"),
        (":palm_tree:", "下周休假"),
        ("", "休假回来了"),
        ("", "Looking for a pool"),
    ],
)
def test_there(emoji: str, text: str) -> None:
    assert not means_away(emoji, text)
