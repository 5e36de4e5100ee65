"""What is no real problem: closed without a word, a question or a figure, and taken back."""

from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"


async def test_who_wrote_spam_hears_nothing_and_an_undo_leaves_no_trace(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin, chen = (
        stage.telegram_person("Jo Weber"),
        stage.manager("Lin"),
        stage.manager("Chen"),
    )
    await jo.starts()
    await jo.writes("You <b>won</b> 1000 pumps")
    await jo.sees("Got it, Jo.")
    await lin.types("/ticket T-1 reply Who is this?")
    await lin.sees("T-1：您的答复 10 秒后发给 Jo。", room="C0TEAM", buttons=("撤回", "立即发送"))
    await stage.later(seconds=11)
    await jo.sees("Who is this?")
    await jo.writes("Click here")
    await jo.sees("Answer by 10:12 your time.", kind="new")
    await stage.settle()

    await lin.types("/ticket T-1 误开")
    done = await lin.sees("T-1 已关闭，不算工单：不给伙伴发消息，不请求评价，也不计入报告。")
    assert done.buttons == ("撤回",)
    await stage.settle()
    assert [e.kind for e in jo._entries(stage.mark)] == ["edit"]
    await jo.sees("T-1 is closed. Anything else? Just write.", kind="edit")
    await stage.later(hours=1)
    await jo.sees_nothing()
    await chen.types("/report")
    await chen.sees("这段时间没有答复或解决过工单。")
    await lin.types("/ticket T-1 dismiss")
    await lin.sees("T-1 已关闭。")

    await lin.presses("撤回", done)
    await lin.sees("T-1 已恢复，如同从未关闭。")
    await lin.sees("answer was due 17:12", room="C0TRIAGE", kind="edit")
    await jo.sees("Our answer is late, and we know it.", kind="edit")  # an hour has passed
    await chen.types("/report")
    await chen.sees("首次答复：1 件中 1 件按时（100%）")
    await lin.types("/ticket T-1 story")
    await lin.sees("Lin 关闭：不是工单。", "Lin：还是算工单。")


async def test_from_more_and_back_by_command(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison never mind me", room="C1BLUEPINE")
    card = await bo.sees("nobody yet", room="C0TRIAGE")
    await bo.types("/ticket T-1 wait")
    await bo.sees("waiting for the partner", room="C0TRIAGE", kind="edit")
    await bo.presses("More", card)
    await bo.presses("Not a ticket", await bo.sees("What else about T-1?"))
    done = await bo.sees("T-1 is closed as no real problem: no message to the partner")
    assert done.buttons == ("Undo",)
    await bo.sees("closed: not a ticket", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 reopen")
    await bo.sees("T-1 is open again, as if it had never been closed.")
    await bo.sees("waiting for the partner", room="C0TRIAGE", kind="edit")
    await bo.presses("Undo", done)
    await bo.sees("T-1 is open: it is being looked after.")
    posted = [e.text for e in priya.screen("C1BLUEPINE") if e.by_bot]
    assert len(posted) == 1, posted
