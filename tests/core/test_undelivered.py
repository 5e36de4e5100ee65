"""What could not be delivered: told once for a burst, sent again by one press or command."""

from datetime import timedelta

import pytest

from bot import due_cli, outbox, outbox_cli
from bot.chat import Address
from bot.config import Environment
from bot.outbox import Class
from bot.partners.undelivered import why
from bot.texts import plain_message
from sandbox.faults import Fault
from storage import outbox as rows
from storage import people
from storage.models_delivery import Delivery
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner, due_rows

JO = "700000011"


@pytest.fixture
async def jo(stage: Stage) -> str:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        chen = await people.manager_named(turn.session, "Chen")
        assert chen is not None
        chen.language = "en"
    await stage.telegram_person("Jo Weber").starts()
    await stage.settle()
    return JO


async def _owe(stage: Stage, key: str, chat: str, cls: Class = Class.DIGEST) -> None:
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("telegram", chat), plain_message(f"words of {key}"),
                         key=key, subject=key, cls=cls)  # fmt: skip


async def _state(stage: Stage, key: str) -> str:
    return (await _row(stage, key)).state


async def _row(stage: Stage, key: str) -> Delivery:
    async with stage.turn() as turn:
        row = await rows.find(turn.session, key)
    assert row is not None
    return row


def _environment(stage: Stage) -> Environment:
    return stage.app.environment


async def _lost(stage: Stage, key: str) -> None:
    """A digest whose answer gets lost: nobody knows whether it arrived."""
    stage.telegram.faults.add(Fault("drop_after", on="sendMessage"))
    await _owe(stage, key, JO)
    await stage.settle()
    assert await _state(stage, key) == "unverified"


async def test_a_burst_of_failures_is_one_message_that_grows(stage: Stage, jo: str) -> None:
    chen = stage.manager("Chen")
    await _owe(stage, "first", "999001", Class.TICKET)
    await stage.settle()
    one = await chen.sees("Not delivered: a ticket's message to telegram:999001:")
    for number in range(7):
        await _owe(stage, f"next{number}", f"99910{number}", Class.TICKET)
    await stage.settle()
    shown = [entry for entry in chen.screen() if "Not delivered" in entry.text]
    assert [entry.message for entry in shown] == [one.message]
    assert "8 things need a look." in shown[0].text
    assert "… and 3 more: main.py outbox" in shown[0].text
    await stage.later(minutes=16)
    await _owe(stage, "later", "999200", Class.TICKET)
    await stage.settle()
    later = await chen.sees("telegram:999200:")
    assert later.message != one.message
    assert "things need a look" not in later.text


async def test_what_perhaps_did_not_arrive_is_sent_again_by_one_press(
    stage: Stage, jo: str
) -> None:
    chen, person = stage.manager("Chen"), stage.telegram_person("Jo Weber")
    await _lost(stage, "digest:1")
    told = await chen.sees("Perhaps not delivered: news to Jo Weber (Nordwind GmbH).",
                           buttons=("Send again",))  # fmt: skip
    await chen.presses("Send again", told)
    await chen.sees("Sending 1 message again.")
    await stage.settle()
    assert await _state(stage, "digest:1") == "sent"
    twice = [e for e in person.screen() if e.text == "words of digest:1"]
    assert len(twice) == 2  # the one that had arrived after all, and the one asked for
    await chen.presses("Send again", told)
    await chen.sees("Nothing is left to send again")
    await stage.settle()
    assert len([e for e in person.screen() if e.text == "words of digest:1"]) == 2


async def test_only_admins_send_again(stage: Stage, jo: str) -> None:
    await _lost(stage, "digest:1")
    chen = stage.manager("Chen")
    told = await chen.sees("Perhaps not delivered", buttons=("Send again",))
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Chen")
        assert manager is not None
        manager.role = "manager"
    await chen.presses("Send again", told)
    await chen.sees("That is for admins only.")
    await stage.settle()
    assert await _state(stage, "digest:1") == "unverified"


async def test_status_names_what_was_not_delivered(stage: Stage, jo: str) -> None:
    await _lost(stage, "digest:1")
    chen = stage.manager("Chen")
    await chen.types("/liaison status")
    shown = await chen.sees("Perhaps delivered: news to Jo Weber (Nordwind GmbH).")
    assert shown.buttons == ("Send again",)
    lin, bo = stage.manager("Lin"), stage.manager("Bo")
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("telegram", JO), plain_message("soon"), key="soon",
                         subject="soon", cls=Class.REMINDER,
                         not_before=turn.now + timedelta(hours=1))  # fmt: skip
    await lin.types("/liaison status")  # whose partner it is
    assert (await lin.sees("可能已送达", "您的伙伴，稍后发送：1 条。")).buttons == ()
    await bo.types("/liaison status")
    shown = await bo.sees("All is well.", "For your partners, later: 0.")
    assert "Jo Weber" not in shown.text


async def test_status_says_what_goes_and_since_when(stage: Stage, jo: str) -> None:
    stage.telegram.faults.add(Fault("flood", on="sendMessage", seconds=600))
    for number in range(2):
        await _owe(stage, f"k{number}", JO, Class.TICKET)
    chen, lin = stage.manager("Chen"), stage.manager("Lin")
    await chen.types("/liaison status")
    await chen.sees("Going now: tickets")
    await lin.types("/liaison status")
    await lin.sees("正在发送：工单")


async def test_the_operator_looks_sends_again_and_withdraws(
    stage: Stage, jo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = _environment(stage)
    assert await outbox_cli.show_all(where, "", "", "", 50) == 0
    assert "All is delivered. Nothing waits." in capsys.readouterr().out
    await _lost(stage, "digest:1")
    assert await outbox_cli.show_all(where, "", "telegram", JO, 50) == 0
    assert "digest:1" in capsys.readouterr().out
    assert await outbox_cli.show_all(where, "", "", "", 50, "nordwind") == 0
    assert "digest:1" in capsys.readouterr().out
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Industrial")
    assert await outbox_cli.show_all(where, "", "", "", 50, "Acme") == 0
    assert "digest:1" not in capsys.readouterr().out
    assert await outbox_cli.show_all(where, "", "", "", 50, "Zebra") == 1
    assert "Zebra" in capsys.readouterr().out
    assert await outbox_cli.show(where, "digest:1", False) == 0
    assert "words of" not in capsys.readouterr().out
    assert await outbox_cli.show(where, "digest:1", True) == 0
    assert "words of digest:1" in capsys.readouterr().out
    assert await outbox_cli.retry(where, "digest:1") == 0
    assert await outbox_cli.retry(where, "digest:1") == 1
    assert "cannot be sent again" in capsys.readouterr().out
    assert await outbox_cli.drop(where, "nothing") == 1
    assert await outbox_cli.show(where, "nothing", False) == 1
    assert await outbox_cli.show_all(where, "lost", "", "", 50) == 2
    stage.app.wake()
    await stage.settle()
    assert await _state(stage, "digest:1") == "sent"


async def test_a_message_that_moved_on_is_not_sent_again(stage: Stage, jo: str) -> None:
    to = Address("telegram", JO)
    stage.telegram.faults.add(Fault("drop_after", on="sendMessage"))
    async with stage.turn() as turn:
        await outbox.owe(turn, to, plain_message("old"), key="s1", subject="s", cls=Class.DIGEST,
                         slot="s")  # fmt: skip
    await stage.settle()
    assert await _state(stage, "s1") == "unverified"
    async with stage.turn() as turn:
        await outbox.owe(turn, to, plain_message("new"), key="s2", subject="s", cls=Class.DIGEST,
                         slot="s")  # fmt: skip
    await stage.settle()
    assert await outbox_cli.retry(_environment(stage), "s1") == 1
    assert await _state(stage, "s1") == "unverified"


async def test_due_work_is_listed_tried_again_and_dropped(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    where = _environment(stage)
    async with stage.turn() as turn:
        row = {"key": "broken", "kind": "ticket.due", "due_at": turn.now, "state": "dead",
               "error": "ValueError('x')", "payload": {}}  # fmt: skip
        await due_rows(turn.session, row)
    assert await due_cli.show(where, 20) == 0
    listed = capsys.readouterr().out
    assert "Given up" in listed
    assert "broken" in listed
    assert "Next" in listed
    assert await due_cli.drop(where, "broken") == 0
    assert await due_cli.drop(where, "broken") == 1
    assert await due_cli.retry(where, "digest:plan:2026-12-07") == 0
    assert "tried again now" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [("dead", "unreachable: Forbidden: bot was blocked by the user", "They have blocked the bot."),
     ("dead", "unreachable: channel_not_found", "The chat is gone, or the bot is not in it."),
     ("dead", "rejected: invalid_blocks", "The platform refused it."),
     ("dead", "gave up after 12 attempts: 502", "It was tried for over an hour, without success."),
     ("unverified", "cannot be asked", "No answer came, and it cannot be looked up."),
     ("unverified", "restored from a backup: perhaps sent before",
      "A backup was put back: it may have gone before."),
     ("dead", "of a kind nobody thought of", "of a kind nobody thought of")],
)  # fmt: skip
def test_why_in_plain_words(state: str, reason: str, words: str) -> None:
    assert why(state, reason) == words
