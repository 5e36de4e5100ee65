"""The only door from a platform to the rest of the bot: one event, one transaction.

Seen? -> who -> role -> route -> reply. A refusal rolls the route back and becomes a sentence; a
bug rolls everything back and sets the raw event aside under an error id that the person sees.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot import forms, logs, markup, metrics, outbox, texts
from bot.chat import Address, Button, Choice, Direct, Event, Form, Message
from bot.clock import Clock, new_id
from bot.commands import args
from bot.config import Config
from bot.errors import Refused
from bot.listening import as_talk, is_invitation, message_route, ticket_of_slot
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import reader_of
from bot.routes import Act, Beside, Notice, Reply, Role, Route, Routes
from bot.texts import Reader
from bot.turn import Turn
from storage import events, messages, people, slots, topics
from storage.db import Database, is_gone
from storage.models_delivery import Draft

log = logging.getLogger(__name__)

OVERTAKEN = timedelta(minutes=10)  # an edit of something older is one of what we never heard
TOAST = 200  # characters a Telegram callback answer may have; longer ones are owed as a message
FORM_BUTTONS = ("form.pick", "form.skip", "form.back", "form.later", "form.resume", "form.cancel")
NOT_ALLOWED = {
    Role.PARTNER: _m("That is for partners only."),
    Role.VIEWER: _m("That is for our own people only."),
    Role.MANAGER: _m("That is for managers only."),
    Role.LEAD: _m("That is for leads only."),
    Role.ADMIN: _m("That is for admins only."),
}
GUEST = _m("That is for people of {partner}.")
SILENT = ("answer", "member", "edited", "deleted", "reaction")  # nobody waits for a word on these
OUTDATED = _m("This button is from an earlier version and does nothing any more.")


class Dispatch:
    """Implements bot.platforms.Door."""

    def __init__(
        self, database: Database, clock: Clock, routes: Routes, config: Callable[[], Config]
    ) -> None:
        self._database, self._clock, self._routes, self._config = database, clock, routes, config

    async def handle(self, event: Event, raw: str = "") -> Direct:
        with logs.about(event_key=event.key):
            try:
                return await self._handle(event)
            except Refused as error:
                _count(event, "refused")
                return await self._refuse_safely(event, raw, error)
            except Exception as error:
                if is_gone(error):
                    raise
                error_id = await self.set_aside(event.platform, event.key, raw, error)
                _count(event, "set_aside")
                sorry = _m("Something went wrong here, and we have kept what you sent ({id}).")
                return await self._refuse_safely(event, "", Refused(sorry, id=error_id))

    async def answered(self, event: Event) -> None:
        """The answer to an ask came back; what goes wrong is set aside like any event."""
        await self.handle(event, "")

    async def set_aside(self, platform: str, key: str, raw: str, error: Exception) -> str:
        error_id = new_id(6)
        log.error("event %s set aside as %s", key, error_id, exc_info=error)
        async with self._database.transaction() as (session, now):
            return await events.set_aside(
                session, error_id=error_id, platform=platform, key=key, raw=raw,
                error="".join(traceback.format_exception(error)), now=now,
            )  # fmt: skip
        return error_id

    async def options(self, event: Event) -> list[Choice]:
        async with self._database.reading() as session:
            identity = await people.find_identity(session, event.platform, event.who.id)
            if identity is None or identity.manager is None or event.route != "partner":
                return []
            found = await args.partners_like(session, event.text)
            return [Choice(str(partner.id), partner.name) for partner in found]

    async def _handle(self, event: Event) -> Direct:
        try:
            return await self._written(event)
        except Beside as asked:
            notice = await self._looked(event, asked)
        return await self._written(event, notice)

    async def _looked(self, event: Event, asked: Beside) -> Notice:
        async with self._database.reading() as session:
            identity = await people.find_identity(session, event.who.platform, event.who.id)
            room = await people.room(session, event.where) if event.where.chat else None
            if identity is None:
                raise Refused(NOT_ALLOWED[Role.VIEWER])
            now = self._clock.now()
            return await asked.look(Act(session, now, self._config(), event, identity, room))

    async def _written(self, event: Event, looked: Reply = None) -> Direct:
        async with self._database.transaction() as (session, now):
            if not await events.first_time(session, event.key, now):
                await messages.keep_first_words(session, event)
                _count(event, "again")
                return Direct()
            act = await self._act(Turn(session, now, self._config()), event)
            direct = await self._reply(act, looked or await self._route(act))
        _count(event, "handled")
        return direct

    async def _act(self, turn: Turn, event: Event) -> Act:
        identity = await people.identity(turn.session, event.who, turn.now)
        room = await people.room(turn.session, event.where) if event.where.chat else None
        return Act(turn.session, turn.now, turn.config, event, identity, room)

    async def _route(self, act: Act) -> Reply:
        event = act.event
        match event.kind:
            case "command" if not args.is_for_us(act, self._routes):
                return await self._message(replace(act, event=as_talk(event)))
            case "command":
                below = event.reply_to or event.where.thread
                implied = await self._implied(act) if below else ""
                return await self._command(act, event.route, event.text, implied)
            case "press":
                return await self._press(act)
            case "form":
                return await self._form(act, event)
            case "message":
                return await self._message(act)
            case "edited":
                return await self._edited(act)
            case "answer":
                return await self._answer(act)
        kind, *names = _named(event)
        return await self._call(act, kind, *names)

    async def _command(self, act: Act, noun: str, text: str, implied: str = "") -> Reply:
        route, arguments = await args.find(act, self._routes, noun, text, implied)
        self._allow(act, route)
        return await route.handler(act, **arguments)

    async def _press(self, act: Act) -> Reply:
        event = act.event
        if event.route in FORM_BUTTONS:
            return await self._form_button(act)
        route = self._routes.all.get(("button", event.route))
        if route is None:
            raise Refused(OUTDATED)
        self._allow(act, route)
        return await route.handler(act, event.value)

    async def _form(self, act: Act, event: Event) -> Reply:
        route = self._routes.all.get(("form", event.route))
        if route is None:
            raise Refused(OUTDATED)
        self._allow(act, route)
        return await route.handler(act, event.value, dict(event.values))

    async def _form_button(self, act: Act) -> Reply:
        reader = self._reader(act)
        draft = await forms.pressed(act, act.event, act.event.value)
        if not self._answerable(act, draft):
            await forms.cancel(act, draft, reader)
            return None
        done = False
        match act.event.route:
            case "form.pick":
                done = await forms.pick(act, draft, act.event.value, reader)
            case "form.skip":
                done = await forms.skip(act, draft, reader)
            case "form.back":
                await forms.back(act, draft, reader)
            case "form.later":
                await forms.later(act, draft, reader)
            case "form.resume":
                await forms.resume(act, draft, reader)
            case _:
                await forms.cancel(act, draft, reader)
        return await self._draft_done(act, draft.id) if done else None

    async def _draft_done(self, act: Act, draft_id: int) -> Reply:
        draft = await forms.complete(act, draft_id, self._reader(act))
        event = replace(act.event, kind="form", route=draft.form["route"],
                        value=draft.form["value"], values=draft.values)  # fmt: skip
        return await self._form(act, event)

    def _answerable(self, act: Act, draft: Draft) -> bool:
        """The form or the person's role may have changed: nobody stays caught in it."""
        route = self._routes.all.get(("form", draft.form["route"]))
        return route is not None and act.role >= route.role and forms.readable(draft)

    async def _open_draft(self, act: Act) -> Draft | None:
        draft = await forms.open_draft(act, act.event)
        if draft is None or self._answerable(act, draft):
            return draft
        await forms.cancel(act, draft, self._reader(act))
        return None

    async def _message(self, act: Act) -> Reply:
        draft = await self._open_draft(act)
        if draft is not None:
            done = await forms.answer(act, draft, act.event, self._reader(act))
            return await self._draft_done(act, draft.id) if done else None
        if act.is_ours and (act.event.mentions_bot or act.event.private):
            return await self._spoken_command(act)
        return await self._call(act, "message", await self._heard(act))

    async def _edited(self, act: Act) -> Reply:
        """An edit may overtake its message: then it is that message, which is not heard again."""
        new = act.event.as_new
        overtook = new is not None and act.event.at - new.at < OVERTAKEN
        if new is not None and overtook and await events.first_time(act.session, new.key, act.now):
            return await self._message(replace(act, event=new))
        return await self._call(act, "message", "edited")

    async def _heard(self, act: Act) -> str:
        """The message's route; an answer to a meeting's invitation is a topic for it."""
        heard, event = message_route(act), act.event
        theirs = heard in ("partner.private", "partner.addressed", "partner.room")
        if event.reply_to and theirs and not act.is_guest:
            name = await slots.answered(act.session, event)
            return "partner.topic" if is_invitation(name) else heard
        if heard == "partner.room" and await topics.at(act.session, event.where):
            return "partner.addressed"  # what is said in a ticket's own topic is said to us
        return heard

    async def _spoken_command(self, act: Act) -> Reply:
        """ "@Liaison ticket list", or in a ticket's thread "@Liaison reply …"."""
        implied = await self._implied(act)
        noun, rest = _first_word(act.event.text)
        if self._routes_for(noun):
            return await self._command(act, noun, rest)
        if implied:
            return await self._command(act, "ticket", act.event.text, implied)
        return await self._command(act, "liaison", act.event.text)

    async def _implied(self, act: Act) -> str:
        """ "T-12" below its card, or below what was said about it."""
        return ticket_of_slot(await slots.above(act.session, act.event))

    def _routes_for(self, noun: str) -> bool:
        return args.is_noun(self._routes, noun)

    async def _answer(self, act: Act) -> Reply:
        return await self._call(act, "answer", act.event.route, extra=True)

    async def _call(self, act: Act, kind: str, *names: str, extra: bool = False) -> Reply:
        """The first route of these names that there is; nothing if there is none."""
        for name in names:
            route = self._routes.all.get((kind, name))  # type: ignore[arg-type]
            if route is None:
                continue
            self._allow(act, route)
            if extra:
                return await route.handler(act, act.event.value, dict(act.event.values))
            return await route.handler(act)
        return None

    def _allow(self, act: Act, route: Route) -> None:
        if act.role < route.role:
            if act.is_guest and route.role == Role.PARTNER and act.partner is not None:
                raise Refused(GUEST, partner=act.partner.name)
            raise Refused(NOT_ALLOWED[route.role])

    async def _reply(self, act: Act, reply: Reply) -> Direct:
        reader = self._reader(act)
        if isinstance(reply, Form):
            asked = texts.form(reply, reader)
            if act.event.direct and act.event.platform == "slack" and act.is_ours:
                return Direct(form=asked)
            await forms.start(act, asked, _where_to_ask(act), act.person, reader)
            return Direct()
        if isinstance(reply, Notice):
            message = texts.render(reply.template, reader, **reply.data)
            return await self._say(act, message, key=f"reply:{act.event.key}")
        return Direct()

    async def _say(self, act: Act, message: Message, *, key: str) -> Direct:
        if _fits_direct(act.event, message):
            return Direct(message=message)
        await outbox.owe(act, _where_to_answer(act), message, key=key, subject=key,
                         cls=Class.INTERACTIVE)  # fmt: skip
        return Direct()

    async def _refuse_safely(self, event: Event, raw: str, refusal: Refused) -> Direct:
        """Also a bug in the telling must not bring the event back for ever; `raw` is kept then."""
        try:
            return await self._refuse(event, refusal)
        except Exception as error:
            if is_gone(error):
                raise
            if raw:
                await self.set_aside(event.platform, event.key, raw, error)
            else:
                log.exception("nobody could be told about %s", event.key)
            return Direct()

    async def _refuse(self, event: Event, error: Refused) -> Direct:
        """Mark the event seen, and tell the person in their language.

        A transaction of its own: the route's was rolled back, which costs no write; a savepoint in
        every event would cost more than this in the few that are refused. A refused form stays
        open: sending it again, even unchanged, is a new wish.
        """
        async with self._database.transaction() as (session, now):
            if not _is_modal(event):
                await events.first_time(session, event.key, now)
            act = await self._act(Turn(session, now, self._config()), event)
            words = texts.refusal(error, self._reader(act))
            if _is_modal(event):
                return Direct(errors={error.field: words})
            if event.kind in SILENT or await self._is_room_talk(act):
                log.warning("%s refused: %s", event.key, words)
                return Direct()
            message = _with_buttons(words, error.data.get("buttons", ()))
            # once it is handled again, its answer or another refusal has a key of its own
            key = f"refused:{error.data.get('id', '')}:{event.key}"
            return await self._say(act, message, key=key)

    async def _is_room_talk(self, act: Act) -> bool:
        """Said to others, not to the bot: there it does not speak, not even of its own faults."""
        event = act.event
        if event.kind != "message" or event.private or act.is_ours:
            return False
        addressed = event.mentions_bot or event.reply_to_bot
        return not addressed and await forms.open_draft(act, event) is None

    def _reader(self, act: Act) -> Reader:
        return reader_of(act.identity, act.room, act.config)


def _is_modal(event: Event) -> bool:
    """A form on the screen, whose faults are shown in it."""
    return event.kind == "form" and event.direct


def _count(event: Event, outcome: str) -> None:
    metrics.EVENTS.labels(event.platform, event.kind, outcome).inc()
    log.info("%s from %s: %s", event.kind, event.platform, outcome)


def _named(event: Event) -> tuple[str, ...]:
    """The kind of route that hears an event, and the names under which it may be declared."""
    match event.kind:
        case "deleted":
            return "message", event.kind
        case "reaction":
            return "reaction", event.value, "*"
        case "shortcut":
            return "shortcut", event.route
        case "member":
            return "member", event.value
    return event.kind, event.kind


def _with_buttons(words: str, buttons: tuple[Button, ...]) -> Message:
    message = texts.plain_message(words)
    return replace(message, parts=(replace(message.parts[0], buttons=tuple(buttons)),))


def _fits_direct(event: Event, message: Message) -> bool:
    if not event.direct or event.kind == "form":
        return False
    if event.platform == "slack":
        return True
    return not message.buttons and markup.size(markup.plain(message.html)) <= TOAST


def _first_word(text: str) -> tuple[str, str]:
    """The noun of a typed command and the rest; any white space parts them, also a full-width."""
    noun, *rest = text.strip().lstrip("/／").split(maxsplit=1) or [""]
    return noun, "".join(rest)


def _where_to_ask(act: Act) -> Address:
    """Where a form is asked field by field: in a Slack channel in a thread of its own."""
    where, event = _where_to_answer(act), act.event
    if where != event.where or where.platform != "slack" or event.private or where.thread:
        return where
    return replace(where, thread=event.message_id or None)


def _where_to_answer(act: Act) -> Address:
    """The chat itself if it is private or ours alone, else the asker's own chat."""
    event = act.event
    ours_alone = act.room is None and not event.shared and event.where.chat
    desk = event.platform == "telegram" and event.where.chat == act.config.telegram.triage_chat
    if event.private or not act.is_ours or (ours_alone and event.kind == "message") or desk:
        return event.where
    return Address(event.platform, event.who.id)
