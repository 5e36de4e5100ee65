"""What people type stays text: no mention, no markup, no template, on either platform."""

import json

import pytest

from bot import outbox, texts
from bot.chat import Address
from bot.outbox import Class
from tests.conversations.stage import Stage
from tests.hostile_texts import (
    HOSTILE,
    assert_plain_in_slack,
    assert_plain_in_telegram,
    elements,
    said,
    same,
)


async def _owe(stage: Stage, to: Address) -> None:
    async with stage.turn() as turn:
        for number, typed in enumerate(HOSTILE):
            await outbox.owe(turn, to, texts.plain_message(typed), key=f"h:{to}:{number}",
                             subject=f"h:{number}", cls=Class.TICKET)  # fmt: skip


@pytest.fixture
def only_sqlite(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("what is drawn does not depend on the database")


async def test_in_slack(only_sqlite: None, stage: Stage) -> None:
    await _owe(stage, Address("slack", "C0TEAM"))
    await stage.settle()
    rows = [m.raw for m in stage.slack.room("C0TEAM").messages.values() if m.raw.get("bot_id")]
    assert len(rows) == len(HOSTILE)
    for typed in HOSTILE:
        found = [raw for raw in rows if same(said(raw), typed)]
        assert found, (typed, [said(raw) for raw in rows])
        for raw in found:
            assert_plain_in_slack(raw)
            assert all(e.get("type") != "emoji" for e in elements(raw["blocks"]))
            assert "style" not in json.dumps(raw["blocks"]), typed


async def test_in_telegram(only_sqlite: None, stage: Stage) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await stage.settle()
    await _owe(stage, Address("telegram", jo.id))
    await stage.settle()
    bodies = [m.body for m in stage.telegram.messages(jo.number)
              if m.sender == stage.telegram.bot.id]  # fmt: skip
    for typed in HOSTILE:
        found = [body for body in bodies if same(str(body.get("text", "")), typed)]
        assert found, typed
        for body in found:
            assert_plain_in_telegram(body)
