"""Routes: each thing a person can say or press, declared once with its name, help and role."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from bot.chat import Event, Form, Person
from bot.specs import Spec
from bot.turn import Turn
from storage.models_people import Contact, Identity, Manager, Partner, Room


class Role(IntEnum):
    """ANYONE includes strangers; a partner's contact is PARTNER; ours are VIEWER and above."""

    ANYONE = 0
    PARTNER = 1
    VIEWER = 2
    MANAGER = 3
    LEAD = 4
    ADMIN = 5

    @classmethod
    def named(cls, name: str) -> "Role":
        return cls[name.upper()]


@dataclass(frozen=True)
class Notice:
    """Answers this very request, seen by the asker alone where the platform can do that."""

    template: str
    data: dict[str, Any] = field(default_factory=dict)


Reply = Form | Notice | None


class Beside(Exception):
    """Raised by a handler whose Notice takes long to look up: what was begun is rolled back, and
    `look` reads beside those who write, so that nobody waits for it."""

    def __init__(self, look: Callable[["Act"], Awaitable[Notice]]) -> None:
        super().__init__()
        self.look = look


@dataclass(frozen=True)
class Act(Turn):
    """One event being handled: who did it, where, and who they are to us."""

    event: Event
    identity: Identity
    room: Room | None  # what we know of the address; None = never seen
    form_value: str = ""

    @property
    def person(self) -> Person:
        return self.event.who

    @property
    def manager(self) -> Manager | None:
        return self.identity.manager

    @property
    def contact(self) -> Contact | None:
        """Who speaks for their company; nobody where they are a guest."""
        return None if self.is_guest else self.identity.contact

    @property
    def partner(self) -> Partner | None:
        """The partner it belongs to: the room's, else the contact's; never our colleagues'."""
        if self.room is not None and self.room.partner is not None:
            return None if self.is_ours or self.is_colleague else self.room.partner
        return self.identity.contact.partner if self.identity.contact is not None else None

    @property
    def is_guest(self) -> bool:
        """A contact of one partner in a room of another one: heard there, and no more."""
        contact, room = self.identity.contact, self.room
        if contact is None or room is None or room.partner_id is None:
            return False
        return contact.partner_id != room.partner_id

    @property
    def is_colleague(self) -> bool:
        """From our own company on that platform, though not one of the managers."""
        ours = self.config.slack_company_team
        return bool(ours) and self.identity.team == ours

    @property
    def role(self) -> Role:
        if self.identity.manager is not None:
            return Role.named(self.identity.manager.role)
        if self.is_guest:
            return Role.ANYONE
        return Role.PARTNER if self.partner is not None else Role.ANYONE

    @property
    def by(self) -> str:
        """For logs: "manager:3", "contact:7" or "slack:U1"."""
        if self.identity.manager_id is not None:
            return f"manager:{self.identity.manager_id}"
        if self.identity.contact_id is not None:
            return f"contact:{self.identity.contact_id}"
        return f"{self.person.platform}:{self.person.id}"

    @property
    def is_ours(self) -> bool:
        return self.identity.manager_id is not None


Handler = Callable[..., Awaitable[Reply]]
RouteKind = Literal["command", "button", "form", "message", "reaction", "shortcut", "answer",
                    "home", "member"]  # fmt: skip


@dataclass(frozen=True)
class Route:
    """`spec` of a command says which words it takes (bot/specs.py)."""

    kind: RouteKind
    name: str
    role: Role
    handler: Handler
    help: str = ""
    spec: Spec | None = None

    @property
    def noun(self) -> str:
        return self.name.partition(" ")[0]


class Routes:
    """Collects the routes of one file; the same name twice fails at import."""

    def __init__(self) -> None:
        self.all: dict[tuple[RouteKind, str], Route] = {}

    def _add(self, route: Route) -> None:
        if (route.kind, route.name) in self.all:
            raise ValueError(f"{route.kind} {route.name} is declared twice")
        self.all[route.kind, route.name] = route

    def _decorate(
        self, kind: RouteKind, name: str, role: Role, help: str = ""
    ) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self._add(Route(kind, name, role, handler, help))
            return handler

        return keep

    def command(
        self, name: str, *, role: Role, help: str, args: str = "", keys: str = "", zh: str = "",
        example: str = "", default: bool = False,
    ) -> Callable[[Handler], Handler]:  # fmt: skip
        """Handler(act, **arguments given). `name` is "partner invite": noun and verb.

        `args` and `keys` as bot/specs.py reads them; partners, tickets, managers, times and
        durations arrive as what they name (bot/commands/args.py), the rest as text. `zh`: the
        verb's Chinese words. `example` is what help shows; `default` = also without the verb.
        """
        verb = name.partition(" ")[2]
        spec = Spec.of(verb, args, keys=keys, zh=zh, example=example or name, default=default)

        def keep(handler: Handler) -> Handler:
            self._add(Route("command", name, role, handler, help, spec))
            return handler

        return keep

    def button(self, name: str, *, role: Role) -> Callable[[Handler], Handler]:
        """Handler(act, value: str)."""
        return self._decorate("button", name, role)

    def form(self, name: str, *, role: Role) -> Callable[[Handler], Handler]:
        """Handler(act, value: str, values: dict). Refused(...).at("field") points at a field."""
        return self._decorate("form", name, role)

    def message(self, name: str, *, role: Role) -> Callable[[Handler], Handler]:
        """Handler(act); the name is one of those dispatch knows (see bot/dispatch.py)."""
        return self._decorate("message", name, role)

    def reaction(self, name: str, *, role: Role) -> Callable[[Handler], Handler]:
        """Handler(act); `name` is the emoji's name or "*"."""
        return self._decorate("reaction", name, role)

    def shortcut(self, name: str, *, role: Role, help: str) -> Callable[[Handler], Handler]:
        """Handler(act)."""
        return self._decorate("shortcut", name, role, help)

    def answer(self, name: str) -> Callable[[Handler], Handler]:
        """Handler(act, value: str, values: dict): a platform's answer to outbox.ask."""
        return self._decorate("answer", name, Role.ANYONE)

    def home(self, *, role: Role) -> Callable[[Handler], Handler]:
        """Handler(act): somebody opened their App Home."""
        return self._decorate("home", "home", role)

    def member(self, name: str) -> Callable[[Handler], Handler]:
        """Handler(act): the bot or a person came or went; `name` is Event.value."""
        return self._decorate("member", name, Role.ANYONE)


def merge(tables: Iterable[Routes]) -> Routes:
    """One table of all; a name declared in two files fails."""
    merged = Routes()
    for table in tables:
        for route in table.all.values():
            merged._add(route)
    return merged
