"""What a ticket is: guessed and shown, corrected by one press; promises and rules follow."""

from bot.config_tickets import Policy, Rule
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO = "700000011"
RULES = (Rule(name="orders", kinds=("order",), owner="Bo"),)
PUMPS = Policy(name="pumps", products=("PumpOne",), calendar="office", answer_within="30m")
ORDERS = Policy(name="orders", kinds=("order",), calendar="office", answer_within="30m")


async def test_a_wrong_guess_is_corrected_and_promise_and_rule_follow(stage: Stage) -> None:
    config = stage.app.config
    update = {"routing": RULES, "policies": (ORDERS, *config.policies)}
    stage.app.config = config.model_copy(update=update)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("Twenty pumps")
    await jo.sees("Answer by 10:12 your time.")
    await lin.sees("“Twenty pumps”", "answer by 17:12 · nobody yet", room="C0TRIAGE")
    await lin.presses("More")
    more = await lin.sees("目前归为故障，应为：")
    assert more.buttons[-3:] == ("咨询", "订单", "需求")
    await lin.presses("订单", more)
    await lin.sees("T-1 现在归为订单。请在 16:42 前答复。按规则“orders”分给博经理。")
    await lin.sees("answer by 16:42 · Bo · order", room="C0TRIAGE", kind="edit")
    await bo.sees("T-1 · Nordwind GmbH · Jo Weber is yours now, by the rule “orders”.")
    await jo.sees("Bo has it (T-1). Answer by 09:42 your time.", kind="edit")

    await bo.types("/ticket T-1 take")
    await bo.types("/ticket T-1 类型 咨询")
    await bo.sees("T-1 is a question now. Answer by 10:12.")
    await lin.sees("answer by 17:12 · Bo · question", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 kind questions")
    await bo.sees("T-1 is that already.")
    await bo.types("/ticket T-1 kind thing")
    await bo.sees("“thing” is no kind of ticket. There are: problem, question, order, request.")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Lin: it is an order.", "Bo: it is a question.")
    assert "Answer 1: starts, by 10:12." in told.text


async def test_orders_go_by_the_rule_at_once_and_questions_are_shown(stage: Stage) -> None:
    stage.app.config = stage.app.config.model_copy(update={"routing": RULES})
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "华腾科技 Huateng", language="zh")
        await a_contact(turn.session, partner, turn.now, "王伟", called="王总",
                        telegram="700137003")  # fmt: skip
    wang, bo = stage.telegram_person("王伟"), stage.manager("Bo")
    await wang.starts()
    await wang.writes("我们要下单 20 台")
    await bo.sees("by the rule “orders”")
    await bo.sees("Bo · order", room="C0TRIAGE")
    await bo.types("/ticket new Huateng Where is the parcel?")
    await bo.sees("T-2", "question", room="C0TRIAGE")


async def test_a_product_that_is_named_has_its_own_promise_and_rule(stage: Stage) -> None:
    config = stage.app.config
    rules = (Rule(name="pumps", products=("PumpOne", "滤芯"), owner="Bo"),)
    update = {"routing": rules, "policies": (PUMPS, *config.policies)}
    stage.app.config = config.model_copy(update=update)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The new pumpone does not start")
    await jo.sees("Answer by 09:42 your time.")
    await bo.sees("is yours now, by the rule “pumps”")
    await bo.sees("answer by 16:42 · Bo · PumpOne", room="C0TRIAGE")

    await bo.types("/ticket T-1 product PumpTwo")
    await bo.sees("“PumpTwo” is no product that promises or rules name. "
                  "There are: PumpOne, 滤芯; or none.")  # fmt: skip
    await bo.types("/ticket T-1 product none")
    await bo.sees("T-1 is about no product in particular now. Answer by 10:12.")
    await jo.sees("Answer by 10:12 your time.", kind="edit")
    await lin.types("/ticket T-1 产品 滤芯")
    await lin.sees("T-1 现在归到产品滤芯。请在 17:12 前答复。")
    await lin.types("/ticket T-1 product 滤芯")
    await lin.sees("T-1 本来就是这样。")
    await lin.types("/ticket T-1 story")
    await lin.sees("Bo：这不涉及某个产品。", "Lin：这是滤芯的事。")
    await bo.types("/ticket new Nordwind Which filter fits the Pump One?")
    card = await bo.sees("T-2", "answer by 17:12", room="C0TRIAGE")
    assert "PumpOne" not in card.text
    stage.app.config = config
    await bo.types("/ticket T-2 product PumpOne")
    await bo.sees("Promises and rules of liaison.toml name no product.")
