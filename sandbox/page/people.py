"""Everybody whom the one at the keyboard can be, in the order of the story."""

from collections.abc import Iterable

from sandbox.page.model import Somebody
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import Cast


class People:
    """The worlds know who exists; the cast adds what they do not: company, zone, who matters."""

    def __init__(self, slack: SlackEmulator, telegram: TelegramEmulator, cast: Cast) -> None:
        self._slack, self._telegram, self._cast = slack.world, telegram.world, cast

    def on_slack(self) -> list[Somebody]:
        return self._in_order(
            self._slack_person(user_id)
            for user_id, user in self._slack.users.items()
            if not user.is_bot and not user.deleted
        )

    def on_telegram(self) -> list[Somebody]:
        return self._in_order(self._telegram_person(number) for number in self._telegram.people)

    def find(self, platform: str, person: str) -> Somebody | None:
        """Somebody by id; None for an id that was made up or belongs to a bot."""
        if platform == "slack":
            user = self._slack.users.get(person)
            return self._slack_person(person) if user and not user.is_bot else None
        if person.isdigit() and int(person) in self._telegram.people:
            return self._telegram_person(int(person))
        return None

    def company(self, slack_user: str) -> str:
        """The company of a Slack user, "" for our own people."""
        user = self._slack.users.get(slack_user)
        team = self._slack.teams.get(user.team) if user else None
        return team.name if team and team.id != self._cast.our_team else ""

    def _slack_person(self, user_id: str) -> Somebody:
        user = self._slack.users[user_id]
        team = self._slack.teams.get(user.team)
        part = self._cast.parts.get(user_id)
        return Somebody(
            platform="slack",
            id=user_id,
            name=user.shown,
            company=team.name if team else "",
            zone=user.tz,
            language="zh" if user.locale.startswith("zh") else "en",
            main=bool(part and part.main),
            ours=user.team == self._cast.our_team,
            known_by=f"{user.name} {user.real_name} {part.known_by if part else ''}",
        )

    def _telegram_person(self, number: int) -> Somebody:
        person = self._telegram.people[number]
        part = self._cast.parts.get(str(number))
        return Somebody(
            platform="telegram",
            id=str(number),
            name=part.called if part and part.called else person.name,
            company=part.company if part else "",
            zone=part.zone if part else "UTC",
            language="zh" if (person.language_code or "").startswith("zh") else "en",
            main=bool(part and part.main),
            ours=bool(part and part.ours),
            known_by=f"{person.name} {person.username or ''} {part.known_by if part else ''}",
        )

    def _in_order(self, people: Iterable[Somebody]) -> list[Somebody]:
        order = {who: place for place, who in enumerate(self._cast.parts)}
        return sorted(
            people, key=lambda one: (not one.main, not one.ours, order.get(one.id, len(order)))
        )
