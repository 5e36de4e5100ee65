"""The sandbox as a whole: kept on disk, started by its command, safe to open."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Keeper, StateUnreadable, create_stage, install
from sandbox.server import Options as ServerOptions
from tests.sandbox.page.gallery import MODAL
from tests.sandbox.page.stand import a_stand

JO = 700000011


async def test_the_conversation_is_still_there_after_a_stop(tmp_path: Path) -> None:
    async with a_stand(state=tmp_path) as stand:
        await stand.stage.slack.post("U0LIN", "C0TEAM", "before the stop")
        await stand.stage.telegram.start(JO, "code")
    async with a_stand(state=tmp_path) as stand:
        assert "before the stop" in await stand.get("/?su=U0LIN&sr=C0TEAM")
        assert "/start" in await stand.get(f"/?tp={JO}&tr={JO}")


async def test_a_broken_state_file_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "platforms.json").write_text("{")
    keeper = Keeper(create_stage(ServerOptions("http://127.0.0.1:1")), tmp_path)
    with pytest.raises(StateUnreadable, match="unreadable"):
        keeper.load()
    assert not (tmp_path / "platforms.json").exists()


async def test_the_app_is_installed_as_its_manifest_says() -> None:
    stage = create_stage(ServerOptions("http://127.0.0.1:1"))
    manifest = {
        "features": {
            "slash_commands": [{"command": "/ticket", "description": "Tickets"}],
            "shortcuts": [{"name": "Reply", "type": "message", "callback_id": "reply"}],
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    cast = install(stage.slack, stage.cast, manifest)
    assert stage.slack.app.commands == {"/ticket"}
    assert stage.slack.app.scopes == {"commands", "chat:write"}
    assert [one["name"] for one in cast.shortcuts] == ["Reply"]


async def test_other_sites_cannot_play_and_cannot_frame() -> None:
    async with a_stand() as stand, aiohttp.ClientSession() as session:
        form = {"as": "U0LIN", "room": "C0TEAM", "text": "forged"}
        async with session.post(f"{stand.url}/play/slack/send", data=form) as answer:
            assert answer.status == 403
        async with session.get(stand.url) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "script-src" not in policy  # falls back to default-src 'self': no inline scripts
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert stand.stage.slack.world.channels["C0TEAM"].messages == {}


async def test_files_of_others_are_saved_not_run() -> None:
    async with a_stand() as stand, aiohttp.ClientSession() as session:
        page = b"<script>alert(1)</script>"
        sent = await stand.stage.telegram.start(JO)
        sent = await stand.stage.telegram.document(JO, JO, page, "x.html", mime="text/html")
        file_id = sent.body["document"]["file_id"]
        async with session.get(f"{stand.url}/media/telegram/{file_id}") as answer:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == 'attachment; filename="x.html"'


async def test_refusals_come_back_as_words() -> None:
    async with a_stand() as stand:
        answer = await stand.play(
            "/play/slack/send", **{"as": "U0BO", "room": "C0ACME", "text": "x"}
        )
        assert answer == {"ok": False, "error": "Bo is not in #acme-hengda."}
        answer = await stand.play("/play/telegram/send", **{"as": "x", "room": "1", "text": "x"})
        assert answer == {"ok": False, "error": "as must be a number."}
        assert not (await stand.play("/play/slack/dance"))["ok"]


async def test_the_app_is_invited_to_a_channel_by_those_inside() -> None:
    async with a_stand() as stand:
        slack, where = stand.stage.slack, {"room": "C0ACME", "text": "/invite @Liaison"}
        inside = slack.world.channels["C0ACME"].members
        answer = await stand.play("/play/slack/send", **{"as": "U0BO", **where})
        assert answer == {"ok": False, "error": "Bo is not in #acme-hengda."}
        assert slack.app.bot_user not in inside
        assert (await stand.play("/play/slack/send", **{"as": "U0LIN", **where}))["ok"]
        assert slack.app.bot_user in inside
        wrong = {"as": "U0LIN", "room": "C0ACME", "text": "/invite @dana"}
        assert not (await stand.play("/play/slack/send", **wrong))["ok"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_word_of_the_page_exists_in_both_languages(language: str) -> None:
    texts = Path(__file__).parents[3] / "sandbox/page/texts"
    other = json.loads((texts / ("zh.json" if language == "en" else "en.json")).read_text("utf-8"))
    words = json.loads((texts / f"{language}.json").read_text("utf-8"))
    assert words.keys() == other.keys()
    assert len(words["steps"]) == len(other["steps"]) == 6
    for key, value in words.items():
        if isinstance(value, str):
            assert value.strip(), key
            assert set(_holes(value)) == set(_holes(other[key])), key


def _holes(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


async def test_a_window_keeps_its_place_in_the_stack() -> None:
    async with a_stand() as stand:
        slack = stand.stage.slack
        for method in ("views.open", "views.push"):
            trigger = slack.triggers.issue("U0LIN")
            await stand.slack(method, trigger_id=trigger, view=MODAL)
        assert (await stand.get("/?su=U0LIN")).count("New ticket</h3>") == 1
        await stand.play("/play/slack/close", **{"as": "U0LIN"})
        assert "New ticket</h3>" in await stand.get("/?su=U0LIN")


async def test_the_command_serves_and_stops_at_once(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(tmp_path),
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    try:
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/") as answer:
                        assert "Liaison sandbox" in await answer.text()
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) in (0, -signal.SIGTERM)
        assert (tmp_path / "platforms.json").exists()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
