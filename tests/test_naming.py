"""Names that people and files bring along stay one short line, in the order it is written."""

import pytest

from bot import naming


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("order.pdf", "order.pdf"),
        ("价格表 2027.xlsx", "价格表 2027.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\..\\evil.exe", "evil.exe"),
        ("/", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2067a\u2069\n<!channel>.png", "a <!channel>.png"),
        ("שלום\u200f.pdf", "שלום\u200f.pdf"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("", ""),
    ],
)
def test_files(told: str, shown: str) -> None:
    assert naming.file(told) == shown


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Jo Weber", "Jo Weber"),
        ("\u202eJo\n\nWeber\x07 \u2028", "Jo Weber"),
        ("*Jo* <!here> a/b", "*Jo* <!here> a/b"),
        ("长" * 200, "长" * 119 + "…"),
        ("\u202e", ""),
    ],
)
def test_people(told: str, shown: str) -> None:
    assert naming.person(told) == shown
