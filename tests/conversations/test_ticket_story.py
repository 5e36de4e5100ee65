"""Moment A: a partner writes and is heard in a second; we answer, and they read who speaks."""

from datetime import timedelta

from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner, a_room

JO, KAI, WANG = "700000011", "700000012", "700137003"


async def _nordwind(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)


async def test_jo_is_heard_in_a_second_and_answered_by_lin(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await stage.settle()

    await jo.writes("The price list will not open")
    heard = await jo.sees("Got it, Jo.")
    assert heard.text == (
        "Got it, Jo. Lin's team has it (T-1). Answer by 10:12 your time. "
        "Photos or more words: just write."
    )
    assert heard.buttons == ("Urgent", "Only a remark")
    card = await lin.sees("T-1 · Nordwind GmbH, gold · Jo Weber", room="C0TRIAGE")
    assert "“The price list will not open”" in card.text
    assert "answer by 17:12 · nobody yet" in card.text
    assert card.buttons == ("Take", "Reply", "More")

    await lin.presses("Reply", card)
    await lin.sees(kind="modal")
    await lin.fills(text="New link: nordwind.example/prices")
    held = await lin.sees("10 秒后发给 Jo：“New link: nordwind.example/prices”")
    assert held.buttons == ("撤回", "立即发送")
    await lin.presses("立即发送", held)
    answer = await jo.sees("Lin (Hengda): New link: nordwind.example/prices")
    assert answer.kind == "new"
    await lin.sees("已发给 Jo，16:12。")
    card = await lin.sees("answered 16:12 · Lin", room="C0TRIAGE", kind="edit")
    assert card.buttons == ("Reply", "Resolve", "More")
