"""How fast one bot account may talk: permits that come back a fixed time after the answer.

Response-clocked: with n permits that each come back t seconds after the *answer* of the call that
used it, call k+n starts later than t after call k was accepted, so no t seconds ever see more than
n calls, whatever the jitter on the way (reference: delivery.md 3c).
"""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol, TypeVar

from bot.clock import monotonic
from storage.gates import ASK, DELETE, EDIT, FILE, HOMEPAGE, POST, VERBS, Gates
from storage.rests import ACCOUNT

IN_FLIGHT = 8  # also the most that can be in doubt after a kill -9
MANY_IN_FLIGHT = 64  # on Slack, where doubt can be cleared: each channel has its own second
SLOWER = 1.25  # how much longer a scope keeps its permits after a 429
SLOWEST = 4.0
MOST_PARTS = 10  # of a minute: 6 s, beside which the time of an answer hardly counts
CLEAN = 60.0  # seconds without a 429 after which a scope is trusted a little more
LEAD = 0.05  # seconds by which a row is claimed before its permit is back; its call waits for it
TOGETHER = 5.0  # seconds in which a 429 of a second chat means the account, not the chat

Scope = tuple[str, str]  # what is counted ("talk"), and of whom ("telegram:42")
Limit = tuple[int, float]  # so many calls in any so many seconds


class Call(Protocol):
    """What a pace needs to know of a claimed row."""

    @property
    def chat(self) -> str: ...

    @property
    def verb(self) -> str: ...


AnyCall = TypeVar("AnyCall", bound=Call)


class Shaper:
    """At most `permits` calls in any `seconds`; after a 429 it rests, then goes slower a while."""

    def __init__(self, permits: int, seconds: float) -> None:
        self.permits, self.seconds = permits, seconds
        self._flying = 0
        self._back = deque[float]()  # when used permits come back, soonest first
        self._rests_until = 0.0
        self._stretch = 1.0
        self._trusted_at = 0.0

    def free(self, at: float) -> int:
        """How many calls could start at this moment, now or soon."""
        if at < self._rests_until:
            return 0
        used = len(self._back) - bisect_right(self._back, at)
        return max(0, self.permits - self._flying - used)

    def started(self, now: float) -> float:
        """Take a permit; returns the seconds until it is back from the call before."""
        self._flying += 1
        needed = min(len(self._back), len(self._back) + self._flying - self.permits)
        ready = self._back[needed - 1] if needed > 0 else now
        return max(0.0, ready - now, self._rests_until - now)

    def finished(self, now: float) -> None:
        """The answer came: from here the permit's time runs."""
        self._flying -= 1
        self._trust(now)
        if self.seconds:
            last = self._back[-1] if self._back else 0.0
            self._back.append(max(last, now + self.seconds * self._stretch))

    def refused(self, now: float, seconds: float) -> None:
        """The platform asked for a rest."""
        self._rests_until = max(self._rests_until, now + seconds)
        self._stretch, self._trusted_at = min(SLOWEST, self._stretch * SLOWER), now + seconds

    def opens_at(self, now: float) -> float | None:
        """When a permit comes back; None while one is free, or only an answer can bring one."""
        if self.free(now):
            return None
        if now < self._rests_until:
            return self._rests_until
        index = bisect_right(self._back, now)
        return self._back[index] if index < len(self._back) else None

    def jumped(self, seconds: float) -> None:
        """So much time passed at once: permits come back sooner; a rest asked for stays."""
        self._back = deque(at - seconds for at in self._back)

    def forget(self, now: float) -> bool:
        """Forget permits that are back; True when nothing is left to remember."""
        self._trust(now)
        while self._back and self._back[0] <= now:
            self._back.popleft()
        used = self._flying or self.free(now) < self.permits
        return not used and self._stretch == 1.0

    def _trust(self, now: float) -> None:
        if self._stretch > 1 and now > self._trusted_at + CLEAN:
            self._stretch, self._trusted_at = max(1.0, self._stretch / SLOWER), now


class Pace:
    """`permits` calls in any second, `gap` seconds between messages in one chat.

    A chat has one call at a time, so what was owed first is seen first; only what is new in it
    keeps the gap.
    """

    def __init__(self, gap: float = 1.0, permits: int = 30, in_flight: int = IN_FLIGHT) -> None:
        self.in_flight = in_flight
        self._limits: dict[str, Limit] = {
            "all": (permits, 1.0), "talk": (1, gap), "chat": (1, 0.0)
        }  # fmt: skip
        # the kinds of limit that count a verb for the whole account
        self._counted = {verb: ["all"] for verb in VERBS}
        self._shapers: dict[Scope, Shaper] = {}
        # of these, those that may have no permit: a look asks no others
        self._full: dict[Scope, Shaper] = {}
        self._rests_until = 0.0
        self._looked = 0.0  # the moment for which permits were last counted
        self._blamed: Scope = ("", "")  # the scope of the latest 429, and when it was
        self._blamed_at = -TOGETHER

    def free(self) -> int:
        """How many calls of any kind may be claimed now."""
        now = self._looked = _soon()
        if now < self._rests_until:
            return 0
        if "all" not in self._limits:
            return self.in_flight
        return self._shaper(("all", "")).free(now)

    def gates(self) -> Gates:
        """What must wait. Short: only chats spoken to within their gap, or under a longer rest."""
        now = self._looked = _soon()
        full = self._full = {
            scope: shaper for scope, shaper in self._full.items() if not shaper.free(now)
        }
        return Gates(
            talked=tuple(name for kind, name in full if kind == "talk"),
            chats=tuple({name for kind, name in full if kind in ("chat", "group")}),
            verbs=tuple(verb for verb in VERBS
                        if any((kind, "") in full for kind in self._counted[verb])),
        )  # fmt: skip

    def choose(self, calls: Sequence[AnyCall]) -> list[AnyCall]:
        """Those of `calls` for which there are permits, the first ones first."""
        now, taken, chosen = _soon(), Counter[Scope](), list[AnyCall]()
        for call in calls:
            scopes = self._scopes(call.chat, call.verb)
            if all(self._shaper(scope).free(now) > taken[scope] for scope in scopes):
                taken.update(scopes)
                chosen.append(call)
        return chosen

    def started(self, call: Call) -> float:
        """Take the permits of a call; returns the seconds it must still wait for them."""
        now = monotonic()
        scopes = self._scopes(call.chat, call.verb)
        rest = max(self._filling(scope).started(now) for scope in scopes)
        return max(rest, self._rests_until - now)

    def finished(self, call: Call) -> None:
        """To be said the moment the answer is there."""
        now = monotonic()
        for scope in self._scopes(call.chat, call.verb):
            self._shaper(scope).finished(now)

    def rest(self, seconds: float) -> None:
        """The whole account is silent for a while."""
        self._rests_until = max(self._rests_until, monotonic() + seconds)

    def jumped(self, seconds: float) -> None:
        """The sandbox moved its clock: nobody there waits a real minute for what took an hour."""
        for shaper in self._shapers.values():
            shaper.jumped(seconds)

    def told(self, call: Call, seconds: float) -> None:
        """An earlier process was told to wait: for such calls there, or for all."""
        if call.verb == ACCOUNT:
            self.rest(seconds)
        else:
            narrow, _ = self._suspects(call)
            self._filling(narrow).refused(monotonic(), seconds)

    def refused(self, call: Call, seconds: float) -> bool:
        """A 429: the narrowest scope that explains it rests; soon a second one, the next wider.

        Returns whether it was the next wider one.
        """
        now = monotonic()
        narrow, wide = self._suspects(call)
        together = narrow != self._blamed and now < self._blamed_at + TOGETHER
        self._blamed, self._blamed_at = narrow, now
        self._filling(narrow).refused(now, seconds)
        if together and wide is not None:
            self._filling(wide).refused(now, seconds)
        return together and wide is not None

    def wait(self) -> float | None:
        """Seconds until more may be claimed than at the last look (free, gates): what came back
        since must not be slept over. None when no time frees more.
        """
        then, overall = self._looked, self._shapers.get(("all", ""))
        shapers = [overall] if overall and not overall.free(then) else self._full.values()
        times = [at for shaper in shapers if (at := shaper.opens_at(then)) is not None]
        if then < self._rests_until:
            times = [self._rests_until]
        return max(0.0, min(times) - _soon()) if times else None

    def _scopes(self, chat: str, verb: str) -> list[Scope]:
        scopes: list[Scope] = [(kind, "") for kind in self._counted[verb]]
        if verb in (POST, FILE):
            scopes.append(("talk", chat))
        if verb in (POST, EDIT, HOMEPAGE, DELETE):  # a file may take long: it holds up no edit
            scopes.append(("chat", chat))
        return scopes

    def _suspects(self, call: Call) -> tuple[Scope, Scope | None]:
        """Which scopes a 429 can come from, the narrowest first."""
        account = (self._counted[call.verb][0], "")
        return (("talk", call.chat), account) if call.verb in (POST, FILE) else (account, None)

    def _shaper(self, scope: Scope) -> Shaper:
        if scope not in self._shapers:
            self._forget()
            self._shapers[scope] = Shaper(*self._limits[scope[0]])
        return self._shapers[scope]

    def _filling(self, scope: Scope) -> Shaper:
        """The same, for what may take its last permit."""
        shaper = self._full[scope] = self._shaper(scope)
        return shaper

    def _forget(self) -> None:
        """Chats whose permits are all back need no memory: with each new one the two that were
        looked at longest ago are, so at most twice as many are kept as are needed.
        """
        now = monotonic()
        for scope in list(islice(self._shapers, 2)):
            shaper = self._shapers.pop(scope)
            if not shaper.forget(now):
                self._shapers[scope] = shaper


class TelegramPace(Pace):
    """30 calls a second, one message a second in a chat without burst, 20 a minute in a group."""

    def __init__(self) -> None:
        super().__init__(gap=1.0, permits=30)
        self._limits["group"] = (20, 60.0)

    def _scopes(self, chat: str, verb: str) -> list[Scope]:
        scopes = super()._scopes(chat, verb)
        if _is_group(chat) and verb in (POST, FILE, EDIT):
            scopes.append(("group", chat))
        return scopes

    def _suspects(self, call: Call) -> tuple[Scope, Scope | None]:
        if _is_group(call.chat) and call.verb in (POST, FILE, EDIT):
            return ("group", call.chat), ("all", "")
        return super()._suspects(call)


class SlackPace(Pace):
    """One message a second in a channel, all together a ceiling, the rest by each method's tier.

    Reads are paced call by call in the client (platforms/slack/tiers.py): one question may need
    many; here only a few of them are let in at once, so that they cannot take every place.
    """

    def __init__(self, messages_per_minute: int, in_flight: int = MANY_IN_FLIGHT) -> None:
        super().__init__(gap=1.0, in_flight=in_flight)
        del self._limits["all"]
        self._limits |= {
            "ceiling": per_minute(messages_per_minute),
            FILE: (4, 0.0),
            EDIT: per_minute(50),  # chat.update, tier 3
            HOMEPAGE: per_minute(100),  # views.publish, tier 4
            DELETE: per_minute(50),  # chat.delete, tier 3
            ASK: (4, 0.0),
        }
        own = {verb: [verb] for verb in VERBS}
        self._counted = own | {POST: ["ceiling"], FILE: ["ceiling", FILE]}


def per_minute(calls: int) -> Limit:
    """So many calls a minute, spread over equal parts of it: a minute holds whole parts only, so
    that no minute, wherever it begins, sees more.
    """
    parts = max(range(1, MOST_PARTS + 1), key=lambda parts: (calls // parts * parts, parts))
    return calls // parts, 60.0 / parts


def paced(platform: str, slack_messages_per_minute: int) -> Pace:
    """The limits of a platform."""
    return SlackPace(slack_messages_per_minute) if platform == "slack" else TelegramPace()


def _soon() -> float:
    return monotonic() + LEAD


def _is_group(chat: str) -> bool:
    """Telegram's ids of groups are negative."""
    return chat.partition(":")[2].startswith("-")
