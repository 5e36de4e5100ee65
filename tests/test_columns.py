"""Tables that stand straight in monospaced text, in both scripts."""

from bot.columns import aligned, width


def test_names_to_the_left_figures_to_the_right() -> None:
    table = aligned(
        [["", "n", "in time"], ["Nordwind GmbH & Co", "14", "85 %"], ["Acme", "3", "–"]]
    )
    assert table.splitlines() == [
        "              n in time",
        "Nordwind Gm… 14    85 %",
        "Acme          3       –",
    ]


def test_a_chinese_character_is_two_wide() -> None:
    table = aligned([["", "数量"], ["华腾科技股份有限公司", "14"], ["Acme", "3"]])
    lines = table.splitlines()
    assert lines[1] == "华腾科技股…   14"
    assert {width(line) for line in lines} == {16}
