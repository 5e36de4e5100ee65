"""A team whose Telegram group has topics: each ticket has its own, to its end and again."""

import pytest

from sandbox.faults import Fault
from sandbox.telegram.world import Topic
from tests.conversations.desk import LIN, lin_at_desk
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_partner

DESK = -1001234000900


@pytest.fixture
async def lin(stage: Stage) -> TelegramPerson:
    """Lin on Telegram, who made the team's forum; no Slack room for cards."""
    return await lin_at_desk(stage, DESK, topics=True, forum=True, bot_admin=True)


def shown(stage: Stage) -> list[Topic]:
    return list(stage.telegram.world.chats[DESK].topics.values())


def said_in(stage: Stage, topic: int | None) -> list[str]:
    return [one.text for one in stage.telegram.messages(DESK) if one.thread == topic and one.text]


async def test_a_ticket_has_its_topic(stage: Stage, lin: TelegramPerson) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK), buttons=("Take", "Reply", "More"))
    [topic] = shown(stage)
    assert (card.thread, topic.name) == (
        str(topic.id), "🆕 T-1 The price list will not open · Nordwind GmbH",
    )  # fmt: skip
    await lin.presses("Take", card)
    # words in the topic are a note; a command in it means its ticket
    await lin.writes("I ask the factory", chat=DESK, topic=topic.id)
    await stage.later(seconds=16)
    assert topic.name.startswith("💬 T-1 ")
    await jo.sees_nothing("factory")
    await lin.writes("/ticket reply Please try again", chat=DESK, topic=topic.id)
    held = await lin.sees("Please try again", room=str(DESK), buttons=("Undo", "Send now"))
    assert held.thread == str(topic.id)
    await lin.presses("Send now", held)
    await jo.sees("Lin (Hengda): Please try again")
    await jo.writes("Still the same")
    heard = await lin.sees("Jo Weber (Nordwind GmbH)", "Still the same", room=str(DESK))
    assert heard.thread == str(topic.id)
    await lin.presses("Reply", card)
    question = await lin.sees("What the partner will read", room=str(DESK))
    assert question.thread == str(topic.id)
    await lin.writes("Here is another link", chat=DESK, topic=topic.id,
                     reply_to=int(question.message))  # fmt: skip
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Here is another link")
    await lin.writes("@LiaisonDemoBot note Jo has an old reader", chat=DESK, topic=topic.id)
    await lin.writes("/ticket resolve", chat=DESK, topic=topic.id)
    await jo.sees("How was", "T-1")
    await stage.later(seconds=16)
    assert (topic.name[:5], topic.closed) == ("✅ T-1", False)
    await stage.later(days=8)
    assert topic.closed
    assert shown(stage) == [topic]
    titles = [str(one.args["name"])[0] for one in stage.telegram.record
              if one.method == "editForumTopic"]  # fmt: skip
    assert titles == ["💬", "✅"]  # what changed again within seconds was not shown


async def test_it_opens_again_with_its_ticket(stage: Stage, lin: TelegramPerson) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    await lin.presses("More", card)
    await lin.sees("T-1", room=str(DESK))
    await lin.presses("Not a ticket")
    await stage.settle()
    [topic] = shown(stage)
    assert topic.closed
    await stage.later(seconds=16)
    assert topic.name.startswith("⚪ T-1 ")
    await lin.presses("Reopen")
    await stage.later(seconds=16)
    assert (topic.closed, topic.name[:5]) == (False, "🆕 T-1")


async def test_without_the_right_all_stands_in_the_group(
    stage: Stage, lin: TelegramPerson
) -> None:
    await stage.telegram.promote(LIN, DESK, without="can_manage_topics")
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK), buttons=("Take", "Reply", "More"))
    assert card.thread is None
    await lin.sees("I may not open topics here", "T-1", "Manage topics", room=str(DESK))
    await lin.writes("/ticket reply Please try again", chat=DESK, reply_to=int(card.message))
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Please try again")
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Ltd", owner="Lin")
    await lin.starts()
    await lin.writes("/ticket new acme Where is the order?")
    await lin.sees("T-2 · Acme Ltd", room=str(DESK))
    await lin.sees_nothing("I may not open topics here")
    # once it may, the next ticket has a topic, and what was said of it is taken back
    await stage.telegram.promote(LIN, DESK)
    await lin.writes("/ticket new acme The invoice is wrong")
    await lin.sees("Topics work again", room=str(DESK), kind="edit")
    [topic] = shown(stage)
    assert "T-3 The invoice is wrong · Acme Ltd" in topic.name


async def test_a_deleted_topic_leaves_the_ticket_in_the_group(
    stage: Stage, lin: TelegramPerson
) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    [topic] = shown(stage)
    await stage.telegram.delete_topic(LIN, DESK, topic.id)
    await jo.writes("Still the same")
    told = await lin.sees("The topic of T-1 was deleted", room=str(DESK))
    heard = await lin.sees("Jo Weber (Nordwind GmbH)", "Still the same", room=str(DESK))
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK), kind="new")
    assert (told.thread, heard.thread, card.thread) == (None, None, None)
    await lin.writes("@LiaisonDemoBot reply Try this", chat=DESK, reply_to=int(card.message))
    await lin.sees("Try this", room=str(DESK), buttons=("Undo", "Send now"))
    await stage.later(days=1)
    assert not shown(stage)
    assert said_in(stage, None).count("The topic of T-1 was deleted") <= 1


async def test_a_topic_whose_answer_is_lost_is_opened_once(
    stage: Stage, lin: TelegramPerson
) -> None:
    stage.telegram.faults.add(Fault("drop_after", "createForumTopic"))
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    [topic] = shown(stage)
    assert card.thread == str(topic.id)
    # one that was opened twice all the same is closed once Telegram tells of it
    other = stage.telegram.core.new_topic(
        stage.telegram.world.chats[DESK], stage.telegram.bot.id, topic.name
    )
    await stage.settle()
    assert (topic.closed, other.closed) == (False, True)


async def test_topics_switched_off(stage: Stage, lin: TelegramPerson) -> None:
    await stage.telegram.use_topics(LIN, DESK, False)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("This group has no topics", "T-1", "topics = false", room=str(DESK))
    await lin.sees("T-1 · Nordwind GmbH", room=str(DESK), kind="new")


async def test_the_topic_of_a_merged_ticket_closes_and_opens_again(
    stage: Stage, lin: TelegramPerson
) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await stage.later(minutes=20)
    await jo.writes("The portal is down")
    await jo.sees("Your 2 messages", kind="edit")
    await stage.settle()
    await jo.presses("New problem")
    theirs = await jo.sees("(T-2)")
    await stage.settle()
    one, two = shown(stage)
    await lin.writes("/ticket merge T-2 T-1", chat=DESK, topic=one.id)
    await lin.presses("Merge", await lin.sees("T-2 “The portal is down” goes into T-1"))
    done = await lin.sees("T-2 is part of T-1 now.", buttons=("T-1", "Undo"))
    await stage.later(seconds=16)
    assert (two.name[:5], two.closed, one.closed) == ("⚪ T-2", True, False)
    assert "Lin merged this into T-1: it goes on there." in said_in(stage, two.id)
    assert said_in(stage, one.id)[-1].startswith("Lin merged T-2 “The portal is down” into T-1")
    await jo.writes("On every page", reply_to=int(theirs.message))
    await lin.sees("On every page")
    await stage.settle()
    assert said_in(stage, one.id)[-1].endswith("On every page")
    # who may write in a closed topic means what goes on elsewhere
    await lin.writes("/ticket reply It is up again", chat=DESK, topic=two.id)
    held = await lin.sees("It is up again", buttons=("Undo", "Send now"))
    assert held.thread == str(one.id)
    await lin.presses("Undo", held)
    await lin.sees("Not sent.", kind="edit")
    await stage.later(seconds=16)
    assert one.name.startswith("💬 T-1")
    await lin.presses("Undo", done)
    await lin.sees("T-2 is a ticket of its own again.")
    await stage.later(seconds=16)
    assert (two.name[:5], two.closed) == ("🆕 T-2", False)
    assert shown(stage) == [one, two]
