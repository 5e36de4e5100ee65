"""What we ask Slack: who is this, who is in this room, which file, what may we do."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors import Rejected, Unreachable
from bot.platforms.slack import payload
from bot.platforms.slack.client import SlackClient
from bot.platforms.slack.files import Files
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.payload import Raw

MEMBERS = 50  # people of a room that are looked up; more are only counted
COMPANIES = 10  # of a room that are asked for their names
PAGE = 200
PAGES = 10

Answer = dict[str, Any]


class Asks:
    """Each question is {"what": …} and its arguments: person, chat or file."""

    def __init__(self, client: SlackClient, files: Files) -> None:
        self._client = client
        self._files = files
        self._questions: dict[str, Callable[[Raw], Awaitable[Answer]]] = {
            "who": self._who,
            "room": self._room,
            "file": self._file,
            "rights": self._rights,
        }

    async def answer(self, question: Raw) -> Answer:
        asked = self._questions.get(payload.text(question, "what"))
        if asked is None:
            raise Rejected(f"Slack cannot be asked {question.get('what')!r}")
        return await asked(question)

    async def _who(self, question: Raw) -> Answer:
        user = await self._user(payload.needed(question, "person"))
        return {
            "name": _name(user),
            "team": payload.text(user, "team_id") or None,
            "language": payload.text(user, "locale") or None,
            "zone": payload.text(user, "tz") or None,
            "is_bot": payload.flag(user, "is_bot"),
            "status": status(user),
        }

    async def _room(self, question: Raw) -> Answer:
        chat = payload.needed(question, "chat")
        answer = await self._client.call(
            "conversations_info", reading=True, channel=chat, include_num_members=True
        )
        channel = payload.table(answer, "channel")
        ids, complete = await self._members(chat)
        members = [await self._member(user) for user in ids[:MEMBERS]]
        teams = sorted(_teams(channel) | {m["team"] for m in members if m["team"]})
        return {
            "title": payload.text(channel, "name"),
            "private": payload.flag(channel, "is_im"),
            "shared": _shared(channel),
            "archived": payload.flag(channel, "is_archived"),
            "member": payload.flag(channel, "is_member"),
            "teams": teams,
            "companies": {team: await self._company(team) for team in teams[:COMPANIES]},
            "members": members,
            "member_count": len(ids) if complete else payload.number(channel, "num_members"),
        }

    async def _members(self, chat: str) -> tuple[list[str], bool]:
        ids: list[str] = []
        cursor = ""
        for _ in range(PAGES):
            more = {"cursor": cursor} if cursor else {}
            page = await self._client.call(
                "conversations_members", reading=True, channel=chat, limit=PAGE, **more
            )
            ids += [str(user) for user in page.get("members", [])]
            cursor = payload.text(page, "response_metadata", "next_cursor")
            if not cursor:
                return ids, True
        return ids, False

    async def _member(self, user_id: str) -> Answer:
        try:
            user = await self._user(user_id)
        except Unreachable:  # of another company, and hidden from us
            return {"id": user_id, "name": "", "team": None, "is_bot": False}
        team = payload.text(user, "team_id") or None
        is_bot = payload.flag(user, "is_bot")
        return {"id": user_id, "name": _name(user), "team": team, "is_bot": is_bot}

    async def _company(self, team: str) -> str:
        """What a company calls itself; "" where Slack does not tell us of it."""
        try:
            answer = await self._client.call("team_info", reading=True, team=team)
        except (Rejected, Unreachable):
            return ""
        return payload.text(answer, "team", "name")

    async def _user(self, user_id: str) -> Raw:
        answer = await self._client.call(
            "users_info", reading=True, user=user_id, include_locale=True
        )
        return payload.table(answer, "user")

    async def _file(self, question: Raw) -> Answer:
        return await self._files.describe(payload.needed(question, "file").removeprefix("slack:"))

    async def _rights(self, question: Raw) -> Answer:
        """Scopes that are missing; with a chat also whether we are in it."""
        granted = await self.scopes()
        found: Answer = {"missing": sorted(set(SCOPES) - granted) if granted else []}
        chat = payload.text(question, "chat")
        if chat:
            found["member"] = await self._is_member(chat)
        return found

    async def scopes(self) -> set[str]:
        """The scopes of our token, as Slack tells with every answer."""
        answer = await self._client.answer("auth_test", reading=True)
        told = str(answer.headers.get("x-oauth-scopes", ""))
        return {scope.strip() for scope in told.split(",") if scope.strip()}

    async def _is_member(self, chat: str) -> bool:
        try:
            answer = await self._client.call("conversations_info", reading=True, channel=chat)
        except Unreachable:
            return False
        channel = payload.table(answer, "channel")
        return payload.flag(channel, "is_member") or payload.flag(channel, "is_im")


def status(user: Raw) -> Answer:
    """What somebody's profile says of them now; `until` as ISO text, "" where it has no end."""
    profile = payload.table(user, "profile")
    end = payload.number(profile, "status_expiration")
    return {"emoji": payload.text(profile, "status_emoji"),
            "text": payload.text(profile, "status_text"),
            "until": payload.instant(str(end)).isoformat() if end > 0 else ""}  # fmt: skip


def _name(user: Raw) -> str:
    profile = payload.table(user, "profile")
    return payload.first(profile, "display_name", "real_name") or payload.first(
        user, "real_name", "name"
    )


def _shared(channel: Raw) -> bool:
    """Also a room that is about to be shared counts."""
    return payload.flag(channel, "is_ext_shared") or payload.flag(channel, "is_pending_ext_shared")


def _teams(channel: Raw) -> set[str]:
    told: list[Any] = []
    for name in ("shared_team_ids", "connected_team_ids", "internal_team_ids"):
        ids = channel.get(name)
        told += ids if isinstance(ids, list) else []
    return {team for team in told if isinstance(team, str)}
