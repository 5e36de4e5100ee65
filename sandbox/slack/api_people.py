"""users.*, team.info, bots.info, usergroups.list, reactions.*, pins.add: the smaller methods."""

from sandbox.slack import scopes, shapes
from sandbox.slack.api_common import find_message, member_channel, page, visible_user
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.socket import Sockets
from sandbox.slack.talk import Talk
from sandbox.slack.wire import Args
from sandbox.slack.world import Raw


class PeopleApi:
    """The methods by their names, dots as underscores."""

    def __init__(self, core: Core, talk: Talk, sockets: Sockets | None) -> None:
        self._core, self._talk, self._sockets = core, talk, sockets

    def api_test(self, args: Args) -> Raw:
        error = args.text("error")
        if error:
            raise SlackError(error, args={**args.given})
        return {"args": {**args.given}}

    def auth_test(self, _args: Args) -> Raw:
        core = self._core
        team = core.world.teams[core.app.team]
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "user": core.bot.name,
            "team_id": team.id,
            "user_id": core.app.bot_user,
            "bot_id": core.app.bot_id,
            "is_enterprise_install": False,
        }

    def apps_connections_open(self, _args: Args) -> Raw:
        if self._sockets is None:
            raise SlackError("socket_mode_not_enabled")
        return {"url": self._sockets.open_url()}

    def users_info(self, args: Args) -> Raw:
        user = visible_user(self._core, args.need("user", "user_not_found"))
        return {"user": shapes.user(self._core, user, locale=args.flag("include_locale"))}

    def users_list(self, args: Args) -> Raw:
        core = self._core
        found = [
            shapes.user(core, user, locale=args.flag("include_locale"))
            for user in core.world.users.values()
            if not core.is_external(user)
        ]
        limit = args.number("limit", len(found) or 1, most=10_000)
        shown, cursor = page(found, args.text("cursor"), limit)
        return {
            "members": shown,
            "cache_ts": core.seconds(),
            "response_metadata": {"next_cursor": cursor},
        }

    def users_lookupByEmail(self, args: Args) -> Raw:
        wanted = args.need("email", "users_not_found").lower()
        for user in self._core.world.users.values():
            if (
                user.email.lower() == wanted
                and not self._core.is_external(user)
                and not user.deleted
            ):
                return {"user": shapes.user(self._core, user)}
        raise SlackError("users_not_found")

    def team_info(self, args: Args) -> Raw:
        core = self._core
        wanted = args.text("team") or core.app.team
        met = {
            team
            for room in core.world.channels.values()
            for team in room.teams
            if core.hears_channel(room)
        }
        if wanted not in core.world.teams or wanted not in met | {core.app.team}:
            raise SlackError("team_not_found")
        return {"team": shapes.team(core.world.teams[wanted])}

    def bots_info(self, args: Args) -> Raw:
        app = self._core.app
        if args.text("bot", app.bot_id) != app.bot_id:
            raise SlackError("bot_not_found")
        bot = {k: v for k, v in self._core.bot_profile().items() if k != "team_id"}
        return {"bot": {**bot, "user_id": app.bot_user}}

    def usergroups_list(self, args: Args) -> Raw:
        groups = []
        for group in self._core.world.usergroups:
            shown = {**group, "user_count": len(group["users"])}
            if not args.flag("include_users"):
                del shown["users"]
            groups.append(shown)
        return {"usergroups": groups}

    def reactions_add(self, args: Args) -> Raw:
        return self._react(args, add=True)

    def reactions_remove(self, args: Args) -> Raw:
        return self._react(args, add=False)

    def _react(self, args: Args, *, add: bool) -> Raw:
        name = args.need("name", "invalid_name").strip(":")
        channel = member_channel(self._core, args.need("channel", "no_item_specified"))
        message = find_message(channel, args.need("timestamp", "no_item_specified"))
        self._talk.react(channel, message, self._core.bot, name, add=add)
        return {}

    def reactions_get(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "no_item_specified"))
        message = find_message(channel, args.need("timestamp", "no_item_specified"))
        link = self._core.permalink(channel, message.ts, message.thread)
        shown = {k: v for k, v in message.raw.items() if k != "metadata"}
        return {"type": "message", "channel": channel.id, "message": {**shown, "permalink": link}}

    def pins_add(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "channel_not_found"))
        message = find_message(channel, args.need("timestamp", "no_item_specified"))
        if message.ts in channel.pins:
            raise SlackError("already_pinned")
        channel.pins.append(message.ts)
        message.raw["pinned_to"] = [channel.id]
        return {}


def check_method(core: Core, method: str) -> None:
    """Unknown methods and missing scopes are refused before anything is read."""
    if method not in scopes.NEEDED:
        raise SlackError("unknown_method", req_method=method)
    scopes.need(core, scopes.NEEDED[method])
