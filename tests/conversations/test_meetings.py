"""Moment D: a meeting in everybody's clock, from the preview to the reminders."""

from storage import meetings, people
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
        "Nordwind GmbH 季度回顾：12月10日周四您这边 15:00，Jo、Kai 那边 08:00（偏早）。",
        "之后每季度最后一个月的第二个周四："
        "3月11日 15:00 = 08:00；6月10日 15:00 = 09:00（夏令时）。",
        "邀请 Jo、Kai？",
    ]
    assert preview.buttons == ("发送", "改 16:00", "修改")
    await jo.sees_nothing()
    await lin.presses("发送")
    await lin.sees("已邀请 Jo、Kai（M-1），答复会私下发给您。")
    asked = await jo.sees("Lin (Hengda) invites you: Quarterly review",
                          "Thu 10 Dec, 08:00–09:00 (Berlin).",
                          buttons=("Yes", "No", "Another time"))  # fmt: skip
    assert "Then 11 Mar 08:00, 10 Jun 09:00." in asked.text
    await kai.sees("Lin (Hengda) invites you: Quarterly review")
    await jo.presses("Yes")
    await jo.sees("You are coming: Quarterly review, Thu 10 Dec, 08:00–09:00 (Berlin).",
                  buttons=("Change my answer",))  # fmt: skip
    told = await lin.sees("参加：Jo", "尚未答复：Kai")
    assert "Nordwind GmbH 季度回顾，12月10日周四 15:00（M-1）" in told.text


async def planned(
    stage: Stage, words: str = TYPED, **jo: str
) -> tuple[TelegramPerson, TelegramPerson]:
    """A meeting that Jo and Kai are invited to."""
    jo_, kai = await nordwind(stage, **jo)
    lin = stage.manager("Lin")
    await lin.types(words)
    await lin.sees("邀请 Jo、Kai")
    await lin.presses("发送")
    await jo_.sees("08:00–09:00")
    await stage.settle()
    return jo_, kai


async def test_a_better_hour_is_one_press_and_an_old_preview_is_dead(stage: Stage) -> None:
    await nordwind(stage)
    lin = stage.manager("Lin")
    await lin.types(TYPED)
    await lin.sees("季度回顾", "08:00")
    await lin.presses("改 16:00")
    better = await lin.sees("您这边 16:00，Jo、Kai 那边 09:00。")
    assert better.buttons == ("发送", "修改")
    await lin.presses("修改")
    await lin.sees("修改会议", kind="modal")
    await lin.fills(at="2026-12-10 17:00")
    await lin.sees("您这边 17:00，Jo、Kai 那边 10:00。")
    await lin.presses("发送", better)
    await lin.sees("这个按钮已过期")
    async with stage.turn() as turn:
        assert (await meetings.find(turn.session, 1)).state == "draft"


async def test_reminders_come_in_each_ones_clock_and_language(stage: Stage) -> None:
    jo, kai = await planned(stage, language="zh")
    await jo.presses("参加")
    await kai.presses("No")
    lin = stage.manager("Lin")
    await stage.until("2026-12-09T07:59:00+01:00")
    await jo.sees_nothing()
    await stage.until("2026-12-09T08:00:30+01:00")
    seen = await jo.sees("明天：与林经理（恒达）的季度回顾，"
                         "12月10日周四 柏林时间 08:00–09:00。")  # fmt: skip
    assert seen.at.isoformat()[:16] == "2026-12-09T07:00"
    await lin.sees("周四 15:00 Nordwind GmbH：季度回顾（M-1）。", "参加：Jo", "不参加：Kai")
    await kai.sees_nothing()
    await stage.until("2026-12-10T07:01:00+01:00")
    await jo.sees("今天：与林经理（恒达）的季度回顾")
    await lin.sees("15:00 Nordwind GmbH：季度回顾（M-1）。")
    await kai.sees_nothing()
    await stage.until("2027-03-10T08:01:00+01:00")  # the next of the series
    await jo.sees("明天：与林经理（恒达）的季度回顾，3月11日周四 柏林时间 08:00–09:00")


async def test_whoever_has_not_answered_is_asked_with_the_reminder(stage: Stage) -> None:
    jo, _ = await planned(stage)
    await stage.until("2026-12-09T08:00:30+01:00")
    await jo.sees("Tomorrow: Quarterly review with Lin (Hengda)",
                  "Thu 10 Dec, 08:00–09:00 (Berlin).",
                  "Can you come?", buttons=("Yes", "No", "Another time"))  # fmt: skip
    await jo.presses("Yes")
    await jo.sees("You are coming: Quarterly review")


async def test_quiet_hours_bring_a_reminder_forward(stage: Stage) -> None:
    jo, _ = await planned(stage, quiet_from="20:00", quiet_to="07:30")
    await jo.presses("Yes")
    await stage.until("2026-12-09T19:58:00+01:00")
    await jo.sees("Tomorrow: Quarterly review")  # the day before, 08:00, was not quiet
    stage.acted()
    await stage.until("2026-12-09T19:59:30+01:00")
    await jo.sees("Tomorrow: Quarterly review")  # the one for 07:00
    await stage.until("2026-12-10T07:30:00+01:00")
    await jo.sees_nothing()


async def test_another_time_goes_to_the_organiser_and_moves_the_meeting(stage: Stage) -> None:
    jo, kai = await planned(stage)
    await kai.presses("Yes")
    await jo.presses("Another time")
    await jo.sees("Which time suits you?")
    await jo.writes("friday 9:30")
    await jo.sees("You asked for another time", "“friday 9:30”. Lin (Hengda) will answer.")
    lin = stage.manager("Lin")
    wish = await lin.sees("Jo 希望换时间：Nordwind GmbH 季度回顾，"
                          "改到您这边 12月4日周五 16:30，Jo 那边 12月4日周五 09:30"
                          "（原定 12月10日周四 15:00）。")  # fmt: skip
    assert wish.buttons == ("就改到那时", "时间不变")
    await lin.presses("就改到那时")
    await kai.sees("Lin (Hengda) has moved Quarterly review: not Thu 10 Dec 08:00 but Fri 4 Dec, "
                   "09:30–10:30 (Berlin). Does that suit you?",
                   buttons=("Yes", "No", "Another time"))  # fmt: skip
    await jo.sees("has moved Quarterly review")
    await stage.until("2026-12-04T08:31:00+01:00")
    await kai.sees("Today: Quarterly review")
    await stage.until("2026-12-10T08:30:00+01:00")
    await kai.sees_nothing()  # of the old time nothing is left


async def test_another_time_may_be_words_and_the_time_can_stay(stage: Stage) -> None:
    jo, _ = await planned(stage)
    await jo.presses("Another time")
    await jo.sees("Which time suits you?")
    await jo.writes("rather after the fair")
    lin = stage.manager("Lin")
    await lin.sees("Jo 希望换时间", "“rather after the fair”")
    await lin.presses("时间不变")
    await jo.sees("Lin (Hengda) would like to keep the time of Quarterly review",
                  "Thu 10 Dec, 08:00–09:00",
                  buttons=("Yes", "No", "Another time"))  # fmt: skip
    await lin.sees("时间不变，12月10日周四 15:00。已再次询问 Jo。")


async def test_a_reply_to_the_invitation_is_a_topic(stage: Stage) -> None:
    jo, _ = await planned(stage)
    asked = jo.showing("Yes")
    await jo.writes("Spare parts", reply_to=int(asked.message))
    await jo.sees("Noted for Quarterly review")
    await stage.manager("Lin").sees("Jo 想谈：“Spare parts”")


async def test_move_tells_both_times_and_drops_the_old_reminders(stage: Stage) -> None:
    jo, _ = await planned(stage)
    await jo.presses("Yes")
    await jo.sees("You are coming")
    old = jo.showing("Change my answer")
    lin = stage.manager("Lin")
    await lin.types("/meeting move M-1 2026-12-11 17:00")
    await lin.sees("Nordwind GmbH 季度回顾：原定 12月10日周四 15:00，"
                   "改为您这边 12月11日周五 17:00，Jo、Kai 那边 10:00。",
                   "之后各次也一并调整。")  # fmt: skip
    await jo.sees_nothing()
    await lin.presses("改时间")
    await jo.sees("not Thu 10 Dec 08:00 but Fri 11 Dec, 10:00–11:00 (Berlin).",
                  "Then 12 Mar 10:00, 11 Jun 11:00.")  # fmt: skip
    assert not next(e for e in jo.screen() if e.message == old.message).buttons
    await stage.until("2026-12-10T09:00:00+01:00")
    await jo.sees_nothing()
    await stage.until("2026-12-10T10:01:00+01:00")
    await jo.sees("Tomorrow: Quarterly review")


async def test_cancel_can_be_undone_until_the_guests_are_told(stage: Stage) -> None:
    jo, _ = await planned(stage)
    lin = stage.manager("Lin")
    await lin.types("/meeting cancel M-1")
    await lin.sees("取消与 Nordwind GmbH 的季度回顾（12月10日周四 15:00）？会通知 Jo、Kai。")
    await lin.presses("取消会议")
    await lin.sees("60 秒后通知 Jo、Kai。")
    await lin.presses("撤回")
    await lin.sees("照常举行")
    await stage.later(minutes=2)
    await jo.sees_nothing("does not take place")
    await jo.presses("Yes")
    await jo.sees("You are coming")
    await lin.types("/meeting M-1")
    await lin.sees("M-1", "季度回顾")
    await lin.presses("取消会议")
    await lin.sees("会通知 Jo、Kai。")
    await lin.presses("取消会议")
    await lin.sees("60 秒后")
    await stage.later(minutes=2)
    await jo.sees("Quarterly review with Lin (Hengda) does not take place: Thu 10 Dec, "
                  "08:00–09:00 (Berlin) is cancelled.\nSo are all later dates.",
                  kind="new")  # fmt: skip
    await stage.until("2026-12-10T09:00:00+01:00")
    await jo.sees_nothing()


async def test_a_room_is_invited_where_nobody_has_a_chat_of_their_own(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Kaito Denki", zone="Asia/Tokyo")
        await a_contact(turn.session, partner, turn.now, "Haruto Kaito", slack="U1KAITOD1",
                        called="Kaito-san")  # fmt: skip
        await a_contact(turn.session, partner, turn.now, "Yui Mori", slack="U1KAITOD2",
                        called="Mori-san")  # fmt: skip
        await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    lin, mori = stage.manager("Lin"), stage.slack_person("U1KAITOD2")
    await lin.types('/meeting kaito Review at="next thursday 15:00"')
    await lin.sees("Kaito-san、Mori-san 那边 16:00")
    await lin.presses("发送")
    await mori.sees("Lin (Hengda) invites Kaito-san, Mori-san: Review, Thu 10 Dec, "
                    "16:00–17:00 (Tokyo).")  # fmt: skip
    await mori.presses("Yes")
    await mori.sees("Coming: Mori-san.", buttons=("Yes", "No", "Another time"))
    await lin.sees("参加：Mori-san", "尚未答复：Kaito-san")
    await stage.until("2026-12-10T15:00:30+09:00")
    said = [e for e in mori.screen("C1KAITODENK") if "Today: Review with Lin" in e.text]
    assert len(said) == 1  # one message a room, though two are invited


async def test_what_is_missing_is_asked_in_a_form(stage: Stage) -> None:
    await nordwind(stage)
    lin = stage.manager("Lin")
    await lin.types("/meeting nordwind Review")
    await lin.sees("新会议", kind="modal")
    await lin.fills(at="gestern")
    await lin.sees("gestern", kind="modal_error")
    await lin.fills(at="next thursday 16:00")
    await lin.sees("Nordwind GmbH Review：12月10日周四您这边 16:00，Jo、Kai 那边 09:00。")


async def test_lists_for_ours_and_for_partners(stage: Stage) -> None:
    lin = stage.manager("Lin")
    await lin.types("/meeting list")
    await lin.sees("目前没有安排会议。")
    jo, _ = await planned(stage)
    await jo.presses("Yes")
    await jo.writes("/meetings")
    await jo.sees("Meetings", "Thu 10 Dec 08:00 Quarterly review, Lin (Hengda): you come")
    await lin.types("/meeting list nordwind")
    await lin.sees("12月10日周四 15:00 Nordwind GmbH: 季度回顾 (M-1)")
    await lin.types("/meeting M-1")
    await lin.sees("Jo、Kai 那边：12月10日周四 08:00", "参加：Jo")
    await lin.types("/meeting show M-9")
    await lin.sees("没有会议 M-9。")


async def test_a_manager_on_telegram_plans_and_hears_there(stage: Stage) -> None:
    jo, _ = await nordwind(stage)
    lin = stage.telegram_person("Lin")
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Lin")
        await people.claim_identity(turn.session, "telegram", lin.id, manager.id, turn.now)
    await lin.starts()
    await lin.writes("/meeting nordwind Review next thursday 15:00")
    preview = await lin.sees("Review", "您这边 15:00，Jo、Kai 那边 08:00（偏早）")
    assert preview.buttons == ("发送", "改 16:00", "修改")
    await lin.presses("改 16:00")
    await lin.sees("您这边 16:00，Jo、Kai 那边 09:00")
    await lin.presses("发送")
    await jo.sees("Lin (Hengda) invites you: Review, Thu 10 Dec, 09:00–10:00 (Berlin).")
    await lin.presses("发送", preview)
    await lin.sees("这个按钮已过期")


async def test_another_time_is_asked_and_answered_in_a_shared_channel(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Kaito Denki", zone="Asia/Tokyo")
        await a_contact(turn.session, partner, turn.now, "Haruto Kaito", slack="U1KAITOD1",
                        called="Kaito-san")  # fmt: skip
        await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    lin, kaito = stage.manager("Lin"), stage.slack_person("U1KAITOD1")
    await lin.types('/meeting kaito Review at="next thursday 15:00"')
    await lin.presses("发送", await lin.sees("Review"))
    await kaito.sees("invites Kaito-san")
    await kaito.presses("Another time")
    asked = await kaito.sees("Which time suits you?")
    await kaito.types("friday 11:00", room="C1KAITODENK", thread=asked.thread)
    await kaito.sees("Asked for another time: Kaito-san.")
    await lin.sees("Kaito-san 希望换时间", "您这边 12月4日周五 10:00",
                   "Kaito-san 那边 12月4日周五 11:00")  # fmt: skip
    other = stage.slack_person("U1KAITOD2")  # of the same company, but nobody invited them
    await other.presses("Yes")
    await other.sees("You are not on the list")


async def test_a_partner_cannot_answer_for_another_one(stage: Stage) -> None:
    jo, kai = await planned(stage)
    invitation = jo.showing("Yes")
    async with stage.turn() as turn:
        stranger = await a_partner(turn.session, turn.now, "Acme Industrial")
        identity = await people.find_identity(turn.session, "telegram", kai.id)
        identity.contact = await a_contact(turn.session, stranger, turn.now, "Kai Brandt")
    assert await kai.presses("Yes") == "That is for people of Nordwind GmbH."
    async with stage.turn() as turn:
        assert [g.answer for g in await meetings.guests(turn.session, 1)] == ["", ""]
    assert invitation.buttons == ("Yes", "No", "Another time")
