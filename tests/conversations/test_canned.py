"""Canned answers: a lead writes them, managers send them in the partner's language."""

from storage import people
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO, WANG, LIN_ON_TELEGRAM = "700000011", "700137003", "700000001"
EN = "Hello {{contact}}, {{owner}} has {{ ticket }} of {{partner}} <b>&"
ZH = "{{contact}}您好，{{ticket}} 由{{owner}}负责 <b>"


async def _two(stage: Stage) -> tuple[TelegramPerson, TelegramPerson]:
    """T-1 of Jo at a partner whose name is hostile, T-2 of Wang."""
    for number in (JO, WANG):
        stage.telegram.set_started(stage.telegram.world.people[int(number)])
    async with stage.turn() as turn:
        one = await a_partner(turn.session, turn.now, "{{owner}} <i>GmbH")
        await a_contact(turn.session, one, turn.now, telegram=JO)
        two = await a_partner(turn.session, turn.now, "华腾科技", language="zh",
                              zone="Asia/Shanghai")  # fmt: skip
        await a_contact(turn.session, two, turn.now, "王伟", called="王总", telegram=WANG)
    jo, wang = stage.telegram_person("Jo Weber"), stage.telegram_person("王伟")
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await wang.writes("价格表打不开")
    await wang.sees("T-2")
    await stage.settle()
    return jo, wang


async def _written(stage: Stage, lead: SlackPerson) -> None:
    await lead.types("/ticket canned add")
    await lead.sees(kind="modal")
    await lead.fills(name="Who Has It", en=EN, zh=ZH)
    await lead.sees("“Who Has It”已保存")
    await stage.settle()


async def test_each_partner_reads_their_language_after_the_hold(stage: Stage) -> None:
    jo, wang = await _two(stage)
    lin = stage.manager("Lin")
    await _written(stage, stage.manager("Mei"))
    await lin.types("/ticket T-1 canned who has it")
    held = await lin.sees("Hello Jo, Lin has T-1 of {{owner}} <i>GmbH <b>&")
    assert held.buttons == ("撤回", "立即发送")
    await jo.sees_nothing("Hello")
    await lin.presses("立即发送", held)
    await jo.sees("Lin (Hengda): Hello Jo, Lin has T-1 of {{owner}} <i>GmbH <b>&")
    await lin.types("/ticket T-2 常用回复 who")
    await lin.sees("王总您好，T-2 由林经理负责 <b>")
    await lin.presses("撤回")
    await stage.later(seconds=11)
    await wang.sees_nothing("您好，T-2 由")
    await lin.types("/ticket T-2 canned nothing like it")
    await lin.sees("没有常用回复“nothing like it”。现有：Who Has It。")


async def test_the_reply_form_and_the_thread_offer_them(stage: Stage) -> None:
    jo, _ = await _two(stage)
    lin = stage.manager("Lin")
    await _written(stage, stage.manager("Mei"))
    card = next(one for one in lin.screen("C0TRIAGE") if "T-1 ·" in one.text)
    await lin.presses("Reply", card)
    await lin.sees(kind="modal")
    await lin.fills(canned="1", text="And a *word* more")
    await lin.sees("Hello Jo, Lin has T-1", "And a *word* more")
    await lin.presses("立即发送")
    await jo.sees("Hello Jo, Lin has T-1", "And a *word* more")
    await stage.settle()
    await lin.types("@Liaison canned who has it", room="C0TRIAGE", thread=card.message)
    await lin.sees("Hello Jo, Lin has T-1", buttons=("撤回", "立即发送"))
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Hello Jo, Lin has T-1")


async def test_only_leads_write_them_and_fields_are_checked(stage: Stage) -> None:
    jo, _ = await _two(stage)
    mei, bo = stage.manager("Mei"), stage.manager("Bo")
    await bo.types("/ticket canned")
    await bo.sees("No canned answers yet.")
    await bo.types("/ticket canned add")
    await bo.sees("Canned answers are written by leads.")
    await mei.types("/ticket canned add")
    await mei.sees(kind="modal")
    answer = await mei.fills(name="x", en="{{password}}", zh="")
    assert "没有字段“{{password}}”。可用的有：{{partner}}, {{contact}}" in str(answer)
    await mei.fills(name="x", en="First", zh="")
    await mei.sees("“x”已保存")
    await mei.types("/ticket canned edit x")
    await mei.sees(kind="modal")
    await mei.fills(name="x", en="Second <b>", zh="")
    await mei.sees("“x”已保存")
    await bo.types("/ticket canned x")
    shown = await bo.sees("Second <b>")
    await bo.presses("Remove", shown)
    await bo.sees("That is for leads only.")
    await bo.types("/ticket canned x")
    await bo.sees("Second <b>")
    await mei.types("/ticket canned remove x")
    await mei.sees("“x”已删除。", "Second <b>")
    await jo.writes("/ticket canned")
    await jo.sees("That is for our own people only.")


async def test_a_manager_on_telegram_uses_the_form(stage: Stage) -> None:
    jo, _ = await _two(stage)
    await _written(stage, stage.manager("Mei"))
    async with stage.turn() as turn:
        lin = await people.manager_named(turn.session, "Lin")
        assert lin is not None
        await people.claim_identity(turn.session, "telegram", LIN_ON_TELEGRAM, lin.id, turn.now)
    there = TelegramPerson(stage, int(LIN_ON_TELEGRAM))
    await there.starts()
    await stage.settle()
    await there.writes("/ticket T-1 reply")
    await there.sees("常用回复")
    await there.presses("Who Has It")
    await there.sees("伙伴将看到的内容")
    await there.presses("跳过")
    await there.sees("Hello Jo, Lin has T-1 of {{owner}} <i>GmbH")
    await there.presses("立即发送")
    await jo.sees("Hello Jo, Lin has T-1")
