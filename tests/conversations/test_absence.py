"""Somebody of ours is away: who is asked instead, until they are back."""

from datetime import datetime

from storage import people
from tests.conversations.desk import lin_at_desk
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
    asked = await lin.sees("Bo离开至 12月4日周五 15:00，由您代理：到期的事会提醒您。")
    assert asked.room.startswith("D")
    await lin.types("/liaison roles")
    await lin.sees("Bo · 渠道经理 · Channel · 离开至 12月4日周五")

    await jo.writes("The price list will not open")
    await stage.later(minutes=46)
    await lin.sees("T-1：Jo 在等答复，承诺时间 17:12。由博经理负责，您能帮忙吗？")
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


async def test_away_from_monday_to_tuesday_they_are_there_until_then(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await bo.types("/liaison away from Monday substitute @Lin")
    await bo.sees("Until when? Example: /liaison away Monday to Friday")
    await bo.types("/liaison away Monday 10:00 to 9 Dec")
    await bo.sees(
        "You are away from Mon 7 Dec 10:00 to Wed 9 Dec. Mei is asked in your place then."
    )
    await bo.types("/liaison away Monday to Tuesday substitute @Lin")
    told = await bo.sees("You are away from Mon 7 Dec to Tue 8 Dec. Lin is asked in your place",
                         "This replaces: away from Mon 7 Dec 10:00 to Wed 9 Dec.")  # fmt: skip
    assert told.buttons == ("Undo",)
    await lin.sees(
        "Bo将离开：12月7日周一 07:00至12月9日周三 07:00，由您代理：届时到期的事会提醒您。"
    )
    await lin.types("/liaison roles")
    await lin.sees("Bo · 渠道经理 · Channel · 将离开：12月7日周一 07:00至12月9日周三 07:00")

    await jo.writes("The price list will not open")
    await stage.later(minutes=46)
    await bo.sees("T-1, Jo is waiting")  # still there
    await lin.sees_nothing("在等答复")
    await bo.types("/ticket T-1 resolve sent")
    await stage.until("2026-12-07T09:01:00+01:00")
    await jo.writes("It is broken again")
    await stage.later(minutes=46)
    await lin.sees("在等答复", "由博经理负责，您能帮忙吗？")
    await bo.presses("Undo", told)
    await bo.sees("That has begun, or is off already. If you are away: /liaison back")
    await bo.types("/liaison back")
    await bo.sees("Welcome back")

    await lin.types("/liaison 请假 明天到周五 代理 Bo")
    told = await lin.sees("您将离开：12月8日周二至12月11日周五。届时由博经理代您处理。")
    await lin.presses("撤回", told)
    await lin.sees("已撤回：您不离开，仍由您本人处理。")
    await lin.types("/liaison 请假 12月9日到12月8日")
    await lin.sees("“12月8日”：结束早于开始。")


async def test_who_is_away_by_a_status_keeps_what_is_to_come(stage: Stage) -> None:
    bo = stage.manager("Bo")
    await bo.types("/liaison away 14 Dec - 18 Dec")
    await bo.sees("You are away from Mon 14 Dec to Fri 18 Dec.")
    stage.acted()
    await stage.slack.change_user("U0BO", status_emoji=":palm_tree:", status_text="Vacationing")
    await bo.sees("Slack says that you are away.")
    await bo.types("/liaison back")
    await bo.sees("Welcome back")
    await bo.types("/liaison roles")
    await bo.sees("Bo · manager · Channel · away from Mon 14 Dec to Fri 18 Dec")
    await bo.types("/liaison back")
    await bo.sees("Undone: you stay")
    await bo.types("/liaison back")
    await bo.sees("You are not away.")


async def test_on_telegram_the_same_words_are_understood(stage: Stage) -> None:
    lin = await lin_at_desk(stage, -4000900)
    await lin.starts()
    await lin.writes("/liaison away tomorrow to Monday")
    told = await lin.sees("You are away from Fri 4 Dec to Mon 7 Dec.", "The team's room is asked")
    await lin.presses("Undo", told)
    await lin.sees("Undone: you stay")
    await lin.writes("/liaison 请假 从周一起一周")
    await lin.sees("You are away from Mon 7 Dec to Sun 13 Dec.")


async def test_all_that_is_somebodys_is_handed_over_and_goes_back(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_partner(turn.session, turn.now, "Acme Industrial", owner="Lin")
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await bo.sees("answer by 17:12", room="C0TRIAGE")
    await bo.types("/ticket T-1 take")
    await bo.types('/meeting Nordwind Price talk at="2026-12-04 15:00"')
    await bo.presses("Send")
    await stage.settle()

    await bo.types("/liaison hand-over @Lin from=@Mei")
    await bo.sees("Only a lead can hand over what is somebody else's.")
    await bo.types("/liaison hand-over @Lin")
    draft = await bo.sees("From Bo to Lin:", "1 partner · 1 open ticket · 1 meeting")
    assert draft.buttons == ("Hand over", "Cancel")
    await bo.presses("Hand over", draft)
    await lin.sees("已由Bo交给Lin：", "1 家伙伴 · 1 张未结工单 · 1 个会议")
    done = await bo.sees("Handed over from Bo to Lin:", buttons=("Undo",))
    await lin.types("/liaison mine")
    await lin.sees("T-1 Nordwind GmbH", "M-1")
    await lin.types("/partner list mine")
    await lin.sees("Nordwind GmbH", "Acme Industrial")

    await bo.presses("Undo", done)
    await bo.sees("What went from Bo to Lin has gone back to Bo.")
    await bo.types("/liaison mine")
    await bo.sees("T-1 Nordwind GmbH", "M-1")
    await lin.types("/partner list mine")
    listed = await lin.sees("Acme Industrial")
    assert "Nordwind" not in listed.text


async def test_whoever_only_looks_on_is_given_nothing(stage: Stage) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, owner="Bo")
        ana = await people.manager_named(turn.session, "Ana")
        assert ana is not None
        ana.role = "viewer"
    bo = stage.manager("Bo")
    await bo.types("/ticket new Nordwind The order form is broken")
    await bo.sees("T-1", room="C0TRIAGE")
    for line in ("ticket T-1 assign @Ana", "liaison hand-over @Ana",
                 "liaison away until friday substitute @Ana"):  # fmt: skip
        await bo.types(f"/{line}")
        await bo.sees("Ana only looks on here. Who else?")
    await bo.types("/liaison back")
    await bo.sees("You are not away.")


async def test_a_status_in_slack_is_absence_until_it_ends_and_by_hand_wins(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, mei = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Mei")
    await jo.starts()
    evening = datetime.fromisoformat("2026-12-03T18:00:00+01:00")
    ends = int(evening.timestamp())

    stage.acted()
    away = {"status_emoji": ":palm_tree:", "status_text": "Vacationing"}
    await stage.slack.change_user("U0BO", **away, status_expiration=ends)
    told = await bo.sees("Slack says that you are away until Thu 3 Dec 18:00. Meanwhile Mei")
    assert told.buttons == ("I am back",)
    await mei.types("/liaison roles")
    await mei.sees("Bo · 渠道经理 · Channel · 离开至 12月4日")
    await jo.writes("The price list will not open")
    await stage.later(minutes=46)
    await mei.sees("T-1：Jo 在等答复，承诺时间 17:12。由博经理负责，您能帮忙吗？")

    await bo.presses("I am back", told)
    await bo.sees("Welcome back")
    await stage.slack.change_user("U0BO", tz="Europe/Paris")  # the same status is told again
    await stage.settle()
    await bo.types("/liaison back")
    await bo.sees("You are not away.")
    await stage.slack.change_user("U0BO", status_emoji=":calendar:", status_text="In a meeting")
    await bo.sees_nothing("Slack says")
    await stage.slack.change_user("U0BO", status_emoji="", status_text="休假中")
    await bo.sees("Slack says that you are away until Thu 3 Dec 18:00.")
    await bo.types("/liaison away until tomorrow 10:00")
    await bo.sees("You are away until Fri 4 Dec 10:00.")
    await stage.slack.change_user("U0BO", status_text="On leave", status_expiration=0)
    await bo.sees_nothing("Slack says")
    await bo.types("/liaison back")
    await bo.sees("Welcome back")


async def test_who_is_away_is_asked_once_a_day_and_only_where_that_is_wanted(
    stage: Stage,
) -> None:  # fmt: skip
    bo = stage.manager("Bo")
    stage.slack.user("U0BO").status_text = "Out of office"  # while the bot was off
    await stage.until("2026-12-04T09:30:00+01:00")
    await bo.sees("Slack says that you are away. Meanwhile Mei is asked in your place.")
    await stage.slack.change_user("U0BO", status_text="")
    await stage.settle()
    await bo.types("/liaison back")
    await bo.sees("You are not away.")
    slack = stage.app.config.slack.model_copy(update={"status_is_absence": False})
    stage.app.config = stage.app.config.model_copy(update={"slack": slack})
    await stage.slack.change_user("U0BO", status_text="On vacation")
    await bo.sees_nothing("Slack says")
