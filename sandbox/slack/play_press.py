"""What a person can do with buttons, selects and fields, on messages, in modals and on Home."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack import fields
from sandbox.slack.delivery import NotDelivered, Parcel
from sandbox.slack.errors import PlayRefused
from sandbox.slack.payloads import block_actions, block_suggestion, suggestion_place
from sandbox.slack.plain import elements, label_of
from sandbox.slack.play_base import Outcome, PlayBase
from sandbox.slack.world import Channel, Message, Raw, User, View

_WARNING = "⚠ This app did not respond. Try again, or tell the people who look after it."


@dataclass(frozen=True)
class Place:
    """Where something is pressed: on a message in its channel, or in a view."""

    user: User
    blocks: list[Raw]
    on: tuple[Channel, Message] | None = None
    view: View | None = None


class PressPlay(PlayBase):
    """Play methods on interactive elements."""

    async def press(
        self,
        who: str | User,
        where: str | Channel,
        ts: str,
        *,
        label: str = "",
        action_id: str = "",
        value: Any = None,
        confirm: bool = True,
    ) -> Outcome:
        """Press a button of a message, or choose `value` in its select.

        confirm=False says no where a confirm dialog asks.
        """
        user, channel = self.inside(who, where)
        message = self.seen_message(user, channel, ts)
        place = Place(user, message.raw.get("blocks") or [], on=(channel, message))
        return await self._act(place, label, action_id, value, confirm=confirm)

    async def press_modal(
        self,
        who: str | User,
        *,
        label: str = "",
        action_id: str = "",
        value: Any = None,
        confirm: bool = True,
    ) -> Outcome:
        """The same in the modal on top."""
        user = self.user(who)
        view = self.current_modal(user)
        if view is None:
            raise PlayRefused(f"{user.shown} has no modal open.")
        place = Place(user, view.raw["blocks"], view=view)
        return await self._act(place, label, action_id, value, confirm=confirm)

    async def press_home(
        self,
        who: str | User,
        *,
        label: str = "",
        action_id: str = "",
        value: Any = None,
        confirm: bool = True,
    ) -> Outcome:
        """The same on the app's Home."""
        user = self.user(who)
        view = self.world.homes.get(user.id)
        if view is None:
            raise PlayRefused(f"{user.shown} sees nothing on Home.")
        place = Place(user, view.raw["blocks"], view=view)
        return await self._act(place, label, action_id, value, confirm=confirm)

    def current_modal(self, who: str | User) -> View | None:
        """The modal on top of this person's screen."""
        stack = self.views.stack(self.user(who).id)
        return stack[-1] if stack else None

    async def _act(
        self, place: Place, label: str, action_id: str, value: Any, *, confirm: bool
    ) -> Outcome:
        block, element = find_element(place.blocks, label, action_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            await self._set(place, block, element, value)  # Slack keeps it to itself until submit
            return Outcome(ok=True)
        if element.get("confirm") and not confirm:
            return Outcome(ok=True, shown=element["confirm"]["text"]["text"])
        action = await self._action(
            place, block, element, label if element["type"] == "overflow" else value
        )
        payload = block_actions(self, place.user, action, on=place.on, view=place.view)
        try:
            answer = await self.ask_app(Parcel("interactive", payload))
        except NotDelivered:
            room, ts = (place.on[0].id, place.on[1].ts) if place.on else ("", "")
            self.screen.toast(place.user, _WARNING, room, ts)
            return Outcome(ok=False, shown=_WARNING)
        return Outcome(ok=True, answer=answer)

    async def _action(self, place: Place, block: Raw, element: Raw, value: Any) -> Raw:
        kind = element["type"]
        action: Raw = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "type": kind,
            "action_ts": self.stamp(),
        }
        if kind == "button":
            kept = ("text", "value", "url", "style")
            return action | {key: element[key] for key in kept if key in element}
        if kind == "overflow":
            return action | {"selected_option": _option(element["options"], value)}
        row = await self._set(place, block, element, value)
        shown = {key: item for key, item in row.items() if key != "type"}
        extra = {key: element[key] for key in ("placeholder",) if key in element}
        return action | shown | extra

    async def _set(self, place: Place, block: Raw, element: Raw, value: Any) -> Raw:
        """Put a value into a field, as the screen would keep it."""
        row = fields.entry(element, await self._chosen(place, block, element, value))
        if place.view is not None:
            place.view.values.setdefault(block["block_id"], {})[element["action_id"]] = row
        elif place.on is not None:
            place.on[1].chosen.setdefault(block["block_id"], {})[element["action_id"]] = row
        return row

    async def _chosen(self, place: Place, block: Raw, element: Raw, value: Any) -> Any:
        kind = element["type"]
        if value is None or value == "":
            return None
        if fields.is_many(kind):
            wanted = value if isinstance(value, list | tuple) else [value]
            return [await self._one(place, block, element, item) for item in wanted]
        return await self._one(place, block, element, value)

    async def _one(self, place: Place, block: Raw, element: Raw, value: Any) -> Any:
        kind = element["type"].removeprefix("multi_")
        if kind in ("static_select", "radio_buttons", "checkboxes"):
            return _option(_options(element), value)
        if kind == "external_select":
            query = value if isinstance(value, str) else str(value.get("text", {}).get("text", ""))
            return _option(await self._suggest(place, block, element, query), value)
        if kind == "users_select":
            return self.user(value).id
        if kind in ("channels_select", "conversations_select"):
            return self.room(value).id
        if kind == "rich_text_input":
            section = {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": str(value)}],
            }
            return (
                {"type": "rich_text", "elements": [section]} if isinstance(value, str) else value
            )
        if kind == "datetimepicker":
            return int(value)
        return value if isinstance(value, dict) else str(value)

    async def suggest(
        self,
        who: str | User,
        action_id: str,
        query: str,
        *,
        message: tuple[str | Channel, str] | None = None,
    ) -> list[Raw]:
        """Type into an external select; returns the options the app offers."""
        user = self.user(who)
        if message is not None:
            _, channel = self.inside(user, message[0])
            on = self.seen_message(user, channel, message[1])
            place = Place(user, on.raw.get("blocks") or [], on=(channel, on))
        else:
            view = self.current_modal(user) or self.world.homes.get(user.id)
            if view is None:
                raise PlayRefused(f"{user.shown} has neither a modal nor Home open.")
            place = Place(user, view.raw["blocks"], view=view)
        block, element = find_element(place.blocks, "", action_id)
        return await self._suggest(place, block, element, query)

    async def _suggest(self, place: Place, block: Raw, element: Raw, query: str) -> list[Raw]:
        if len(query) < int(element.get("min_query_length", 3)):
            raise PlayRefused("Slack asks for options only after more letters (min_query_length).")
        where = suggestion_place(self, place.on, place.view)
        payload = block_suggestion(self, place.user, element, block["block_id"], query, where)
        try:
            answer = await self.ask_app(Parcel("interactive", payload, wants_answer=True)) or {}
        except NotDelivered:
            return []
        groups = answer.get("option_groups") or []
        found = [
            *(answer.get("options") or []),
            *(o for group in groups for o in group["options"]),
        ]
        if len(found) > 100 or any(
            len(o["text"]["text"]) > 75 or len(o["value"]) > 150 for o in found
        ):
            return []  # Slack shows "No results" for options it refuses
        return found


def find_element(blocks: list[Raw], label: str, action_id: str) -> tuple[Raw, Raw]:
    """The element a person means: by action_id, or by what stands on it (or in its menu)."""
    for block, element in elements(blocks):
        if action_id and element.get("action_id") == action_id:
            return block, element
        if not action_id and label and label in _labels(block, element):
            return block, element
    offered = [text for block, element in elements(blocks) for text in _labels(block, element)]
    raise PlayRefused(f"There is nothing called {label or action_id} here; there is {offered}.")


def _labels(block: Raw, element: Raw) -> list[str]:
    found = [label_of(element)]
    if block["type"] == "input":
        found.append(str(block["label"]["text"]))
    if element["type"] == "overflow":
        found.extend(option["text"]["text"] for option in element["options"])
    return found


def _options(element: Raw) -> list[Raw]:
    groups = element.get("option_groups") or []
    return [
        *(element.get("options") or []),
        *(option for group in groups for option in group["options"]),
    ]


def _option(options: list[Raw], wanted: Any) -> Raw:
    for option in options:
        if wanted == option or wanted in (option["text"]["text"], option.get("value")):
            return option
    for option in options:
        if isinstance(wanted, str) and option["text"]["text"].lower().startswith(wanted.lower()):
            return option
    raise PlayRefused(
        f"There is no choice {wanted}; there is {[o['text']['text'] for o in options]}."
    )
