"""Whether a partner's tickets have topics of their own in the partner's Telegram group."""

from bot.errors import Refused
from bot.marks import _m
from bot.turn import Turn
from storage import people
from storage.models_people import Partner, Room

ON, OFF = ("", "on", "yes", "开", "打开", "开启"), ("off", "no", "关", "关闭")
NO_GROUP = _m(
    "{name} has no Telegram group that is linked as a whole. First: /partner link {name}"
)
ON_OR_OFF = _m("On or off? Example: /partner topics {name} on")


async def choose(turn: Turn, partner: Partner, word: str) -> tuple[list[Room], bool]:
    """Switch them on or off in all linked groups of the partner; a linked topic is no group."""
    wanted = word.strip().lower()
    if wanted not in ON + OFF:
        raise Refused(ON_OR_OFF, name=partner.name)
    rooms = [room for room in await people.rooms_of_partner(turn.session, partner.id)
             if room.platform == "telegram" and not room.thread]  # fmt: skip
    if not rooms:
        raise Refused(NO_GROUP, name=partner.name)
    for room in rooms:
        room.topics = wanted in ON
    return rooms, wanted in ON
