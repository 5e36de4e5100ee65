"""What a person can say and press about surveys."""

from datetime import timedelta
from typing import Any

from bot.chat import Field, Form
from bot.commands.args import manager_of
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.surveys import alerts, inviting, scoring, service
from bot.tickets import making, opening
from storage import surveys, tickets
from storage.ids import row_id
from storage.models_people import Partner
from storage.models_work import SurveyInvite

routes = Routes()
due = DueKinds()
due.kind(
    "survey.invite",
    says=_m("A ticket was solved: the contact is asked how it was."),
    cls=Class.SURVEY,
)(inviting.invite)
due.kind("survey.close", cls=Class.SURVEY,
         says=_m("The time for answers is over."))(service.close)  # fmt: skip

PERIOD = timedelta(days=90)
OUTDATED = _m("This question is closed. Thank you.")


@routes.button("survey.score", role=Role.PARTNER)
async def score(act: Act, value: str) -> Reply:
    """ "invite:score"."""
    number, _, given = value.partition(":")
    invite = await _invite(act, number)
    return await service.score(act, invite, int(given) if given.isdecimal() else 0)


@routes.button("survey.unsolved", role=Role.PARTNER)
async def unsolved(act: Act, value: str) -> Reply:
    await service.unsolved(act, await _invite(act, value))
    return None


@routes.button("survey.skip", role=Role.PARTNER)
async def skip(act: Act, value: str) -> Reply:
    await service.skip(act, await _invite(act, value))
    return None


@routes.button("survey.change", role=Role.PARTNER)
async def change(act: Act, value: str) -> Reply:
    await service.change(act, await _invite(act, value))
    return None


@routes.button("survey.say_more", role=Role.PARTNER)
async def say_more(act: Act, value: str) -> Reply:
    await service.ask_words(act, await _invite(act, value))
    return None


@routes.button("survey.new_problem", role=Role.PARTNER)
async def new_problem(act: Act, value: str) -> Reply:
    said = await service.not_a_comment(act, await _invite(act, value))
    if act.partner is not None:
        await opening.begin(act, said, opening.asker_of(act, act.partner, act.event.where))
    return None


@routes.button("survey.talk", role=Role.PARTNER)
async def talk(act: Act, value: str) -> Reply:
    return await service.talk(act, await _invite(act, value))


@routes.button("survey.call", role=Role.MANAGER)
async def call(act: Act, value: str) -> Reply:
    """ "I do": the presser calls the contact."""
    if act.manager is not None:
        await alerts.promise(act, await _invite(act, value), act.manager)
    return None


@routes.button("survey.ticket", role=Role.MANAGER)
async def ticket(act: Act, value: str) -> Reply:
    """ "Open a ticket" of a low score; everybody who was told of it sees that it is open."""
    invite = await _invite(act, value)
    scored = await tickets.get(act.session, invite.ticket_id or 0)
    if scored is None:
        raise Refused(OUTDATED)
    said = await surveys.comment(act.session, invite.id)
    await making.from_score(act, scored, invite, said)
    await alerts.show(act, invite, scored)
    return None


@routes.button("survey.hand_over", role=Role.MANAGER)
async def hand_over(act: Act, value: str) -> Reply:
    invite = await _invite(act, value)
    return Form("survey.hand_over", _m("Who calls?"), (
        Field("to", "person", _m("To whom?"), required=True),
    ), value=str(invite.id), submit=_m("Hand over"))  # fmt: skip


@routes.form("survey.hand_over", role=Role.MANAGER)
async def handed_over(act: Act, value: str, values: dict[str, Any]) -> Reply:
    to = await manager_of(act, str(values.get("to") or ""))
    await alerts.promise(act, await _invite(act, value), to)
    return None


@routes.command("survey results", role=Role.VIEWER, args="partner?", zh="结果", default=True,
                help=_m("How satisfied partners are"), example="survey results")  # fmt: skip
async def results(act: Act, partner: Partner | None = None) -> Reply:
    given = await surveys.scores(
        act.session, act.now - PERIOD, partner.id if partner is not None else None
    )
    result = scoring.csat([int(value) for value in given if value.isdecimal()])
    return Notice("surveys/results.html.j2", {
        "result": result, "partner": partner.name if partner is not None else "",
        "unsolved": sum(1 for value in given if value == service.UNSOLVED), "days": PERIOD.days,
    })  # fmt: skip


async def _invite(act: Act, value: str) -> SurveyInvite:
    invite = await surveys.get(act.session, row_id(value))
    if invite is None:
        raise Refused(OUTDATED)
    return invite
