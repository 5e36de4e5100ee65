"""Names are found as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.partners.names import How, fold, how_well, leading, match, search_words

NAMES = (
    "Nordwind GmbH",
    "Acme Industrial Ltd",
    "Acme",
    "深圳华腾科技有限公司",
    "Bluepine",
    "Müller & Söhne",
    "Kaito KK",
    "Nordlicht AG",
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nordwind GmbH", "nordwind"),
        ("ＡＣＭＥ Inc.", "acme"),
        ("Müller & Söhne GmbH", "muller sohne"),
        ("Brandt GmbH & Co. KG", "brandt"),
        ("Pirelli S.p.A.", "pirelli"),
        ("Łódź Sp. z o.o.", "lodz"),
        ("Smørrebrød ApS", "smorrebrod"),
        ("深圳华腾科技有限公司", "深圳华腾科技"),
        ("华腾集团", "华腾"),
        ("株式会社カイト", "カイト"),
        ("SE", "se"),
        ("Group AG", "group"),
        ("", ""),
    ],
)
def test_what_does_not_matter_is_folded_away(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("nordwind", ["Nordwind GmbH"]),
        ("NORD", ["Nordwind GmbH", "Nordlicht AG"]),
        ("acme", ["Acme"]),
        ("acm", ["Acme", "Acme Industrial Ltd"]),
        ("acme ind", ["Acme Industrial Ltd"]),
        ("industrial", ["Acme Industrial Ltd"]),
        ("华腾", ["深圳华腾科技有限公司"]),
        ("muller", ["Müller & Söhne"]),
        ("mueller", ["Müller & Söhne"]),
        ("blue pine", ["Bluepine"]),
        ("nordwnd", ["Nordwind GmbH"]),
        ("bluepien", ["Bluepine"]),
        ("acme industral", ["Acme Industrial Ltd"]),
        ("xyz", []),
        ("", []),
        ("!!", []),
    ],
)
def test_matches_come_best_first(query: str, names: list[str]) -> None:
    assert match(query, NAMES) == names


def test_the_kinds_of_a_fit() -> None:
    assert how_well("acme", "Acme Ltd") is How.EXACT
    assert how_well("ac", "Acme Ltd") is How.PREFIX
    assert how_well("ind", "Acme Industrial") is How.WORD
    assert how_well("dustr", "Acme Industrial") is How.CONTAINS
    assert how_well("acne industrial", "Acme Industrial") is How.NEAR
    assert how_well("abc", "Abd") is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Acme Industrial review", 2),
        ("acme review", 1),
        ("nordwind gmbh call", 2),
        ("nordwind quarterly", 1),
        ("Nordwnd call", 1),
        ("Müller & Söhne hi", 3),
        ("华腾 回顾", 1),
        ("Quarterly review", 0),
        ("a review", 0),
        ("", 0),
    ],
)
def test_leading_words_that_name_a_partner(text: str, count: int) -> None:
    assert leading(text.split(), NAMES) == count


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_that_matters(name: str) -> None:
    assert how_well(name, name) is (How.EXACT if fold(name) else None)


@given(st.sampled_from(NAMES), st.integers(0, 12), st.integers(1, 12))
def test_the_search_column_holds_what_a_query_can_mean(name: str, start: int, size: int) -> None:
    query = fold(fold(name)[start : start + size])
    if query:
        assert query in search_words(name)
        assert name in match(query, [name]) or len(query) == 1
