"""What our own people say in partners' rooms, in threads, and on Telegram."""

from bot.commands.table import ROUTES
from storage import people
from tests.conversations.partner_rooms import bluepine
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO, LIN_ON_TELEGRAM = "700000011", 700000001


async def test_with_several_tickets_only_the_manager_is_asked_which(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room="C1BLUEPINE")
    await bo.sees("T-1", room="C0TRIAGE")
    await stage.later(minutes=6)
    await priya.types("@Liaison invoices are wrong", room="C1BLUEPINE")
    await bo.sees("T-2", room="C0TRIAGE")
    await bo.types("That is fixed now.", room="C1BLUEPINE")
    which = await bo.sees("Which ticket did you answer with “That is fixed now.”?")
    assert which.room.startswith("D")
    await priya.sees_nothing()
    assert which.buttons == ("T-1 the portal is down", "T-2 invoices are wrong", "None of them")
    await bo.presses("T-2 invoices are wrong", which)
    await bo.sees("Counted as the answer to T-2.", kind="edit")
    await bo.sees("T-2 · Bluepine Systems", "answered 16:18 · Bo", room="C0TRIAGE", kind="edit")


async def test_a_greeting_of_ours_is_no_answer(stage: Stage) -> None:
    """It is shown below the card; the promise and what nobody has decided about stand."""
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("The invoices look odd", room="C1BLUEPINE")
    await stage.later(minutes=6)
    heard = await priya.types("@Liaison the portal is down", room="C1BLUEPINE")
    card = await bo.sees("answer by 17:18 · nobody yet", room="C0TRIAGE")
    await bo.types("Good morning Priya, thank you!", room="C1BLUEPINE", thread=heard)
    shown = await bo.sees("Good morning Priya, thank you!", room="C0TRIAGE", kind="new")
    assert shown.thread == card.message
    await bo.types("Hello everyone", room="C1BLUEPINE")
    await bo.sees("Hello everyone", room="C0TRIAGE", kind="new")
    await bo.sees_nothing("answered")
    await bo.types("/liaison mine")
    await bo.sees("T-1 Bluepine Systems", "The invoices look odd")
    await bo.types("OK!", room="C1BLUEPINE", thread=heard)
    await bo.sees("answered 16:18 · Bo", room="C0TRIAGE", kind="edit")


async def test_the_ticket_emoji_makes_a_ticket_from_either_side(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    posted = await priya.types("The invoices look odd", room="C1BLUEPINE")
    await priya.sees_nothing()
    stage.acted()
    await stage.slack.react("U1BLUEPI1", "C1BLUEPINE", posted, "ticket")
    await priya.sees("Bo's team has it (T-1).", room="C1BLUEPINE")
    await bo.sees("“The invoices look odd”", room="C0TRIAGE")


async def test_assign_note_and_not_a_ticket(stage: Stage) -> None:
    priya, bo, lin = await bluepine(stage), stage.manager("Bo"), stage.manager("Lin")
    await priya.types("@Liaison the portal is down", room="C1BLUEPINE")
    card = await bo.sees("nobody yet", room="C0TRIAGE")
    await bo.types("/ticket T-1 assign @Lin")
    await lin.sees("Bo 把 T-1 交给您", "the portal is down")
    await bo.types("/ticket T-1 note the supplier knows")
    note = await lin.sees("the supplier knows", room="C0TRIAGE")
    assert note.thread == card.message
    await priya.sees_nothing()
    await bo.presses("More", bo.showing("More"))
    more = await bo.sees("What else about T-1?")
    assert more.buttons[:4] == ("Assign", "Note", "Story", "Not a ticket")
    assert more.buttons[4:8] == ("Wait for them", "On hold", "Priority", "Promise")
    await bo.presses("Not a ticket", more)
    await bo.sees("closed: not a ticket", room="C0TRIAGE", kind="edit")
    await lin.types("/ticket list Bluepine Systems")
    await lin.sees("没有未结工单。")
    for listed in ("/ticket list", "/ticket", "/ticket mine", "/ticket 列表 我的"):
        await lin.types(listed)
        await lin.sees("没有未结工单。")


async def test_a_ticket_without_a_contact_is_solved_without_a_question(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await bo.types("/ticket new Bluepine Systems the yearly audit")
    await bo.sees("T-1 · Bluepine Systems", "the yearly audit")
    await bo.types("/ticket T-1 resolve done")
    await bo.sees("T-1 is solved. Nobody is asked how it was.")
    await priya.sees_nothing()


async def test_a_manager_answers_from_telegram(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        lin = await people.manager_named(turn.session, "Lin")
        assert lin is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_ON_TELEGRAM), lin.id,
                                    turn.now)  # fmt: skip
    jo, lin_there = stage.telegram_person("Jo Weber"), stage.telegram_person("Lin")
    await jo.starts()
    await lin_there.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await lin_there.writes("/ticket T-1")
    card = await lin_there.sees("T-1 · Nordwind GmbH · 金牌 · Jo Weber", "17:12 前答复 · 待认领")
    assert card.buttons == ("认领", "回复", "更多")
    await lin_there.presses("回复", card)
    await lin_there.sees("伙伴将看到的内容")
    await lin_there.writes("New link: nordwind.example/prices")
    held = await lin_there.sees("10 秒后发给 Jo：“New link: nordwind.example/prices”")
    await lin_there.presses("立即发送", held)
    await jo.sees("Lin (Hengda): New link: nordwind.example/prices")


def test_partners_can_press_nothing_of_ours() -> None:
    theirs = {name for (kind, name), route in ROUTES.all.items()
              if kind == "button" and name.startswith("ticket.") and route.role <= 1}  # fmt: skip
    assert theirs == {"ticket.urgent", "ticket.calm", "ticket.remark", "ticket.problem",
                      "ticket.new_problem", "ticket.belongs", "ticket.join",
                      "ticket.own", "ticket.after_all"}  # fmt: skip


async def test_nobody_touches_another_partners_ticket(stage: Stage) -> None:
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai",
                        telegram="700000012")  # fmt: skip
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    await jo.starts()
    await kai.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await kai.writes("/tickets")
    await kai.sees("You have no open tickets.")
    await kai.writes("/ticket T-1")
    await kai.sees_nothing("price list")


async def test_an_answer_that_cannot_arrive_was_never_given(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12")
    await lin.types("/ticket T-1 reply Here it is")
    await lin.sees("10 秒后发给 Jo")
    await stage.telegram.block(jo.number)
    await stage.later(seconds=11)
    await lin.sees("Jo 没有收到：消息未能送达。", "Here it is", kind="edit")
    await lin.sees("answer by 17:12 · Lin", room="C0TRIAGE", kind="edit")
    await stage.later(hours=1)
    await lin.sees("T-1：Jo 在等答复")
    await lin.types("/ticket T-1 reply Once more")
    await lin.sees("Jo Weber 屏蔽了机器人。对方解除屏蔽后即可继续联系。")


HOSTILE = (
    "<!channel> <b>bold</b> </b> *x* _y_ <@U0LIN> @here {{ 7*7 }} %(ref)s {name} "
    "<script>alert(1)</script> =1+1 `code` [a](http://x) \\n &amp; <a href='tg://user?id=1'>"
)


async def test_nothing_typed_becomes_markup_on_the_other_side(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes(HOSTILE)
    card = await lin.sees("T-1", room="C0TRIAGE")
    assert f"“{HOSTILE}”" in card.text
    await jo.sees("(T-1)")
    await jo.writes(f"again {HOSTILE}")
    await lin.sees(f"again {HOSTILE}", room="C0TRIAGE")
    await lin.presses("Reply", card)
    await lin.sees(kind="modal")
    await lin.fills(text=HOSTILE)
    held = await lin.sees(f"10 秒后发给 Jo：“{HOSTILE}”")
    await lin.presses("立即发送", held)
    await jo.sees(f"Lin (Hengda): {HOSTILE}")
    await lin.types(f"/ticket T-1 resolve {HOSTILE[:100]}")
    await jo.sees("How was that?")
    assert not [e for e in stage.journal.entries if e.by_bot and "49" in e.text]
