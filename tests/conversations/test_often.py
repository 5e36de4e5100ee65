"""The contact budget in a partner's week: their own, and that of all their people."""

from storage import naming
from tests.conversations.stage import Stage, TelegramPerson
from tests.conversations.test_why import jo, keeps
from tests.factories import a_contact


async def colleague(stage: Stage, name: str) -> TelegramPerson:
    """Somebody else at Jo's company."""
    person = stage.telegram_person(name)
    async with stage.turn() as turn:
        (jo_weber,) = await naming.contacts_called(turn.session, "Jo Weber", 2)
        await a_contact(turn.session, jo_weber.partner, turn.now, name, telegram=person.id,
                        called=name.split()[0])  # fmt: skip
    await person.starts()
    await stage.settle()
    return person


async def solved(stage: Stage, person: TelegramPerson, called: str, ref: str = "T-1") -> None:
    """A ticket of theirs, solved: a question about it is due."""
    await person.writes("The price list will not open")
    await person.sees(f"Got it, {called}.")
    await stage.manager("Bo").types(f"/ticket {ref} resolve new link sent")
    await person.sees(f"{ref} is solved")


async def test_enough_is_enough_but_answers_and_urgent_news_go(stage: Stage) -> None:
    keeps(stage, days=2, per_person=2)
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    for number in (1, 2):
        await lin.types(f"/news add Recall of pump P{number} urgent=yes")
        await stage.later(minutes=2)
        await person.sees(f"Recall of pump P{number}")
    await solved(stage, person, "Jo")  # what they asked for themselves is answered
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-1 waits until Mon 09:0",
                  ": enough was sent these days.")  # fmt: skip
    await lin.types("/news add Recall of pump P3 urgent=yes")
    await stage.later(minutes=2)
    await person.sees("Recall of pump P3")
    await stage.until("2026-12-05T12:00:00+01:00")
    await person.sees_nothing("How was it")
    await stage.until("2026-12-07T09:11:00+01:00")
    await bo.types("/partner why Jo")
    await bo.sees("• The question about T-1 arrived 09:0")


async def test_a_partner_s_people_together_get_no_more_than_their_partner(stage: Stage) -> None:
    keeps(stage, per_partner=1)
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(minutes=2)
    await person.sees("Recall of pump P7")
    kai = await colleague(stage, "Kai Brandt")
    await solved(stage, kai, "Kai")
    await bo.types("/partner why Kai")
    await bo.sees("• The question about T-1 did not go to Kai: enough was sent these days, "
                  "and after that it would have come too late.")  # fmt: skip
    other = await jo(stage, "王伟", "Acme Industrial")
    await solved(stage, other, "王伟", "T-2")
    await stage.settle()
    await bo.types("/partner why 王伟")
    await bo.sees("• The question about T-2 arrived")
