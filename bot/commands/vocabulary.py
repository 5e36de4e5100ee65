"""The Chinese words that mean the same as a key or a value of a command."""

KEYS = {
    "时间": "at", "级别": "tier", "等级": "tier", "每": "every",
    "重复": "every", "周期": "every",
    "时长": "length", "给": "to", "对象": "to", "地点": "where", "提醒": "remind",
    "地区": "region",
    "区域": "region", "时区": "tz", "语言": "lang", "负责人": "owner", "标签": "tags",
    "产品": "product", "标题": "title", "优先级": "priority", "伙伴": "partner", "类型": "kind",
}  # fmt: skip
VALUES = {
    "金牌": "gold", "银牌": "silver", "铜牌": "bronze", "金": "gold", "银": "silver",
    "铜": "bronze", "每天": "daily", "每周": "weekly",
    "每两周": "biweekly", "双周": "biweekly", "每月": "monthly", "每季度": "quarterly",
    "每年": "yearly", "中文": "zh", "英文": "en", "高": "high", "普通": "normal", "低": "low",
    "紧急": "urgent", "我的": "mine", "未结": "open", "超时": "breached",
}  # fmt: skip


def value(word: str) -> str:
    """The one word for a value, whichever language it was typed in."""
    return VALUES.get(word, word)
