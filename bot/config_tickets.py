"""What liaison.toml says about tickets: promises, who is reminded of them, who gets what."""

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

Kind = Literal["problem", "question", "order", "request"]
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
Targets = str | Mapping[Priority, str]


class Strict(BaseModel):
    """A table of the file: it never changes, and a key that nobody knows is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Policy(Strict):
    """A promise: how soon a partner is answered. The first one whose conditions fit counts."""

    name: str = Field(description="What the promise is called, in faults and settings.")
    tiers: tuple[str, ...] = Field(
        (), description="The partners' tiers that it is for; none given = all."
    )
    partners: tuple[str, ...] = Field(
        (), description="The partners that it is for, by name; none given = all."
    )
    kinds: tuple[Kind, ...] = Field(
        (), description="The kinds of ticket that it is for; none given = all."
    )
    products: tuple[str, ...] = Field(
        (),
        description="The products that it is for: their name stands in the first words, or one of "
        "ours says so by /ticket T-12 product; none given = all.",
    )
    calendar: str = Field(description="The calendar whose open hours count.")
    both_sides: bool = Field(
        False,
        description="Count only hours in which the partner works too: 9 to 18 in their zone, on "
        "working days of their country.",
    )
    answer_within: Targets = Field(
        description="Open hours until an answer: 1h, 90m, 2 working days; or by priority: "
        '{ normal = "1h", urgent = "30m" }. What is not given goes by the next calmer one.'
    )
    next_within: Targets = Field(
        "", description="The same for answers after the first one; empty = no difference."
    )
    update_every: Targets = Field(
        "",
        description="The next word of ours after an answer, also when nobody asks; empty = off.",
    )
    solve_within: Targets = Field(
        "", description="Until it is solved, without what we wait for the partner; empty = off."
    )


class Step(Strict):
    """Somebody is reminded of a promise when this part of its time is used up."""

    at: int = Field(gt=0, le=1_000, description="The part of the promised open time, in percent.")
    tell: Literal["owner", "substitute", "team", "head"] = Field(
        description="Who: whoever looks after it; who stands in for them, else their lead; the "
        "team's room, of what nobody took; the head, with all others once a day."
    )
    every: int = Field(
        0, ge=0, le=1_000,
        description="Again after each further part of the time, in percent, until it is done; "
        "0 = once.",
    )  # fmt: skip


STEPS = (
    Step(at=75, tell="owner"),
    Step(at=100, tell="owner"),
    Step(at=150, tell="substitute"),
    Step(at=150, tell="team"),
    Step(at=200, tell="head"),
)


class TicketSettings(Strict):
    """What becomes of a ticket that is solved, or waits for the partner."""

    close_after: int = Field(
        5, ge=0, le=250,
        description="Our working days after which a solved ticket is closed by itself; 0 = never.",
    )  # fmt: skip
    reopen_within: int = Field(
        5, ge=0, le=250,
        description="Our working days in which what the partner writes opens a solved ticket "
        "again; later it is a new ticket. 0 = always a new one.",
    )  # fmt: skip
    chase_after: tuple[int, ...] = Field(
        (2, 5),
        description="Working days of the partner after which they are reminded that a ticket "
        "waits for them; a day after the last one whoever looks after it is told. [] = never.",
    )

    @field_validator("chase_after")
    @classmethod
    def _days_rise(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if list(days) != sorted(set(days)) or any(not 1 <= day <= 250 for day in days):
            raise ValueError("give working days from 1 to 250, each later than the one before")
        return days


class Rule(Strict):
    """Who gets a new ticket, and how much it matters. The first rule that fits counts."""

    name: str = Field(description="What the rule is called, in a ticket's story.")
    partners: tuple[str, ...] = Field((), description="Partners by name; none given = all.")
    tiers: tuple[str, ...] = Field((), description="Tiers; none given = all.")
    regions: tuple[str, ...] = Field((), description="Regions; none given = all.")
    languages: tuple[str, ...] = Field(
        (), description="Languages of whoever asks: en, zh; none given = all."
    )
    products: tuple[str, ...] = Field(
        (), description="Products, by name in the first words; none given = all."
    )
    kinds: tuple[Kind, ...] = Field((), description="Kinds of ticket; none given = all.")
    words: tuple[str, ...] = Field(
        (), description="One of these stands in the first message, in any case; none = whatever."
    )
    owner: str = Field("", description="Who of ours gets it, by name; if away, who stands in.")
    team: str = Field("", description="Which team gets it; its room hears of what nobody took.")
    hand_out: Literal["nobody", "round_robin", "least_loaded"] = Field(
        "nobody",
        description="Who of the team: nobody until somebody takes it, each in turn, or whoever "
        "has the fewest open tickets; who is away or asleep is skipped.",
    )
    pass_on: int = Field(
        0, ge=0, le=1_000,
        description="Taken back and given to the next of the team when this part of the promised "
        "time is used up, in percent, and whoever got it did nothing; 0 = never.",
    )  # fmt: skip
    priority: Literal["", Priority] = Field(
        "", description="How much it matters; empty = normal until somebody says otherwise."
    )
