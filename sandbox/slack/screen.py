"""Writes into the journal what appears on whose screen."""

from sandbox.clock import SandboxClock
from sandbox.journal import Entry, EntryKind, Journal
from sandbox.slack.plain import Reader, buttons
from sandbox.slack.world import Channel, Message, Raw, User, View, World


class Screen:
    """One method for each kind of change a person can see."""

    def __init__(self, world: World, journal: Journal, clock: SandboxClock) -> None:
        self._world, self._journal, self._clock = world, journal, clock

    def message(self, kind: EntryKind, channel: Channel, message: Message) -> Entry:
        """A message came, changed or went."""
        raw = message.raw
        readers = self._readers(channel, message)
        return self._add(
            kind,
            room=channel.id,
            thread=message.thread,
            message=message.ts,
            author=self.author(raw),
            by_bot="bot_id" in raw,
            text=self._reader(readers).message(raw),
            buttons=buttons(raw.get("blocks") or []),
            files=tuple(str(file.get("name", "")) for file in raw.get("files") or []),
            readers=readers,
            private=message.reader is not None,
            raw={**raw},
        )

    def reaction(
        self, channel: Channel, message: Message, who: User, name: str, *, added: bool
    ) -> Entry:
        return self._add(
            "reaction",
            room=channel.id,
            thread=message.thread,
            message=message.ts,
            author=who.shown,
            by_bot=who.is_bot,
            text=f"{'' if added else '-'}:{name}:",
            readers=self._readers(channel, message),
            raw={"reaction": name, "user": who.id, "added": added},
        )

    def toast(self, user: User, text: str, room: str = "", message: str = "") -> Entry:
        """Slack's own notice to one person: a failed command, a warning sign at a button."""
        return self._add(
            "toast",
            room=room,
            message=message,
            author="Slack",
            text=text,
            readers={user.id},
            private=True,
        )

    def view(self, view: View) -> Entry:
        """A modal opened or changed, or the Home did."""
        reader = Reader(self._world, self._world.users[view.user].tz)
        labels = buttons(view.raw["blocks"])
        submit = view.raw.get("submit")
        return self._add(
            "home" if view.raw["type"] == "home" else "modal",
            message=view.id,
            author="",
            by_bot=True,
            text=reader.view(view.raw),
            buttons=(*labels, submit["text"]) if submit else labels,
            readers={view.user},
            private=True,
            raw={**view.raw},
        )

    def modal_closed(self, user: User, view_id: str) -> Entry:
        return self._add(
            "delete", message=view_id, author="", text="", readers={user.id}, private=True
        )

    def modal_error(self, view: View, errors: dict[str, str]) -> Entry:
        """Red lines in a modal, by block_id ("" for the modal as a whole)."""
        return self._add(
            "modal_error",
            message=view.id,
            author="",
            by_bot=True,
            text="\n".join(errors.values()),
            readers={view.user},
            private=True,
            raw={"errors": errors},
        )

    def author(self, raw: Raw) -> str:
        """The name over a message."""
        if raw.get("username"):
            return str(raw["username"])
        return self._world.name_of(str(raw.get("user") or raw.get("bot_id", "")))

    def _reader(self, readers: frozenset[str]) -> Reader:
        alone = next(iter(readers)) if len(readers) == 1 else None
        return Reader(self._world, self._world.users[alone].tz if alone else None)

    def _readers(self, channel: Channel, message: Message) -> frozenset[str]:
        if message.reader is not None:
            return frozenset({message.reader})
        users = self._world.users
        return frozenset(member for member in channel.members if not users[member].is_bot)

    def _add(
        self,
        kind: EntryKind,
        *,
        room: str = "",
        thread: str | None = None,
        message: str = "",
        author: str,
        by_bot: bool = False,
        text: str,
        buttons: tuple[str, ...] = (),
        files: tuple[str, ...] = (),
        readers: frozenset[str] | set[str],
        private: bool = False,
        raw: Raw | None = None,
    ) -> Entry:
        return self._journal.add(
            lambda seq: Entry(
                seq=seq,
                platform="slack",
                kind=kind,
                room=room,
                thread=thread,
                message=message,
                author=author,
                by_bot=by_bot,
                text=text,
                buttons=buttons,
                files=files,
                readers=frozenset(readers),
                private=private,
                at=self._clock.now(),
                raw=raw or {},
            )
        )
