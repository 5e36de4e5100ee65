"""A manager tells a partner something: shown first, held, undone or sent under their name."""

from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"


async def nordwind(stage: Stage, **values: str) -> None:
    """Nordwind, whose Jo has pressed Start on Telegram."""
    jo = stage.telegram.world.people[int(JO)]
    stage.telegram.set_started(jo)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO, **values)


async def test_nothing_leaves_before_the_press_and_the_hold(stage: Stage) -> None:
    await nordwind(stage)
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/partner tell Nordwind We are closed on Friday.")
    await bo.sees("Your message to Nordwind GmbH is ready in our own chat")
    await bo.sees("To Nordwind GmbH:", "We are closed on Friday.", "Jo Weber, privately (English)",
                  buttons=("Send", "Cancel"))  # fmt: skip
    await stage.settle()
    await bo.presses("Send")
    await bo.sees("To Jo in 10 s: “We are closed on Friday.”", buttons=("Undo", "Send now"))
    await jo.sees_nothing()
    await stage.later(seconds=10)
    await jo.sees("Bo (Hengda): We are closed on Friday.")
    await bo.sees("Sent to Jo, 09:12.", kind="edit")


async def test_undo_and_send_now(stage: Stage) -> None:
    await nordwind(stage)
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/partner tell Nordwind First")
    await bo.sees("To Nordwind GmbH:")
    await bo.presses("Send")
    await bo.sees("To Jo in 10 s:")
    await bo.presses("Undo")
    await bo.sees("Not sent.", "First", kind="edit")
    await stage.later(minutes=1)
    await jo.sees_nothing()
    await bo.types("/partner tell Nordwind Second")
    await bo.sees("To Nordwind GmbH:", "Second")
    await bo.presses("Send")
    await bo.sees("To Jo in 10 s: “Second”")
    await bo.presses("Send now")
    await jo.sees("Bo (Hengda): Second")
    await bo.sees("Sent to Jo, 09:13.")


async def test_markup_stays_text_and_chinese_is_spoken(stage: Stage) -> None:
    await nordwind(stage, language="zh", called="王总")
    lin, jo = stage.manager("Lin"), stage.telegram_person("Jo Weber")
    await lin.types("/partner 告诉 Nordwind 周五休息 <b>&")
    await lin.sees("发给 Nordwind GmbH：", "周五休息 <b>&", "Jo Weber，私聊（中文）")
    await lin.presses("发送")
    await lin.sees("10 秒后发给王总：“周五休息 <b>&”", buttons=("撤回", "立即发送"))
    await lin.presses("立即发送")
    await jo.sees("林经理（恒达）：周五休息 <b>&")
    await lin.sees("已发给王总，16:12。")


async def test_a_linked_room_is_told_once_under_the_managers_name(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Kaito Denki", zone="Asia/Tokyo")
        await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    bo, yui = stage.manager("Bo"), stage.slack_person("U1KAITOD2")
    await bo.types("/partner tell Kaito New prices on Monday")
    await bo.sees("In the room “room”, where everybody reads it (English).")
    await bo.presses("Send")
    await bo.sees("To room in 10 s: “New prices on Monday”")
    await bo.presses("Send now")
    told = await yui.sees("New prices on Monday")
    assert told.author == "Bo (Hengda)"


async def test_a_partner_nobody_can_reach(stage: Stage) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now)
    bo = stage.manager("Bo")
    await bo.types("/partner tell Nordwind Hello")
    await bo.sees("I cannot reach Nordwind GmbH anywhere yet. First: /partner invite Nordwind")
