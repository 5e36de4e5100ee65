"""Who did something and where, as Slack's payloads tell it under their many names."""

from dataclasses import dataclass

from bot import naming
from bot.chat import HOME, Address, Person
from bot.platforms.slack import payload
from bot.platforms.slack.payload import Raw


@dataclass(frozen=True, slots=True)
class Me:
    """Our bot as auth.test tells it; `prefix` stands before our command words ("hq-")."""

    user: str
    bot_id: str
    team: str
    url: str = ""
    prefix: str = ""

    @property
    def person(self) -> Person:
        return Person("slack", self.user, is_bot=True, team=self.team)


def author(event: Raw, me: Me) -> Person:
    """Who an Events API event is about; their company comes under four names, or not at all."""
    user = payload.needed(event, "user")
    profile = payload.table(event, "user_profile")
    team = payload.first(event, "user_team", "source_team", "team") or payload.text(
        profile, "team"
    )
    name = payload.first(profile, "display_name", "real_name", "name")
    return Person("slack", user, naming.person(name), team or None, is_bot=user == me.user)


def presser(body: Raw) -> Person:
    """Who pressed, sent or chose something."""
    user = payload.table(body, "user")
    team = payload.text(user, "team_id") or payload.text(body, "team", "id")
    name = payload.first(user, "name", "username")
    return Person("slack", payload.needed(user, "id"), naming.person(name), team or None)


def at_channel(channel: str, user: str, thread: str = "", ts: str = "") -> Address:
    """A channel, or a thread in it; a thread's first message stands in the channel itself.

    A direct conversation has one address only, its person: we owe messages there before Slack
    tells its channel, and a command may come from a conversation of two people without us.
    """
    chat = user if is_direct(channel) else channel
    return Address("slack", chat, thread if thread and thread != ts else None)


def at_person(user: str) -> Address:
    """The conversation with this person; the sender opens it."""
    return Address("slack", user)


def is_direct(channel: str) -> bool:
    """A conversation of two."""
    return channel.startswith("D")


def at_home(user: str) -> Address:
    return Address("slack", HOME + user)


def is_foreign(person: Person, me: Me) -> bool:
    """Told to be of another company."""
    return person.team is not None and person.team != me.team
