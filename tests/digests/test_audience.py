"""Who a news item is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.audience import Audience, Reached, parse
from bot.errors import Refused

GOLD_ZH = Reached(1, "gold", "China", "zh", ("key",))
GOLD_EN = Reached(2, "gold", "Europe", "en", ("pilot", "Key"))
SILVER_EN = Reached(3, "silver", "North America", "en")


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("", {1, 2, 3}), ("all", {1, 2, 3}), ("所有人", {1, 2, 3}),
        ("tier:gold", {1, 2}), ("级别:金牌", {1, 2}), ("tier：Gold", {1, 2}),
        ("tier:gold,tier:silver", {1, 2, 3}), ("tier:gold,lang:zh", {1}),
        ("语言:中文", {1}), ("region:europe", {2}), ("region:North America", {3}),
        ("partner:3", {3}), ("tag:key", {1, 2}), ("tier:gold、lang:en", {2}),
        ("tier:bronze", set()),
    ],
)  # fmt: skip
def test_who_is_meant(typed: str, who: set[int]) -> None:
    audience = parse(typed)
    everybody = (GOLD_ZH, GOLD_EN, SILVER_EN)
    assert {one.partner_id for one in everybody if audience.fits(one)} == who


@pytest.mark.parametrize("typed", ["planet:mars", "tier:", "tier:gold,x:y"])
def test_a_wrong_audience_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        parse(typed)


def test_a_bare_word_is_a_partners_name() -> None:
    assert parse("Nordwind GmbH").wanted == (("partner", "Nordwind GmbH"),)


word = st.from_regex(r"[a-h0-9]+( [x-z0-9]+)?", fullmatch=True)
pairs = st.lists(st.tuples(st.sampled_from(["tier", "region", "lang", "tag"]), word), max_size=5)


@given(pairs)
def test_what_is_stored_reads_back_as_the_same(wanted: list[tuple[str, str]]) -> None:
    audience = Audience(tuple(dict.fromkeys(wanted)))
    assert parse(str(audience)) == parse(str(parse(str(audience))))
    for who in (GOLD_ZH, GOLD_EN, SILVER_EN):
        assert parse(str(audience)).fits(who) == audience.fits(who)


@given(pairs)
def test_more_kinds_never_reach_more_people(wanted: list[tuple[str, str]]) -> None:
    audience, narrower = Audience(tuple(wanted)), Audience((*wanted, ("partner", "2")))
    for who in (GOLD_ZH, GOLD_EN, SILVER_EN):
        assert audience.fits(who) or not narrower.fits(who)
