"""Examples for the templates of tickets, surveys and the day."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from bot.texts import Reader
from bot.tickets.finding import Filters

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
DUE = datetime(2026, 12, 3, 9, 12, tzinfo=UTC)
PARTNER = SimpleNamespace(name="华腾科技", tier="gold")
STORY = SimpleNamespace(
    waiting_since=NOW, answered_at=None, held=False, urgent=True, heard=2, round=1
)
TICKET = SimpleNamespace(
    id=41, status="open", priority="high", kind="order", held_until=DUE, product="进销存"
)
FACTS: dict[str, Any] = {
    "ticket": TICKET, "ref": "T-41", "partner": PARTNER, "now": NOW, "who": "王伟",
    "called": "王总", "title": "价格表打不开", "story": STORY, "due": DUE, "owner": "",
    "team": "林经理", "company": "恒达", "scored": True, "first_time": True, "remark": False,
    "solved": True, "told": True, "follows": 12,
    "private": True, "standing": "at_risk", "promised": DUE,
    "belongs": 0, "merged": False, "heard": 2, "split": 7, "other": 40, "known": 4, "foreign": 7,
    "apart": True, "denied": True,
    "watched": SimpleNamespace(name="solve", due=DUE),
}  # fmt: skip
RELATED: dict[str, Any] = {"ticket": TICKET, "beyond": 2, "related": [
    {"id": number, "ref": f"T-{number}", "status": status, "partner": "Nordwind GmbH"}
    for number, status in enumerate(("open", "waiting", "hold", "resolved", "closed"), 20)
]}  # fmt: skip
LATE = [FACTS | {"clock": clock, "whose": whose, "due": due, "words": "还是打不开"}
        for clock, whose in (("answer", ""), ("update", "林"), ("solve", "林"))
        for due in (NOW, DUE)]  # fmt: skip
ROW = {"id": 41, "ref": "T-41", "partner": "华腾科技", "who": "王总", "title": "价格表打不开",
       "due": DUE, "urgent": True, "owner": "", "status": "hold", "until": DUE}  # fmt: skip
TALK = {"id": 7, "partner": "华腾科技", "quote": "发票有点问题", "at": NOW}
SCORE: dict[str, Any] = {
    "invite": 5, "state": "comment", "ref": "T-41", "scale": (1, 2, 3, 4, 5),
    "solution": "已发新链接",
    "unsolved": False, "score": 2, "comment": "", "private": True, "called": "王总",
    "owner": "林经理", "lead": True, "link": "", "company": "恒达",
}  # fmt: skip
MEETING = {"ref": "M-3", "partner": "华腾科技", "title": "季度回顾", "at": DUE, "theirs": "08:30",
           "city": "柏林"}  # fmt: skip
DAY: dict[str, Any] = {"talk": [TALK], "tickets": [ROW], "more": True, "now": NOW,
                       "meetings": [MEETING, MEETING | {"theirs": ""}],
                       "promises": [{"id": 3, "ref": "T-41", "partner": "华腾科技",
                                     "words": "周四前查清", "due": DUE}]}  # fmt: skip

TERMS = SimpleNamespace(policy="gold", calendar="office", version=3)
CLOCK = SimpleNamespace(name="answer", number=1, due=DUE, kept=False, stopped=None, paused=True)
KINDS = ("opened", "heard", "answered", "sent", "unsent", "taken", "urgent", "calm", "remark",
         "not_a_ticket", "resolved", "reopened", "not_solved", "waiting", "hold", "resumed",
         "nudged", "promised", "promise_moved", "promise_kept", "promise_dropped",
         "told", "note", "reworded", "mended", "edited", "deleted", "promise", "scored",
         "policy")  # fmt: skip


def _line(kind: str, who: str = "王伟", owner: str = "", **data: object) -> SimpleNamespace:
    return SimpleNamespace(at=NOW, kind=kind, who=who, owner=owner, until=DUE, since=NOW,
                           data=data, words="还是打不开", effects=[])  # fmt: skip


EVERY_EFFECT = _line("opened", version=3)
EVERY_EFFECT.effects = [SimpleNamespace(at=NOW, what=what, clock=CLOCK, used=DUE - NOW)
                        for what in ("starts", "pauses", "resumes", "stops")]  # fmt: skip
TOLD: dict[str, Any] = {
    "ref": "T-41", "title": "价格表打不开", "partner": "华腾科技", "now": NOW, "ticket": TICKET,
    "parts": [42], "earlier": 3, "later": 0, "before": 0, "after": 30,
    "lines": [
        EVERY_EFFECT, *(_line(kind, owner="林", version=3, policy="gold") for kind in KINDS),
        *(_line(kind, other=42, value="order", number=42)
          for kind in ("split_off", "joined", "belongs", "kind", "score_ticket", "merged",
                       "took_in", "goes_along")),
        *(_line("nudged", "", "林", to=to, part=75, clock="solve", number=1)
          for to in ("manager:1", "room", "head")),
        *(_line(kind, "", owner, rule={"name": "金牌", "team": team})
          for kind in ("routed", "passed_on")
          for owner, team in (("林", ""), ("", "渠道"), ("", ""))),
        *(_line("taken", owner="林", **{how: 3}) for how in ("handover", "handed_back")),
        *(_line("product", product=name) for name in ("进销存", "")),
        _line("priority", value="high"), _line("priority", "", rule="金牌", value="urgent"),
        _line("unsent", ""),
        *(_line("policy", who, version=3, policy=name)
          for who in ("", "林") for name in ("", "金牌")),
        *(_line("policy", "", version=3, policy=name, cause="import") for name in ("", "金牌")),
    ],
    "clocks": [
        {"clock": SimpleNamespace(name=name, number=2, due=DUE, stopped=stopped, paused=True,
                                  terms=SimpleNamespace(policy="silver", version=2)),
         "used": DUE - NOW, "whole": DUE - NOW, "left": DUE - NOW, "over": over}
        for name in ("answer", "update", "solve") for stopped in (None, DUE)
        for over in (DUE - DUE, DUE - NOW)
    ],
    "sums": SimpleNamespace(wait=DUE - NOW, work=DUE - NOW, hold=DUE - NOW, theirs=DUE - NOW),
    "terms": TERMS,
}  # fmt: skip

COUNTS = {"partner": 12, "ticket": 1, "meeting": 3}

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/story.html.j2": TOLD,
    "tickets/card.html.j2": FACTS,
    "tickets/shown.html.j2": FACTS | RELATED,
    "tickets/related.html.j2": RELATED | {"unlinks": True},
    "tickets/confirmation.html.j2": FACTS,
    "tickets/answer.html.j2": FACTS | {"how": "held", "log": 9, "html": "新链接", "files": "",
                                       "moment": DUE},
    "tickets/promised.html.j2": {"ref": "T-41", "due": DUE, "zone": "Europe/Berlin", "id": 3,
                                 "theirs": Reader("zh", "Europe/Berlin")},
    "tickets/promise.html.j2": {"how": "open", "id": 3, "ref": "T-41", "ticket": TICKET,
                                "partner": "华腾科技", "words": "周四前查清", "called": "王总",
                                "due": DUE, "now": NOW, "whose": "林"},
    "tickets/promise_done.html.j2": {"how": "dropped", "ref": "T-41"},
    "tickets/mirror.html.j2": {"html": "还是打不开", "lost": ["录屏.mp4"], "foreign": 7,
                              "ours": False, "above": "↩ 林: “周一”"},
    "tickets/not_passed.html.j2": {"lost": ["录屏.mp4", ""], "limit": 20},
    "tickets/said.html.j2": {"html": "新链接", "edited": True},
    "tickets/edited.html.j2": {"html": "还是打不开", "lost": ["录屏.mp4"], "ours": True},
    "tickets/deleted.html.j2": {"html": "还是打不开", "name": "王总"},
    "tickets/made.html.j2": {"ref": "T-41", "ticket": TICKET},
    "tickets/greeting.html.j2": {"polite": "hello", "called": "王总", "team": "林经理",
                                 "company": "恒达"},
    "tickets/which.html.j2": {"said": 7, "tickets": [(41, "价格表打不开")]},
    "tickets/which_answer.html.j2": {"said": 7, "tickets": [(41, "价格表")], "quote": "好了"},
    "tickets/chosen.html.j2": {"ref": "T-41", "ours": True},
    "tickets/urgent.html.j2": FACTS,
    "tickets/nudge.html.j2": {"rows": LATE, "now": NOW, "shown": 3, "more": 2},
    "tickets/late.html.j2": {"rows": LATE, "now": NOW, "shown": 3, "more": 2},
    "tickets/hand_over.html.j2": {"id": 3, "counts": COUNTS, "giver": "林", "taker": "博"},
    "tickets/hand_over_counts.html.j2": {"counts": COUNTS},
    "tickets/hand_over_said.html.j2": {"how": "going", "taker": "博"},
    "tickets/handed_over.html.j2": {"done": True, "counts": COUNTS, "giver": "林", "taker": "博",
                                    "undo": 3, "now": NOW},
    "tickets/translated.html.j2": {"ref": "T-41", "who": "王伟", "quote": "报价单坏了",
                                    "text": "价格表坏了", "said": 7, "ticket": TICKET},
    "tickets/translating.html.j2": {},
    "tickets/routed.html.j2": {
        "rows": [FACTS | {"how": how, "rule": "金牌", "passed": True, "words": ""}
                 for how in ("routed", "passed")], "shown": 3, "more": 2, "now": NOW,
    },
    "tickets/head.html.j2": {"rows": LATE, "now": NOW, "shown": 3, "more": 2},
    "tickets/waits_again.html.j2": FACTS,
    "tickets/assigned.html.j2": FACTS | {"by": "林", "words": "还是打不开"},
    "tickets/reopened.html.j2": FACTS | {"how": "heard"},
    "tickets/phase.html.j2": {"what": "hold", "ref": "T-41", "ticket": TICKET, "now": NOW,
                              "row": 9, "reminded": DUE},
    "tickets/goes_on.html.j2": FACTS | {"until": NOW},
    "tickets/chase.html.j2": {"called": "王总", "again": True,
                              "rows": [{"ref": "T-41", "title": "价格表打不开"}], "more": 3,
                              "where": "private"},
    "tickets/chased.html.j2": {"called": "王总", "number": 1, "arrived": True,
                               "others": ["T-42"]},
    "tickets/silent.html.j2": {"now": NOW, "more": 3, "rows": [
        {"id": 41, "ref": "T-41", "title": "价格表打不开", "partner": "华腾科技",
         "called": "王总", "reached": reached, "last": NOW} for reached in (True, False)]},
    "tickets/moved.html.j2": {"what": "split_off", "ref": "T-42", "words": "打印机也坏了"},
    "tickets/typed.html.j2": {"ref": "T-42", "called": "王总", "log": 7},
    "tickets/split.html.j2": {"ref": "T-42", "ticket": 42, "back": 41},
    "tickets/joined.html.j2": {"ref": "T-42", "id": 42, "other": 41},
    "tickets/kind.html.j2": FACTS | {"rule": "订单", "about": "kind"},
    "tickets/more.html.j2": RELATED | {"ref": "T-41", "split": 7, "known": 4,
                                       "words": "打印机也坏了"},
    "tickets/linked.html.j2": {"how": "linked", "id": 41, "other": 20, "partner": "Nordwind GmbH",
                               "title": "The price list will not open"},
    "tickets/done.html.j2": {"what": "resolved", "ref": "T-41", "name": "王总", "ticket": TICKET,
                              "asked": "recent", "heard": "还是打不开"},
    "tickets/list.html.j2": {
        "rows": [ROW], "ours": True, "now": NOW, "filters": Filters(),
        "labels": ["overdue", "order"], "total": 1000, "beyond": True, "first": True,
        "owner": "林", "partner": "华腾科技", "next": "1796281920.000000.41|o3 dlate",
    },
    "tickets/search.html.j2": {
        "rows": [ROW | {"quote": "…还是打不开，请看截图…", "done": False}], "words": "打不开",
        "first": True, "now": NOW, "next": "41|打不开", "beyond": False,
    },
    "surveys/question.html.j2": SCORE,
    "surveys/in_private.html.j2": SCORE,
    "surveys/talk_soon.html.j2": SCORE,
    "surveys/wants_to_talk.html.j2": {"who": "王总", "partner": "华腾科技", "ref": "T-41",
                                      "ticket": 41},
    "surveys/alert.html.j2": {
        "partner": "华腾科技", "ref": "T-41", "score": 2, "comment": "这个月第三次了", "low": True,
        "caller": "", "called": "王总", "by": DUE, "now": NOW, "invite": 5,
        "opened": 43, "known": 4, "others": 11,
    },
    "surveys/results.html.j2": {
        "result": SimpleNamespace(percent=80.0, mean=4.16, answered=50), "partner": "",
        "unsolved": 2, "days": 90,
    },
    "today/mine.html.j2": DAY,
    "today/home.html.j2": DAY,
}  # fmt: skip
