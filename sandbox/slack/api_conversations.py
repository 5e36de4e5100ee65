"""conversations.*: reading rooms and what was said there."""

from bisect import bisect_left, bisect_right

from sandbox.slack import scopes, shapes
from sandbox.slack.api_common import (
    decode_cursor,
    encode_cursor,
    find_message,
    member_channel,
    open_dm,
    page,
    visible_channel,
    visible_user,
)
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.rooms import Rooms
from sandbox.slack.stamps import norm_ts
from sandbox.slack.wire import Args
from sandbox.slack.world import Channel, Raw

_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


class ConversationsApi:
    """The methods by their names, dots as underscores."""

    def __init__(self, core: Core, rooms: Rooms) -> None:
        self._core, self._rooms = core, rooms

    def conversations_info(self, args: Args) -> Raw:
        channel = visible_channel(self._core, args.need("channel", "channel_not_found"))
        scopes.need_for(self._core, channel, "read")
        return {
            "channel": shapes.channel(self._core, channel, count=args.flag("include_num_members"))
        }

    def conversations_history(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "channel_not_found"))
        scopes.need_for(self._core, channel, "history")
        limit = args.number("limit", 100, most=999)
        picked = self._between(channel.top, args)
        cursor = args.text("cursor")
        if cursor:
            mark = decode_cursor(cursor)
            if not mark.startswith("next_ts:"):
                raise SlackError("invalid_cursor")
            picked = picked[: bisect_right(picked, mark.removeprefix("next_ts:"))]
        shown = picked[-limit:][::-1]
        more = len(picked) > limit
        answer: Raw = {
            "messages": [self._message(channel, ts, args) for ts in shown],
            "has_more": more,
            "pin_count": len(channel.pins),
        }
        if more:
            mark = encode_cursor(f"next_ts:{picked[-limit - 1]}")
            answer["response_metadata"] = {"next_cursor": mark}
        return answer

    def conversations_replies(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "channel_not_found"))
        scopes.need_for(self._core, channel, "history")
        asked = find_message(channel, args.need("ts", "thread_not_found"), "thread_not_found")
        root = asked.thread or asked.ts
        limit = args.number("limit", 1000)
        replies = self._between(channel.threads.get(root, []), args)
        cursor = args.text("cursor")
        if cursor:
            replies = replies[bisect_left(replies, decode_cursor(cursor)) :]
        shown, rest = replies[:limit], replies[limit:]
        first = [root] if root in channel.messages and not cursor else []
        answer: Raw = {
            "messages": [self._message(channel, ts, args) for ts in (*first, *shown)],
            "has_more": bool(rest),
        }
        if rest:
            answer["response_metadata"] = {"next_cursor": encode_cursor(rest[0])}
        return answer

    def _between(self, order: list[str], args: Args) -> list[str]:
        oldest = norm_ts(args.text("oldest", "0") or "0", "invalid_ts_oldest")
        given_latest = args.text("latest")
        latest = (
            norm_ts(given_latest, "invalid_ts_latest") if given_latest else "9999999999.999999"
        )
        if args.flag("inclusive"):
            return order[bisect_left(order, oldest) : bisect_right(order, latest)]
        return order[bisect_right(order, oldest) : bisect_left(order, latest)]

    def _message(self, channel: Channel, ts: str, args: Args) -> Raw:
        raw = channel.messages[ts].raw
        if args.flag("include_all_metadata"):
            return {**raw}
        return {key: value for key, value in raw.items() if key != "metadata"}

    def conversations_members(self, args: Args) -> Raw:
        channel = visible_channel(self._core, args.need("channel", "channel_not_found"))
        scopes.need_for(self._core, channel, "read")
        rows: list[Raw] = [{"id": member} for member in channel.members]
        shown, cursor = page(rows, args.text("cursor"), args.number("limit", 100))
        return {"members": [r["id"] for r in shown], "response_metadata": {"next_cursor": cursor}}

    def conversations_list(self, args: Args) -> Raw:
        return self._list(args, None)

    def users_conversations(self, args: Args) -> Raw:
        return self._list(args, args.text("user") or self._core.app.bot_user)

    def _list(self, args: Args, member: str | None) -> Raw:
        core = self._core
        names = (args.text("types") or "public_channel").split(",")
        unknown = [name for name in names if name.strip() not in _KINDS]
        if unknown:
            raise SlackError("invalid_types")
        kinds = {_KINDS[name.strip()] for name in names}
        if not kinds & scopes.readable_kinds(core):
            scopes.need_for(core, _example(kinds), "read")
        found = [
            shapes.channel(core, room, count=member is None)
            for room in core.world.channels.values()
            if room.kind in kinds & scopes.readable_kinds(core)
            and core.app.team in room.teams
            and (room.kind == "public" or core.hears_channel(room))
            and (member is None or member in room.members)
            and not (room.archived and args.flag("exclude_archived"))
        ]
        shown, cursor = page(found, args.text("cursor"), args.number("limit", 100))
        return {"channels": shown, "response_metadata": {"next_cursor": cursor}}

    def conversations_open(self, args: Args) -> Raw:
        core = self._core
        given = args.text("channel")
        if given:
            channel = visible_channel(core, given)
        else:
            users = [
                name for name in args.need("users", "users_list_not_supplied").split(",") if name
            ]
            if len(users) != 1:
                raise SlackError("not_enough_users" if not users else "too_many_users")
            user = visible_user(core, users[0])
            if user.id == core.app.bot_user:
                raise SlackError("cannot_dm_bot")
            if core.is_external(user):
                raise SlackError("user_not_visible")
            known = core.world.dm_of(user.id) is not None
            channel = open_dm(core, user)
            if known:
                return {"no_op": True, "already_open": True, **self._opened(channel, args)}
        return self._opened(channel, args)

    def _opened(self, channel: Channel, args: Args) -> Raw:
        full = args.flag("return_im")
        return {"channel": shapes.channel(self._core, channel) if full else {"id": channel.id}}

    def conversations_join(self, args: Args) -> Raw:
        core = self._core
        channel = visible_channel(core, args.need("channel", "channel_not_found"))
        if channel.kind != "public":
            raise SlackError("method_not_supported_for_channel_type")
        if channel.archived:
            raise SlackError("is_archived")
        if core.hears_channel(channel):
            return {
                "channel": shapes.channel(core, channel),
                "warning": "already_in_channel",
                "response_metadata": {"warnings": ["already_in_channel"]},
            }
        self._rooms.enter(channel, core.bot, inviter="")
        return {"channel": shapes.channel(core, channel)}


def _example(kinds: set[str]) -> Channel:
    kind = next(iter(sorted(kinds)))
    return Channel(id="", name="", kind=kind, members=[], teams=[], created=0)  # type: ignore[arg-type]
