"""A partner's group with topics: each of their tickets has its own, in which both sides talk."""

import pytest

from sandbox.telegram.world import Topic
from storage import people
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

GROUP = -1002000000101
LIN = 700000001


@pytest.fixture
async def jo(stage: Stage) -> TelegramPerson:
    """Nordwind's forum is linked as a whole; Lin is in it and on Slack."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Nordwind GmbH", owner="Lin")
        await a_contact(turn.session, partner, turn.now, "Jo Weber", telegram="700000011",
                        called="Jo")  # fmt: skip
        await a_room(turn.session, partner, turn.now, "telegram", str(GROUP))
        lin = await people.manager_named(turn.session, "Lin")
        assert lin is not None
        lin.language = "en"
        await people.claim_identity(turn.session, "telegram", str(LIN), lin.id, turn.now)
    await stage.telegram.add_bot(LIN, GROUP)
    await stage.telegram.promote(LIN, GROUP)
    return stage.telegram_person("Jo Weber")


def opened(stage: Stage) -> list[Topic]:
    everything = stage.telegram.world.chats[GROUP].topics.values()
    return [one for one in everything if "T-" in one.name]


async def test_a_ticket_of_a_group_has_its_topic_there(stage: Stage, jo: TelegramPerson) -> None:
    slack, lin = stage.manager("Lin"), TelegramPerson(stage, LIN)
    await slack.types("/partner topics nordwind on")
    await slack.sees("From now on each ticket", "Nordwind", buttons=("No topics",))
    await jo.writes("@LiaisonDemoBot the price list will not open", chat=GROUP)
    confirmed = await jo.sees("Got it, Jo.", "T-1", "write in this", room=str(GROUP))
    told = await jo.sees("goes on in a topic of its own: T-1", room=str(GROUP))
    [topic] = opened(stage)
    assert (confirmed.thread, told.thread) == (str(topic.id), None)
    assert topic.name == "💬 T-1 the price list will not open"
    # all that they write in it belongs to the ticket, also without a mention
    await jo.writes("Only on my phone", chat=GROUP, topic=topic.id)
    await slack.sees("Only on my phone", room="C0TRIAGE")
    # what one of ours writes in it is the answer
    await lin.writes("Here is a new link", chat=GROUP, topic=topic.id)
    await slack.sees("Here is a new link", room="C0TRIAGE")
    await stage.later(seconds=16)
    assert topic.name.startswith("🟢 T-1 ")
    # something else, some time later, has a topic of its own too
    await stage.later(minutes=20)
    await jo.writes("@LiaisonDemoBot where is my order?", chat=GROUP)
    await jo.sees("Got it, Jo.", "T-2", room=str(GROUP))
    assert len(opened(stage)) == 2
    await slack.types("/ticket T-1 reply And try it again")
    await stage.later(seconds=11)
    answer = await jo.sees("And try it again", room=str(GROUP))
    assert answer.thread == str(topic.id)
    await slack.types("/ticket T-1 resolve")
    solved = await jo.sees("T-1 is solved", room=str(GROUP))
    assert solved.thread == str(topic.id)
    await stage.later(days=8)
    assert (topic.name[0], topic.closed) == ("✅", True)
    # nothing of who has it, or what is late, is said there
    assert {one.args["name"][0] for one in stage.telegram.record
            if one.method in ("createForumTopic", "editForumTopic")} <= set("💬🟢✅")  # fmt: skip


async def test_a_ticket_that_we_open_for_them_has_one_too(
    stage: Stage, jo: TelegramPerson
) -> None:
    async with stage.turn() as turn:  # nobody of theirs has a private chat with us
        [room] = [one for one in await people.private_rooms(turn.session, 1)]
        room.unreachable_at = turn.now
    lin = stage.manager("Lin")
    await lin.types("/ticket new nordwind The invoice of May is wrong")
    await lin.sees("T-1", room="C0TRIAGE")
    await jo.sees_nothing()  # without topics only our answer is told
    await lin.types("/partner topics nordwind on")
    await lin.types("/ticket new nordwind The invoice of June is wrong")
    told = await jo.sees("We have opened T-2 for you", "“The invoice of June is wrong”",
                         room=str(GROUP))  # fmt: skip
    [topic] = opened(stage)
    assert (topic.name, told.thread) == ("💬 T-2 The invoice of June is wrong", None)
    await jo.writes("It says 12 instead of 10", chat=GROUP, topic=topic.id)
    await lin.sees("It says 12 instead of 10", room="C0TRIAGE")
    await lin.types("/ticket T-2 reply You are right")
    await stage.later(seconds=11)
    assert (await jo.sees("You are right", room=str(GROUP))).thread == str(topic.id)


async def test_without_the_right_it_goes_on_in_the_group(stage: Stage, jo: TelegramPerson) -> None:
    lin = stage.manager("Lin")
    await lin.types("/partner topics nordwind on")
    await stage.telegram.promote(LIN, GROUP, without="can_manage_topics")
    await jo.writes("@LiaisonDemoBot the price list will not open", chat=GROUP)
    confirmed = await jo.sees("Got it, Jo.", "T-1", room=str(GROUP))
    assert confirmed.thread is None
    await jo.sees_nothing("topic")
    await lin.sees("I may not manage topics in", "T-1", "/partner topics Nordwind GmbH on")
    await lin.types("/ticket T-1 reply Please try again")
    await stage.later(seconds=11)
    assert (await jo.sees("Please try again", room=str(GROUP))).thread is None
    await jo.writes("@LiaisonDemoBot and where is my order?", chat=GROUP)
    await lin.sees_nothing("I may not manage topics in")
    # mended and chosen again; then somebody deletes the topic
    await stage.telegram.promote(LIN, GROUP)
    await lin.types("/partner 话题 nordwind 开")
    await stage.later(hours=1)
    await jo.writes("@LiaisonDemoBot the invoice is wrong", chat=GROUP)
    await jo.sees("goes on in a topic of its own", room=str(GROUP))
    [topic] = opened(stage)
    await stage.telegram.delete_topic(LIN, GROUP, topic.id)
    number = topic.name.split()[1]
    await lin.types(f"/ticket {number} reply We send a new one")
    await stage.later(seconds=11)
    assert (await jo.sees("We send a new one", room=str(GROUP))).thread is None
    await lin.sees(f"The topic of {number}", "was deleted")


@pytest.mark.usefixtures("jo")
async def test_only_where_there_is_a_group(stage: Stage) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Ltd", owner="Lin")
    lin = stage.manager("Lin")
    await lin.types("/partner topics acme on")
    await lin.sees("Acme Ltd has no Telegram group that is linked as a whole")
    await lin.types("/partner topics acme perhaps")
    await lin.sees("On or off?")


async def test_two_topics_of_one_group_become_one_and_two_again(
    stage: Stage, jo: TelegramPerson
) -> None:
    slack, lin = stage.manager("Lin"), TelegramPerson(stage, LIN)
    await slack.types("/partner topics nordwind on")
    await slack.sees("From now on each ticket", "Nordwind")
    await jo.writes("@LiaisonDemoBot the price list will not open", chat=GROUP)
    await jo.sees("Got it, Jo.", "T-1", room=str(GROUP))
    await stage.later(minutes=20)
    await jo.writes("@LiaisonDemoBot the portal is down", chat=GROUP)
    await jo.sees("Got it, Jo.", "T-2", room=str(GROUP))
    await stage.settle()
    one, two = opened(stage)
    await slack.types("/ticket merge T-2 T-1")
    preview = await slack.sees("goes into T-1")
    await slack.presses("Merge", preview)
    await slack.sees("T-2 is part of T-1 now.")
    told = await jo.sees("This is with T-1 now and goes on there.", room=str(GROUP))
    assert told.thread == str(two.id)
    await stage.later(seconds=16)
    assert (two.name[:5], two.closed, one.closed) == ("⚪ T-2", True, False)
    await jo.writes("Any news?", chat=GROUP, topic=one.id)
    await slack.sees("Any news?", room="C0TRIAGE")
    await lin.writes("It is up again", chat=GROUP, topic=two.id)
    await stage.settle()
    await slack.types("/ticket T-1 story")
    await slack.sees("Jo Weber wrote again. “Any news?”", "Lin answered. “It is up again”")
    await slack.types("/ticket unmerge T-2")
    await slack.sees("T-2 is a ticket of its own again.")
    await stage.later(seconds=16)
    assert (two.name[:5], two.closed) == ("💬 T-2", False)
    await jo.writes("Down again", chat=GROUP, topic=two.id)
    await slack.sees("Down again", room="C0TRIAGE")
