"""Whose turn it is: on hold until a moment, and open again by itself."""

from storage import tickets
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO = "700000011"


async def _jo_writes(stage: Stage, **contact: str) -> TelegramPerson:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO, **contact)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await stage.settle()
    return jo


async def _status(stage: Stage, number: int = 1) -> str:
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, number)
        assert ticket is not None
        return ticket.status


async def test_a_ticket_is_on_hold_until_a_moment_and_then_open_again(stage: Stage) -> None:
    jo, bo = await _jo_writes(stage), stage.manager("Bo")
    await bo.types("/ticket T-1 hold until the factory answers")
    await bo.sees("“until the factory answers” is not a time I understand.")
    await bo.types("/ticket T-1 hold until Monday 10:00")
    held = await bo.sees("T-1 is on hold until Mon 10:00.", buttons=("Undo", "Another time"))
    await bo.sees("on hold until Mon 17:00", room="C0TRIAGE", kind="edit")  # on the team's clock
    await bo.types("/ticket list hold")
    await bo.sees("“The price list will not open”", "on hold until Mon 10:00")

    await bo.presses("Another time", held)
    await bo.sees(kind="modal")
    await bo.fills(until="Tuesday")
    later = await bo.sees("T-1 is on hold until Tue 09:00.")
    await bo.presses("Undo", held)
    await bo.sees("That is decided already.")
    await bo.presses("Undo", later)
    await bo.sees("Undone: T-1 is on hold until Mon 10:00 as before.")

    await stage.later(hours=1)
    await jo.writes("Hello? Anybody there?")  # an answer is promised, the hold stays
    await bo.sees("Hello? Anybody there?", room="C0TRIAGE")
    await stage.until("2026-12-07T09:59:00+01:00")
    assert await _status(stage) == "hold"
    await stage.until("2026-12-07T10:01:00+01:00")
    back = await bo.sees("T-1 of Nordwind GmbH was on hold until now: it is open again.")
    assert back.buttons == ("Reply", "On hold", "T-1")
    card = await bo.sees("T-1 · Nordwind", room="C0TRIAGE", kind="edit")
    assert "on hold" not in card.text
    await stage.until("2026-12-08T09:30:00+01:00")
    await bo.sees_nothing("was on hold until now")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Bo: we wait for somebody else, until Mon 10:00.")
    assert "Mon 7 Dec\n10:00 · It was on hold until now: it goes on." in told.text
    assert "Bo took that back." in told.text


async def test_undo_of_a_hold_waits_for_the_partner_as_before(stage: Stage) -> None:
    await _jo_writes(stage)
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner.")
    await lin.types("/ticket T-1 搁置 到周一九点")
    held = await lin.sees("T-1 已搁置至", buttons=("撤回", "换时间"))
    await lin.presses("撤回", held)
    await lin.sees("已撤回：T-1 仍在等对方。")
    assert await _status(stage) == "waiting"
    await lin.types("/ticket T-1 搁置")
    await lin.sees("T-1 已搁置，您说继续时再恢复。", buttons=("撤回", "到什么时候？", "继续"))
    await lin.types("/ticket T-1 resolve new link sent")
    await stage.settle()
    await lin.presses("撤回")
    await lin.sees("这件事已经处理过了。")
    assert await _status(stage) == "resolved"
