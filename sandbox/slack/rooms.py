"""Coming, going and renaming: what happens to channels, whoever does it."""

from sandbox.slack import events
from sandbox.slack.core import Core
from sandbox.slack.talk import Talk
from sandbox.slack.world import Channel, Raw, User


class Rooms:
    """Membership and names of channels."""

    def __init__(self, core: Core, talk: Talk) -> None:
        self._core, self._talk = core, talk

    def enter(self, channel: Channel, who: User, *, inviter: str) -> None:
        """Somebody joins; everyone inside is told, and the app too when it is itself the one."""
        if who.id in channel.members:
            return
        channel.members.append(who.id)
        if who.team not in channel.teams:
            channel.teams.append(who.team)
        event = events.joined(channel, who, inviter, self._core.stamp())
        if not inviter:
            del event["inviter"]
        self._talk.emit(event, channel, who.team)
        self._say(channel, who, "channel_join", "joined", {"inviter": inviter} if inviter else {})

    def _say(self, channel: Channel, who: User, subtype: str, word: str, more: Raw) -> None:
        """The grey line that Slack itself writes."""
        text = f"<@{who.id}> has {word} the channel"
        raw: Raw = {"type": "message", "subtype": subtype, "user": who.id, "team": who.team}
        self._talk.post(channel, {**raw, "text": text, **more})

    def leave(self, channel: Channel, who: User, *, actor: str) -> None:
        """Somebody goes or is taken out; the app hears of its own removal by another event."""
        if who.id not in channel.members:
            return
        at = self._core.stamp()
        if who.id == self._core.app.bot_user:
            channel.members.remove(who.id)
            self._talk.emit(events.removed(channel, actor, at), None)
            return
        self._talk.emit(events.left(channel, who, at), channel, who.team)
        channel.members.remove(who.id)
        self._say(channel, who, "channel_leave", "left", {})

    def rename(self, channel: Channel, name: str) -> None:
        channel.name = name
        self._talk.emit(events.renamed(channel, self._core.stamp()), channel)

    def archive(self, channel: Channel, who: User, *, archived: bool) -> None:
        """Nothing can be written in an archived channel; it keeps its members."""
        channel.archived = archived
        self._talk.emit(events.archived(channel, who, self._core.stamp()), channel, who.team)
