"""Nobody falls through: strangers get one polite line, and our people say who they are."""

from storage import naming, partners, people
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner


async def test_a_stranger_is_answered_once_and_linked(stage: Stage) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now)
    sam, bo = stage.telegram_person("Sam Stranger"), stage.manager("Bo")
    stage.acted()
    await sam.starts()
    await sam.sees("I am the assistant of Hengda for its partners.")
    await sam.writes("Hello, I cannot order <b>")
    await sam.sees("Hello! I am the assistant of Hengda and do not know you yet.")
    await bo.sees("Somebody unknown wrote: Sam Stranger", "I cannot order <b>", room="C0TRIAGE",
                  buttons=("Link to…", "Ignore"))  # fmt: skip
    await sam.writes("Anybody there?")
    await bo.sees("Anybody there?", kind="edit", room="C0TRIAGE")
    await sam.sees_nothing()
    await bo.presses("Link to…")
    await bo.sees("Who is that?", kind="modal")
    async with stage.turn() as turn:
        number = (await naming.partners_like(turn.session, ["nordwind"]))[0].id
    await bo.fills(partner="Nordwind GmbH", name="Sam Stranger", language="en")
    await sam.sees("Welcome, Sam!", "Lin looks after Nordwind GmbH.")
    await bo.sees("Sam Stranger belongs to Nordwind GmbH (Bo).", kind="edit", room="C0TRIAGE")
    async with stage.turn() as turn:
        contacts = await people.contacts_of(turn.session, number)
        assert [contact.name for contact in contacts] == ["Sam Stranger"]
        assert await partners.heard_in(turn.session, "telegram", str(sam.number), 9) == []


async def test_the_polite_line_comes_once_a_day(stage: Stage) -> None:
    sam = stage.telegram_person("Sam Stranger")
    await sam.starts()
    await sam.writes("One")
    await sam.sees("Hello! I am the assistant of Hengda")
    await sam.writes("Two")
    await sam.sees_nothing()
    await stage.later(days=1)
    await sam.writes("Three")
    await sam.sees("Hello! I am the assistant of Hengda")


async def test_ignore_and_undo(stage: Stage) -> None:
    sam, bo = stage.telegram_person("Sam Stranger"), stage.manager("Bo")
    await sam.starts()
    await sam.writes("Buy gold")
    await bo.sees("Buy gold", room="C0TRIAGE")
    await bo.presses("Ignore")
    await bo.sees("Sam Stranger is ignored (Bo).", kind="edit")
    await stage.later(days=2)
    await sam.writes("Buy more gold")
    await sam.sees_nothing()
    await bo.sees_nothing("Buy more gold")
    await bo.presses("Undo")
    await bo.sees("Somebody unknown wrote: Sam Stranger", "Buy more gold", kind="edit")
    await sam.writes("Sorry, wrong chat")
    await sam.sees("Hello! I am the assistant of Hengda")


async def test_a_stranger_who_is_known_by_now_leaves_an_outdated_button(stage: Stage) -> None:
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, "Kai Brandt")
    sam, bo = stage.telegram_person("Sam Stranger"), stage.manager("Bo")
    await sam.starts()
    await sam.writes("Hello")
    card = await bo.sees("Hello", room="C0TRIAGE")
    async with stage.turn() as turn:
        identity = await people.find_identity(turn.session, "telegram", str(sam.number))
        assert identity is not None
        identity.contact_id = (await people.contacts_of(turn.session, nordwind.id))[0].id
    await bo.presses("Ignore", card)
    await bo.sees("Kai Brandt is known already: Nordwind GmbH.")


async def test_somebody_who_blocks_the_bot_is_told_of_once(stage: Stage) -> None:
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=str(jo.number))
    stage.telegram.set_started(stage.telegram.world.people[jo.number])
    stage.acted()
    await stage.telegram.block(jo.number)
    await lin.sees("Nordwind GmbH", "Jo Weber")
    async with stage.turn() as turn:
        assert await people.private_rooms(turn.session, 1) == []
    stage.acted()
    await stage.telegram.unblock(jo.number)
    await lin.sees("Nordwind GmbH 的 Jo Weber 又能联系上了。")
    async with stage.turn() as turn:
        assert len(await people.private_rooms(turn.session, 1)) == 1
