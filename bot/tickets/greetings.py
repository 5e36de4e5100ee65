"""Is it only a greeting or thanks? Such words open no ticket and start no clock. Pure."""

import re
import unicodedata
from typing import Literal

Courtesy = Literal["", "hello", "thanks"]

LONGEST = 60  # characters: whoever writes more has something to say
HELLO = frozenset(
    ("hi", "hello", "hey", "hallo", "morning", "afternoon", "evening", "servus", "moin")
)
THANKS = frozenset((
    "thanks", "thank", "thx", "ty", "cheers", "great", "perfect", "super", "ok", "okay", "bye",
    "goodbye", "danke",
))  # fmt: skip
FILLERS = frozenset((
    "you", "very", "much", "so", "a", "lot", "all", "for", "your", "the", "good", "day", "there",
    "dear", "team", "everyone", "many", "and", "again", "have", "nice", "weekend", "it", "works",
    "now", "to", "it's", "it´s", "got",
))  # fmt: skip
CHINESE_HELLO = ("您好", "你好", "大家好", "早上好", "上午好", "中午好", "下午好", "晚上好",
                 "早安", "哈喽", "嗨", "早")  # fmt: skip
_HELLO = re.compile("|".join(sorted(CHINESE_HELLO, key=len, reverse=True)))
CHINESE_THANKS = ("非常感谢", "谢谢您", "谢谢你", "谢谢", "多谢", "感谢", "辛苦了", "辛苦", "收到",
                  "好的", "明白了", "明白", "知道了", "再见", "拜拜", "没问题", "好")  # fmt: skip
CHINESE_FILLERS = ("了", "啊", "呀", "哈", "啦", "的", "哦", "嗯", "们", "大家")
# Of ours, these may be all that somebody wanted to hear: "May I come at ten?" - "OK!"
AGREES = ("ok", "okay", "great", "perfect", "super", "works", "没问题", "好的", "好")
_HAN = re.compile("[一-鿿]")
_CHINESE = re.compile(
    "(?:" + "|".join(sorted((*CHINESE_HELLO, *CHINESE_THANKS, *CHINESE_FILLERS),
                            key=len, reverse=True)) + ")+"
)  # fmt: skip


def courtesy(text: str, names: tuple[str, ...] = ()) -> Courtesy:
    """ "hello" or "thanks" when the text is nothing more; `names` may be addressed."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if not plain or len(plain) > LONGEST or "?" in plain:
        return ""
    plain = plain.replace("for your help", "").replace("for the help", "")
    bare = "".join(char if char.isalnum() or char in "'´" else " " for char in plain).strip()
    if not bare:
        return "thanks" if _is_emoji(plain) else ""
    for name in names:
        bare = re.sub(rf"(?:^|(?<=\s)|(?<=[一-鿿])){re.escape(name.casefold())}", " ", bare)
    return _chinese(bare) if _HAN.search(bare) else _english(bare.split())


def says_nothing(text: str, names: tuple[str, ...] = ()) -> bool:
    """Whether words of ours answer nothing that anybody waits for: a mere greeting or thanks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = _HELLO.sub(" ", plain)
    agrees = any(re.search(rf"(?<![a-z]){word}(?![a-z])", words) for word in AGREES)
    return bool(courtesy(text, names)) and not agrees


def _english(words: list[str]) -> Courtesy:
    known = HELLO | THANKS | FILLERS
    if not words or not all(word in known for word in words):
        return ""
    if any(word in THANKS for word in words):
        return "thanks"
    return "hello" if any(word in HELLO for word in words) or words == ["good", "day"] else ""


def _chinese(text: str) -> Courtesy:
    bare = text.replace(" ", "")
    if not _CHINESE.fullmatch(bare):
        return ""
    if any(word in bare for word in CHINESE_HELLO):
        return "hello"
    return "thanks" if any(word in bare for word in CHINESE_THANKS) else ""


def _is_emoji(text: str) -> bool:
    """Only symbols: thumbs, hearts, hands; a lone dash or full stop says nothing."""
    return any(unicodedata.category(char) == "So" for char in text)
