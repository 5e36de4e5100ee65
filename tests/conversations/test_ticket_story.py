"""Moment A: a partner writes and is heard in a second; we answer, and they read who speaks."""

from bot import due
from bot.chat import Address
from storage import messages, partners
from tests.conversations.partner_rooms import GROUP, nordwind_group
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner
from tests.sandbox.telegram.pictures import png

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


async def test_wang_reads_chinese_and_his_own_clock(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "华腾科技 Huateng", zone="Asia/Shanghai",
                                  language="zh")  # fmt: skip
        await a_contact(turn.session, partner, turn.now, "王伟", called="王总", telegram=WANG)
    wang, lin = stage.telegram_person("王伟"), stage.manager("Lin")
    await wang.starts()
    await stage.settle()

    await wang.writes("价格表打不开")
    heard = await wang.sees("王总您好")
    assert heard.text == (
        "王总您好，消息已转给林经理团队（T-1），最晚 17:12 答复您。可直接补充文字或截图。"
    )
    assert heard.buttons == ("很急", "只是说一声")
    await wang.presses("很急", heard)
    await wang.sees("最晚 16:42 答复您。", "已标为紧急。", kind="edit")
    await lin.sees("王总 says it is urgent: answer by 16:42.")

    await lin.types("/ticket T-1 回复 新链接：huateng.example/prices")
    await lin.sees("10 秒后发给王总：“新链接：huateng.example/prices”")
    await stage.later(seconds=11)
    await wang.sees("林经理（恒达）：新链接：huateng.example/prices")
    await lin.sees("已发给王总，16:12。")


async def test_an_answer_can_be_taken_back_for_ten_seconds(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12 · nobody yet")
    await lin.types("/ticket T-1 reply Wrong window")
    held = await lin.sees("10 秒后发给 Jo：“Wrong window”")
    await lin.presses("撤回", held)
    await lin.sees("未发送。Jo 在等：请在 17:12 前答复。", "Wrong window", kind="edit")
    await lin.sees("answer by 17:12 · Lin", kind="edit")
    await stage.later(seconds=30)
    await jo.sees_nothing("Wrong window")
    assert not any("立即发送" in entry.buttons for entry in lin.screen("C0TRIAGE"))
    bo = stage.manager("Bo")
    await bo.types("/ticket T-1 reply")
    await bo.sees("Answer", kind="modal")
    await bo.fills()  # nobody else begins with these words
    await jo.sees_nothing("Wrong window")
    await lin.presses("回复", held)
    await lin.sees("答复", kind="modal")
    await lin.fills()  # as it opened
    await lin.sees("10 秒后发给 Jo：“Wrong window”")
    await lin.presses("立即发送")
    await jo.sees("Lin (Hengda): Wrong window")
    await lin.types("/ticket T-1 reply")
    await lin.sees("答复", kind="modal")
    await lin.fills()
    await jo.sees_nothing("Wrong window")  # sent once


async def test_photo_words_edits_and_the_thread(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("answer by 17:12 · nobody yet", room="C0TRIAGE")
    await jo.sees("Got it, Jo.")
    await jo.sends_photo(png(), caption="Here is what I see")
    words = await lin.sees("Here is what I see", room="C0TRIAGE", kind="new")
    assert (words.thread, words.author) == (card.message, "Jo Weber (Nordwind GmbH)")
    await jo.sees("Your 2 messages are with them.", kind="edit")
    await stage.settle()
    photos = [entry for entry in lin.screen("C0TRIAGE") if entry.files]
    assert [photo.thread for photo in photos] == [card.message]

    await lin.types("@Liaison reply Thank you, we look into it", room="C0TRIAGE",
                    thread=card.message)  # fmt: skip
    held = await lin.sees("10 秒后发给 Jo：“Thank you, we look into it”")
    assert held.thread == card.message
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Thank you, we look into it")

    await lin.types("I think the link is from last year", room="C0TRIAGE", thread=card.message)
    await jo.sees_nothing()


async def test_an_edit_and_a_deletion_are_shown_below_the_card(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    first = await jo.writes("The price lst will not open")
    card = await lin.sees("“The price lst will not open”", room="C0TRIAGE")
    stage.acted()
    await stage.telegram.edit(jo.number, jo.number, first.id, "The price list is broken")
    await lin.sees("“The price list is broken”", room="C0TRIAGE", kind="edit")
    shown = await lin.sees("edited: The price list is broken", room="C0TRIAGE", kind="new")
    assert shown.thread == card.message
    await stage.settle()
    async with stage.turn() as turn:
        (said, *_) = await messages.of_ticket(turn.session, 1)
        assert [version["html"] for version in said.versions] == ["The price lst will not open"]


async def test_in_a_telegram_group_one_mention_is_one_answer(stage: Stage) -> None:
    jo, kai, lin = (await nordwind_group(stage), stage.telegram_person("Kai Brandt"),
                    stage.manager("Lin"))  # fmt: skip
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=GROUP)
    heard = await kai.sees("Got it, Jo. Lin's team has it (T-1). Answer by 10:12 (Berlin).")
    assert heard.buttons == ()
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(seconds=11)
    await kai.sees("Lin (Hengda): On Monday")


async def test_words_of_a_stranger_are_a_ticket_once_they_are_known(stage: Stage) -> None:
    sam, lin = stage.telegram_person("Sam Stranger"), stage.manager("Lin")
    await sam.starts()
    await sam.writes("Hello")
    await sam.writes("Our order has not arrived")
    await stage.settle()
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        contact = await a_contact(turn.session, partner, turn.now, "Sam Stranger", called="Sam",
                                  telegram=sam.id)  # fmt: skip
        where = Address("telegram", sam.id)
        await partners.give_said(turn.session, "telegram", sam.id, partner.id, contact.id)
        await due.put(turn, key="ticket.heard_before:1", kind="ticket.heard_before",
                      due_at=turn.now, contact=contact.id, address=str(where))  # fmt: skip
    await lin.sees("“Our order has not arrived”", room="C0TRIAGE")
    await sam.sees("Got it, Sam. Lin's team has it (T-1). Answer by 10:12 your time.")
