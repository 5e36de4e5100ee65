"""Nobody falls through: who is told when the owner is away, when there is none, and of what."""

from collections.abc import Iterable
from datetime import timedelta

from storage import people
from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room

JO, LIN_ON_TELEGRAM = "700000011", 700000001


async def _nordwind(stage: Stage, owner: str | None = "Lin", away: Iterable[str] = ()) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner=owner)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        for name in away:
            manager = await people.manager_named(turn.session, name)
            assert manager is not None
            manager.away_until = turn.now + timedelta(days=3)
    await stage.telegram_person("Jo Weber").starts()


async def test_while_the_owner_is_away_the_lead_is_nudged(stage: Stage) -> None:
    await _nordwind(stage, away=["Lin"])
    jo, lin, mei = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Mei")
    await jo.writes("The price list will not open")
    await jo.sees("Lin's team has it (T-1).")
    await stage.later(minutes=61)
    nudge = await mei.sees("T-1：Jo 在等答复，原承诺 17:12 前。")
    assert nudge.room.startswith("D")
    await lin.sees_nothing("在等答复")


async def test_back_again_the_owner_is_nudged(stage: Stage) -> None:
    await _nordwind(stage, away=["Lin"])
    await stage.later(days=4)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("The price list will not open")  # Monday 16:12 in Shenzhen
    await stage.later(minutes=61)
    await lin.sees("T-1：Jo 在等答复")


async def test_with_owner_and_lead_away_the_teams_room_hears_of_it(stage: Stage) -> None:
    await _nordwind(stage, away=["Lin", "Mei"])
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await jo.writes("The price list will not open")
    await stage.later(minutes=61)
    await bo.sees("T-1 · Nordwind GmbH: Jo still waits", room="C0TEAM")


async def test_without_owner_and_room_the_admins_hear_of_it(stage: Stage) -> None:
    await _nordwind(stage, owner=None)
    alone = tuple(team.model_copy(update={"channel": ""}) for team in stage.app.config.teams)
    slack = stage.app.config.slack.model_copy(update={"triage_channel": ""})
    stage.app.config = stage.app.config.model_copy(update={"teams": alone, "slack": slack})
    jo, chen, bo = stage.telegram_person("Jo Weber"), stage.manager("Chen"), stage.manager("Bo")
    await jo.writes("The price list will not open")
    card = await chen.sees("T-1 · Nordwind GmbH", "The price list will not open")
    assert card.room.startswith("D")
    await stage.later(minutes=61)
    await chen.sees("T-1 · Nordwind GmbH：Jo 仍在等答复")
    await bo.sees_nothing()


async def test_not_solved_is_told_to_the_lead_while_the_owner_is_away(stage: Stage) -> None:
    await _nordwind(stage, away=["Lin"])
    jo, bo, mei = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Mei")
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await bo.types("/ticket T-1 assign Lin")
    await stage.settle()
    await bo.types("/ticket T-1 resolve sent")
    await jo.sees("How was that?")
    await jo.presses("Not solved")
    await mei.sees("Jo 说 T-1 还没解决，已重新打开。")


async def test_meetings_of_the_coming_days_stand_in_mine_and_home(stage: Stage) -> None:
    await _nordwind(stage)
    lin = stage.manager("Lin")
    await lin.opens_home()
    await lin.sees("今天没有待办，也没有人在等您。", kind="home")
    await lin.types('/meeting Nordwind Price talk at="2026-12-04 15:00"')
    await lin.sees("价格沟通", "08:00")
    await lin.presses("发送")
    home = await lin.sees("会议", "周五 15:00 Nordwind GmbH（柏林 08:00）：价格沟通 · M-1",
                          kind="home")  # fmt: skip
    assert "没有待办" not in home.text
    await lin.types("/liaison mine")
    await lin.sees("周五 15:00 Nordwind GmbH（柏林 08:00）：价格沟通 · M-1")
    await stage.later(days=2)
    await lin.types("/liaison mine")
    await lin.sees("今天没有待办，也没有人在等您。")


async def test_on_telegram_a_manager_sees_and_decides_the_same(stage: Stage) -> None:
    await _nordwind(stage)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Lin",
                                  zone="Asia/Shanghai")  # fmt: skip
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
        known = await people.manager_named(turn.session, "Lin")
        assert known is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_ON_TELEGRAM), known.id,
                                    turn.now)  # fmt: skip
    jo, lin = stage.telegram_person("Jo Weber"), stage.telegram_person("Lin")
    priya = SlackPerson(stage, "U1BLUEPI1")
    await lin.starts()
    await lin.writes("/liaison mine")
    await lin.sees("今天没有待办，也没有人在等您。")
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await priya.types("The invoices look odd", room="C1BLUEPINE")
    await priya.types("Nice weather", room="C1BLUEPINE")
    await stage.settle()
    await lin.writes("/liaison 我的")
    mine = await lin.sees("T-1 Nordwind GmbH, Jo “The price list will not open” · 17:12 前",
                          "Bluepine Systems 在群里说（16:12）：“The invoices")  # fmt: skip
    assert mine.buttons == ("T-1", "建工单", "无需处理", "建工单", "无需处理")
    await lin.presses("建工单", mine)
    await priya.sees("Lin's team has it (T-2).", room="C1BLUEPINE")
    left = await lin.sees("T-2 Bluepine Systems", "Nice weather")
    assert left.buttons == ("T-1", "T-2", "建工单", "无需处理")
    await lin.presses("无需处理", left)
    shown = await lin.sees("T-2 Bluepine Systems")
    assert "Nice weather" not in shown.text
    assert await lin.presses("无需处理", left) == "这件事已经处理过了。"
    await lin.presses("T-1", shown)
    await lin.sees("T-1 · Nordwind GmbH · 金牌 · Jo Weber")
    await stage.later(minutes=61)
    await lin.writes("/liaison 我的")
    await lin.sees("Jo “The price list will not open” · 已超时：应于 17:12 前答复")
