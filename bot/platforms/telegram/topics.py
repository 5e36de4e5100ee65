"""The calls that open, rename and close a topic; and how one that we opened is known again."""

from telegram import Bot

from bot.clock import monotonic
from bot.outbox import Parcel


async def act(bot: Bot, parcel: Parcel) -> str:
    """Do what the parcel wants with one call; returns the id of the topic, which is its thread."""
    wanted, chat = parcel.question, parcel.address.chat
    if "closed" in wanted:
        change = bot.close_forum_topic if wanted["closed"] else bot.reopen_forum_topic
        await change(chat, int(aim(parcel)))
        return aim(parcel)
    if parcel.message_id:
        await bot.edit_forum_topic(chat, int(aim(parcel)), name=wanted["title"])
        return aim(parcel)
    made = await bot.create_forum_topic(chat, wanted["title"])
    return str(made.message_thread_id)


def aim(parcel: Parcel) -> str:
    """The topic that is to be changed; "" when one is to be opened."""
    return (parcel.address.thread or "") if "closed" in parcel.question else parcel.message_id


class Awaited:
    """Openings in doubt: Telegram tells us of our own topics, so each is waited for a while."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._until: dict[int, float] = {}

    def goes_on(self, parcel: Parcel) -> bool:
        """Whether word of it may still come."""
        until = self._until.setdefault(parcel.id, monotonic() + self._patience)
        if monotonic() < until:
            return True
        del self._until[parcel.id]
        return False
