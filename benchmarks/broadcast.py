"""A broadcast under the platforms' limits: how near to the ideal, how many 429s, who waits.

    python -m benchmarks.broadcast [--quick] [--only WORDS] [--rounds N]

Liaison (outbox on SQLite, Courier, real senders) beside python-telegram-bot's AIORateLimiter and
slack_sdk's AsyncRateLimitErrorRetryHandler, against the emulated platforms in their own process.
"""

import argparse
import asyncio
import gc
import importlib.util
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks import broadcasters as who
from benchmarks.broadcasters import Broadcast, Outcome, Task
from benchmarks.emulated import Emulated, channels, emulated, people

CHATS, URGENT = 3_000, 60
ROOMS, EACH = 300, 10
IN_ONE = 60
UNDER_CEILING, CEILING = 1_000, 500
LIMITER = importlib.util.find_spec("aiolimiter") is not None
HINT = "AIORateLimiter is left out; to measure it: pip install aiolimiter"


@dataclass
class Scenario:
    """`goal` is the ratio to the ideal that Liaison must keep."""

    name: str
    kind: str
    task: Task
    ideal: float  # seconds
    goal: float
    senders: dict[str, Broadcast]
    options: dict[str, int] = field(default_factory=dict)


@dataclass
class Result:
    ratio: float
    refused: int
    lost: int
    waits: list[float]


def scenarios(part: float) -> Iterator[Scenario]:
    """All of them; `part` of the messages."""
    yield from _telegram(part)
    yield from _slack(part)


def _telegram(part: float) -> Iterator[Scenario]:
    chats, urgent = people(int(CHATS * part)), int(URGENT * part)
    total = len(chats) + urgent
    ideal = total / 30
    stride = len(chats) // urgent
    task = Task(chats, chats[::-stride][:urgent], every=ideal * 0.95 / urgent)
    senders: dict[str, Broadcast] = {"Liaison": who.liaison_on_telegram}
    if LIMITER:
        senders |= {f"AIORateLimiter({n})": who.aio_rate_limiter(n) for n in (5, 0)}
    for kind in ("bucket", "window"):
        name = f"Telegram, {len(chats)} chats + {urgent} urgent, {kind}"
        yield Scenario(name, kind, task, ideal, 1.05, senders)


def _slack(part: float) -> Iterator[Scenario]:
    rooms = channels(int(ROOMS * part))
    handlers = {f"RetryHandler({n})": who.rate_limit_handler(n) for n in (50, 1)}
    senders = {"Liaison": who.liaison_on_slack} | handlers
    free = {"burst": 1, "per_minute": who.FOREVER}
    ceiling = {"a task a channel": who.a_task_a_channel}
    yield Scenario(f"Slack, {EACH} to each of {len(rooms)} channels", "window",
                   Task(rooms * EACH), EACH - 1, 1.10, ceiling | senders, free)  # fmt: skip
    alone = max(10, int(IN_ONE * part))
    yield Scenario(f"Slack, {alone} to one channel", "window",
                   Task(rooms[:1] * alone), alone - 1, 1.10, senders, free)  # fmt: skip
    count = int(UNDER_CEILING * part)
    many = (channels(ROOMS) * 4)[:count]
    for kind in ("bucket", "window"):
        yield Scenario(
            f"Slack, {count} at {CEILING} a minute, {kind}", kind,
            Task(many, per_minute=CEILING), count * 60 / CEILING, 1.05, senders,
            {"burst": 1, "per_minute": CEILING},
        )  # fmt: skip


async def measure(there: Emulated, one: Scenario, broadcast: Broadcast) -> Result:
    await there.limit(one.kind, **one.options)
    outcome: Outcome = await broadcast(there, one.task)
    counts = await there.counts()
    owed = len(one.task.chats) + len(one.task.urgent)
    return Result(
        ratio=outcome.seconds / one.ideal,
        refused=counts["refused"],
        lost=owed - counts["accepted"],
        waits=outcome.waits,
    )


def p95(waits: list[float]) -> float:
    return quantiles(waits, n=20, method="inclusive")[-1]


def row(one: Scenario, name: str, results: list[Result]) -> str:
    """Medians over the rounds; the urgent messages of all rounds together."""
    ratio = median(result.ratio for result in results)
    refused = median(result.refused for result in results)
    lost = median(result.lost for result in results)
    waits = sorted(wait for result in results for wait in result.waits)
    urgent = ""
    if len(waits) > 1:
        urgent = f"{median(waits):.2f} / {p95(waits):.2f} / {waits[-1]:.2f}"
    verdict = ""
    if name == "Liaison":
        late = len(waits) > 1 and p95(waits) >= 1
        kept = ratio <= one.goal and not refused and not lost and not late
        verdict = "kept" if kept else "MISSED"
    return (f"| {one.name} | {name} | {ratio:.3f} | {one.goal:.2f} {verdict} "
            f"| {refused:.0f} | {lost:.0f} | {urgent} |")  # fmt: skip


async def run(part: float, only: str, rounds: int) -> None:
    async with emulated(CHATS, ROOMS) as there:
        await there.limit("off")
        speed = await who.bare(there, 500, 8)
        print(f"ceiling: {speed:.0f} bare calls a second, 8 at once, no limits, 20 ms delay\n")
        print("| scenario | sender | time / ideal | goal | 429s | lost "
              "| urgent p50 / p95 / max, s |\n|---|---|---|---|---|---|---|")  # fmt: skip
        gc.freeze()  # for all senders alike
        for one in scenarios(part):
            for name, broadcast in one.senders.items():
                if only.lower() in f"{one.name} {name}".lower():
                    results = [await measure(there, one, broadcast) for _ in range(rounds)]
                    print(row(one, name, results), flush=True)
    if not LIMITER:
        print(HINT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    parser.add_argument("--only", default="", help="scenarios or senders with these words")
    parser.add_argument("--rounds", type=int, default=1, help="medians over so many runs")
    given = parser.parse_args()
    for name in ("telegram", "slack_sdk"):  # each 429 would be a traceback
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asyncio.run(run(0.1 if given.quick else 1.0, given.only, given.rounds))


if __name__ == "__main__":
    main()
