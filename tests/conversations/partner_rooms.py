"""Rooms of partners as most conversations need them: a shared channel, and a group on Telegram."""

from sandbox.journal import Entry
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

ROOM, GROUP = "C1BLUEPINE", -4000101
LIN = 700000001  # who adds the bot to the group


async def bluepine(stage: Stage) -> SlackPerson:
    """Priya, whom nobody knows yet, in the channel shared with Bluepine, which Bo looks after."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    return SlackPerson(stage, "U1BLUEPI1")


async def nordwind_group(stage: Stage, *, reads_all: bool = False) -> TelegramPerson:
    """Jo of Nordwind in a linked group with the bot, as an administrator if it `reads_all`."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram="700000011")
        await a_room(turn.session, partner, turn.now, "telegram", str(GROUP))
    await stage.telegram.add_bot(LIN, GROUP)
    if reads_all:
        await stage.telegram.promote(LIN, GROUP)
    await stage.settle()
    return stage.telegram_person("Jo Weber")


def answered(stage: Stage, answer: Entry) -> int | None:
    """The message at which one of ours on Telegram points."""
    shown = stage.telegram.messages(int(answer.room))
    return next(one.reply_to for one in shown if str(one.id) == answer.message)
