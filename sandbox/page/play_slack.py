"""A person's hands on Slack: the page's words turned into play methods."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.page.said import Hand, Json, Said
from sandbox.page.stage import Stage
from sandbox.slack import fields
from sandbox.slack.errors import PlayRefused
from sandbox.slack.play_base import Outcome
from sandbox.slack.play_talk import Upload
from sandbox.slack.world import View


class SlackHands:
    """One small method for each act."""

    def __init__(self, stage: Stage) -> None:
        self._slack = stage.slack

    def hands(self) -> dict[str, Hand]:
        return {
            "send": self.send,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "press": self.press,
            "suggest": self.suggest,
            "submit": self.submit,
            "close": self.close,
            "home": self.home,
            "messages-tab": self.messages_tab,
            "shortcut": self.shortcut,
        }

    async def send(self, said: Said) -> Json | None:
        """A message; what begins with "/" is a command, as in Slack's own box."""
        who, room, text = said.text("as"), said.text("room"), said.text("text")
        thread = said.text("thread") or None
        if text.startswith("/") and len(text) > 1 and not text.startswith("//"):
            command, _, rest = text.partition(" ")
            if command == "/invite":
                await self._invite(who, room, rest)
                return None
            return _told(await self._slack.command(who, room, command, rest, thread_ts=thread))
        files = [Upload(one.name, one.data, one.mime) for one in said.files.get("files", ())]
        return {"ts": await self._slack.post(who, room, text, thread_ts=thread, files=files)}

    async def _invite(self, who: str, room: str, rest: str) -> None:
        """Slack's own /invite, for the app: everybody else is where the story needs them."""
        app = self._slack.user(self._slack.app.bot_user)
        name = rest.strip().removeprefix("@").casefold()
        if name not in (app.name.casefold(), app.real_name.casefold(), f"<@{app.id}>".casefold()):
            raise PlayRefused(f"Here only the app can be invited: /invite @{app.shown}")
        self._slack.inside(who, room)
        await self._slack.invite_bot(room, by=who)

    async def edit(self, said: Said) -> None:
        await self._slack.edit(
            said.text("as"), said.text("room"), said.text("message"), said.text("text")
        )

    async def delete(self, said: Said) -> None:
        await self._slack.delete(said.text("as"), said.text("room"), said.text("message"))

    async def react(self, said: Said) -> None:
        act = self._slack.react if said.words.get("add") else self._slack.unreact
        await act(said.text("as"), said.text("room"), said.text("message"), said.text("name"))

    async def press(self, said: Said) -> Json | None:
        """A button, menu item or choice, on a message, in the window on top, or on Home."""
        action, kind, value = said.text("action"), said.text("type"), said.words.get("value")
        label = str(value) if kind == "overflow" else ""
        wanted = await self._wanted(said.text("as"), kind, value)
        if said.text("ts"):
            return _told(
                await self._slack.press(
                    said.text("as"),
                    said.text("room"),
                    said.text("ts"),
                    label=label,
                    action_id=action,
                    value=wanted,
                )
            )
        modal = self._slack.current_modal(said.text("as"))
        press = self._slack.press_home
        if modal is not None and modal.id == said.text("view"):
            press = self._slack.press_modal
        return _told(await press(said.text("as"), label=label, action_id=action, value=wanted))

    async def suggest(self, said: Said) -> Json:
        """The app's options for what was typed so far."""
        message = (said.text("room"), said.text("ts")) if said.text("ts") else None
        found = await self._slack.suggest(
            said.text("as"), said.text("action"), said.text("query"), message=message
        )
        return {"options": [{"text": one["text"]["text"], "value": one["value"]} for one in found]}

    async def submit(self, said: Said) -> Json:
        """The window on top; red lines come back by block and are drawn from the journal."""
        who = said.text("as")
        view = self._slack.current_modal(who)
        if view is None or view.id != said.text("view"):
            raise PlayRefused("This window is no longer open.")
        values: dict[str, Any] = {}
        for item in json.loads(said.text("values") or "[]"):
            block, kind = str(item["block"]), str(item["type"])
            if kind == "file_input":
                picked = said.files.get(f"file:{block}:{item['action']}", ())
                values[block] = [
                    self._uploaded(who, one.name, one.mime, one.data) for one in picked
                ]
            elif not _unchanged(view, block, str(item["action"]), kind, item["value"]):
                values[block] = await self._wanted(who, kind, item["value"])
        outcome = await self._slack.submit_modal(who, values)
        return {"errors": outcome.errors}

    async def close(self, said: Said) -> None:
        await self._slack.close_modal(said.text("as"))

    async def home(self, said: Said) -> None:
        await self._slack.home(said.text("as"))

    async def messages_tab(self, said: Said) -> None:
        await self._slack.home(said.text("as"), tab="messages")

    async def shortcut(self, said: Said) -> Json | None:
        message = (said.text("room"), said.text("ts")) if said.text("ts") else None
        return _told(
            await self._slack.shortcut(said.text("as"), said.text("callback"), message=message)
        )

    def _uploaded(self, who: str, name: str, mime: str, data: bytes) -> Json:
        record = self._slack.files.new_file(name, len(data), who, mime)
        record.data, record.complete = data, True
        return {"id": record.id, "name": name, "mimetype": mime, "size": len(data)}

    async def _wanted(self, who: str, kind: str, value: Any) -> Any:
        """The page's values as play methods take them; a local time becomes an instant."""
        if value in ("", [], None) or kind in ("button", "workflow_button", "overflow"):
            return None
        if kind == "datetimepicker":
            zone = ZoneInfo(self._slack.user(who).tz)
            return int(datetime.fromisoformat(str(value)).replace(tzinfo=zone).timestamp())
        return value


def _unchanged(view: View, block: str, action: str, kind: str, value: Any) -> bool:
    """An external choice that stands there already is not asked for again."""
    if "external_select" not in kind:
        return False
    row = view.values.get(block, {}).get(action)
    now = fields.value_of(row) if row else None
    wanted = [one["value"] for one in value] if isinstance(value, list) else value
    if isinstance(now, list):
        return [one["value"] for one in now] == wanted
    chosen = wanted.get("value") if isinstance(wanted, dict) else wanted
    return isinstance(now, dict) and now["value"] == chosen


def _told(outcome: Outcome) -> Json | None:
    """What Slack itself said stands in the journal as a toast; the act itself was done."""
    return {"shown": outcome.shown, "done": outcome.ok}
