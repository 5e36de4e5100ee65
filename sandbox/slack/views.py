"""Modals and Homes: opening, changing, stacking and closing them."""

import secrets
from typing import Any

from sandbox.slack import fields
from sandbox.slack.blocks import check_view
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.world import Raw, User, View

MAX_STACK = 3


class Views:
    """What the app shows in windows and on its Home; used by the API and by acks alike."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def stack(self, user: str) -> list[View]:
        return self._core.world.modals.setdefault(user, [])

    def open(self, user: str, given: Any) -> View:
        """A first modal; an open one is replaced."""
        raw = self._modal(given)
        view = self._make(user, raw, None)
        self._core.world.modals[user] = [view]
        self._core.screen.view(view)
        return view

    def push(self, user: str, given: Any) -> View:
        """One on top, three at most."""
        stack = self.stack(user)
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        raw = self._modal(given)
        if not stack:
            return self.open(user, given)
        view = self._make(user, raw, stack[-1])
        stack.append(view)
        self._core.screen.view(view)
        return view

    def replace(self, view: View, given: Any) -> View:
        """New content for an open view; typed values with the same ids stay."""
        raw = check_view(given)
        if raw["type"] != view.raw["type"]:
            raise SlackError("invalid_arguments")
        self._unique_external(raw, view)
        view.raw = raw
        view.hash = _hash(self._core)
        view.values = fields.start(raw["blocks"], view.values)
        self._core.screen.view(view)
        return view

    def publish(self, user: User, given: Any, wanted_hash: str) -> View:
        """The Home of one person."""
        raw = check_view(given)
        if raw["type"] != "home":
            raise SlackError("invalid_arguments")
        homes = self._core.world.homes
        old = homes.get(user.id)
        if old is not None and wanted_hash and wanted_hash != old.hash:
            raise SlackError("hash_conflict")
        view = self._make(user.id, raw, None)
        if old is not None:
            view.id = view.root_id = old.id
            view.values = fields.start(raw["blocks"], old.values)
        homes[user.id] = view
        self._core.screen.view(view)
        return view

    def close(self, user: User, *, everything: bool = False) -> list[View]:
        """Take the top modal away, or all; returns those that went."""
        stack = self.stack(user.id)
        gone = stack[:] if everything else stack[-1:]
        del stack[len(stack) - len(gone) :]
        for view in gone:
            self._core.screen.modal_closed(user, view.id)
        return gone

    def _modal(self, given: Any) -> Raw:
        raw = check_view(given)
        if raw["type"] != "modal":
            raise SlackError("invalid_arguments")
        self._unique_external(raw, None)
        return raw

    def _unique_external(self, raw: Raw, mine: View | None) -> None:
        external = raw.get("external_id")
        if external:
            other = self.by_external(external)
            if other is not None and other is not mine:
                raise SlackError("duplicate_external_id")

    def by_external(self, external: str) -> View | None:
        stacks = self._core.world.modals.values()
        every = [view for stack in stacks for view in stack]
        return next((view for view in every if view.raw.get("external_id") == external), None)

    def _make(self, user: str, raw: Raw, below: View | None) -> View:
        view_id = self._core.world.new_id("V")
        return View(
            id=view_id,
            user=user,
            raw=raw,
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
            hash=_hash(self._core),
            values=fields.start(raw["blocks"]),
        )


def _hash(core: Core) -> str:
    return f"{core.seconds()}.{secrets.token_hex(4)}"
