"""The relay's matrix: each kind of message, both directions, in each place of a partner."""

from sandbox.journal import Entry
from storage import messages, people
from tests.conversations.partner_rooms import answered, bluepine
from tests.conversations.relay_rows import (
    FILM,
    FROM_TELEGRAM,
    IN_SLACK,
    NOT_HERE,
    Place,
    Talk,
    arrives_below,
    is_bold,
)
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room
from tests.sandbox.telegram.pictures import png

JO, LIN_THERE = "700000011", 700000001
FORUM, GROUP, ROOM = -1002000000101, -4000101, "C1BLUEPINE"
TRIAGE = "C0TRIAGE"


async def _jo(stage: Stage, chat: int = int(JO), topic: int | None = None
              ) -> tuple[TelegramPerson, SlackPerson, Entry, Place]:  # fmt: skip
    """Jo's T-1 in the private chat, or in a room of Nordwind's, and its card."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        if chat < 0:
            await a_room(turn.session, partner, turn.now, "telegram", str(chat), str(topic or ""))
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    if chat < 0:
        await stage.telegram.add_bot(LIN_THERE, chat)
        await stage.telegram.promote(LIN_THERE, chat)
        await jo.writes("@LiaisonDemoBot the price list will not open", chat=chat, topic=topic)
    else:
        await jo.starts()
        await jo.writes("The price list will not open")
    heard = await jo.sees("(T-1)")
    card = await lin.sees("answer by 17:12 · nobody yet", room=TRIAGE)
    await stage.settle()
    return jo, lin, card, Place(stage.telegram, jo.number, chat, topic, int(heard.message))


def _support(stage: Stage) -> int:
    topics = stage.telegram.world.chats[FORUM].topics
    return next(number for number, one in topics.items() if one.name == "Support")


async def _all_rows_arrive(
    stage: Stage, jo: TelegramPerson, lin: SlackPerson, card: Entry, at: Place
) -> None:
    for row in FROM_TELEGRAM:
        stage.acted()
        await row.send(at)
        await arrives_below(stage, lin, card, row)
        if row.told:
            told = await jo.sees(row.told)
            assert (told.room, told.thread) == (str(at.chat), str(at.topic) if at.topic else None)
    async with stage.turn() as turn:
        kept = await messages.of_ticket(turn.session, 1)
        assert len(kept) == 1 + len(FROM_TELEGRAM) + 1  # an album of two


async def test_from_a_private_chat_on_telegram(stage: Stage) -> None:
    await _all_rows_arrive(stage, *await _jo(stage))


async def test_from_a_topic_on_telegram(stage: Stage) -> None:
    await _all_rows_arrive(stage, *await _jo(stage, FORUM, _support(stage)))


async def test_from_a_group_on_telegram(stage: Stage) -> None:
    """Also what answers a colleague's words about the ticket, much later."""
    jo, lin, card, at = await _jo(stage, GROUP)
    await _all_rows_arrive(stage, jo, lin, card, at)
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(hours=1)
    answer = await jo.sees("Lin (Hengda): On Monday")
    assert answered(stage, answer) == max(
        one.id for one in at.play.messages(GROUP) if one.sender == jo.number
    )
    kai = stage.telegram_person("Kai Brandt")
    asked = await kai.writes("In the morning?", chat=GROUP, reply_to=int(answer.message))
    await lin.sees("↩ Lin: “On Monday”\nIn the morning?", room=TRIAGE)
    await stage.later(hours=1)
    await jo.writes("That matters to us too", chat=GROUP, reply_to=asked.id)
    shown = await lin.sees("↩ Kai Brandt: “In the morning?”\nThat matters to us too", room=TRIAGE)
    assert shown.thread == card.message
    await stage.later(hours=1)
    photo = await stage.telegram.photo(kai.number, GROUP, png())
    await jo.writes("@LiaisonDemoBot what is this?", chat=GROUP, reply_to=photo.id)
    second = await lin.sees("T-2", "“what is this?”", room=TRIAGE)
    await stage.settle()
    asked_of = [one for one in lin.screen(TRIAGE) if one.thread == second.message]
    assert [one.text for one in asked_of] == ["↩ Kai Brandt: “📎 photo.jpg”"]


async def test_an_answer_points_at_what_it_answers_where_there_is_more(stage: Stage) -> None:
    jo, lin, _, at = await _jo(stage)
    (first,) = (
        one.id for one in at.play.messages(at.chat) if one.body.get("text", "")[:3] == "The"
    )
    await lin.types("/ticket T-1 reply I look")
    await stage.later(seconds=11)
    assert answered(stage, await jo.sees("Lin (Hengda): I look")) is None
    await jo.writes("/problem Order 8841 is late")
    await jo.sees("(T-2)")
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(seconds=11)
    assert answered(stage, await jo.sees("Lin (Hengda): On Monday")) == first


async def _bluepine(stage: Stage) -> tuple[SlackPerson, SlackPerson, Entry, str]:
    """Priya's T-1 in a shared channel; its card, and the thread in which she is answered."""
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("T-1", room=TRIAGE)
    heard = await priya.sees("(T-1)", room=ROOM)
    await stage.settle()
    return priya, bo, card, str(heard.thread)


async def _posts(stage: Stage, who: SlackPerson, room: str, thread: str, row: Talk,
                 before: str = "") -> str:  # fmt: skip
    stage.acted()
    ts: str = await stage.slack.post(who.id, room, before + row.words, thread_ts=thread,
                                     files=row.uploads, bold=row.bold)  # fmt: skip
    return ts


async def test_from_a_shared_channel_in_slack(stage: Stage) -> None:
    """What its people write in the thread, then what we write there."""
    priya, bo, card, thread = await _bluepine(stage)
    for who in (priya, bo):
        for row in IN_SLACK:
            await _posts(stage, who, ROOM, thread, row)
            await arrives_below(stage, bo, card, row)
    await _posts(stage, priya, ROOM, thread, Talk("25 MB", "The film", (FILM,)))
    await bo.sees("The film", room=TRIAGE)
    await bo.sees(NOT_HERE.replace("film.mp4", "…"), room=TRIAGE)
    told = await priya.sees("A file could not be passed on: files of up to 20 MB", room=ROOM)
    assert told.thread == thread
    await _posts(stage, bo, ROOM, thread, Talk("25 MB", "Our film", (FILM,)))
    await bo.sees("Our film", "📎 film.mp4 is too big to be shown here.", room=TRIAGE)


async def _sent_to_telegram(stage: Stage, chat: int, topic: int | None = None) -> None:
    """Each kind is told below the card, held, and arrives where the partner asked."""
    jo, lin, card, _ = await _jo(stage, chat, topic)
    for row in IN_SLACK:
        await _posts(stage, lin, TRIAGE, card.message, row, "@Liaison reply ")
        await lin.sees("10 秒后发给", row.words, *row.files, room=TRIAGE)
        mark = stage.mark
        await stage.later(seconds=11)
        await stage.settle()
        shown = [one for one in jo.screen() if one.seq > mark and one.by_bot and
                 not one.text.startswith(("Lin has", "Got it"))]  # fmt: skip
        places = {(one.room, one.thread) for one in shown}
        assert places == {(str(chat), str(topic) if topic else None)}, row.kind
        assert [one.text for one in shown][:1] == [
            f"Lin (Hengda): {row.words}" if row.words else "Lin (Hengda)"], row.kind  # fmt: skip
        files = tuple(name for one in shown for name in one.files)
        assert files == tuple("photo.jpg" if name == "box.png" else name for name in row.files)
        assert not row.bold or is_bold(shown[0], row.bold)
    await _posts(stage, lin, TRIAGE, card.message, Talk("25 MB", "The film", (FILM,)),
                 "@Liaison reply ")  # fmt: skip
    await lin.sees("“film.mp4”太大：最多只能转发 20 MB 的文件。")
    await stage.later(seconds=11)
    await jo.sees_nothing("film")


async def test_to_a_private_chat_on_telegram(stage: Stage) -> None:
    await _sent_to_telegram(stage, int(JO))


async def test_to_a_topic_on_telegram(stage: Stage) -> None:
    await _sent_to_telegram(stage, FORUM, _support(stage))


async def test_to_a_shared_channel_in_slack(stage: Stage) -> None:
    priya, bo, card, thread = await _bluepine(stage)
    for row in IN_SLACK:
        await _posts(stage, bo, TRIAGE, card.message, row, "@Liaison reply ")
        await bo.sees("in 10 s", row.words, *row.files, room=TRIAGE)
        mark = stage.mark
        await stage.later(seconds=11)
        await stage.settle()
        shown = [one for one in priya.screen(ROOM) if one.seq > mark and one.kind == "new"]
        assert {one.thread for one in shown} == {thread}
        assert tuple(name for one in shown for name in one.files) == row.files
        assert row.words in shown[0].text
        assert not row.bold or is_bold(shown[0], row.bold)


async def test_what_our_people_send_in_a_partners_group(stage: Stage) -> None:
    """On Telegram too, our ordinary words and things are answers, and stand below the card."""
    jo, lin, card, at = await _jo(stage, GROUP)
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Lin")
        assert manager is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_THERE), manager.id, turn.now)
    there = Place(at.play, LIN_THERE, GROUP, answer=at.answer)
    for row in FROM_TELEGRAM:
        stage.acted()
        await row.send(there)
        if row.told:
            await lin.sees("The film", "📎 film.mp4 is too big to be shown here.", room=TRIAGE)
        else:
            await arrives_below(stage, lin, card, row)
    await jo.sees_nothing("passed on")
