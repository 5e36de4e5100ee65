"""Known issues: many tickets with one cause, told that it is fixed, each for themselves."""

from sqlalchemy import func, select

from bot.tickets import fixes
from storage import known, people, tickets
from storage.models_known import KnownIssue, KnownTold
from storage.models_work import Ticket
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO, WANG = "700000011", "700137003"
LIN_ON_TELEGRAM = 700000001
Cast = tuple[TelegramPerson, TelegramPerson, SlackPerson, SlackPerson]


async def _world(stage: Stage) -> Cast:
    """Jo writes on Telegram in English, Wang in Chinese, Priya in a shared Slack channel."""
    for number in (JO, WANG):
        stage.telegram.set_started(stage.telegram.world.people[int(number)])
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        huateng = await a_partner(turn.session, turn.now, "华腾科技 Huateng", language="zh",
                                  zone="Asia/Shanghai")  # fmt: skip
        await a_contact(turn.session, huateng, turn.now, "王伟", called="王总", telegram=WANG)
        bluepine = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, bluepine, turn.now, "slack", "C1BLUEPINE")
    jo, wang = stage.telegram_person("Jo Weber"), stage.telegram_person("王伟")
    return jo, wang, stage.slack_person("U1BLUEPI1"), stage.manager("Bo")


async def _three_tickets(stage: Stage) -> Cast:
    """T-1 of Jo, T-2 of Wang, T-3 of Priya, all linked to K-1."""
    jo, wang, priya, bo = await _world(stage)
    await jo.writes("The price list <b>fails</b> & *more* <!channel>")
    await jo.sees("Got it, Jo.")
    await wang.writes("价格表打不开")
    await wang.sees("T-2")
    await priya.types("@Liaison the price list is empty", room="C1BLUEPINE")
    await priya.sees("T-3", room="C1BLUEPINE")
    await stage.settle()
    await bo.types("/ticket known add Price list <i>broken</i> at Nordwind & Huateng <!here>")
    await bo.sees("K-1 · Price list <i>broken</i> at Nordwind & Huateng <!here>", "0 tickets")
    for number in (1, 2, 3):
        await bo.types(f"/ticket T-{number} link K-1")
        await bo.sees(f"T-{number} belongs to K-1 now: Price list <i>broken</i>")
    await stage.settle()
    return jo, wang, priya, bo


async def _announced(stage: Stage, bo: SlackPerson, line: str) -> None:
    await bo.types(line)
    await bo.sees("K-1", buttons=("Send", "Edit", "Cancel"))
    await stage.settle()
    await bo.presses("Send")
    await bo.sees("hear in 60 s that it is fixed.", buttons=("Undo", "Send now"))
    await stage.settle()


async def _status(stage: Stage, number: int) -> str:
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, number)
        assert ticket is not None
        return ticket.status


async def _statuses(stage: Stage, count: int) -> list[str]:
    return [await _status(stage, number) for number in range(1, count + 1)]


async def test_everybody_is_told_in_their_language_and_only_who_says_no_comes_back(
    stage: Stage,
) -> None:
    jo, wang, priya, bo = await _three_tickets(stage)
    await bo.types("/ticket known fixed K-1 It opens <b>again</b> & <!channel> zh=价格表已恢复")
    await bo.sees("What they will read about K-1 is ready in our own chat")
    preview = await bo.sees("3 tickets of 3 partners hear that it is fixed: 2 in English, 1 in")
    assert "Nordwind GmbH, 华腾科技 Huateng, Bluepine Systems" in preview.text
    assert "It opens <b>again</b> & <!channel>" in preview.text
    await stage.settle()
    await jo.sees_nothing("It opens")
    await bo.presses("Send", preview)
    await bo.sees("3 tickets of 3 partners hear in 60 s that it is fixed.", kind="edit")
    await stage.later(seconds=30)
    await jo.sees_nothing("It opens")
    await stage.later(seconds=31)

    asked = await jo.sees("Is it solved for you?")
    assert asked.buttons == ("Yes, solved", "No, not yet")
    assert "You told us: “The price list <b>fails</b> & *more* <!channel>” (T-1)." in asked.text
    assert "It opens <b>again</b> & <!channel>" in asked.text
    theirs = await wang.sees("您反馈过：“价格表打不开”（T-2）。", "价格表已恢复")
    assert theirs.buttons == ("解决了", "还没有")
    in_room = await priya.sees("It opens <b>again</b>", "Is it solved for you?", room="C1BLUEPINE")
    assert in_room.author == "Bo (Hengda)"
    for entry in (asked, theirs, in_room):
        for foreign in ("K-1", "Nordwind", "Huateng", "华腾", "Bluepine", "broken"):
            assert foreign not in entry.text
    await stage.settle()
    assert await _statuses(stage, 3) == ["resolved"] * 3

    await jo.presses("No, not yet", asked)
    await jo.sees("You said it is not solved yet: we are on it again.", kind="edit")
    await bo.sees("Jo says T-1 is not solved, so it is open again.")
    await stage.settle()
    await wang.presses("解决了", theirs)
    await wang.sees("您已确认解决，谢谢。", kind="edit")
    await stage.settle()
    await stage.later(hours=30)
    assert await _statuses(stage, 3) == [
        "open",
        "resolved",
        "resolved",
    ]
    await bo.types("/ticket K-1")
    await bo.sees("open · 3 tickets (1 not solved)", "1 say yes, 1 no, 1 nothing so far.")
    await bo.types("/ticket T-2 story")
    await bo.sees("K-1 is its cause", "K-1 is fixed, and the partner was told: solved.",
                  "王伟: yes, it is solved.")  # fmt: skip


async def test_a_known_issue_and_its_tickets_are_shown(stage: Stage) -> None:
    *_, bo = await _three_tickets(stage)
    await bo.types("/ticket T-1")
    await bo.sees("T-1 · Nordwind GmbH", "K-1")
    await bo.types("/ticket K-1")
    shown = await bo.sees("3 tickets (3 not solved) · 3 partners")
    assert shown.buttons == ("It is fixed", "T-1", "T-2", "Rename")
    await bo.types("/ticket known")
    await bo.sees("K-1 Price list <i>broken</i>", "3 tickets (3 not solved) · 3 partners")


async def test_a_known_issue_is_renamed_and_opened_again_and_both_can_be_undone(
    stage: Stage,
) -> None:
    jo, _, _, bo = await _three_tickets(stage)
    lin = stage.manager("Lin")
    await bo.types("/ticket known rename K-1 Price list empty since Monday")
    await bo.sees("K-1 is now: Price list empty since Monday", "Before: Price list <i>broken</i>")
    undo = await bo.sees("K-1 is now", buttons=("Undo", "K-1"))
    await bo.types("/ticket known rename K-1 Price list empty since Monday")
    await bo.sees("K-1 is called that already.")
    await lin.types("/ticket 改名 K-1")
    await lin.sees(kind="modal")
    await lin.fills(title="价格表 <b> & 空白")
    await lin.sees("K-1 现在叫：价格表 <b> & 空白", "原来叫：Price list empty since Monday")
    await bo.presses("Undo", undo)
    await bo.sees("That is decided already.")
    await bo.types("/ticket K-1")
    await bo.sees(
        "K-1 · 价格表 <b> & 空白", "Lin renamed it; before: Price list empty since Monday"
    )
    await lin.presses("撤回")
    await lin.sees("已恢复：K-1，Price list empty since Monday")
    await bo.types("/ticket known reopen K-1")
    await bo.sees("K-1 is open already.")

    await _announced(stage, bo, "/ticket known fixed K-1 Done")
    await bo.types("/ticket known reopen K-1")
    await bo.sees("K-1 is open already.")
    await stage.later(seconds=61)
    await jo.sees("Is it solved for you?")
    await stage.settle()
    await bo.types("/ticket K-1")
    shown = await bo.sees("fixed Thu 3 Dec")
    await bo.presses("Open again", shown)
    await bo.sees("K-1 is open again: Price list empty", "Tickets that are solved stay solved")
    await bo.types("/ticket K-1")
    await bo.sees("open · 3 tickets", "Bo opened it again.")
    assert await _statuses(stage, 3) == ["resolved"] * 3
    await bo.presses("Undo")
    await bo.sees("As before: K-1, Price list empty since Monday (fixed)")
    await jo.sees_nothing("K-1", "Monday")


async def test_undo_edit_and_who_is_left_out(stage: Stage) -> None:
    jo, wang, priya, bo = await _three_tickets(stage)
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Kaito Denki", owner="Bo")
    await bo.types("/ticket new Kaito Denki by phone: price list")
    await bo.sees("T-4 · Kaito Denki")
    await bo.types("/ticket T-4 link K-1")
    await bo.sees("T-4 belongs to K-1 now")
    await bo.types("/ticket T-3 resolve")
    await bo.sees("T-3 is solved.")
    await stage.settle()
    await bo.types("/ticket known fixed K-1 It opens again")
    preview = await bo.sees("2 tickets of 2 partners", "1 in English, 1 in Chinese")
    assert "Not told: 1 ticket is solved already." in preview.text
    assert "no chat with Kaito Denki." in preview.text
    assert "There is no Chinese text" in preview.text
    await bo.presses("Edit", preview)
    await bo.sees(kind="modal")
    await bo.fills(en="It opens again, since 9:00")
    await bo.sees("It opens again, since 9:00", kind="edit")
    await stage.settle()
    await bo.presses("Send")
    await bo.sees("2 tickets of 2 partners hear in 60 s")
    await bo.presses("Undo")
    await bo.sees("In English:", buttons=("Send", "Edit", "Cancel"), kind="edit")
    await stage.later(minutes=5)
    await jo.sees_nothing("It opens")
    assert await _status(stage, 1) == "open"

    await bo.presses("Send")
    await bo.sees("hear in 60 s")
    await bo.presses("Send now")
    await jo.sees("It opens again, since 9:00")
    await wang.sees("这个问题已经修好了。说明原文：", "It opens again, since 9:00")
    await priya.sees_nothing("It opens again")
    await stage.settle()
    assert await _statuses(stage, 4) == ["resolved"] * 3 + ["open"]
    entry = await bo.sees("0 say yes, 0 no, 2 nothing so far.", kind="edit")
    assert entry.buttons == ("K-1",)


async def test_later_words_bring_back_that_ticket_alone_and_yes_in_words_settles_it(
    stage: Stage,
) -> None:
    jo, wang, priya, bo = await _three_tickets(stage)
    await _announced(stage, bo, "/ticket known fixed K-1 Done zh=好了")
    await stage.later(seconds=61)
    asked = await priya.sees("Is it solved for you?", room="C1BLUEPINE")
    await stage.settle()
    await jo.writes("Thanks!")
    await stage.settle()
    assert await _status(stage, 1) == "resolved"
    await jo.writes("It still shows last year's prices")
    await jo.sees("Got it, Jo. Bo's team has it (T-1).")
    await jo.sees("You said it is not solved yet")
    await wang.writes("好了")
    await wang.sees("您已确认解决，谢谢。", kind="edit")
    await priya.types("no, it is empty", room="C1BLUEPINE", thread=asked.thread)
    await priya.sees("You said it is not solved yet", room="C1BLUEPINE", kind="edit")
    await stage.settle()
    assert await _statuses(stage, 3) == ["open", "resolved", "open"]
    async with stage.turn() as turn:
        assert await turn.session.scalar(select(func.count()).select_from(Ticket)) == 3


async def test_a_partner_answers_for_nobody_else_and_nothing_twice(stage: Stage) -> None:
    jo, wang, priya, bo = await _three_tickets(stage)
    await _announced(stage, bo, "/ticket known fixed K-1 Done")
    await stage.later(seconds=61)
    asked = await jo.sees("Is it solved for you?")
    await stage.settle()
    assert await jo.forges("known.no 1:2", asked) == "There is no ticket T-2."
    assert await jo.forges("known.no 1:3", asked) == "There is no ticket T-3."
    assert await jo.forges("known.no 9:1", asked) == "There is no ticket T-1."
    await jo.forges("known.send 1", asked)
    await jo.forges("known.show 1", asked)
    await jo.sees_nothing("Price list")
    await jo.writes("/ticket known")
    await jo.sees("That is for our own people only.")
    assert await _status(stage, 2) == "resolved"
    room = next(one for one in priya.screen("C1BLUEPINE") if "Yes, solved" in one.buttons)
    await bo.presses("Yes, solved", room)
    await bo.sees("There is no ticket T-3.")
    await priya.presses("No, not yet", room)
    await priya.sees("You said it is not solved yet", room="C1BLUEPINE", kind="edit")
    await jo.presses("Yes, solved", asked)
    await jo.sees("You said it is solved. Thank you.", kind="edit")
    await stage.settle()
    assert await _statuses(stage, 3) == ["resolved", "resolved", "open"]
    assert await jo.forges("known.no 1:1", asked) == "This question is closed. Thank you."
    assert await _status(stage, 1) == "resolved"
    await wang.sees_nothing("Jo")


async def test_linking_from_the_card_and_from_its_thread(stage: Stage) -> None:
    jo, _, _, bo = await _world(stage)
    await jo.writes("The price list will not open")
    card = await bo.sees("T-1 · Nordwind GmbH", room="C0TRIAGE")
    await bo.presses("More", card)
    await bo.sees("What else about T-1?")
    await bo.presses("Known issue")
    await bo.sees(kind="modal")
    await bo.fills(title="Price list <b>")
    await bo.sees("T-1 belongs to K-1 now: Price list <b>")
    await stage.settle()
    await bo.presses("More", card)
    more = await bo.sees("What else about T-1?")
    assert "Not K-1" in more.buttons
    await bo.presses("Not K-1", more)
    await bo.sees("T-1 belongs to K-1 no more.")
    await bo.types("@Liaison link K-1", room="C0TRIAGE", thread=card.message)
    await bo.sees("T-1 belongs to K-1 now: Price list <b>")
    await stage.settle()
    await bo.types("/ticket T-1 link K-1")
    await bo.sees("T-1 belongs to K-1 already.")
    await bo.types("/ticket T-1 link K-7")
    await bo.sees("There is no known issue K-7. All of them: /ticket known")
    await bo.types("/ticket T-1 unlink")
    await bo.sees("T-1 belongs to K-1 no more.")
    await bo.types("/ticket T-1 link")
    await bo.sees(kind="modal")
    await bo.fills(known="1")
    await bo.sees("T-1 belongs to K-1 now")
    await jo.sees_nothing("K-1")


async def test_a_manager_on_telegram_announces_and_two_tickets_of_one_chat_share_a_message(
    stage: Stage,
) -> None:
    jo, _, _, bo = await _world(stage)
    lin = TelegramPerson(stage, LIN_ON_TELEGRAM)
    stage.telegram.set_started(stage.telegram.world.people[LIN_ON_TELEGRAM])
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Lin")
        assert manager is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_ON_TELEGRAM), manager.id,
                                    turn.now)  # fmt: skip
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await bo.types("/ticket new Nordwind the price list on the phone too")
    await bo.sees("T-2 · Nordwind GmbH")
    await stage.settle()
    await lin.writes("/ticket 新增已知问题 价格表")
    await lin.sees("K-1 · 价格表")
    for number in (1, 2):
        await lin.writes(f"/ticket T-{number} 关联 K-1")
        await lin.sees(f"T-{number} 已关联到 K-1：价格表")
    await lin.writes("/ticket 修好 K-1 en=It opens again")
    await lin.sees("1 家伙伴的 2 个工单会收到修好的通知：英文 1 条，中文 0 条。")
    await lin.presses("发送")
    await lin.sees("60 秒后通知 1 家伙伴的 2 个工单")
    await stage.settle()
    await lin.presses("立即发送")
    asked = await jo.sees(
        "Lin (Hengda): You told us:", "(T-1, T-2).", "It opens again", "Is it solved for you?"
    )
    await stage.settle()
    assert await _statuses(stage, 2) == ["resolved", "resolved"]
    await jo.presses("No, not yet", asked)
    await jo.sees("You said it is not solved yet", kind="edit")
    await stage.settle()
    assert await _statuses(stage, 2) == ["open", "open"]


async def test_a_chat_that_is_gone_and_quiet_hours(stage: Stage) -> None:
    jo, wang, _, bo = await _three_tickets(stage)
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 2)
        assert ticket is not None
        assert ticket.contact is not None
        ticket.contact.quiet_from, ticket.contact.quiet_to = "16:00", "18:00"
    await _announced(stage, bo, "/ticket known fixed K-1 Done")
    await stage.telegram.block(stage.telegram.world.people[int(JO)])
    await stage.settle()
    await stage.later(seconds=61)
    await stage.settle()
    await bo.sees("1 did not arrive: that ticket stays open.", "1 is on its way.", kind="edit")
    await wang.sees_nothing("修好")
    assert await _statuses(stage, 3) == ["open", "open", "resolved"]
    await stage.until("2026-12-03T18:01:00+08:00")
    await wang.sees("这个问题已经修好了")
    await stage.settle()
    assert await _status(stage, 2) == "resolved"
    await jo.sees_nothing("Done")


async def test_many_tickets_go_in_slices_and_each_place_hears_once(stage: Stage) -> None:
    _, _, priya, bo = await _world(stage)
    await priya.types("@Liaison the price list is empty", room="C1BLUEPINE")
    await priya.sees("T-1", room="C1BLUEPINE")
    await stage.settle()
    many = 3 * fixes.SLICE
    async with stage.turn() as turn:
        first = await tickets.get(turn.session, 1)
        assert first is not None
        issue = await known.add(turn.session, KnownIssue(title="many", state="open", created_by=1,
                                                         created_at=turn.now))  # fmt: skip
        for number in range(many):
            contact = await a_contact(turn.session, first.partner, turn.now, f"N{number}")
            ticket = Ticket(partner_id=first.partner_id, contact_id=contact.id, status="open",
                            address="slack:C1BLUEPINE:", title=f"n{number}",
                            opened_at=turn.now, settings_version=1)  # fmt: skip
            turn.session.add(ticket)
            await turn.session.flush()
            await known.link(turn.session, ticket.id, issue.id)
    await _announced(stage, bo, "/ticket known fixed K-1 Done")
    await stage.later(seconds=61)
    await stage.settle()
    asked = [one for one in priya.screen("C1BLUEPINE") if "Is it solved for you?" in one.text]
    assert len(asked) == many
    assert len({one.text for one in asked}) == many
    async with stage.turn() as turn:
        told = (await turn.session.scalars(select(KnownTold))).all()
        assert [row.state for row in told] == ["sent"] * many
    assert await _statuses(stage, many + 1) == ["open"] + ["resolved"] * many
