"""What is owed arrives: once, in order, in its class; each way to fail ends as DESIGN.md says."""

from datetime import timedelta
from typing import Any

import pytest

from bot import outbox
from bot.chat import Address, Button, Message, Part
from bot.outbox import Class
from sandbox.faults import Fault
from storage import outbox as rows
from storage.models_delivery import Delivery
from tests.conversations.stage import Stage

JO = "Jo Weber"
REMINDER = Class.REMINDER


def _say(text: str, *buttons: Button) -> Message:
    return Message((Part(text, buttons),))


async def _owe(stage: Stage, text: str, key: str, chat: str, *, subject: str = "s",
               cls: Class = Class.TICKET, **how: Any) -> None:  # fmt: skip
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("telegram", chat), _say(text), key=key, subject=subject,
                         cls=cls, **how)  # fmt: skip


async def _row(stage: Stage, key: str) -> Delivery:
    async with stage.app.database.reading() as session:
        row = await rows.find(session, key)
        assert row is not None
        return row


@pytest.fixture
async def jo(stage: Stage) -> str:
    """Jo has pressed Start, so the bot may write to them."""
    person = stage.telegram_person(JO)
    await person.starts()
    await stage.journal.wait_for(lambda entry: entry.by_bot and person.id in entry.readers)
    await stage.settle()
    return person.id


def _texts(stage: Stage, chat: str) -> list[str]:
    shown = stage.telegram.messages(int(chat))
    return [str(m.body.get("text", "")) for m in shown if m.sender == stage.telegram.bot.id]


async def test_a_known_key_is_owed_once(stage: Stage, jo: str) -> None:
    for _ in range(3):
        await _owe(stage, "only once", "k1", jo)
    await stage.settle()
    assert _texts(stage, jo).count("only once") == 1
    assert (await _row(stage, "k1")).state == "sent"


async def test_a_lane_keeps_its_order_and_holds_only_itself(stage: Stage, jo: str) -> None:
    held = stage.app.clock.now() + timedelta(seconds=10)
    await _owe(stage, "held reply", "a", jo, subject="ticket:1", not_before=held)
    await _owe(stage, "later in the same lane", "b", jo, subject="ticket:1")
    await _owe(stage, "urgent in the same lane", "c", jo, subject="ticket:1",
               cls=Class.INTERACTIVE)  # fmt: skip
    await _owe(stage, "another lane", "d", jo, subject="meeting:1")
    await stage.settle()
    first = _texts(stage, jo)[-2:]
    assert sorted(first) == ["another lane", "urgent in the same lane"]
    await stage.later(seconds=11)
    assert _texts(stage, jo)[-2:] == ["held reply", "later in the same lane"]


async def test_a_slot_is_replaced_while_queued_and_edited_once_posted(
    stage: Stage, jo: str
) -> None:
    hold = stage.app.clock.now() + timedelta(seconds=5)
    await _owe(stage, "one", "s1", jo, slot="card", not_before=hold)
    await _owe(stage, "two", "s2", jo, slot="card", not_before=hold)
    await stage.later(seconds=6)
    assert _texts(stage, jo)[-1:] == ["two"]
    await _owe(stage, "three", "s3", jo, slot="card")
    await stage.settle()
    assert _texts(stage, jo)[-1:] == ["three"]
    assert "two" not in _texts(stage, jo)


async def test_an_edit_that_changes_nothing_is_not_sent(stage: Stage, jo: str) -> None:
    for key, text in (("n1", "same"), ("n2", "same"), ("n3", "other"), ("n4", "same")):
        await _owe(stage, text, key, jo, slot="still")
        await stage.settle()
    person = stage.telegram_person(JO)
    shown = [e.text for e in stage.journal.entries if e.by_bot and person.id in e.readers]
    assert shown[-3:] == ["same", "other", "same"]


async def test_a_fresh_slot_takes_the_buttons_off_the_old_message(stage: Stage, jo: str) -> None:
    person = stage.telegram_person(JO)
    async with stage.turn() as turn:
        question = _say("first?", Button("Yes", "test.yes"))
        await outbox.owe(turn, Address("telegram", jo), question, key="q1", subject="q",
                         cls=Class.INTERACTIVE, slot="q")  # fmt: skip
    await person.sees("first?", buttons=("Yes",))
    await _owe(stage, "second?", "q2", jo, subject="q", slot="q", fresh=True)
    await stage.settle()
    shown = [(entry.text, entry.buttons) for entry in person.screen()]
    assert shown[-2:] == [("first?", ()), ("second?", ())]


async def test_withdrawn_messages_never_leave(stage: Stage, jo: str) -> None:
    hold = stage.app.clock.now() + timedelta(seconds=10)
    await _owe(stage, "undone", "u", jo, subject="ticket:9", not_before=hold)
    async with stage.turn() as turn:
        assert await outbox.drop(turn, "ticket:9", "undone by Lin") == 1
    await stage.later(seconds=20)
    assert "undone" not in _texts(stage, jo)
    row = await _row(stage, "u")
    assert (row.state, row.reason) == ("skipped", "undone by Lin")


async def test_a_reminder_that_is_too_late_is_skipped(stage: Stage, jo: str) -> None:
    now = stage.app.clock.now()
    await _owe(stage, "too late", "late", jo, cls=REMINDER, not_before=now + timedelta(hours=2),
               expires_at=now + timedelta(hours=1))  # fmt: skip
    await stage.later(hours=3)
    assert (await _row(stage, "late")).state == "skipped"
    assert "too late" not in _texts(stage, jo)


async def test_a_flood_wait_delays_and_loses_nothing(stage: Stage, jo: str) -> None:
    stage.telegram.faults.add(Fault("flood", on="sendMessage", seconds=1))
    await _owe(stage, "after the flood", "f", jo)
    person = stage.telegram_person(JO)
    await person.sees("after the flood")
    await stage.settle()
    row = await _row(stage, "f")
    assert (row.state, row.attempts) == ("sent", 2)


async def test_a_server_error_in_doubt_is_repeated_for_tickets(stage: Stage, jo: str) -> None:
    stage.telegram.faults.add(Fault("drop_after", on="sendMessage"))
    await _owe(stage, "perhaps twice", "d", jo)
    await stage.settle()
    row = await _row(stage, "d")
    assert (row.state, row.attempts) == ("sent", 2)
    assert _texts(stage, jo).count("perhaps twice") == 2  # Telegram cannot be asked


async def test_a_digest_in_doubt_is_not_repeated(stage: Stage, jo: str) -> None:
    stage.telegram.faults.add(Fault("drop_after", on="sendMessage"))
    await _owe(stage, "weekly digest", "w", jo, cls=Class.DIGEST)
    await stage.settle()
    assert (await _row(stage, "w")).state == "unverified"
    assert _texts(stage, jo).count("weekly digest") == 1
    await stage.manager("Chen").sees("w")  # an admin is told


async def test_slack_in_doubt_is_looked_up_and_never_doubled(stage: Stage) -> None:
    stage.slack.faults.add(Fault("drop_after", on="chat.postMessage"))
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("slack", "C0TEAM"), _say("once in Slack"), key="sl",
                         subject="s", cls=Class.TICKET)  # fmt: skip
    lin = stage.manager("Lin")
    await lin.sees("once in Slack")
    row = await _row(stage, "sl")
    for _ in range(150):  # verified not sooner than 10 s after the call, in real time
        row = await _row(stage, "sl")
        if row.state == "sent":
            break
        from bot.clock import pause

        await pause(0.1)
    assert (row.state, row.reason) == ("sent", "verified")
    assert len([e for e in lin.screen("C0TEAM") if e.text == "once in Slack"]) == 1


async def test_a_blocked_chat_is_marked_and_the_rest_is_skipped(stage: Stage, jo: str) -> None:
    await stage.telegram.block(stage.telegram_person(JO).number)
    await _owe(stage, "nobody there", "b1", jo)
    await stage.settle()
    row = await _row(stage, "b1")
    assert row.state == "dead"
    assert row.reason.startswith("unreachable")


async def test_a_broken_message_is_dead_and_does_not_block_the_chat(stage: Stage, jo: str) -> None:
    async with stage.turn() as turn:
        broken = Message((Part("x" * 3_000),))
        await outbox.owe(turn, Address("telegram", "999999"), broken, key="nochat", subject="n",
                         cls=Class.TICKET)  # fmt: skip
    await _owe(stage, "still fine", "ok", jo)
    await stage.settle()
    assert (await _row(stage, "nochat")).state == "dead"
    assert "still fine" in _texts(stage, jo)


async def test_long_text_becomes_several_messages_in_order(stage: Stage, jo: str) -> None:
    paragraphs = [f"Paragraph {n}. " + "word " * 150 for n in range(12)]
    await _owe(stage, "\n\n".join(paragraphs), "long", jo)
    await stage.settle()
    sent = [text for text in _texts(stage, jo) if "Paragraph" in text or "word" in text]
    together = " ".join(sent)
    assert all(f"Paragraph {n}." in together for n in range(12))
    assert all(len(text) <= 4_096 for text in sent)
    assert together.index("Paragraph 0.") < together.index("Paragraph 11.")
