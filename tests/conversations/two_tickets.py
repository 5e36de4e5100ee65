"""What reports and files tell of: one ticket that was looked after, one that was left lying."""

from bot.chat import Person
from storage import people
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO, KAI = "700000011", "700000012"


async def two_tickets(stage: Stage) -> None:
    """T-1: Nordwind's (Lin), answered in 10 minutes, solved in 2 hours, scored; T-2: Acme's (Bo),
    which nobody answers.
    """
    gold, rest = stage.app.config.policies
    policies = (gold.model_copy(update={"solve_within": "4h"}), rest)
    stage.app.config = stage.app.config.model_copy(update={"policies": policies})
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        await a_partner(turn.session, turn.now, "Acme Industrial", owner="Bo", tier="silver")
    jo, lin, bo = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Bo")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await lin.types("/ticket known add Price list fails")
    await lin.types("/ticket T-1 link K-1")
    await stage.later(minutes=10)
    await lin.types("/ticket T-1 reply Try the new link")
    await stage.later(minutes=100)
    await lin.types("/ticket T-1 resolve New link sent")
    await jo.sees("How was that?")
    await jo.presses("5")
    await bo.types("/ticket new Acme The order form is broken")
    await bo.sees("T-2", room="C0TRIAGE")


async def on_telegram(stage: Stage, name: str, language: str) -> TelegramPerson:
    """One of ours, who comes by Telegram."""
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, name)
        assert manager is not None
        manager.language = language
        identity = await people.identity(turn.session, Person("telegram", KAI, "Kai"), turn.now)
        identity.manager_id = manager.id
    kai = stage.telegram_person("Kai Brandt")
    await kai.starts()
    return kai


async def got(stage: Stage, person: SlackPerson | TelegramPerson, file: str) -> bytes:
    """The file whose name begins so, as it lies in the person's private chat with the bot."""

    def there(entry: object) -> bool:
        names = entry.files  # type: ignore[attr-defined]
        return entry.platform == person.platform and any(  # type: ignore[attr-defined]
            name.startswith(file) for name in names
        )

    entry = await stage.journal.wait_for(there, after=stage.mark, within=15)
    assert [one for one in entry.readers if one.startswith("U0") or one.isdecimal()] == [person.id]
    world = stage.slack.world if isinstance(person, SlackPerson) else stage.telegram.world
    kept = [one for one in world.files.values() if one.name.startswith(file)]
    assert kept[-1].data is not None
    return bytes(kept[-1].data)
