"""Rooms become a partner's: who is there is shown first, nothing is posted before the press."""

from storage.models_people import Room
from tests.conversations.stage import Stage, link_in
from tests.factories import a_contact, a_partner, a_room

GROUP = -4000101
FORUM = -1002000000101
LIN = 700000001


async def partner(stage: Stage, name: str) -> int:
    async with stage.turn() as turn:
        made = await a_partner(turn.session, turn.now, name)
        return made.id


async def rooms(stage: Stage, partner_id: int) -> list[tuple[str, str, bool | None]]:
    from storage import partners

    async with stage.turn() as turn:
        found: list[Room] = await partners.rooms_of(turn.session, partner_id)
        return [(room.chat, room.thread, room.shared) for room in found]


async def test_a_slack_connect_channel(stage: Stage) -> None:
    acme = await partner(stage, "Acme Industrial")
    bo, lin, dana = stage.manager("Bo"), stage.manager("Lin"), stage.slack_person("U0DANA")
    await bo.types("/partner link Acme #acme-hengda")
    await bo.sees("I am looking who is in #acme-hengda.")
    await bo.sees("I am not in #acme-hengda, or there is no such room. Type /invite @Liaison")
    stage.acted()
    await stage.slack.invite_bot("C0ACME", by="U0LIN")
    await bo.types("/partner link Acme #acme-hengda")
    await bo.sees("“acme-hengda” for Acme Industrial?", "Ours: Lin",
                  "Another company (Acme Industrial): Dana Miller, Ray Ortiz",
                  "4 members, me included.")  # fmt: skip
    await dana.sees_nothing()
    await bo.presses("Link")
    await dana.sees("Hello from Hengda. Lin reads along here. For help mention @Liaison")
    await bo.sees("“acme-hengda” is linked to Acme Industrial. I have said hello there.")
    assert await rooms(stage, acme) == [("C0ACME", "", True)]
    await bo.types("/partner link Acme #acme-hengda")
    await bo.sees("That room is linked to Acme Industrial already.")
    await bo.presses("Unlink")
    await bo.sees("“acme-hengda” is not linked to Acme Industrial any more.")
    assert await rooms(stage, acme) == []
    await lin.sees_nothing("Acme Industrial?")
    del stage.slack.world.teams["T0ACME"]  # Slack does not tell of every company
    await lin.types("/partner link Acme #acme-hengda")
    await lin.sees("其他公司：Dana Miller, Ray Ortiz")


async def test_a_telegram_group_by_link(stage: Stage) -> None:
    nordwind = await partner(stage, "Nordwind GmbH")
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/partner link Nordwind")
    answer = await bo.sees("Link a room of Nordwind GmbH", "startgroup=")
    link = link_in(answer.text)
    await jo.opens(link, GROUP)
    await bo.sees("“Nordwind projects” for Nordwind GmbH?", "Telegram tells only the admin",
                  "The code was used there by Jo Weber.", "4 members, me included.")  # fmt: skip
    await jo.sees_nothing()
    await bo.presses("Link")
    await jo.sees("Hello from Hengda. Lin reads along here. For help mention @LiaisonDemoBot")
    assert await rooms(stage, nordwind) == [(str(GROUP), "", True)]
    await jo.writes(f"/start@LiaisonDemoBot {link.partition('=')[2]}", GROUP)
    await jo.sees("This link was used already. Please ask for a new one.")


async def test_a_topic_by_its_code_and_cancel(stage: Stage) -> None:
    nordwind = await partner(stage, "Nordwind GmbH")
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/partner link Nordwind")
    answer = await bo.sees("/start@LiaisonDemoBot ")
    line = next(one for one in answer.text.splitlines() if one.startswith("/start@"))
    await stage.telegram.add_bot(700000001, FORUM)
    topic = stage.telegram.world.chats[FORUM].topics
    thread = next(iter(topic))
    await jo.writes(line.strip(), FORUM, topic=thread)
    await bo.sees("“Nordwind × Hengda” for Nordwind GmbH?")
    await bo.presses("Cancel")
    await bo.sees("“Nordwind × Hengda” was not linked. Nothing was posted there.")
    await jo.sees_nothing()
    assert await rooms(stage, nordwind) == []


async def test_a_room_of_another_partner_is_refused(stage: Stage) -> None:
    async with stage.turn() as turn:
        kaito = await a_partner(turn.session, turn.now, "Kaito Denki")
        await a_room(turn.session, kaito, turn.now, "slack", "C1KAITODENK")
        await a_partner(turn.session, turn.now, "Nordwind GmbH")
    bo = stage.manager("Bo")
    await bo.types("/partner link Nordwind <#C1KAITODENK>")
    await bo.sees("That room belongs to Kaito Denki. It stays as it is.")
    await bo.types("/partner link Nordwind #partner-triage")
    await bo.sees("That is a room of our own; partners do not read along there.")
    await bo.types("/partner link Nordwind #nowhere")
    await bo.sees("I know no channel “#nowhere”.")


async def test_another_partners_contact_in_the_room_is_a_warning(stage: Stage) -> None:
    async with stage.turn() as turn:
        other = await a_partner(turn.session, turn.now, "Wolf AG")
        await a_contact(turn.session, other, turn.now, "Dana Miller", slack="U0DANA")
        await a_partner(turn.session, turn.now, "Acme Industrial")
    bo = stage.manager("Bo")
    await stage.slack.invite_bot("C0ACME", by="U0LIN")
    await bo.types("/partner link Acme #acme-hengda")
    await bo.sees("Careful, of Wolf AG: Dana Miller")


async def test_the_bot_was_added_and_nobody_said_whose_room_it_is(stage: Stage) -> None:
    await partner(stage, "Nordwind GmbH")
    jo, mei = stage.telegram_person("Jo Weber"), stage.manager("Mei")
    stage.acted()
    await stage.telegram.add_bot(jo.number, GROUP)
    await stage.settle()
    await jo.sees_nothing()
    await stage.later(minutes=3)
    await mei.sees("Jo Weber added me to “Nordwind projects”. I am silent there", room="C0TRIAGE")
    await jo.sees_nothing()


async def test_a_code_opens_nothing_elsewhere_and_stays_good(stage: Stage) -> None:
    """Nordwind's code in Acme's group, by Acme's Kai in a group of nobody, and too late."""
    nordwind = await partner(stage, "Nordwind GmbH")
    bo, lin, jo, kai = (stage.manager("Bo"), stage.manager("Lin"),
                        stage.telegram_person("Jo Weber"),
                        stage.telegram_person("Kai Brandt"))  # fmt: skip
    async with stage.turn() as turn:
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", telegram=str(kai.number))
        await a_room(turn.session, acme, turn.now, "telegram", str(FORUM))
    await stage.telegram.add_bot(LIN, FORUM)
    await stage.telegram.add_bot(LIN, GROUP)
    await bo.types("/partner link Nordwind")
    code = link_in((await bo.sees("startgroup=")).text).partition("=")[2]
    for who, chat, why in (
        (jo, FORUM, "That room belongs to Acme Industrial. It stays as it is."),
        (kai, GROUP, "Kai Brandt of Acme Industrial used the code."),
    ):
        await who.writes(f"/start@LiaisonDemoBot {code}", chat)
        told = await who.sees("This code is not for here. Nothing was changed.", room=str(chat))
        assert "Nordwind" not in told.text + (told.author or "")
        await bo.sees("was not linked to Nordwind GmbH.", why)
    assert await rooms(stage, nordwind) == []
    await lin.types("/partner link Nordwind")
    other = link_in((await lin.sees("startgroup=")).text).partition("=")[2]
    await jo.writes(f"/start@LiaisonDemoBot {code}", GROUP)
    await bo.sees("“Nordwind projects” for Nordwind GmbH?")
    await bo.presses("Link")
    await jo.sees("Hello from Hengda.")
    await jo.writes(f"/start@LiaisonDemoBot {code}", GROUP)
    await jo.sees("This link was used already. Please ask for a new one.")
    await jo.writes(f"/start@LiaisonDemoBot {other}", GROUP)
    await jo.sees("This group is linked already.")
    await lin.sees("“Nordwind projects”: 已经关联到 Nordwind GmbH。")
    assert await rooms(stage, nordwind) == [(str(GROUP), "", True)]
