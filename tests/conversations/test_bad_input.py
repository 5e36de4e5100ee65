"""What people mistype: one clear sentence each, with what to do, in their language."""

import pytest

from tests.conversations.stage import Stage
from tests.factories import a_partner

TYPED = [
    ("/tiket list", "Did you mean /ticket?", "您是想用 /ticket 吗？"),
    ("/ticket lst", "Did you mean “list”?", "您是指“list”吗？"),
    ("/ticket T-7", "There is no ticket T-7.", "没有工单 T-7。"),
    ("/ticket T-99999999999999 take", "Example: /ticket T-12 take", "例如：/ticket T-12 take"),
    ("/ticket T-x reply hello", "Which ticket? Example: /ticket T-12 reply", "哪个工单？"),
    ("/ticket reply", "Which ticket? Example: /ticket T-12 reply", "哪个工单？"),
    ("/ticket resolve it works", "Which ticket? Example: /ticket T-12 resolve", "哪个工单？"),
    ("/partner nosuch", "I know no partner “nosuch”.", "没有找到伙伴“nosuch”"),
    ("/partner nord", "“nord” could be several partners. Which one?", "“nord”"),
    ('/partner add "Nova Trade', "“\"Nova”: the quote is not closed.", "引号没有配对"),
    ("/partner add Nova tz=Mars/Olympus", "“Mars/Olympus” is not a time zone", "不认识时区"),
    ("/partner add Nova tz=Berlinn", "Did you mean Europe/Berlin?", "Europe/Berlin"),
    ('/meeting Nordwind GmbH Review at="2026-11-03 15:00"', "is already past.", "已经过去"),
    ('/meeting Nordwind GmbH Review at="2027-02-30 15:00"', "has no such day", "没有这一天"),
    ('/meeting Nordwind GmbH Review at="next thirsday"', "a time I understand", "看不懂时间"),
    ("/news N-99", "N-99", "N-99"),
    ("/partner tell", "Which partner? Example: /partner tell Nordwind", "哪一家伙伴？"),
    ("/partner 🎉", "I know no partner “🎉”.", "没有找到伙伴“🎉”"),
    ("/partner set Nordwind GmbH tier=glod", "Did you mean gold?", "您是说 gold 吗？"),
    ("/ticket T-7 resolv it works", "Did you mean “resolve”?", "您是指“resolve”吗？"),
    ("/news retract", "Which news item? Example: /news retract N-3", "哪一条动态？"),
    ("/liaison nosuch", "“nosuch” is not known here. Possible:", "不认识“nosuch”。可以：我的"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_one_clear_sentence(stage: Stage, language: str) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Nordwind GmbH")
        await a_partner(turn.session, turn.now, "Nordlicht AG")
    who = stage.manager("Bo" if language == "en" else "Lin")
    for line, en, zh in TYPED:
        await who.types(line)
        answer = await who.sees(en if language == "en" else zh)
        assert "Something went wrong" not in answer.text
        assert len(answer.text) < 160, "one sentence, and what to do"
