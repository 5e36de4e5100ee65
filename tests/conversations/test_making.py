"""A message somebody points at becomes a ticket: by shortcut, by emoji, from the list of talk."""

from sqlalchemy import select

from bot.commands.table import ROUTES
from bot.manifests import shortcuts
from storage import people
from storage.models_people import Contact
from storage.models_work import Ticket
from tests.conversations.partner_rooms import bluepine, nordwind_group
from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room

JO, GROUP = "700000011", -4000101
ROOM = "C1BLUEPINE"


async def test_a_shortcut_makes_a_ticket_of_what_a_partner_wrote_once(stage: Stage) -> None:
    priya, bo, lin = await bluepine(stage), stage.manager("Bo"), stage.manager("Lin")
    posted = await priya.types("The invoices look odd", room=ROOM)
    await priya.sees_nothing()
    await bo.uses("ticket.of_message", ROOM, posted)
    told = await bo.sees("T-1 is open, and its author has been told.")
    assert (told.private, told.buttons) == (True, ("T-1",))
    heard = await priya.sees("Got it, Priya. Bo's team has it (T-1).", room=ROOM)
    assert heard.thread == posted
    await bo.sees("T-1 · Bluepine Systems", "Priya Natarajan", "first time here", room="C0TRIAGE")
    await bo.uses("ticket.of_message", ROOM, posted)
    await bo.sees("T-1 is about this already.")
    await lin.uses("ticket.of_message", "C0TRIAGE", bo.showing("Take").message)
    await lin.sees("这个群还没有关联伙伴")
    ours = await bo.types("We look into it.", room=ROOM)
    await bo.sees("answered 16:12", room="C0TRIAGE")
    await bo.uses("ticket.of_message", ROOM, ours)
    await bo.sees("Only what a partner wrote can become a ticket.")
    await stage.settle()
    async with stage.turn() as turn:
        assert len((await turn.session.scalars(select(Ticket))).unique().all()) == 1


async def test_a_message_from_before_the_bot_knew_the_room_can_be_one_too(stage: Stage) -> None:
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    posted = await priya.types("The portal is down", room=ROOM)
    await stage.later(hours=1)
    await bluepine(stage)
    await bo.uses("ticket.of_message", ROOM, posted)
    await bo.sees("T-1 is open")
    await priya.sees("Got it, Priya. Bo's team has it (T-1).", room=ROOM)
    await stage.settle()
    async with stage.turn() as turn:
        ticket = (await turn.session.scalars(select(Ticket))).unique().one()
        assert ticket.opened_at.isoformat()[:16] == "2026-12-03T08:12"


def test_the_shortcut_is_in_the_manifest() -> None:
    assert shortcuts("en") == [
        ("Make a ticket", "message", "ticket.of_message", "Make a ticket"),
        ("Remember the promise", "message", "ticket.promise_of_message", "Remember the promise"),
    ]
    assert shortcuts("zh")[0][0] == "建工单"
    assert ROUTES.all["shortcut", "ticket.of_message"].role > 1


async def test_the_ticket_emoji_counts_from_our_side_as_well(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    posted = await priya.types("The invoices look odd", room=ROOM)
    await priya.sees_nothing()
    stage.acted()
    await stage.slack.react("U0BO", ROOM, posted, "ticket")
    await priya.sees("(T-1)", room=ROOM)
    stage.acted()
    await stage.slack.react("U1BLUEPI1", ROOM, posted, "ticket")
    await bo.sees_nothing("T-2")


async def test_on_telegram_the_writing_hand_makes_a_ticket(stage: Stage) -> None:
    jo, lin = await nordwind_group(stage, reads_all=True), stage.manager("Lin")
    posted = await jo.writes("The samples have not arrived", chat=GROUP)
    await jo.sees_nothing()
    stage.acted()
    await stage.telegram.react(jo.number, GROUP, posted.id, "✍")
    await jo.sees("Got it, Jo. Lin's team has it (T-1).")
    await lin.sees("“The samples have not arrived”", room="C0TRIAGE")


async def test_on_telegram_the_writing_hand_counts_from_our_side_as_well(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_room(turn.session, partner, turn.now, "telegram", str(GROUP))
        manager = await people.manager_named(turn.session, "Lin")
        assert manager is not None
        await people.claim_identity(turn.session, "telegram", "700000001", manager.id, turn.now)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await stage.telegram.add_bot(700000001, GROUP)
    await stage.telegram.promote(700000001, GROUP)
    await stage.settle()
    first = await jo.writes("The samples have not arrived", chat=GROUP)
    await jo.writes("Two boxes of P-200", chat=GROUP)
    await jo.sees_nothing()
    stage.acted()
    await stage.telegram.react(700000001, GROUP, first.id, "✍")
    await jo.sees("Got it, Jo. Lin's team has it (T-1).", "Your 2 messages are with them.")
    await lin.sees("“The samples have not arrived”", room="C0TRIAGE")
    stage.acted()
    await stage.telegram.react(jo.number, GROUP, first.id, "✍")
    await lin.sees_nothing("T-2")


async def test_a_name_is_taken_for_a_contact_only_while_nobody_has_it(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
        known = await a_contact(turn.session, partner, turn.now, "Priya Natarajan",
                                called="Priya", telegram="700000012")  # fmt: skip
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await priya.sees("Got it, Priya.", room=ROOM)
    await bo.sees("T-1", "Priya Natarajan (Slack)", "first time here", room="C0TRIAGE")
    await stage.later(minutes=6)
    await priya.types("@Liaison and invoices are wrong", room=ROOM)
    card = await bo.sees("T-2", "Priya Natarajan (Slack)", room="C0TRIAGE")
    assert "first time here" not in card.text
    await stage.settle()
    async with stage.turn() as turn:
        everyone = (await turn.session.scalars(select(Contact))).unique().all()
        assert sorted(one.name for one in everyone) == [
            "Priya Natarajan", "Priya Natarajan (Slack)",
        ]  # fmt: skip
        (first, *_) = (await turn.session.scalars(select(Ticket))).unique().all()
        assert first.contact_id != known.id
