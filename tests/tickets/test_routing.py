"""Which rule a new ticket falls under, and whose turn it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.config_tickets import Rule
from bot.tickets.routing import Asked, Seat, choose, part_until, turn_of

ASKED = Asked("Nordwind GmbH", "gold", "EMEA", "en", "problem", "ERP", "The Invoice is WRONG")
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"partners": ("Nordwind GmbH",)}, True),
        ({"tiers": ("silver", "gold")}, True),
        ({"tiers": ("silver",)}, False),
        ({"regions": ("EMEA",), "languages": ("zh",)}, False),
        ({"products": ("ERP",), "kinds": ("problem",)}, True),
        ({"kinds": ("order",)}, False),
        ({"words": ("发票", "invoice")}, True),
        ({"words": ("price list",)}, False),
        ({"words": ("wrong",), "tiers": ("silver",)}, False),
    ],
)
def test_a_rule_fits_when_all_it_says_does(conditions: dict[str, Any], fits: bool) -> None:
    rule, rest = Rule(name="one", **conditions), Rule(name="rest")
    assert choose([rule, rest], ASKED) == (rule if fits else rest)


def test_no_rule_is_none() -> None:
    assert choose([Rule(name="silver", tiers=("silver",))], ASKED) is None


def test_each_in_turn_or_whoever_has_the_fewest() -> None:
    seats = [Seat(1, NOW, 0), Seat(2, NOW - timedelta(hours=1), 5), Seat(3, None, 9)]
    assert [turn_of(seats[:count], "round_robin") for count in (1, 2, 3)] == seats
    least = turn_of(seats, "least_loaded")
    assert least == seats[0]
    assert turn_of([Seat(1, NOW, 2), Seat(2, None, 2)], "least_loaded") == Seat(2, None, 2)
    assert turn_of([], "round_robin") is None


def test_each_who_gets_it_has_the_same_share_of_what_is_left() -> None:
    assert [part_until(50, had) for had in (1, 2, 3)] == [0.5, 0.75, 0.875]
    assert [part_until(80, had) for had in (1, 2)] == pytest.approx([0.8, 0.96])


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"owner": "Nobody"}, "routing 'x': no manager 'Nobody'"),
        ({"team": "Nowhere"}, "routing 'x': no team 'Nowhere'"),
        ({"hand_out": "round_robin"}, "routing 'x': hand_out and pass_on need a team"),
        ({"pass_on": 50}, "routing 'x': hand_out and pass_on need a team"),
    ],
)
def test_a_rule_that_means_nobody_is_a_fault(rule: dict[str, Any], fault: str) -> None:
    week = {"tz": "UTC", "week": "24x7"}
    with pytest.raises(ValueError, match=fault):
        Config.model_validate({
            "company": {"en": "Hengda"}, "calendars": {"c": week}, "managers": [{"name": "Lin"}],
            "policies": [{"name": "p", "calendar": "c", "answer_within": "1h"}],
            "routing": [{"name": "x", **rule}],
        })  # fmt: skip
