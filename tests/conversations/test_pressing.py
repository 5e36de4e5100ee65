"""A press is a wish: forged, foreign and outdated ones do nothing and say so."""

from sandbox.slack.delivery import Parcel
from sandbox.slack.payloads import block_actions
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO, KAI = "700000011", "700000012"
ROOM = "C1BLUEPINE"


async def _two_partners(stage: Stage) -> tuple[TelegramPerson, TelegramPerson]:
    """Jo of Nordwind, who has T-1, and Kai of Acme, who has T-2."""
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai", telegram=KAI)
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    await jo.starts()
    await kai.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await kai.writes("Where is my order?")
    await kai.sees("(T-2)")
    await stage.settle()
    return jo, kai


async def _forges(who: TelegramPerson, data: str) -> str:
    return await who.forges(data, who.showing("Urgent"))


async def test_a_forged_press_reaches_nobody_elses_ticket(stage: Stage) -> None:
    jo, kai = await _two_partners(stage)
    lin = stage.manager("Lin")
    for data in ("ticket.urgent 1", "ticket.remark 1", "ticket.problem 1"):
        assert await _forges(kai, data) == "There is no ticket T-1."
    for data in ("ticket.take 1", "ticket.reply 1", "ticket.show 1", "ticket.not_a_ticket 2",
                 "ticket.make 1", "survey.call 1", "survey.hand_over 1"):  # fmt: skip
        assert "only" in await _forges(kai, data)
    assert await _forges(kai, "ticket.join 1:2") == "This question is for our partner."
    for data in ("ticket.urgent x", "ticket.urgent", "survey.score 99:5", "nothing.here 1"):
        assert await _forges(kai, data)
    await jo.sees_nothing()
    await lin.sees_nothing("urgent")


async def test_a_forged_score_is_refused(stage: Stage) -> None:
    jo, kai = await _two_partners(stage)
    lin = stage.manager("Lin")
    await lin.types("/ticket T-1 resolve sent")
    await jo.sees("How was that?")
    assert await _forges(kai, "survey.score 1:1") == "This question is for our partner."
    assert await _forges(kai, "survey.unsolved 1") == "This question is for our partner."
    await jo.presses("5")
    await jo.sees("5 of 5. Thank you, Jo.", kind="edit")
    await lin.sees_nothing("1 分")


async def test_a_partner_on_slack_cannot_press_what_is_ours(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    heard = await priya.sees("(T-1)", room=ROOM)
    await bo.sees("nobody yet", room="C0TRIAGE")
    user, channel = stage.slack.inside("U1BLUEPI1", ROOM)
    for route in ("ticket.take", "ticket.not_a_ticket", "ticket.reply", "ticket.show"):
        stage.acted()
        action = {
            "type": "button",
            "action_id": f"{route}#0",
            "block_id": "b",
            "value": "1",
            "text": {"type": "plain_text", "text": "x"},
            "action_ts": stage.slack.stamp(),
        }
        on = (channel, channel.messages[heard.message])
        payload = block_actions(stage.slack, user, action, on=on)
        await stage.slack.ask_app(Parcel("interactive", payload))
        told = await priya.sees("only")
        assert told.private
    await bo.sees_nothing("Priya")
    assert bo.showing("Take")


async def test_a_manager_is_not_asked_for_a_partners_score(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await priya.sees("(T-1)", room=ROOM)
    await bo.types("/ticket T-1 resolve restarted")
    question = await bo.sees("How was that?", room=ROOM)
    await bo.presses("5", question)
    told = await bo.sees("This question is for our partner.")
    assert told.private


async def test_outdated_buttons_say_so(stage: Stage) -> None:
    jo, _ = await _two_partners(stage)
    lin, bo = stage.manager("Lin"), stage.manager("Bo")
    card = next(one for one in lin.screen("C0TRIAGE") if "T-1" in one.text)
    await lin.presses("Take", card)
    await lin.sees("T-1", "Lin", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 take")
    await bo.sees("Lin has T-1 already.")
    await lin.types("/ticket T-1 reply Here it is")
    held = await lin.sees("10 秒后发给 Jo")
    await lin.presses("立即发送", held)
    await lin.sees("已发给 Jo")
    await lin.types("/ticket T-1 resolve sent")
    await jo.sees("How was that?")
    for command in ("take", "resolve again", "assign @Bo"):
        await lin.types(f"/ticket T-1 {command}")
        await lin.sees("T-1 已关闭。")
    heard = next(one for one in jo.screen() if "T-1" in one.text)
    assert heard.buttons == ()
    told = await jo.forges("ticket.urgent 1", heard)
    assert told == "T-1 is closed already. Just write if there is something new."


async def test_a_press_that_is_played_again_does_nothing_and_only_its_presser_may(
    stage: Stage,
) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("nobody yet", room="C0TRIAGE")
    user, channel = stage.slack.inside("U0BO", "C0TRIAGE")
    action = {"type": "button", "action_id": "ticket.take#0", "block_id": "b", "value": "1",
              "text": {"type": "plain_text", "text": "x"},
              "action_ts": stage.slack.stamp()}  # fmt: skip
    on = (channel, channel.messages[card.message])
    pressed = block_actions(stage.slack, user, action, on=on)
    await stage.slack.ask_app(Parcel("interactive", pressed))
    await bo.sees("T-1", "Bo", room="C0TRIAGE", kind="edit")
    stage.acted()
    await stage.slack.ask_app(Parcel("interactive", pressed))
    await bo.sees_nothing()
    theirs, room = stage.slack.inside("U1BLUEPI1", ROOM)
    heard = next(one for one in room.messages.values() if "bot_id" in one.raw)
    copied = block_actions(stage.slack, theirs, action, on=(room, heard))
    stage.acted()
    await stage.slack.ask_app(Parcel("interactive", copied))
    assert (await priya.sees("only")).private
