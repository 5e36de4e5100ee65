"""What goes to many people: its owner sees how far it is, it stops by itself, and is resumed."""

from sandbox.faults import Fault
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

CROWD = 40
QUIET = 3  # of them, until 10:00 in Berlin


async def crowd(stage: Stage, size: int = CROWD, quiet: int = QUIET) -> list[TelegramPerson]:
    """Contacts in Berlin who have pressed Start; the last ones are in their quiet hours now."""
    people = list(stage.telegram.world.people.values())[:size]
    async with stage.turn() as turn:
        for number, person in enumerate(people):
            stage.telegram.set_started(person)
            partner = await a_partner(turn.session, turn.now, f"Partner {number}")
            hours = {"quiet_from": "20:00", "quiet_to": "10:00"} if number >= size - quiet else {}
            await a_contact(turn.session, partner, turn.now, person.name, called=f"P{number}",
                            telegram=str(person.id), **hours)  # fmt: skip
    return [TelegramPerson(stage, person.id) for person in people]


async def test_its_owner_sees_how_far_it_is(stage: Stage) -> None:
    people, bo = await crowd(stage), stage.manager("Bo")
    await bo.types("/news add Recall of pump P7 urgent=yes")
    await bo.sees("N-1", "40 people at 40 partners get it in 60 s.")
    await stage.later(seconds=65)
    await people[0].sees("• Recall of pump P7")
    await bo.sees_nothing()  # nobody is disturbed before there is something to tell
    await stage.later(seconds=10)
    shown = await bo.sees("N-1 is being sent.", "Sent to 37 of 40.", buttons=("Stop",))
    assert "3 get it later, the last at 10:0" in shown.text
    await stage.until("2026-12-03T10:15:00+01:00")
    await people[-1].sees("• Recall of pump P7")
    done = await bo.sees("N-1 is sent.", "Sent to 40 of 40.", kind="edit")
    assert (done.message, done.buttons) == (shown.message, ())
    assert len([e for e in bo.screen(shown.room) if "N-1 is" in e.text]) == 1


async def test_a_few_at_once_are_not_worth_a_message(stage: Stage) -> None:
    people, bo = await crowd(stage, 3, 0), stage.manager("Bo")
    await bo.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(minutes=5)
    await people[0].sees("• Recall of pump P7")
    await bo.sees_nothing()


async def test_it_stops_by_itself_and_goes_on_when_resumed(stage: Stage) -> None:
    people, lin = await crowd(stage), stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await lin.sees("N-1")
    stage.telegram.faults.add(Fault("gone", on="sendMessage", times=10))
    await stage.later(seconds=62)
    await lin.sees("N-1：失败过多，已自动停止发送。", "10 份：对方已无法联系")
    await stage.later(seconds=15)  # those on their way then have ended
    shown = lin.showing("恢复")
    assert shown.buttons == ("恢复", "有谁？", "到此为止")
    await stage.until("2026-12-03T11:00:00+01:00")
    await people[-1].sees_nothing()  # their quiet hours are over, but it is stopped
    await lin.presses("有谁？", shown)
    who = await lin.sees("未送达：", "已无法联系")
    assert who.text.count("Partner") == 10
    await lin.types("/news digest status")
    status = await lin.sees("N-1：失败过多", buttons=("暂停", "恢复", "有谁？", "到此为止"))
    await lin.presses("恢复", shown)
    await people[-1].sees("• Recall of pump P7")
    await lin.sees("N-1：正在发送", kind="edit")
    await lin.presses("恢复", status)
    await lin.sees("已经在继续发送了。")
    await stage.later(seconds=15)
    await lin.sees("N-1：发送完毕", "已发送 30/40", "10 份：对方已无法联系", kind="edit")


async def test_what_failed_before_a_resume_does_not_stop_it_again(stage: Stage) -> None:
    people, lin = await crowd(stage), stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    stage.telegram.faults.add(Fault("gone", on="sendMessage", times=10))
    await stage.later(seconds=62)
    await lin.sees("已自动停止发送")
    await lin.types("/news digest resume")
    await lin.sees("下一期动态", "N-1：正在发送")
    await lin.types("/news digest resume")
    await lin.sees("动态没有暂停")
    await stage.until("2026-12-03T10:15:00+01:00")
    for person in people[-QUIET:]:
        await person.sees("• Recall of pump P7")


async def test_left_at_that_the_rest_waits_for_the_next_digest(stage: Stage) -> None:
    people, lin = await crowd(stage), stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    stage.telegram.faults.add(Fault("gone", on="sendMessage", times=10))
    await stage.later(seconds=62)
    await lin.sees("已自动停止发送")
    await lin.types("/news digest status")
    status = await lin.sees("N-1：失败过多")
    await lin.presses("到此为止", lin.showing("到此为止", lambda e: e is not status))
    await lin.sees("N-1：已撤回，不会再发给其他人。", kind="edit")
    await lin.presses("恢复", status)
    await lin.sees("已撤回，不会再发送")
    await stage.until("2026-12-04T12:00:00+01:00")
    await people[-1].sees_nothing()
    await stage.until("2026-12-07T10:20:00+01:00")
    await people[-1].sees("• Recall of pump P7")


async def test_stopped_and_resumed_at_night_it_keeps_quiet_hours(stage: Stage) -> None:
    people, lin = await crowd(stage), stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(seconds=75)
    await lin.presses("停止", await lin.sees("N-1：正在发送", "已发送 37/40"))
    await lin.sees("N-1：已停止发送", "3 份等待发送", buttons=("恢复", "到此为止"))
    await stage.until("2026-12-03T22:00:00+01:00")
    await lin.presses("恢复")
    await stage.until("2026-12-04T09:59:00+01:00")
    await people[-1].sees_nothing()
    await stage.until("2026-12-04T10:15:00+01:00")
    await people[-1].sees("• Recall of pump P7")


async def test_a_weekly_digest_in_rooms_stops_between_two_zones(stage: Stage) -> None:
    """On Slack: eleven rooms are gone in Tokyo, so Berlin waits; its owner added the news."""
    async with stage.turn() as turn:
        for number in range(12):
            zone = "Asia/Tokyo" if number < 11 else "Europe/Berlin"
            name = f"Partner {number}"
            partner = await a_partner(turn.session, turn.now, name, zone=zone)
            await a_contact(turn.session, partner, turn.now, f"Somebody {number}")
            if number < 11:
                await a_room(turn.session, partner, turn.now, "slack", f"C0GONE{number:02}")
            else:
                await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    bo, mori = stage.manager("Bo"), stage.slack_person("U1KAITOD2")
    await bo.types("/news add Price list 2027 is out")
    await stage.until("2026-12-07T09:01:00+09:00")
    await bo.sees("Digest of Mon 7 Dec has stopped by itself", "Sent to 0 of 11.",
                  "11 cannot be reached there any more.")  # fmt: skip
    await stage.until("2026-12-07T09:30:00+01:00")
    await mori.sees_nothing()
    await bo.types("/news digest resume")
    await bo.sees("Digest of Mon 7 Dec is being sent.")
    await mori.sees("• Price list 2027 is out")
    await stage.later(minutes=1)
    await bo.sees("Digest of Mon 7 Dec is sent.", "Sent to 1 of 12.")


async def test_urgent_news_can_be_undone_in_the_hold_or_sent_now(stage: Stage) -> None:
    people, bo = await crowd(stage, 3, 0), stage.manager("Bo")
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Nowhere Ltd")
        await a_contact(turn.session, partner, turn.now, "Nobody There")
    await bo.types("/news add A slip of the finger urgent=yes")
    held = await bo.sees("3 people at 3 partners get it in 60 s.", "Not to 1 people: no address.")
    assert held.buttons == ("Undo", "Send now", "Add Chinese")
    await bo.presses("Undo", held)
    await bo.sees("N-1 is retracted. Nobody has seen it.", buttons=("Undo",))
    await stage.later(minutes=2)
    await people[0].sees_nothing()
    await bo.types("/news add Recall of pump P7 urgent=yes")
    held = await bo.sees("get it in 60 s.")
    await bo.types("/news show N-2")
    shown = await bo.sees("get it in 60 s.", "N-2")
    await bo.presses("Send now", held)
    await bo.sees("On its way.")
    await people[0].sees("• Recall of pump P7")
    await bo.presses("Send now", shown)
    await bo.sees("They are on their way already.")
    await bo.types("/news show N-2")
    await bo.sees("N-2 is being sent.", "Sent to 3 of 3.")


async def test_a_digest_sent_by_hand_is_held_and_can_be_sent_now(stage: Stage) -> None:
    people, bo = await crowd(stage, 3, 0), stage.manager("Bo")
    await bo.types("/news add Price list 2027 is out")
    await bo.types("/news digest send")
    await bo.presses("Send", await bo.sees("Send what is new now: 3 people at 3 partners"))
    await bo.sees("3 people get their news in 60 s.", buttons=("Undo", "Send now"))
    await people[0].sees_nothing()
    await bo.presses("Send now")
    await people[0].sees("• Price list 2027 is out")


async def test_retracted_urgent_news_are_deleted_where_that_is_still_possible(
    stage: Stage,
) -> None:
    people, bo = await crowd(stage), stage.manager("Bo")
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Kaito Denki", zone="Asia/Tokyo")
        await a_contact(turn.session, partner, turn.now, "Yui Mori", slack="U1KAITOD2")
        await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    mori = stage.slack_person("U1KAITOD2")
    await bo.types("/news add All pumps are free today urgent=yes")
    await bo.presses("Send now", await bo.sees("N-1"))
    await people[0].sees("All pumps are free today")
    await mori.sees("All pumps are free today")
    await stage.settle()
    await bo.types("/news retract N-1")
    told = await bo.sees("N-1 is retracted. 38 people have it already; nobody else gets it.",
                         "38 can still be deleted where they stand", buttons=(
                             "Undo", "Delete it there"))  # fmt: skip
    await stage.until("2026-12-03T11:00:00+01:00")
    await people[-1].sees_nothing()
    await bo.presses("Delete it there", told)
    await bo.sees("Recalled.", "38 are being deleted where they stand.")
    await stage.settle()
    for person in (*people, mori):
        assert not [entry for entry in person.screen() if "All pumps" in entry.text]


async def test_what_telegram_keeps_is_told(stage: Stage) -> None:
    people, bo = await crowd(stage, 3, 0), stage.manager("Bo")
    await bo.types("/news add All pumps are free today urgent=yes")
    await bo.presses("Send now", await bo.sees("N-1"))
    await people[0].sees("All pumps are free today")
    await stage.later(hours=49)
    await bo.types("/news retract N-1")
    await bo.sees("3 people have it already", "3 stay: Telegram lets nobody delete",
                  buttons=("Undo",))  # fmt: skip


async def test_a_recalled_digest_is_deleted_and_its_news_go_again(stage: Stage) -> None:
    people, lin = await crowd(stage, 5, 2), stage.manager("Lin")
    await lin.types("/news 收回")
    await lin.sees("最近一周没有发出过动态。")
    await lin.types("/news add 样机已到货")
    await stage.until("2026-12-07T09:01:00+01:00")  # two of five are in their quiet hours
    await people[0].sees("• 样机已到货")
    await lin.types("/news 收回")
    asked = await lin.sees(
        "要撤回12月7日周一的动态吗？", "2 份尚未发出", "3 份还可以从对方聊天中删除"
    )
    await lin.presses("撤回整期", asked)
    await lin.sees("已撤回。", "正在从对方聊天中删除 3 份。")
    await stage.until("2026-12-07T12:00:00+01:00")
    for person in people:
        assert not [entry for entry in person.screen() if "样机已到货" in entry.text]
    await stage.until("2026-12-14T12:00:00+01:00")
    for person in people:
        assert len([entry for entry in person.screen() if "样机已到货" in entry.text]) == 1
