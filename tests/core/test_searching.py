"""Words as the full-text index knows them."""

import pytest

from bot.searching import around, asked, indexed, indexed_html


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The Price-List, the PRICE list", "the price list"),
        ("Müller & Søhne ﬁrst ＡＢＣ", "muller sohne first abc"),
        ("价格表打不开", "价格 格表 表打 打不 不开 价 格 表 打 不 开"),
        ("开", "开"),
        ("订单PO-77延误", "订单 订 单 po 77 延误 延 误"),
        ("a_b OR \"x\" * : ^ NEAR(y) 'z' & |", "a b or x near y z"),
        ("", ""),
    ],
)
def test_what_the_index_keeps(text: str, kept: str) -> None:
    assert indexed(text) == kept


def test_markup_is_not_searched() -> None:
    assert indexed_html("<b>Pri</b>ce &amp; <pre>code</pre>") == "price code"


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("开", [("开",)]),
        ("打不", [("打不",)]),
        ("价格打不", [("价格", "格打", "打不")]),
        ("Price 打不开", [("price",), ("打不", "不开")]),
        ("price PRICE", [("price",)]),
        ('" OR * :', [("or",)]),
        ("*", []),
        (" ".join(f"w{n}" for n in range(20)), [(f"w{n}",) for n in range(8)]),
    ],
)
def test_what_a_query_asks(query: str, terms: list[tuple[str, ...]]) -> None:
    assert asked(query) == terms


def test_all_that_is_asked_of_a_text_is_kept_of_it() -> None:
    text = "Größe 14: 价格表 v2.5 — ΑΒΓ привет カタログ ﬃ"
    kept = indexed(text).split()
    assert {term for terms in asked(text) for term in terms} <= set(kept)


def test_a_quote_has_what_was_found_in_it() -> None:
    text = "word " * 100 + "the invoice " + "word " * 100
    piece = around(text, [("invoice",)], 60)
    assert "invoice" in piece
    assert len(piece) <= 62
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert around("short\ntext", [("invoice",)], 60) == "short text"
