"""Somebody of ours is away: who is asked instead, until they are back."""

from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO = "700000011"


async def test_away_until_friday_with_a_substitute_and_back_again(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()

    await bo.types("/liaison away until yesterday")
    await bo.sees("“until yesterday” is not a time I understand.")
    await bo.types("/liaison away until friday substitute @Bo")
    await bo.sees("Somebody else has to stand in for you.")
    await bo.types("/liaison away until friday substitute @Lin")
    told = await bo.sees("You are away until Fri 4 Dec 08:00. Meanwhile Lin is asked")
    assert told.buttons == ("I am back",)
    asked = await lin.sees("Bo离开至 12月4日(周五) 15:00，由您代理：到期的事会提醒您。")
    assert asked.room.startswith("D")
    await lin.types("/liaison roles")
    await lin.sees("Bo · 渠道经理 · Channel · 离开至 12月4日(周五)")

    await jo.writes("The price list will not open")
    await stage.later(minutes=46)
    await lin.sees("T-1：Jo 在等答复，承诺时间 17:12。 由博经理负责，您能帮忙吗？")
    await bo.types("/liaison back")
    await bo.sees("Welcome back: from now on you are asked yourself again.")
    await bo.types("/liaison back")
    await bo.sees("You are not away.")
    await stage.later(minutes=15)
    await bo.sees("T-1, Jo is waiting: answer was promised by 10:12.")

    await bo.types("/liaison 请假 到周五下午三点 代理 Lin")
    await bo.sees("You are away until Fri 4 Dec 15:00. Meanwhile Lin is asked")
    await bo.presses("I am back")
    await bo.sees("Welcome back")
    await bo.types("/liaison away")
    await bo.sees(kind="modal")
    await bo.fills(until="tomorrow 10:00")
    await bo.sees("You are away until Fri 4 Dec 10:00. Meanwhile Mei is asked")
