"""What somebody wants: a problem solved, a question answered, an order, a request. Pure.

Guessed from the first words, in English and Chinese; one of ours corrects it by a press. What
fits nothing is a problem: to take a fault for a mere question would cost the partner most.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import get_args

from bot.config_tickets import Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
# As people type them in a command.
NAMES: dict[str, Kind] = {
    "问题": "problem", "故障": "problem", "咨询": "question", "疑问": "question",
    "提问": "question", "订单": "order", "下单": "order", "请求": "request", "需求": "request",
    "申请": "request",
}  # fmt: skip

# Words that look like a fault and are none.
HARMLESS = (
    r"\b(?:no|not a) problem\b", r"\b(?:do not|don't) (?=know|understand)", "(?<=能)不能",
    "没问题", "问题(?=.{0,3}(?:想|请教|咨询|问))",
)  # fmt: skip
FAULT = (
    r"\b(?:do|does|did|is|are|was|were|will|can|could|has|have|had)(?: not|n't)\b", "cannot",
    r"\b(?:wo|ca)n't\b", r"\b(?:broken?|breaks|error|errors|fails?|failed|failing|failure)\b",
    r"\b(?:crash\w*|bugs?|wrong|wrongly|missing|lost|damaged|defect\w*|faulty|stuck|hangs?)\b",
    r"\b(?:is|are|was|went|still|again) down\b", r"\b(?:late|delayed|overdue|slow|complain\w*)\b",
    r"\b(?:still nothing|no longer|never (?:arrived|came|got)|no answer|unable|problems?)\b",
    r"\b(?:not (?:open|work|arriv|load|receiv)\w*)\b", r"\b(?:404|500|502|503)\b", r"\bissues?\b",
    "打不开", "不能", "无法", "不了", "没法", "报错", "错误", "出错", "弄错", "失败", "坏", "损",
    "故障", "问题", "没收到", "未收到", "没有收到", "没到", "未到", "还没", "缺", "丢", "异常",
    "卡住", "太慢", "崩溃", "投诉", "不对", "不见了", "没反应", "不工作", "延误", "没解决",
)  # fmt: skip
ASKS_HOW = (
    r"^(?:\W*(?:hi|hello|hey|dear \w+|and|so|but)\W+)*"
    r"(?:how|what|what's|where|where's|when|which|who|whose|why)\b",
    r"\b(?:tell me|let (?:me|us) know|wonder\w*|explain|know (?:how|what|where|when|why|if))\b",
    "怎么", "怎样", "如何", "什么", "哪", "多少", "为何", "几点", "几天", "多久", "多长", "请教",
    "咨询", "想问", "想了解", "问一下",
)  # fmt: skip
ORDERS = (
    r"\b(?:want|like|need|wish|please|can|may|could|to|we|i|let's)\b[\w ]{0,20}"
    r"(?<!my )(?<!the )(?<!our )(?<!your )(?<!this )\b(?:order|reorder|buy|purchase)\b",
    r"^\W*(?:(?:hi|hello|hey|please|new|repeat)\W+)*(?:order|reorder|buy|purchase)\b",
    r"\bpurchase orders?\b", r"\bpo\W{0,3}\d", r"\b(?:place|send|attach\w*|new|another) "
    r"(?:you |us )?(?:an |our |the )?order\b", r"\b(?:quote|quotation|offer) (?:for|on)\b",
    r"\b(?:need|want|send us|take)\b (?:another|\d+)(?: more)? (?!minutes|hours|days|weeks)\w+",
    r"\border (?:of |for )?\d+", "下单", "订购", "订货", "采购", "购买", "想买", "要买", "想订",
    "要订", "报价", "询价", "补货", "加订", "续订", "新订单", "附上订单", "订单如下", "追加",
    r"(?:再|还)(?:来|要)\s*\d+",
)  # fmt: skip
WISHES = (
    r"\b(?:please|kindly|could (?:you|we|i)|can (?:you|we|i)|would (?:you|like)|may (?:we|i))\b",
    r"\b(?:i|we)'d like\b",
    r"\b(?:need|needs|want|wants|wish|send (?:us|me)|give (?:us|me)|request\w*|looking for)\b",
    r"(?:请|麻烦|帮|能否|能|可以|可否|希望|想要|需要|申请).{0,12}?"
    "(?:发|寄|提供|安排|开通|更新|改|加|确认|查|看|办|处理|送|给|帮|申请|取消|换|重置|分享|培训)",
    "需要", "希望", "申请", "想要", "麻烦", "退货", "换货",
)  # fmt: skip
ASKS = (r"\?", "请问", "吗", "呢$", "是否", "有没有")


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# The first that fits counts: "Why does the order form fail?" is a problem.
RULES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_any(FAULT), "problem"), (_any(ASKS_HOW), "question"), (_any(ORDERS), "order"),
    (_any(WISHES), "request"), (_any(ASKS), "question"),
)  # fmt: skip
_HARMLESS = _any(HARMLESS)


def guess(text: str) -> Kind:
    """What somebody wants who writes this."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()
    words = _HARMLESS.sub(" ", plain)
    return next((kind for pattern, kind in RULES if pattern.search(words)), "problem")


def named(word: str) -> Kind | None:
    """The kind that a person typed, in either language; None for any other word."""
    plain = unicodedata.normalize("NFKC", word).casefold().strip()
    return NAMES.get(plain) or next((kind for kind in KINDS if plain in (kind, f"{kind}s")), None)
