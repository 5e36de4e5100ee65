"""What a person can do with modals as a whole, and with Home: fill in, submit, close, open."""

from typing import Any

from sandbox.slack import events, fields, shapes
from sandbox.slack.api_common import open_dm
from sandbox.slack.delivery import NotDelivered, Parcel
from sandbox.slack.errors import PlayRefused, SlackError
from sandbox.slack.payloads import view_closed, view_submission
from sandbox.slack.plain import elements
from sandbox.slack.play_base import Outcome
from sandbox.slack.play_press import Place, PressPlay, find_element
from sandbox.slack.world import Raw, User, View

_TROUBLE = "We had some trouble connecting. Try again?"
_REQUIRED = "Please complete this required field."


class ModalPlay(PressPlay):
    """Play methods on views."""

    async def fill(self, who: str | User, values: dict[str, Any]) -> None:
        """Put values into the fields of the modal on top, by label, block_id or action_id."""
        user = self.user(who)
        view = self._top(user)
        place = Place(user, view.raw["blocks"], view=view)
        for name, value in values.items():
            block, element = _field(view, name)
            await self._set(place, block, element, value)

    async def submit_modal(self, who: str | User, values: dict[str, Any] | None = None) -> Outcome:
        """Fill in and submit the modal on top; red lines come back in `errors`."""
        user = self.user(who)
        view = self._top(user)
        if "submit" not in view.raw:
            raise PlayRefused("This modal has no submit button.")
        await self.fill(user, values or {})
        missing = _missing(view)
        if missing:
            return self._red(view, missing)
        try:
            payload = view_submission(self, user, view)
            answer = await self.ask_app(Parcel("interactive", payload, wants_answer=True))
        except NotDelivered:
            return self._red(view, {"": _TROUBLE})
        return await self._acked(user, view, answer or {})

    def _top(self, user: User) -> View:
        view = self.current_modal(user)
        if view is None:
            raise PlayRefused(f"{user.shown} has no modal open.")
        return view

    def _red(self, view: View, errors: dict[str, str], answer: Raw | None = None) -> Outcome:
        self.screen.modal_error(view, errors)
        return Outcome(ok=False, shown="\n".join(errors.values()), errors=errors, answer=answer)

    async def _acked(self, user: User, view: View, answer: Raw) -> Outcome:
        action = answer.get("response_action")
        if action == "errors":
            errors = answer.get("errors")
            known = {block["block_id"] for block in view.raw["blocks"] if block["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not set(errors) <= known:
                return self._red(view, {"": _TROUBLE}, answer)
            return self._red(view, errors, answer)
        try:
            if action == "update":
                self.views.replace(view, answer.get("view"))
            elif action == "push":
                self.views.push(user.id, answer.get("view"))
            elif action == "clear":
                await self._close(user, everything=True, by_person=False)
            elif action is None:
                self._close_submitted(user, view)
            else:
                return self._red(view, {"": _TROUBLE}, answer)
        except SlackError as error:
            self.remember("ack", answer, error.code)
            return self._red(view, {"": _TROUBLE}, answer)
        return Outcome(ok=True, answer=answer)

    def _close_submitted(self, user: User, view: View) -> None:
        """An empty ack takes the submitted view away, unless the app already replaced it."""
        stack = self.views.stack(user.id)
        if stack and stack[-1] is view:
            self.views.close(user)

    async def close_modal(self, who: str | User, *, everything: bool = False) -> None:
        """Press Cancel, or the cross (everything=True, as for a modal with clear_on_close)."""
        user = self.user(who)
        view = self._top(user)
        await self._close(
            user, everything=everything or bool(view.raw.get("clear_on_close")), by_person=True
        )

    async def _close(self, user: User, *, everything: bool, by_person: bool) -> None:
        for view in self.views.close(user, everything=everything):
            if by_person and view.raw.get("notify_on_close"):
                payload = view_closed(self, user, view, cleared=everything)
                try:
                    await self.ask_app(Parcel("interactive", payload))
                except NotDelivered:
                    continue  # nobody sees that it failed

    async def home(self, who: str | User, *, tab: str = "home") -> View | None:
        """Open the app's Home (or its messages); returns what stands there at this moment."""
        user = self.user(who)
        self.ours_only(user, "Home and messages")
        view = self.world.homes.get(user.id)
        shown = shapes.view(self, view) if view is not None and tab == "home" else None
        dm = open_dm(self, user)
        self.talk.emit(events.home_opened(user, dm.id, tab, shown, self.stamp()), None, user.team)
        return view


def _field(view: View, name: str) -> tuple[Raw, Raw]:
    for block, element in elements(view.raw["blocks"]):
        if element["type"] in fields.KEYS and block["block_id"] == name:
            return block, element
    try:
        return find_element(view.raw["blocks"], "", name)
    except PlayRefused:
        return find_element(view.raw["blocks"], name, "")


def _missing(view: View) -> dict[str, str]:
    """What Slack's own screen complains of before anything is sent."""
    errors = {}
    for block, element in elements(view.raw["blocks"]):
        if block["type"] != "input" or element["type"] not in fields.KEYS:
            continue
        value = fields.value_of(view.values[block["block_id"]][element["action_id"]])
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = _REQUIRED
        elif isinstance(value, str):
            words = _length(element, value)
            if words:
                errors[block["block_id"]] = words
    return errors


def _length(element: Raw, value: str) -> str:
    if len(value) < int(element.get("min_length", 0)):
        return f"Must be at least {element['min_length']} characters."
    if len(value) > int(element.get("max_length", 3000)):
        return f"Must be at most {element.get('max_length', 3000)} characters."
    return ""
