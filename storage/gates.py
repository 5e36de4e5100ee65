"""What the sender must leave alone for now: chats and kinds of calls whose permits are used up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_

from bot.chat import HOME
from storage.models_delivery import Delivery, Slot

POST, FILE, EDIT, HOMEPAGE, DELETE, ASK = "post", "file", "edit", "home", "delete", "ask"
VERBS = (POST, FILE, EDIT, HOMEPAGE, DELETE, ASK)
TOPIC = "topic"  # kind of a row that opens, renames or closes a topic: each posts a line there


@dataclass(frozen=True)
class Gates:
    """`talked`: chats that get nothing new; `chats`: no call at all; `verbs`: no such call."""

    talked: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


def verb_of(kind: str, chat: str, message_id: str, payload: Mapping[str, Any]) -> str:
    """Which call a row is; `open_for` says the same in SQL."""
    if kind == TOPIC:
        return POST
    if kind != "message":
        return kind
    if f":{HOME}" in chat:
        return HOMEPAGE
    if message_id:
        return EDIT
    return FILE if payload.get("files") else POST


CHATS: BindParameter[Any] = bindparam("chats", expanding=True)
TALKED: BindParameter[Any] = bindparam("talked", expanding=True)


def open_for(verbs: Iterable[str]) -> list[ColumnElement[bool]]:
    """True for rows that may be claimed; the slot is outer-joined.

    Which chats it are is bound as "talked" and "chats", a claim's own: a second's calls at most.
    """
    return [
        or_(Delivery.chat.not_in(CHATS), Delivery.kind == ASK),
        or_(Delivery.chat.not_in(TALKED), ~_is_new()),
        *(~_is(verb) for verb in verbs),
    ]


def _is(verb: str) -> ColumnElement[bool]:
    if verb in (ASK, DELETE):
        return Delivery.kind == verb
    if verb == HOMEPAGE:
        return and_(Delivery.kind == "message", _at_home())
    if verb == EDIT:
        return or_(Delivery.kind == EDIT, and_(Delivery.kind == "message", ~_at_home(), _stands()))
    return and_(_is_new(), _has_files() if verb == FILE else ~_has_files())


def _is_new() -> ColumnElement[bool]:
    posted = and_(Delivery.kind == "message", ~_at_home(), ~_stands())
    return or_(posted, Delivery.kind == TOPIC)


def _at_home() -> ColumnElement[bool]:
    return Delivery.chat.like(f"%:{HOME}%")


def _stands() -> ColumnElement[bool]:
    """There is a message already that the row edits."""
    return or_(Delivery.target != "", func.coalesce(Slot.message_id, "") != "")


def _has_files() -> ColumnElement[bool]:
    first: ColumnElement[str | None] = Delivery.payload["files", 0, "name"].as_string()
    return first.is_not(None)
