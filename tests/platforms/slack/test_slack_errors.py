"""Every failure of Slack and of the network is one of four delivery errors."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.errors import DeliveryError, InDoubt, Rejected, TryLater, Unreachable
from bot.platforms.slack import errors
from bot.platforms.slack.client import SlackClient, SlackSettings, is_local

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Reply:
    """What the SDK hangs onto its errors."""

    def __init__(self, data: Any, status: int = 200, **headers: str) -> None:
        self.data, self.status_code = data, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refused(code: str, status: int = 200, **more: Any) -> DeliveryError:
    return errors.translate(
        SlackApiError("no", Reply({"ok": False, "error": code, **more}, status))
    )


@pytest.mark.parametrize("code", sorted(errors._UNREACHABLE))
def test_addresses_that_are_gone(code: str) -> None:
    assert isinstance(refused(code), Unreachable)


@pytest.mark.parametrize("code", sorted(errors._GONE))
def test_messages_that_are_gone(code: str) -> None:
    error = refused(code)
    assert isinstance(error, Rejected)
    assert error.gone


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "msg_too_long", "no_text", "invalid_arguments", "never_heard_of"]
)
def test_messages_that_are_wrong(code: str) -> None:
    error = refused(code)
    assert isinstance(error, Rejected)
    assert not error.gone


@pytest.mark.parametrize("code", sorted(errors._OPERATOR))
def test_what_only_the_operator_can_mend_loses_nothing(code: str) -> None:
    error = refused(code)
    assert isinstance(error, TryLater)
    assert error.after == errors.OPERATOR
    assert error.wide is (code not in errors._NARROW)


@pytest.mark.parametrize("code", sorted(errors._BUSY))
def test_slack_is_busy(code: str) -> None:
    error = refused(code)
    assert isinstance(error, TryLater)
    assert error.after == errors.BUSY


@pytest.mark.parametrize("code", sorted(errors._UNSURE))
def test_slack_does_not_know_how_far_it_came(code: str) -> None:
    assert isinstance(refused(code), InDoubt)


def test_no_code_stands_in_two_rows() -> None:
    rows = [errors._UNREACHABLE, errors._GONE, errors._OPERATOR, errors._BUSY, errors._UNSURE]
    assert sum(map(len, rows)) == len(set().union(*rows))
    assert errors._NARROW <= errors._OPERATOR


def test_a_flood_tells_how_long() -> None:
    error = errors.translate(SlackApiError("no", Reply({}, 429, Retry_After="17")))
    assert isinstance(error, TryLater)
    assert error.after == timedelta(seconds=17)
    vague = errors.translate(SlackApiError("no", Reply({}, 429, Retry_After="soon")))
    assert isinstance(vague, TryLater)
    assert vague.after == errors.BUSY


@pytest.mark.parametrize("data", [{}, "<html>", b"", None])
@pytest.mark.parametrize("status", [200, 500, 503])
def test_an_answer_without_a_word_is_doubt(data: Any, status: int) -> None:
    assert isinstance(errors.translate(SlackApiError("no", Reply(data, status))), InDoubt)


def test_reasons_say_which_scope_and_which_block() -> None:
    assert (
        refused("missing_scope", needed="files:write").reason
        == "missing_scope (needs files:write)"
    )
    said = {"messages": ["[ERROR] no more than 50 items allowed"]}
    assert refused("invalid_blocks", response_metadata=said).reason == (
        "invalid_blocks: [ERROR] no more than 50 items allowed"
    )


def test_a_read_in_doubt_is_simply_read_again() -> None:
    assert isinstance(errors.translate(TimeoutError(), reading=True), TryLater)
    assert isinstance(errors.translate(TimeoutError()), InDoubt)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The request came, then the line broke."""
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy's page instead of Slack's JSON."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n<html>"
    )
    await writer.drain()
    writer.close()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer that breaks off."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{"ok'
    )
    await writer.drain()
    writer.transport.abort()


@pytest.fixture
async def client(request: pytest.FixtureRequest) -> AsyncIterator[SlackClient]:
    server = await asyncio.start_server(request.param, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made = SlackClient(SlackSettings("xoxb-test", api_url=f"http://127.0.0.1:{port}/api/"))
    await made.start()
    yield made
    await made.stop()
    server.close()


@pytest.mark.parametrize("client", [hang_up, page, half], indirect=True)
async def test_a_line_that_breaks_after_sending_is_doubt(client: SlackClient) -> None:
    with pytest.raises(InDoubt):
        await client.call("chat_postMessage", channel="C1", text="x")
    with pytest.raises(TryLater):
        await client.call("auth_test", reading=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/api/", "https://127.0.0.1:{port}/api/",
            "http://no-such-host.invalid/api/"],
)  # fmt: skip
async def test_what_was_never_connected_is_surely_not_sent(url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = SlackClient(SlackSettings("xoxb-test", api_url=url.format(port=port)))
    client.web.proxy = None
    await client.start()
    with pytest.raises(TryLater, match="not connected"):
        await client.call("chat_postMessage", channel="C1", text="x")
    await client.stop()


def test_the_network_errors_that_no_server_here_can_make() -> None:
    key: Any = None
    for error in (
        aiohttp.ClientConnectorCertificateError(key, ssl.SSLCertVerificationError()),
        aiohttp.ConnectionTimeoutError(),
    ):
        assert isinstance(errors.translate(error), TryLater)
    for doubt in (aiohttp.SocketTimeoutError(), TimeoutError(), aiohttp.ServerDisconnectedError(),
                  ConnectionResetError(), aiohttp.ClientPayloadError()):  # fmt: skip
        assert isinstance(errors.translate(doubt), InDoubt)


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://127.0.0.1:8/x", True), ("http://localhost/", True), ("http://[::1]:1/", True),
     ("https://slack.com/api/", False), ("http://10.0.0.1/", False)],
)  # fmt: skip
def test_a_proxy_of_the_environment_does_not_lead_to_this_machine(
    url: str, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert is_local(url) is local
    client = SlackClient(SlackSettings("xoxb-test", api_url=url))
    assert client.proxy == (None if local else "http://proxy.invalid:3128")
    chosen = SlackClient(SlackSettings("xoxb-test", api_url=url, proxy="http://own.invalid:1"))
    assert chosen.proxy == "http://own.invalid:1"
