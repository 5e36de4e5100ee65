"""A changed client sends whatever it likes: of another partner's ticket nothing moves or shows."""

from sqlalchemy import func, select

from bot.commands.table import ROUTES
from bot.routes import Role
from storage import people, tickets
from storage.models_work import Said, SurveyAnswer, TicketLog
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO, KAI = "700000011", "700000012"
SECRET = "price list"
VALUES = ("1", "1:1", "1:new", "1:5")


async def _theirs(stage: Stage) -> TelegramPerson:
    """Jo of Nordwind has T-1, solved and asked about; Kai of Acme, who attacks, has T-2."""
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai", telegram=KAI)
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    for person, words in ((jo, f"The {SECRET} will not open"), (kai, "Where is my order?")):
        await person.starts()
        await person.writes(words)
        await person.sees("Got it")
    await stage.manager("Lin").types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?")
    await stage.settle()
    return kai


async def _rows(stage: Stage) -> tuple[object, ...]:
    """All that could have moved of Jo's."""
    async with stage.turn() as turn:
        ticket, jo = await tickets.get(turn.session, 1), await people.contact(turn.session, 1)
        assert ticket is not None
        assert jo is not None
        count = func.count()
        log = await turn.session.scalar(select(count).where(TicketLog.ticket_id == 1))
        said = await turn.session.scalar(select(count).where(Said.ticket_id == 1))
        scored = await turn.session.scalar(select(count).select_from(SurveyAnswer))
        return (ticket.status, ticket.priority, ticket.owner_id, log, said, scored, jo.language,
                jo.zone, jo.wants_surveys, jo.wants_news, jo.wants_reminders)  # fmt: skip


async def test_no_button_reaches_another_partners_ticket(stage: Stage) -> None:
    """Each route there is: a new one is tried too."""
    kai = await _theirs(stage)
    before, on, begin = await _rows(stage), kai.showing("Urgent"), len(stage.journal.entries)
    for (kind, name), route in ROUTES.all.items():
        if kind != "button" or name.startswith("form."):
            continue
        for value in VALUES if route.role <= Role.PARTNER else VALUES[:1]:
            told = await kai.forges(f"{name} {value}", on)
            assert SECRET not in (told or ""), name
            assert route.role <= Role.PARTNER or "only" in (told or ""), name
    await stage.settle()
    assert await _rows(stage) == before
    seen = [one.text for one in stage.journal.entries[begin:] if KAI in one.readers]
    assert not [text for text in seen if SECRET in text or "Nordwind" in text]


async def test_no_words_reach_another_partners_ticket(stage: Stage) -> None:
    """By number, by a link's payload, by an edit, by what would answer a question of theirs."""
    kai = await _theirs(stage)
    before, begin = await _rows(stage), len(stage.journal.entries)
    for words in ("/tickets T-1", "/ticket T-1", "/ticket T-1 story", "/start T-1", "/start 1",
                  "/start ticket.show_1", "/start own.settings", "T-1: not solved"):  # fmt: skip
        await kai.writes(words)
    said = await kai.writes("It is order 7")
    await stage.telegram.edit(kai.number, kai.number, said.id, "T-1: still broken")
    for words in ("No, not yet", "1", "Still broken"):
        await kai.writes(words)
    await stage.settle()
    assert await _rows(stage) == before
    seen = [one.text for one in stage.journal.entries[begin:] if KAI in one.readers]
    assert not [text for text in seen if SECRET in text or "Nordwind" in text]
