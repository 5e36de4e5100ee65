"""Messages that somebody passed on: read under the name of who wrote them, calling nobody."""

from typing import Any

from bot.platforms.slack import reading
from bot.platforms.slack.inbound_events import files

SHARE = {"is_share": True, "is_msg_unfurl": True, "author_name": "Priya <!here>",
         "text": "<@UBOT> *40 %* off", "files": [{"id": "F9", "name": "a.png"}]}  # fmt: skip


def read(text: str, *attachments: dict[str, Any]) -> reading.Typed:
    return reading.read_message({"text": text, "attachments": list(attachments)}, "UBOT")


def test_a_shared_message_stands_below_the_words() -> None:
    typed = read("<@UBOT> see", SHARE)
    assert typed.html == (
        "see\n↪ Priya &lt;!here&gt;"
        '<blockquote><a href="person:UBOT">@UBOT</a> *40 %* off</blockquote>'
    )
    assert typed.text == "see\n↪ Priya <!here>\n@UBOT *40 %* off"
    assert (typed.mentions_bot, typed.mentions) == (True, {})


def test_alone_it_calls_nobody_and_brings_its_files() -> None:
    assert read("", SHARE).mentions_bot is False
    told = files({"files": [{"id": "F1"}], "attachments": [SHARE, {"files": [{"id": "F2"}]}]})
    assert [file.source for file in told] == ["slack:F1", "slack:F9"]


def test_the_preview_of_a_link_is_not_shared() -> None:
    assert read("https://acme.slack.com/archives/C1/p1", SHARE | {"is_share": False}).text == (
        "https://acme.slack.com/archives/C1/p1"
    )
