"""What becomes of a message afterwards: changed, deleted, replaced, moved along; who blocks us."""

from sandbox.journal import Entry
from storage import messages, people
from tests.conversations.partner_rooms import GROUP, bluepine, nordwind_group
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner
from tests.sandbox.telegram.pictures import png

JO, LIN_THERE = "700000011", 700000001
ROOM = "C1BLUEPINE"


async def _jo(stage: Stage) -> tuple[TelegramPerson, SlackPerson, Entry]:
    """Jo's T-1 and its card."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("answer by 17:12 · nobody yet", room="C0TRIAGE")
    await stage.settle()
    return jo, lin, card


async def _reply(stage: Stage, card: Entry, text: str) -> str:
    """Lin says it below the card; returns her message's ts."""
    stage.acted()
    words = f"@Liaison reply {text}"
    ts: str = await stage.slack.post("U0LIN", "C0TRIAGE", words, thread_ts=card.message)
    return ts


async def _edit(stage: Stage, ts: str, text: str) -> None:
    stage.acted()
    await stage.slack.edit("U0LIN", "C0TRIAGE", ts, f"@Liaison {text}")


async def _delete(stage: Stage, ts: str) -> None:
    stage.acted()
    await stage.slack.delete("U0LIN", "C0TRIAGE", ts)


async def test_an_answer_follows_the_message_that_asked_for_it(stage: Stage) -> None:
    """Edited and deleted, within the hold and after it."""
    jo, lin, card = await _jo(stage)
    first = await _reply(stage, card, "It is at nordwind.exmple")
    await lin.sees("“It is at nordwind.exmple”")
    await _edit(stage, first, "reply It is at nordwind.example")
    await lin.sees("10 秒后发给 Jo：“It is at nordwind.example”", kind="edit")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): It is at nordwind.example")
    await jo.sees_nothing("exmple")

    await _edit(stage, first, "reply It is at nordwind.test")
    mended = await jo.sees("Lin (Hengda): It is at nordwind.test (edited)")
    assert mended.kind == "edit"
    await stage.settle()
    async with stage.turn() as turn:
        said = await messages.by_source(turn.session, f"slack:C0TRIAGE:{first}")
        assert said is not None
        assert [one["html"] for one in said.versions] == [
            "It is at nordwind.exmple", "It is at nordwind.example"]  # fmt: skip

    await _delete(stage, first)
    await jo.sees(kind="delete")
    await lin.sees("已撤回，Jo 那边不再显示。", kind="edit")

    second = await _reply(stage, card, "Wrong window")
    await lin.sees("10 秒后发给 Jo：“Wrong window”")
    await _delete(stage, second)
    await lin.sees("未发送。", "Wrong window", kind="edit")
    third = await _reply(stage, card, "I meant a note")
    await lin.sees("10 秒后发给 Jo：“I meant a note”")
    await _edit(stage, third, "note I meant a note")
    await lin.sees("未发送。", "I meant a note", kind="edit")
    await stage.later(seconds=30)
    await jo.sees_nothing("Lin (Hengda)")


async def test_a_manager_on_telegram_edits_an_answer_in_its_hold(stage: Stage) -> None:
    jo, lin, _ = await _jo(stage)
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Lin")
        assert manager is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_THERE), manager.id, turn.now)
    there = stage.telegram_person("Lin")
    await there.starts()
    told = await there.writes("/ticket T-1 reply On Mnday")
    await there.sees("10 秒后发给 Jo：“On Mnday”")
    stage.acted()
    await stage.telegram.edit(LIN_THERE, LIN_THERE, told.id, "/ticket T-1 reply On Monday")
    await there.sees("10 秒后发给 Jo：“On Monday”", kind="edit")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): On Monday")
    await lin.sees("answered 16:12 · Lin", room="C0TRIAGE", kind="edit")


async def test_what_a_partner_changes_on_telegram(stage: Stage) -> None:
    """Words, a caption, another photo; a live location moves without a word."""
    jo, lin, card = await _jo(stage)
    play, me = stage.telegram, jo.number
    wrote = await play.write(me, me, "It says 403")
    photo = await play.photo(me, me, png(), "Look")
    walking = await play.location(me, me, 53.55, 9.99)
    await lin.sees("📍 53.55,9.99", room="C0TRIAGE")
    stage.acted()
    await play.edit(me, me, wrote.id, "It says 404")
    await play.edit(me, me, photo.id, "Look here")
    await lin.sees("edited: Look here", room="C0TRIAGE")
    await stage.settle()
    assert not [one for one in lin.screen("C0TRIAGE") if one.files and one.seq > stage.mark]
    stage.acted()
    await play.replace_photo(me, me, photo.id, png(40, 30), "Look here")
    await stage.settle()
    shown = [one for one in lin.screen("C0TRIAGE") if one.seq > stage.mark]
    assert [(one.thread, one.files) for one in shown if one.files] == [
        (card.message, ("photo.jpg",))]  # fmt: skip
    stage.acted()
    for step in range(5):
        await play.move_along(me, me, walking.id, (53.56 + step, 9.99))
    await lin.sees_nothing()
    async with stage.turn() as turn:
        said = {one.platform_id: one for one in await messages.of_ticket(turn.session, 1)}
        assert [len(said[str(one.id)].versions) for one in (wrote, photo, walking)] == [1, 2, 0]


async def test_who_blocks_us_while_an_answer_is_held(stage: Stage) -> None:
    """Nobody believes that it arrived: the old promise stands, and it is told at once."""
    jo, lin, card = await _jo(stage)
    await _reply(stage, card, "Try the new link")
    await lin.sees("10 秒后发给 Jo")
    await stage.telegram.block(jo.number)
    await lin.sees("Jo 没有收到：消息未能送达。", "Try the new link", kind="edit")
    await lin.sees("T-1", "answer by 17:12 · Lin", kind="edit", room="C0TRIAGE")
    await _reply(stage, card, "Are you there?")
    await lin.sees("Jo Weber 屏蔽了机器人。对方解除屏蔽后即可继续联系。")
    stage.acted()
    await jo.starts()
    await jo.writes("I am back")
    await lin.sees("I am back", room="C0TRIAGE")
    await _reply(stage, card, "Welcome back")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Welcome back")


async def test_what_we_change_in_a_partners_channel_is_mirrored(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("T-1", room="C0TRIAGE")
    heard = await priya.sees("(T-1)", room=ROOM)

    async def shows(*words: str) -> Entry:
        entry = await bo.sees(*words, room="C0TRIAGE", kind="new")
        assert entry.thread == card.message
        return entry

    ours = await bo.types("We look into it", room=ROOM, thread=heard.thread)
    assert (await shows("We look into it")).author == "Bo"
    stage.acted()
    await stage.slack.edit("U0BO", ROOM, ours, "We look into it now")
    await shows("edited:", "We look into it now")
    stage.acted()
    await stage.slack.delete("U0BO", ROOM, ours)
    await bo.sees("answer by 17:12 · Bo", room="C0TRIAGE", kind="edit")  # it answered nobody
    await shows("deleted by Bo:", "We look into it now")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Bo took the answer back.")
    assert "deleted what they wrote" not in told.text
    async with stage.turn() as turn:
        said = (await messages.of_ticket(turn.session, 1))[-1]
        assert (len(said.versions), said.deleted_at is not None) == (1, True)

    # an answer told from below the card is mended and taken back in their thread
    stage.acted()
    source = await stage.slack.post("U0BO", "C0TRIAGE", "@Liaison reply Back at nine",
                                    thread_ts=card.message)  # fmt: skip
    await bo.sees("in 10 s", "Back at nine", room="C0TRIAGE")
    await stage.later(seconds=11)
    answer = await priya.sees("Back at nine", room=ROOM)
    assert answer.thread == heard.thread
    stage.acted()
    await stage.slack.edit("U0BO", "C0TRIAGE", source, "@Liaison reply Back at ten")
    mended = await priya.sees("Back at ten (edited)", room=ROOM, kind="edit")
    assert mended.message == answer.message
    stage.acted()
    await stage.slack.delete("U0BO", "C0TRIAGE", source)
    gone = await priya.sees(room=ROOM, kind="delete")
    assert gone.message == answer.message
    await bo.sees("answer by 17:12", room="C0TRIAGE", kind="edit")


async def test_a_group_that_moves_takes_its_tickets_along(stage: Stage) -> None:
    """The answer held while the group becomes a supergroup arrives in the new one."""
    jo, lin = await nordwind_group(stage), stage.manager("Lin")
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=GROUP)
    await lin.sees("T-1", room="C0TRIAGE")
    await lin.types("/ticket T-1 reply On Monday")
    await lin.sees("10 秒后发给 Jo")
    moved = await stage.telegram.migrate(GROUP)
    await stage.later(seconds=11)
    answer = await jo.sees("Lin (Hengda): On Monday")
    assert answer.room == str(moved.id)
    await jo.writes("Thanks, which time?", chat=moved.id, reply_to=int(answer.message))
    await lin.sees("Thanks, which time?", room="C0TRIAGE", kind="new")
