"""What a noun can do: the verbs of a command with their arguments and keys."""

from dataclasses import dataclass
from typing import Literal, get_args

# A part is a ticket itself; "ticket" is also what that one was merged into.
Kind = Literal[
    "partner", "person", "room", "ticket", "part", "meeting", "news", "round", "known", "number",
    "time", "rhythm", "duration", "word", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arg:
    name: str
    kind: Kind = "word"
    optional: bool = False

    @classmethod
    def of(cls, text: str, kind: Kind = "word") -> "Arg":
        """ "partner", "partner?", "title:text", "at:time"; a name that is a kind has that kind."""
        name, _, said = text.removesuffix("?").partition(":")
        wanted = said or (name if name in get_args(Kind) else kind)
        if wanted not in get_args(Kind):
            raise ValueError(f"{text!r}: {wanted!r} is not a kind of argument")
        return cls(name, wanted, text.endswith("?"))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Spec:
    """One thing a noun can do: its verbs (several words, other languages), arguments and keys."""

    verb: str
    args: tuple[Arg, ...] = ()
    keys: tuple[Arg, ...] = ()
    also: tuple[str, ...] = ()
    example: str = ""
    default: bool = False

    @classmethod
    def of(
        cls,
        verb: str,
        args: str = "",
        *,
        keys: str = "",
        zh: str = "",
        example: str = "",
        default: bool = False,
    ) -> "Spec":
        """Arguments and keys as Arg.of reads them, spaces between; `zh`: words with commas."""
        return cls(
            verb,
            tuple(Arg.of(arg) for arg in args.split()),
            tuple(Arg.of(key) for key in keys.split()),
            tuple(name.strip() for name in zh.replace("，", ",").split(",") if name.strip()),
            example,
            default or not verb,
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.verb, *self.also) if name)

    @property
    def text(self) -> Arg | None:
        return next((arg for arg in self.args if arg.kind == "text"), None)
