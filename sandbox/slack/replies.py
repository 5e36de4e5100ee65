"""The app's direct answers: an ack with words in it, and what is posted to a response_url."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.api_chat import content
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.talk import Talk
from sandbox.slack.tickets import Ticket
from sandbox.slack.wire import Args, read_args
from sandbox.slack.world import Channel, Message, Raw


class Replies:
    """Answers that need no token and no membership: the request was the permission."""

    def __init__(self, core: Core, talk: Talk) -> None:
        self._core, self._talk = core, talk

    async def endpoint(self, request: Request) -> Response:
        """POST to a response_url."""
        fault = self._core.faults.take("response_url", "error_500")
        if fault is not None:
            return JSONResponse({"ok": False}, 500)
        try:
            args, _ = await read_args(request)
            ticket = self._core.response_urls.use(request.path_params["key"])
            ts = self.say(ticket, args)
        except SlackError as error:
            self._core.remember("response_url", {}, error.code)
            status = 404 if error.code in ("expired_url", "used_url") else 400
            return JSONResponse({"ok": False, "error": error.code, **error.extra}, status)
        self._core.remember("response_url", {**args.given}, channel=ticket.channel, ts=ts)
        return JSONResponse({"ok": True})

    def say(self, ticket: Ticket, args: Args) -> str:
        """Replace or delete the pressed message, or say something new; returns the ts."""
        channel = self._core.world.channels[ticket.channel]
        pressed = channel.find(ticket.ts) if ticket.ts else None
        if args.flag("delete_original"):
            if pressed is None:
                raise SlackError("message_not_found")
            self._talk.delete(channel, pressed)
            return pressed.ts
        if pressed is not None and args.flag("replace_original", default=_is_plain_answer(args)):
            now = content(args, update=True)
            self._talk.edit(channel, pressed, now, by=self._core.app.bot_user)
            return pressed.ts
        return self._new(channel, ticket, args).ts

    def _new(self, channel: Channel, ticket: Ticket, args: Args) -> Message:
        thread = args.text("thread_ts") or ticket.thread or ""
        public = args.text("response_type") == "in_channel"
        raw: Raw = {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": self._core.app.bot_id,
            "app_id": self._core.app.id,
            "username": self._core.app.name,
            **content(args),
        }
        if thread:
            raw["thread_ts"] = thread
        return self._talk.post(channel, raw, reader=None if public else ticket.user)

    def acked(self, ticket: Ticket, payload: Raw | None) -> None:
        """The body of a slash command's ack, if it says anything."""
        if payload and (payload.get("text") or payload.get("blocks")):
            ts = self.say(ticket, Args(payload))
            self._core.remember("ack", {**payload}, channel=ticket.channel, ts=ts)


def _is_plain_answer(args: Args) -> bool:
    """Without a response_type Slack replaces the message that was pressed."""
    return not args.text("response_type")
