"""Whether and when somebody is asked how it was: once in a while, and not while they talk."""

from datetime import timedelta

from bot.surveys import inviting
from storage.models_delivery import Draft
from storage.models_work import Ticket
from tests.conversations.stage import SlackPerson, Stage
from tests.conversations.test_why import jo, keeps
from tests.factories import a_contact, a_partner, a_room

ON_TELEGRAM = "700000011"


async def test_a_person_on_two_platforms_is_asked_once_in_seven_days(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_contact(turn.session, partner, turn.now, "Priya Natarajan", called="Priya",
                        telegram=ON_TELEGRAM, slack="U1BLUEPI1")  # fmt: skip
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
    alone, in_room = stage.telegram_person("Jo Weber"), SlackPerson(stage, "U1BLUEPI1")
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await alone.starts()
    await alone.writes("The price list will not open")
    await alone.sees("Got it, Priya.")
    await bo.types("/ticket T-1 resolve new link sent")
    await bo.sees("T-1 is solved. The contact is asked how it was.")
    await alone.presses("5", await alone.sees("How was that?"))
    await stage.until("2026-12-10T09:10:00+01:00")  # two minutes are missing

    await in_room.types("@Liaison the portal is down", room="C1BLUEPINE")
    await in_room.sees("(T-2)", room="C1BLUEPINE")
    await bo.types("/ticket T-2 resolve restarted")
    await bo.sees("T-2 is solved. Priya is told, but not asked how it was: the last question")
    told = await in_room.sees("T-2 is solved: restarted. Not solved? Mention me.",
                              room="C1BLUEPINE", kind="new")  # fmt: skip
    assert told.buttons == ()
    await in_room.sees_nothing("How was that?")
    await bo.types("/partner why Priya")
    await bo.sees("• The question about T-2 did not go to Priya: "
                  "Priya had been asked not long before.")  # fmt: skip
    await lin.types("/partner why Priya")
    await lin.sees("• T-2 的评价请求未发给 Priya：不久前刚请 Priya 评价过。")
    await bo.types("/ticket T-2 story")
    await bo.sees("The partner was told that it is solved, without a question.")

    await in_room.types("@Liaison still down", room="C1BLUEPINE", thread=told.thread)
    await in_room.sees("(T-2)", room="C1BLUEPINE", kind="new")
    await stage.later(minutes=3)
    await bo.types("/ticket T-2 resolve restarted twice")
    await in_room.sees("Bo has solved T-2: restarted twice. How was that?", room="C1BLUEPINE")


async def test_the_question_waits_until_a_talk_is_over(stage: Stage) -> None:
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    await person.writes("The price list will not open")
    await person.sees("Got it, Jo.")
    await lin.types("/ticket new Nordwind An invoice is wrong")
    await lin.sees("T-2 · Nordwind GmbH")
    await lin.types("/ticket T-2 reply Which invoice is it?")
    await stage.later(seconds=11)
    asked = await person.sees("Which invoice is it?")
    await lin.types("/ticket T-1 resolve new link sent")
    await person.sees_nothing("How was that?")
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-1 waits: Jo is in the middle of a conversation.")
    await lin.types("/partner why Jo")
    await lin.sees("• T-1 的评价请求暂缓：Jo 正在谈别的事。")
    await stage.later(minutes=10)
    await person.writes("The one of May", reply_to=int(asked.message))
    await stage.later(minutes=14)
    await person.sees_nothing("How was that?")
    await stage.later(minutes=2)
    await person.presses(
        "2", await person.sees("Lin has solved T-1: new link sent. How was that?")
    )
    await person.sees("What went wrong?", kind="edit")
    await lin.types("/ticket T-2 dismiss")
    await lin.sees("T-2 已关闭，不算工单")
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-2 did not go to Jo: it was no real problem.",
                  "• The question about T-1 arrived")  # fmt: skip
    await lin.types("/partner why Jo")
    await lin.sees("• T-2 的评价请求未发给 Jo：不算工单。")


async def test_one_question_at_a_time(stage: Stage) -> None:
    keeps(stage, cooldown=0)
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    for number in (1, 2):
        await lin.types(f"/ticket new Nordwind Delivery {number} has not arrived")
        await lin.sees(f"T-{number} · Nordwind GmbH")
    await lin.types("/ticket known add Deliveries get lost")
    await lin.types("/ticket T-1 link K-1")
    await lin.sees("T-1 已关联到 K-1")
    await lin.types("/ticket known fixed K-1 They arrive again")
    await lin.presses("发送", await lin.sees("会收到修好的通知"))
    await lin.presses("立即发送", await lin.sees("60 秒后通知"))
    fixed = await person.sees("Is it solved for you?")
    await stage.settle()
    await lin.types("/ticket T-2 resolve it has")
    await person.sees_nothing("How was that?")
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-2 waits: Jo has another question to answer first.",
                  "• The question about T-1 did not go to Jo: "
                  "Jo was asked instead whether it is solved.")  # fmt: skip
    await lin.types("/partner why Jo")
    await lin.sees("• T-2 的评价请求暂缓：Jo 还有一个问题没有回答。",
                   "• T-1 的评价请求未发给 Jo：已改问 Jo 是否解决。")  # fmt: skip
    await person.presses("Yes, solved", fixed)
    await person.sees("You said it is solved.", kind="edit")
    async with stage.turn() as turn:
        form = Draft(address=f"telegram:{ON_TELEGRAM}:", person=f"telegram:{ON_TELEGRAM}",
                     form={}, values={}, updated_at=turn.now)  # fmt: skip
        turn.session.add(form)
    await stage.later(minutes=61)
    await person.sees_nothing("How was that?")
    async with stage.turn() as turn:
        await turn.session.delete(await turn.session.get_one(Draft, form.id))
    await stage.later(minutes=61)
    await person.sees("Lin has solved T-2: it has. How was that?")

    await lin.types("/ticket new Nordwind Delivery 3 has not arrived")
    await lin.types("/ticket T-3 resolve it has")
    await person.sees_nothing("T-3")
    async with stage.turn() as turn:  # as if they had not found the time for days
        ticket = await turn.session.get_one(Ticket, 3)
        ticket.resolved_at = turn.now - inviting.FRESH + timedelta(minutes=10)
    await stage.later(minutes=61)
    await person.sees("T-3 is solved: it has. Not solved? Just write.")
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-3 did not go to Jo: it would have come too late.")
