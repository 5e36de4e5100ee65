"""Examples for the templates of partners, and of what people decide for themselves."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from bot.partners.why import Line
from bot.texts import Reader
from storage.models_people import Manager

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
OWNER = SimpleNamespace(name="林")
PARTNER = SimpleNamespace(
    id=7, name="华腾科技", tier="金牌", region="华南", zone="Asia/Shanghai", owner=OWNER
)
CONTACT = SimpleNamespace(
    id=12, name="王伟", partner=PARTNER, quiet_from="20:00", quiet_to="08:00",
    wants_reminders=True, wants_surveys=False, wants_news=True,
)  # fmt: skip
ROOM = SimpleNamespace(thread="", id=3, title="华腾项目群", chat="-100", platform="telegram",
                       unreachable_at=NOW)  # fmt: skip
IDENTITY = SimpleNamespace(id=5, name="陈晓", platform="telegram")
TELL = SimpleNamespace(id=9, html="周五休息 &lt;b&gt;", to=[
    SimpleNamespace(room=True, name="华腾项目群", language="zh"),
    SimpleNamespace(room=False, name="王伟", language="en"),
])  # fmt: skip
GROUPS = [
    SimpleNamespace(kind=kind, names=("王伟", "李娜"), team=team)
    for kind, team in (("ours", ""), ("theirs", ""), ("foreign", "启明"), ("company", "Acme"),
                       ("company", ""), ("others", ""))
]  # fmt: skip
FOUND = SimpleNamespace(
    tickets=2, rooms=[ROOM],
    contacts=[SimpleNamespace(contact=CONTACT, platforms=("telegram",), unreachable=False),
              SimpleNamespace(contact=CONTACT, platforms=(), unreachable=False),
              SimpleNamespace(contact=CONTACT, platforms=(), unreachable=True)],
)  # fmt: skip
ROUTE = SimpleNamespace(help="A new partner", name="partner add",
                        spec=SimpleNamespace(example="/partner 添加 华腾"))  # fmt: skip
STATUS = SimpleNamespace(
    partners=80, contacts=112, queued=3, held=1, in_doubt=0, dead=2, unverified=1, due=14,
    due_dead=1, next_due=NOW, set_aside=4, retrying=2, last_error="429", stopped=7,
    by_class={cls: cls + 1 for cls in range(5)},
)  # fmt: skip
OWN: dict[str, Any] = {
    "contact": CONTACT, "called": "王总", "partner": PARTNER, "company": "恒达",
    "owner": "林经理", "zone": "Asia/Shanghai",
}  # fmt: skip
SHOWN: dict[str, Any] = {"tell": TELL, "partner": PARTNER, "names": ["王总"], "now": NOW}
INVITATION = SimpleNamespace(
    contact=CONTACT, words="王总您好，请打开：", link="https://t.me/LiaisonDemoBot?start=abc"
)

FATES = [("waits", why) for why in ("talk", "question", "free", "budget")]
FATES += [
    (fate, "quiet") for fate in ("arrived", "waits", "way", "halted", "withdrawn", "unknown")
]
FATES += [("lost", why) for why in ("blocked", "gone", "refused", "gave_up")]
FATES += [("skipped", why) for why in ("stopped", "blocked", "gone", "address", "moot", "late",
                                       "quiet", "talk", "recent", "remark", "noise", "joined",
                                       "fixed", "closed")]  # fmt: skip
WHY = [
    Line(kind, title, NOW.date(), fate, NOW, reason, NOW if reason == "stopped" else None)
    for fate, reason in FATES
    for kind, title in (("digest", ""), ("news", "N-5"), ("survey", "T-12"))
]

EXAMPLES: dict[str, dict[str, Any]] = {
    "own/settings.html.j2": {**OWN, "welcome": False},
    "own/stop_what.html.j2": {},
    "own/stopped.html.j2": {"kind": "all", "before": "rsn"},
    "own/going_on.html.j2": {"contact": CONTACT},
    "partners/code_refused.html.j2": {"there": False},
    "own/help.html.j2": {"private": True},
    "own/not_theirs.html.j2": {"word": "news", "ours": True, "private": True, "theirs": True},
    "own/help_stranger.html.j2": {"company": "恒达"},
    "own/help_ours.html.j2": {
        "nouns": [("partner", "Partners: invite, link, tell, list")], "prefix": "",
    },
    "own/help_noun.html.j2": {"routes": [ROUTE], "noun": "partner", "prefix": "hd-"},
    "own/values.html.j2": {
        "manager": SimpleNamespace(name="林", role="主管", language="zh", zone="Asia/Shanghai"),
        "rows": [("zone", "Asia/Shanghai", "file"), ("digest", "周一 09:00", "default")],
        "version": 3,
    },
    "own/status.html.j2": {
        "found": STATUS, "now": NOW, "since": "2026-12-03T08:12:00+00:00", "admin": True,
        "mine": False, "late": NOW,
        "failed": [
            {"at": NOW, "what": "news", "whom": "王伟", "state": state, "reason": "1",
             "why": "They have blocked the bot."}
            for state in ("dead", "unverified")
        ],
    },
    "own/sent_again.html.j2": {"count": 3},
    "own/away.html.j2": {"start": NOW, "until": LATER, "name": "林", "before": (NOW, LATER)},
    "own/back.html.j2": {"back": False},
    "own/status_away.html.j2": {"until": LATER, "name": "梅主管"},
    "partners/stands_in.html.j2": {"away": SimpleNamespace(name="林", away_from=NOW,
                                                           away_until=LATER)},
    "own/roles.html.j2": {
        "managers": [
            *(Manager(name="林", role=role, team="渠道", away_until=LATER)
              for role in ("admin", "lead", "manager", "viewer")),
            Manager(name="博", role="manager", team="", away_from=LATER, away_until=LATER),
        ],
        "now": NOW,
    },
    "partners/added.html.j2": {"title": "华腾项目群", "by": "王伟", "value": 3},
    "partners/added_partner.html.j2": {"partner": PARTNER},
    "partners/came.html.j2": {"contact": CONTACT, "partner": PARTNER, "moved": True},
    "partners/hello.html.j2": {"company": "恒达", "owner": "林经理", "bot": "@LiaisonDemoBot"},
    "partners/invite_nobody.html.j2": {"partner": PARTNER, "contacts": [CONTACT]},
    "partners/invite_whom.html.j2": {"partner": PARTNER, "contacts": [CONTACT, CONTACT]},
    "partners/invited.html.j2": {"invitations": [INVITATION, INVITATION]},
    "partners/link.html.j2": {
        "partner": PARTNER, "here": "7:C0ACME",
        "link": "https://t.me/LiaisonDemoBot?startgroup=abc", "line": "/start@LiaisonDemoBot abc",
    },
    "partners/link_failed.html.j2": {
        "title": "华腾项目群", "partner": PARTNER, "why": "已关联。", "there": False,
    },
    "partners/link_impossible.html.j2": {"partner": PARTNER, "title": "#华腾", "why": "outside"},
    "partners/link_looking.html.j2": {"room": "#华腾"},
    "partners/link_seen.html.j2": {
        "partner": PARTNER, "room": ROOM, "there": GROUPS, "count": 5, "by": "王伟",
        "platform": "telegram", "hears": False, "value": "7:3",
    },
    "partners/linked.html.j2": {"partner": PARTNER, "room": ROOM, "value": "7:3"},
    "partners/not_linked.html.j2": {"partner": PARTNER, "room": ROOM, "undone": True},
    "partners/list.html.j2": {
        "rows": [PARTNER, SimpleNamespace(name="启明", tier="", owner=None)], "total": 80,
        "offset": 20, "size": 20, "words": "金牌", "turn": True,
    },
    "partners/noted.html.j2": {"partner": PARTNER},
    "partners/reachable.html.j2": {"contact": CONTACT, "partner": PARTNER, "room": ROOM},
    "partners/show.html.j2": {
        "found": FOUND, "partner": PARTNER, "now": NOW, "there": Reader("en", "Asia/Shanghai"),
    },
    "partners/stranger.html.j2": {"company": "恒达"},
    "partners/stranger_card.html.j2": {
        "state": "open", "identity": IDENTITY, "said": ["你好", "在吗 [照片]"], "value": "5",
        "contact": None, "by": "",
    },
    "partners/tell_preview.html.j2": SHOWN,
    "partners/tell_held.html.j2": {**SHOWN, "seconds": 10},
    "partners/tell_undone.html.j2": SHOWN,
    "partners/tell_done.html.j2": {**SHOWN, "sent": ["王总"], "failed": ["李总"]},
    "partners/tell_look.html.j2": {"partner": PARTNER},
    "partners/why.html.j2": {
        "contact": CONTACT, "called": "王总", "there": Reader("en", "America/Sao_Paulo"),
        "now": NOW, "days": 30, "lines": WHY,
    },
    "partners/why_whom.html.j2": {"contacts": [CONTACT, CONTACT], "more": True},
    "partners/told.html.j2": {"html": "周五休息", "platform": "telegram", "who": "林经理（恒达）"},
}  # fmt: skip
