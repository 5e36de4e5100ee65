"""Who a news item is for: "tier:gold,lang:zh", a partner, or everybody; pure."""

from dataclasses import dataclass
from functools import lru_cache

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m

KINDS = {
    "tier": "tier", "lang": "lang", "language": "lang", "region": "region", "tag": "tag",
    "tags": "tag", "partner": "partner", "级别": "tier", "等级": "tier", "语言": "lang",
    "地区": "region", "区域": "region", "标签": "tag", "伙伴": "partner",
}  # fmt: skip
VALUES = {"金牌": "gold", "银牌": "silver", "铜牌": "bronze", "中文": "zh", "英文": "en"}
NOBODY = _m(
    "“{word}” is nobody I know. "
    "Try: to=tier:gold, to=lang:zh, to=region:Europe or a partner's name."
)
ALL = ("", "all", "everybody", "everyone", "全部", "所有", "所有人")


@dataclass(frozen=True, slots=True)
class Reached:
    """What an audience looks at of one person and their partner."""

    partner_id: int
    tier: str
    region: str
    language: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Pairs (kind, wanted). Of one kind any may fit, of different kinds one each must."""

    wanted: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """What is stored: parse() reads it back as the same."""
        return ",".join(f"{kind}:{word}" for kind, word in self.wanted)

    def fits(self, who: Reached) -> bool:
        kinds = {kind for kind, _ in self.wanted}
        return all(
            any(_is(who, kind, word) for one, word in self.wanted if one == kind) for kind in kinds
        )


def _is(who: Reached, kind: str, word: str) -> bool:
    if kind == "partner":
        return str(who.partner_id) == word
    if kind == "tag":
        return word in [fold(tag) for tag in who.tags]
    has = {"tier": who.tier, "region": who.region, "lang": who.language[:2]}[kind]
    return fold(has) == fold(word)


@lru_cache(maxsize=256)
def parse(text: str) -> Audience:
    """The audience of "tier:gold,lang:zh" (级别:金牌); a bare word stays a partner's name.

    Raises Refused for a kind that there is not.
    """
    if fold(text).strip() in ALL:
        return Audience()
    found = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        kind, mark, word = part.replace("：", ":").strip().partition(":")
        if not mark:
            found.append(("partner", kind))
            continue
        said = fold(kind).strip()
        known = KINDS.get(said, "")
        if not known or not word.strip():
            raise Refused(NOBODY, word=part.strip())
        found.append((known, fold(VALUES.get(word.strip(), word)).strip()))
    return Audience(tuple(dict.fromkeys(found)))
