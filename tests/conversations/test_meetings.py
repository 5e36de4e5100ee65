"""Moment D: a meeting in everybody's clock, from the preview to the reminders."""

from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

TYPED = "/meeting nordwind 下周四下午三点 季度回顾 每季度"


async def nordwind(stage: Stage, **jo: str) -> tuple[TelegramPerson, TelegramPerson]:
    """Jo and Kai of Nordwind in Berlin, each with a private chat."""
    people = [stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")]
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=people[0].id, **jo)
        await a_contact(turn.session, partner, turn.now, "Kai Brandt", telegram=people[1].id,
                        called="Kai")  # fmt: skip
    for person in people:
        await person.starts()
    await stage.settle()
    return people[0], people[1]


async def test_moment_d_both_clocks_before_anything_leaves(stage: Stage) -> None:
    jo, kai = await nordwind(stage)
    lin = stage.manager("Lin")
    await lin.types(TYPED)
    preview = await lin.sees("季度回顾")
    assert preview.private
    assert preview.text.split("\n\n") == [
        "Nordwind GmbH 季度回顾：12月10日(周四)您这边 15:00，Jo、Kai 那边 08:00（偏早）。",
        "之后每季度最后一个月的第二个周四：3月11日 15:00 = 08:00；6月10日 15:00 = 09:00（夏令时）。",
        "邀请 Jo、Kai？",
    ]
    assert preview.buttons == ("发送", "改 16:00", "修改")
    await jo.sees_nothing()
    await lin.presses("发送")
    await lin.sees("已邀请 Jo、Kai（M-1），答复会私下发给您。")
    asked = await jo.sees("Lin (Hengda) invites you: 季度回顾, Thu 10 Dec, 08:00–09:00 (Berlin).",
                          buttons=("Yes", "No", "Another time"))  # fmt: skip
    assert "Then 11 Mar 08:00, 10 Jun 09:00." in asked.text
    await kai.sees("Lin (Hengda) invites you: 季度回顾")
    await jo.presses("Yes")
    await jo.sees("You come: 季度回顾, Thu 10 Dec, 08:00–09:00 (Berlin).",
                  buttons=("Change my answer",))  # fmt: skip
    told = await lin.sees("参加：Jo", "尚未答复：Kai")
    assert "Nordwind GmbH 季度回顾，12月10日(周四) 15:00（M-1）" in told.text
