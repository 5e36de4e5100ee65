"""Put out of a partner's room with a ticket open: said at once on our side, nothing pretends to
have arrived, and once the bot is back all goes on.
"""

from tests.conversations.partner_rooms import GROUP, LIN, ROOM, answered, bluepine, nordwind_group
from tests.conversations.stage import Stage

TRIAGE = "C0TRIAGE"


async def test_of_a_group_on_telegram(stage: Stage) -> None:
    jo, lin = await nordwind_group(stage), stage.manager("Lin")
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=GROUP)
    await lin.sees("T-1", "answer by 17:12", room=TRIAGE)
    await lin.types("/ticket T-1 reply On Monday")
    await lin.sees("10 秒后发给 Jo")
    stage.acted()
    await stage.telegram.kick_bot(LIN, GROUP)
    await stage.settle()  # at once, not when the ten seconds are over
    assert [one for one in lin.screen(TRIAGE)
            if "消息未能送达" in one.text and "On Monday" in one.text]  # fmt: skip
    await lin.sees("T-1", "answer by 17:12 · Lin", room=TRIAGE, kind="edit")

    await lin.types("/ticket T-1 reply Are you there?")
    await lin.sees("我已不在“", "请重新把我加进去，再发一次答复。")
    await jo.sees_nothing()

    stage.acted()
    await stage.telegram.add_bot(LIN, GROUP)
    await stage.settle()
    await jo.writes("@LiaisonDemoBot are you back?", chat=GROUP)
    await lin.sees("are you back?", room=TRIAGE)
    await lin.types("/ticket T-1 reply Yes")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Yes")


async def test_of_a_shared_channel_in_slack(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("T-1", room=TRIAGE)
    heard = await priya.sees("(T-1)", room=ROOM)
    await bo.types("/ticket T-1 reply We look")
    await bo.sees("in 10 s")
    stage.acted()
    await stage.slack.leave(stage.slack.app.bot_user, ROOM, actor="U0BO")
    await stage.settle()
    lost = await bo.sees("Priya did not get this", "We look", room=TRIAGE, kind="edit")
    assert lost.thread == card.message
    await bo.sees("T-1", "answer by 17:12 · Bo", room=TRIAGE, kind="edit")
    await bo.types("/ticket T-1 reply On Monday")
    await bo.sees("I am no longer in “", "Add me there again, then send the answer once more.")
    await priya.sees_nothing()

    stage.acted()
    await stage.slack.join(stage.slack.app.bot_user, ROOM, inviter="U0BO")
    await stage.settle()
    await bo.types("/ticket T-1 reply Here I am")
    await stage.later(seconds=11)
    await priya.sees("Here I am", room=ROOM)
    await priya.types("It is down again", room=ROOM, thread=heard.thread)
    joined = await bo.sees("It is down again", room=TRIAGE, kind="new")
    assert joined.thread == card.message


async def test_of_a_channel_that_is_archived(stage: Stage) -> None:
    """Nobody can add us to it: what helps is to open it again."""
    priya, bo, lin = await bluepine(stage), stage.manager("Bo"), stage.manager("Lin")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await bo.sees("T-1", room=TRIAGE)
    await stage.settle()
    stage.acted()
    await stage.slack.archive("U0BO", ROOM)
    await bo.sees("cannot be reached any more.", "archived")
    await bo.types("/ticket T-1 reply On Monday")
    await bo.sees("” is archived. Unarchive it, then send the answer once more.")
    await lin.types("/ticket T-1 reply 周一")
    await lin.sees("”已归档。请先取消归档，再发一次答复。")
    stage.acted()
    await stage.slack.archive("U0BO", ROOM, archived=False)
    await bo.sees("can be reached again.")
    await bo.types("/ticket T-1 reply Here I am")
    await stage.later(seconds=11)
    await priya.sees("Here I am", room=ROOM)


async def test_of_a_group_that_begins_to_count_anew(stage: Stage) -> None:
    """In the supergroup other messages have the numbers of those in the old group."""
    jo, lin = await nordwind_group(stage), stage.manager("Lin")
    first = await jo.writes("@LiaisonDemoBot when is the next release?", chat=GROUP)
    card = await lin.sees("T-1", room=TRIAGE)
    acknowledged = await jo.sees("(T-1)", room=str(GROUP))
    await stage.settle()
    new = (await stage.telegram.migrate(GROUP)).id
    await stage.settle()

    again = await jo.writes("@LiaisonDemoBot and what is in it?", chat=new)
    assert again.id == first.id
    joined = await lin.sees("and what is in it?", room=TRIAGE, kind="new")
    assert joined.thread == card.message
    await stage.settle()
    shown = {one.id: one.body.get("text", "") for one in stage.telegram.messages(new)}
    assert "(T-1)" in shown[int(acknowledged.message)]  # posted anew
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(seconds=11)
    answer = await jo.sees("Lin (Hengda): On Monday", room=str(new))
    assert answered(stage, answer) == again.id


async def test_of_what_stood_in_the_old_group(stage: Stage) -> None:
    """Nobody else's words are answered, and no other message of ours is written over."""
    jo, lin = await nordwind_group(stage), stage.manager("Lin")
    kai = stage.telegram_person("Kai Brandt")
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=GROUP)
    stands = await jo.sees("(T-1)", room=str(GROUP))
    await lin.sees("T-1", room=TRIAGE)
    await stage.settle()
    await lin.types("/ticket T-1 reply I look")
    await lin.sees("10 秒后发给 Jo")
    new = (await stage.telegram.migrate(GROUP)).id
    await stage.settle()
    await kai.writes("Order 8841 is late", chat=new)
    await stage.later(seconds=11)
    held = await jo.sees("Lin (Hengda): I look", room=str(new))
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(seconds=11)
    answer = await jo.sees("Lin (Hengda): On Monday", room=str(new))
    for one in (held, answer):
        assert answered(stage, one) is None
    await jo.sees("Lin has answered (T-1)", room=str(new))
    shown = {one.id: one.body.get("text", "") for one in stage.telegram.messages(new)}
    assert held.message == stands.message
    assert shown[int(held.message)] == "Lin (Hengda): I look"
    assert shown[int(answer.message)] == "Lin (Hengda): On Monday"
