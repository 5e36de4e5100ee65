"""Moment B, first half: solved, scored, repaired; and what nobody else in a room may see."""

import asyncio

from storage import people, tickets
from storage.models_people import Contact
from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"


async def _solved(stage: Stage) -> None:
    """Jo's ticket, answered by nobody yet, is solved by Lin."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await lin.types("/ticket T-1 resolve new link sent")


async def test_a_low_score_is_told_to_owner_and_lead_and_one_of_them_calls(stage: Stage) -> None:
    await _solved(stage)
    jo, lin, mei = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Mei")
    question = await jo.sees("Lin has solved T-1: new link sent. How was that?")
    assert question.buttons == ("1", "2", "3", "4", "5", "Not solved")
    await jo.presses("2", question)
    why = await jo.sees("2 of 5. What went wrong? Just write. Lin and the lead will read it.")
    assert (why.kind, why.message) == ("edit", question.message)
    assert why.buttons[0] == "Skip"
    await lin.sees("Nordwind GmbH，T-1：2 分。", "周五 17:00 前谁联系 Jo？")
    await mei.sees("Nordwind GmbH，T-1：2 分。", "周五 17:00 前谁联系 Jo？")

    await jo.writes("Third time this month.")
    await jo.sees("2 of 5: “Third time this month.” Thank you.", kind="edit")
    await lin.sees("2 分。“Third time this month.”", kind="edit")
    alert = await mei.sees("2 分。“Third time this month.”", kind="edit")
    assert alert.buttons == ("我来", "转交", "建工单")
    await mei.presses("我来", alert)
    await lin.sees("梅主管会在周五 17:00 前联系 Jo。", kind="edit")
    await mei.sees("梅主管会在周五 17:00 前联系 Jo。", kind="edit")
    assert [entry.text for entry in lin.screen("C0TRIAGE") if "2 of 5" in entry.text] == []


async def test_not_solved_opens_again_with_a_new_promise(stage: Stage) -> None:
    await _solved(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.sees("How was that?")
    await jo.presses("Not solved")
    await jo.sees("Thank you for telling us. T-1 is open again.", kind="edit")
    await jo.sees("Lin has it (T-1). Answer by 10:12 your time.", kind="new")
    await lin.sees("Jo 说 T-1 还没解决，已重新打开。请在 17:12 前答复。")
    await lin.sees("answer by 17:12 · Lin", room="C0TRIAGE", kind="edit")
    await lin.types("/ticket T-1 resolve now really")
    again = await jo.sees("Lin has solved T-1: now really. How was that?", kind="new")
    await jo.presses("4", again)
    await jo.sees("4 of 5.", kind="edit")


async def test_a_score_can_be_changed_and_a_comment_can_be_a_new_problem(stage: Stage) -> None:
    await _solved(stage)
    jo = stage.telegram_person("Jo Weber")
    await jo.sees("How was that?")
    await jo.presses("5")
    thanks = await jo.sees("5 of 5. Thank you, Jo.", kind="edit")
    assert thanks.buttons == ("Say more", "Change")
    await jo.presses("Change")
    await jo.sees("How was that?", kind="edit")
    await jo.presses("3")
    await jo.sees("3 of 5. What went wrong?", kind="edit")
    await jo.writes("The order form fails now")
    await jo.sees("3 of 5: “The order form fails now” Thank you.", kind="edit")
    await jo.presses("It was a new problem")
    await jo.sees("(T-2). Answer by 10:12 your time.", kind="new")


async def test_one_ticket_costs_a_partner_few_messages(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await stage.settle()
    begin = len(stage.journal.entries)
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await jo.writes("On any computer")
    await jo.sees("Your 2 messages are with them.", kind="edit")
    await jo.presses("Urgent")
    await jo.sees("Marked as urgent.", kind="edit")
    await lin.types("/ticket T-1 reply New link: nordwind.example/prices")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): New link")
    await jo.writes("Thank you")
    await stage.settle()
    await lin.types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?")
    await jo.presses("2")
    await jo.sees("What went wrong?", kind="edit")
    await jo.writes("Third time this month.")
    await jo.sees("Thank you.", kind="edit")
    await lin.presses("我来")
    await stage.later(hours=30)
    posted = [entry.text for entry in stage.journal.entries[begin:]
              if entry.by_bot and entry.kind == "new" and JO in entry.readers]  # fmt: skip
    assert len(posted) == 3, posted


async def test_a_low_score_can_be_handed_over_but_not_to_who_only_looks_on(stage: Stage) -> None:
    async with stage.turn() as turn:
        ana = await people.manager_named(turn.session, "Ana")
        assert ana is not None
        ana.role = "viewer"
    await _solved(stage)
    jo, lin, bo = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Bo")
    await jo.sees("How was that?")
    await jo.presses("1")
    alert = await lin.sees("1 分。", "谁联系 Jo？")
    await lin.presses("转交", alert)
    await lin.sees("谁来联系？", kind="modal")
    await lin.fills(to="U0ANA")
    await lin.sees("Ana在这里只能查看。换一位？", kind="modal_error")
    await lin.fills(to="U0BO")
    theirs = await bo.sees("Nordwind GmbH, T-1: 1 of 5.", "Bo calls Jo by Fri 10:00.")
    assert theirs.buttons == ("Hand over", "Open a ticket")
    await lin.sees("博经理会在周五 17:00 前联系 Jo。", kind="edit")


async def test_a_low_score_tells_how_many_others_had_the_same_cause(stage: Stage) -> None:
    await _solved(stage)
    jo, lin, bo = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Bo")
    await jo.sees("How was that?")
    async with stage.turn() as turn:
        for name in ("Acme Industrial", "Kaito Denki"):
            await a_partner(turn.session, turn.now, name, owner="Bo")
    await bo.types("/ticket known add The price list will not open")
    await bo.types("/ticket T-1 link K-1")
    for number, name in ((2, "Acme Industrial"), (3, "Kaito Denki"), (4, "Kaito Denki")):
        await bo.types(f"/ticket new {name} the price list")
        await bo.sees(f"T-{number} · {name}")
        await bo.types(f"/ticket T-{number} link K-1")
    await bo.sees("T-4 belongs to K-1 now")
    await jo.presses("2")
    await jo.sees("2 of 5.", kind="edit")
    await lin.sees("Nordwind GmbH，T-1：2 分。另有 2 家遇到同样问题（K-1）。", "谁联系 Jo？")
    await jo.writes("Third time this month.")
    await lin.sees("2 分。“Third time this month.”另有 2 家遇到同样问题（K-1）。", kind="edit")
    assert not [one.text for one in jo.screen() if "K-1" in one.text]


async def test_a_low_score_becomes_a_ticket_by_one_press(stage: Stage) -> None:
    await _solved(stage)
    jo, lin, mei = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Mei")
    await jo.sees("How was that?")
    await jo.presses("2")
    await jo.sees("What went wrong?", kind="edit")
    await jo.writes("The new link is slow as well.")
    await mei.sees("“The new link is slow as well.”", kind="edit")
    await stage.settle()
    alerts = [who.showing("建工单") for who in (lin, mei)]
    stage.acted()
    await asyncio.gather(lin.presses("建工单", alerts[0]), mei.presses("建工单", alerts[1]))
    alert = await lin.sees("已为此建工单 T-2。", kind="edit")
    assert alert.buttons == ("我来", "转交", "T-2")
    await mei.sees("已为此建工单 T-2。", kind="edit")
    await lin.sees("T-2 · Nordwind GmbH, gold · Jo Weber", "“The new link is slow as well.”",
                   room="C0TRIAGE")  # fmt: skip
    await stage.settle()
    told = [one.text for one in stage.journal.entries if one.private]
    assert told.count("这条消息已有工单 T-2。") == 1
    assert [one.text for one in jo.screen() if "T-2" in one.text] == []
    async with stage.turn() as turn:
        assert await tickets.get(turn.session, 3) is None
    await jo.presses("It was a new problem")
    await jo.sees("T-2 is about this already.")
    await lin.types("/ticket T-1 story")
    await lin.sees("为此新建了 T-2。")


async def test_a_low_score_without_words_becomes_a_ticket_that_tells_no_score(
    stage: Stage,
) -> None:
    await _solved(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.sees("How was that?")
    await jo.presses("1")
    await lin.sees("1 分。")
    await lin.presses("建工单")
    await lin.sees("“Feedback on T-1”", room="C0TRIAGE")
    await jo.writes("/tickets")
    shown = await jo.sees("T-2", "Feedback on T-1")
    assert "1 of 5" not in shown.text


async def test_after_a_week_the_question_is_closed(stage: Stage) -> None:
    await _solved(stage)
    jo = stage.telegram_person("Jo Weber")
    question = await jo.sees("How was that?")
    await stage.later(days=7)
    closed = await jo.sees("T-1 is solved.", kind="edit")
    assert closed.buttons == ()
    assert await jo.forges("survey.score 1:5", question) == "This question is closed. Thank you."


async def test_results_tell_how_satisfied_partners_are(stage: Stage) -> None:
    await _solved(stage)
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await bo.types("/survey results")
    await bo.sees("No answers in the last 90 days.")
    await jo.sees("How was that?")
    await jo.presses("4")
    await jo.sees("4 of 5.", kind="edit")
    await bo.types("/survey results Nordwind")
    await bo.sees("Nordwind GmbH, last 90 days: 100 % satisfied, 4 of 5 on average (answers: 1).")


async def test_in_a_shared_room_no_score_is_ever_visible(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo",
                                  tier="silver", zone="America/Los_Angeles")  # fmt: skip
        await a_contact(turn.session, partner, turn.now, "Priya Natarajan", called="Priya")
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("Good morning everybody", room="C1BLUEPINE")
    await priya.sees_nothing()
    await priya.types("@Liaison the portal is down", room="C1BLUEPINE")
    heard = await priya.sees("Got it, Priya. Bo's team has it (T-1).")
    assert heard.thread is not None
    assert heard.buttons == ()
    await bo.sees("T-1 · Bluepine Systems, silver · Priya Natarajan", room="C0TRIAGE")
    await priya.types("since this morning", room="C1BLUEPINE", thread=heard.thread)
    await bo.sees("since this morning", room="C0TRIAGE")
    await bo.types("We restart it now.", room="C1BLUEPINE", thread=heard.thread)
    await bo.sees("answered 16:12 · Bo", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 resolve restarted")
    question = await priya.sees("Bo has solved T-1: restarted. How was that?", room="C1BLUEPINE")
    await priya.presses("1", question)
    private = await priya.sees("1 of 5. Only Bo and the lead see this.")
    assert private.private
    assert private.buttons == ("Talk to Bo",)
    await priya.sees("T-1: answered. Thank you.", kind="edit", room="C1BLUEPINE")
    await bo.sees("Bluepine Systems, T-1: 1 of 5.", "Who calls Priya by Fri 10:00?")
    await priya.presses("Talk to Bo", private)
    await bo.sees("Priya Natarajan (Bluepine Systems) would like to talk with you about T-1.")
    shared = [e for e in stage.journal.entries if e.room == "C1BLUEPINE" and not e.private]
    assert not [entry for entry in shared if "of 5" in entry.text]


async def test_the_question_waits_for_the_end_of_quiet_hours(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        contact = await a_contact(turn.session, partner, turn.now, telegram=JO)
        contact.quiet_from, contact.quiet_to = "09:00", "12:00"
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")  # an answer to her own words never waits
    await lin.types("/ticket T-1 resolve new link sent")
    await stage.until("2026-12-03T11:59:30+01:00")
    await jo.sees_nothing("How was that?")
    await stage.until("2026-12-03T12:10:01+01:00")
    await jo.sees("Lin has solved T-1: new link sent. How was that?")


async def test_who_stops_questions_while_one_waits_is_not_asked(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        contact = await a_contact(turn.session, partner, turn.now, telegram=JO)
        contact.quiet_from, contact.quiet_to = "09:00", "12:00"
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await lin.types("/ticket T-1 resolve new link sent")
    await stage.settle()
    async with stage.turn() as turn:
        (await turn.session.get_one(Contact, contact.id)).wants_surveys = False
    await stage.until("2026-12-03T12:11:00+01:00")
    await jo.sees_nothing("How was that?")
