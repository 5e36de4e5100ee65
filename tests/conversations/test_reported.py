"""A partner reports a problem by questions: heard at once, and what follows is part of it."""

from storage import messages, tickets
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room
from tests.sandbox.telegram.pictures import png

JO = "700000011"
FORUM = -1002000000101


async def _jo(stage: Stage, language: str = "en") -> TelegramPerson:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO, language=language)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await stage.settle()
    return jo


async def _words(stage: Stage, number: int) -> list[str]:
    await stage.settle()
    async with stage.turn() as turn:
        return [said.html for said in await messages.theirs(turn.session, number)]


async def test_what_happened_is_a_ticket_at_once_and_the_rest_joins_it(stage: Stage) -> None:
    jo, lin = await _jo(stage), stage.manager("Lin")
    await jo.writes("/tickets")
    await jo.sees("You have no open tickets.", buttons=("Report a problem",))
    await jo.presses("Report a problem")
    await jo.sees("What happened?", "A sentence is enough, or a photo.", buttons=("Cancel",))
    written = await jo.writes("The price list <b>will</b> not open")
    await jo.sees("(T-1)", buttons=("Urgent", "Only a remark"))
    await lin.sees("T-1 · Nordwind GmbH", "“The price list <b>will</b> not open”", room="C0TRIAGE")
    await jo.sees("Which order, customer or product is it about?", buttons=("Skip",))
    await jo.sends_photo(png(), "Order 8841")
    await jo.sees("Your 2 messages are with them.", kind="edit")
    await lin.sees("Order 8841", room="C0TRIAGE")
    assert await _words(stage, 1) == [
        "The price list &lt;b&gt;will&lt;/b&gt; not open",
        "Order 8841",
    ]
    async with stage.turn() as turn:
        (_, photo) = await messages.theirs(turn.session, 1)
        assert len(photo.files) == 1

    stage.acted()
    await stage.telegram.edit(jo.number, jo.number, written.id, "The price list is empty")
    await lin.sees("The price list is empty", room="C0TRIAGE")
    await jo.writes("It is needed today")  # the questions are over: ordinary words
    assert (await _words(stage, 1))[-1] == "It is needed today"


async def test_a_second_report_is_a_ticket_of_its_own_in_chinese(stage: Stage) -> None:
    jo = await _jo(stage, "zh")
    await jo.writes("价格表打不开")
    await jo.sees("（T-1）")
    await jo.writes("/报告问题 订单没有到")
    await jo.sees("（T-2）")
    await jo.sees(
        "涉及哪个订单、客户或产品？", "有照片、截图或文件也可以发来。", buttons=("跳过",)
    )
    await jo.presses("跳过")
    assert await _words(stage, 1) == ["价格表打不开"]
    assert await _words(stage, 2) == ["订单没有到"]


async def test_an_abandoned_report_opens_nothing(stage: Stage) -> None:
    jo = await _jo(stage)
    await jo.writes("/problem")
    await jo.sees("What happened?")
    await jo.presses("Cancel")
    await jo.sees("“Report a problem” was cancelled. Nothing was sent.", kind="edit")
    async with stage.turn() as turn:
        assert await tickets.get(turn.session, 1) is None


async def test_in_a_group_only_whoever_reports_is_asked(stage: Stage) -> None:
    jo, kai, lin = await _jo(stage), stage.telegram_person("Kai Brandt"), stage.manager("Lin")
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now, name="Südwind")
        topic = next(iter(stage.telegram.world.chats[FORUM].topics))
        await a_room(turn.session, nordwind, turn.now, "telegram", str(FORUM), str(topic))
    await stage.telegram.add_bot(700000001, FORUM)
    await stage.telegram.promote(700000001, FORUM)
    await kai.writes("/problem@LiaisonDemoBot", chat=FORUM, topic=topic)
    asked = await kai.sees("What happened?")
    assert asked.thread == str(topic)
    await jo.writes("Good question", chat=FORUM, topic=topic)
    await jo.sees_nothing()
    await kai.writes("The portal is down", chat=FORUM, topic=topic, reply_to=int(asked.message))
    heard = await kai.sees("Got it, Kai.", "(T-1)")
    assert heard.thread == str(topic)
    await lin.sees("T-1 · Südwind", "“The portal is down”", room="C0TRIAGE")
    more = await kai.sees("Which order, customer or product is it about?")
    await kai.writes("Order 8841", chat=FORUM, topic=topic, reply_to=int(more.message))
    await lin.sees("Order 8841", room="C0TRIAGE")
    assert await _words(stage, 1) == ["The portal is down", "Order 8841"]


async def test_one_of_ours_gets_the_form_for_a_ticket_of_a_partner(stage: Stage) -> None:
    lin = stage.manager("Lin")
    await lin.types("/liaison problem")
    await lin.sees("新建工单", "出了什么问题？", kind="modal")
