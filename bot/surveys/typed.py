"""Typed instead of pressed below the question how it was: points, or that it is not solved."""

from bot.errors import Refused
from bot.routes import Act
from bot.surveys import service
from bot.tickets import hearing
from bot.tickets.verdicts import score, verdict
from storage import messages, slots, surveys, topics
from storage.ids import row_id
from storage.models_work import SurveyInvite


async def take_answer(act: Act) -> bool:
    """A plain answer to the question that stands there last counts as the press; else False."""
    event = act.event
    points, denied = score(event.text), verdict(event.text) == "no"
    if event.files or act.partner is None or act.is_guest or not (points or denied):
        return False
    row = await _asked(act)
    if row is None or row.state != "open" or not await _is_meant(act, row):
        return False
    try:
        if denied:
            await service.unsolved(act, row)
        else:
            await service.score(act, row, points)
    except Refused:  # not theirs to answer, or too late: ordinary words
        return False
    await hearing.record(act, act.partner, ticket_id=row.ticket_id)
    return True


async def _asked(act: Act) -> SurveyInvite | None:
    """The last question of that chat, or about the ticket whose own a topic is."""
    topic = await topics.at(act.session, act.event.where)
    if not topic:
        return await surveys.standing_in(act.session, str(act.event.where))
    return await surveys.newest(act.session, row_id(topic.split(":")[1]))


async def _is_meant(act: Act, row: SurveyInvite) -> bool:
    """It answers the question itself; or stands below it where only this is talked about, and
    nobody of ours has said anything since.
    """
    event = act.event
    if event.platform == "telegram" and event.reply_to:
        return await slots.answered(act.session, event) == f"survey:{row.id}"
    thread = event.platform == "slack" and event.where.thread
    if not (event.private or thread or await topics.at(act.session, event.where)):
        return False
    return not await messages.spoke_since(act.session, event.where, row.sent_at)
