"""Each row of the table: what the library raises, and what that means for a delivery."""

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import (
    NO_RIGHT,
    NO_TOPICS,
    TOPIC_GONE,
    DeliveryError,
    InDoubt,
    Rejected,
    TryLater,
    Unreachable,
)
from bot.platforms.telegram.errors import is_unchanged, of_topic, outcome


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (RetryAfter(30), TryLater),
        (ChatMigrated(-100), TryLater),
        (InvalidToken("x"), TryLater),
        (EndPointNotFound("x"), TryLater),
        (Conflict("x"), TryLater),
        (caused(TimedOut(), httpx.ConnectTimeout("")), TryLater),
        (caused(TimedOut(), httpx.PoolTimeout("")), TryLater),
        (caused(NetworkError("x"), httpx.ConnectError("")), TryLater),
        (caused(NetworkError("x"), httpx.ProxyError("")), TryLater),
        (NetworkError("Too Many Requests"), TryLater),
        (caused(TimedOut(), httpx.ReadTimeout("")), InDoubt),
        (caused(TimedOut(), httpx.WriteTimeout("")), InDoubt),
        (caused(NetworkError("x"), httpx.ReadError("")), InDoubt),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("")), InDoubt),
        (TimedOut(), InDoubt),
        (NetworkError("Bad Gateway"), InDoubt),
        (NetworkError("Internal Server Error (500)"), InDoubt),
        (TelegramError("Invalid server response"), InDoubt),
        (KeyError("result"), InDoubt),
        (Forbidden("Forbidden: bot was blocked by the user"), Unreachable),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Unreachable),
        (Forbidden("Forbidden: user is deactivated"), Unreachable),
        (BadRequest("Chat not found"), Unreachable),
        (BadRequest("Message thread not found"), Unreachable),
        (BadRequest("TOPIC_CLOSED"), Unreachable),
        (BadRequest("Group chat was deactivated"), Unreachable),
        (BadRequest("Not enough rights to send text messages to the chat"), Unreachable),
        (BadRequest("Can't parse entities: unclosed tag"), Rejected),
        (BadRequest("BUTTON_DATA_INVALID"), Rejected),
        (BadRequest("Message is too long"), Rejected),
        (BadRequest("Wrong file identifier/http url specified"), Rejected),
        (NetworkError("Request Entity Too Large"), Rejected),
    ],
    ids=repr,
)
def test_outcome(error: Exception, meant: type[DeliveryError]) -> None:
    assert type(outcome(error)) is meant


NEVER_CONNECTED = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError",
                   "UnsupportedProtocol"}  # fmt: skip


def transport_errors(kind: type[httpx.TransportError]) -> list[type[httpx.TransportError]]:
    return [kind] + [one for child in kind.__subclasses__() for one in transport_errors(child)]


@pytest.mark.parametrize("cause", transport_errors(httpx.TransportError))
def test_every_failure_of_the_line_may_have_been_sent_unless_it_never_stood(
    cause: type[httpx.TransportError],
) -> None:
    meant = TryLater if cause.__name__ in NEVER_CONNECTED else InDoubt
    assert type(outcome(caused(NetworkError("x"), cause("")))) is meant


def test_what_is_already_an_outcome_stays() -> None:
    error = Rejected("x", gone=True)
    assert outcome(error) is error


def test_the_wait_that_telegram_asks_for() -> None:
    error = outcome(RetryAfter(timedelta(seconds=41)))
    assert isinstance(error, TryLater)
    assert error.after == timedelta(seconds=41)


@pytest.mark.parametrize("error", [InvalidToken("token 7:SECRET"), Conflict("x")])
def test_what_stops_the_whole_bot(error: Exception) -> None:
    meant = outcome(error)
    assert isinstance(meant, TryLater)
    assert meant.wide
    assert "SECRET" not in meant.reason


@pytest.mark.parametrize(
    "words",
    ["Message to edit not found", "Message can't be edited", "MESSAGE_ID_INVALID",
     "There is no text in the message to edit"],
)  # fmt: skip
def test_what_is_gone(words: str) -> None:
    meant = outcome(BadRequest(words))
    assert isinstance(meant, Rejected)
    assert meant.gone


def test_unchanged() -> None:
    assert is_unchanged(BadRequest("Message is not modified: specified new message content ..."))
    assert not is_unchanged(BadRequest("Message to edit not found"))
    assert not is_unchanged(None)


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("Not enough rights to create a topic", NO_RIGHT),
        ("CHAT_ADMIN_REQUIRED", NO_RIGHT),
        ("The chat is not a forum", NO_TOPICS),
        ("TOPIC_ID_INVALID", TOPIC_GONE),
        ("TOPIC_DELETED", TOPIC_GONE),
        ("Title must be non-empty", "Title"),
    ],
)
def test_what_is_refused_of_a_topic(said: str, begins: str) -> None:
    error = of_topic(outcome(BadRequest(said)))
    assert isinstance(error, Rejected)
    assert error.reason.startswith(begins)


def test_a_chat_that_is_gone_is_not_about_its_topics() -> None:
    for error in (Unreachable("bot was kicked"), TryLater("flood: thread not found")):
        assert of_topic(error) is error
