"""Contacts decide for themselves: language, clock, quiet hours, what they receive; and help."""

import pytest
from sqlalchemy import select

from storage import people
from storage.models_people import Contact
from storage.models_work import Said
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

GROUP = -4000101


async def jo(stage: Stage, **values: str) -> TelegramPerson:
    """Jo of Nordwind, who is in already."""
    person = stage.telegram_person("Jo Weber")
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=str(person.number), **values)
    stage.telegram.set_started(stage.telegram.world.people[person.number])
    return person


async def kept(stage: Stage) -> Contact:
    async with stage.turn() as turn:
        contact = await people.contact(turn.session, 1)
        assert contact is not None
        return contact


async def test_settings_change_in_place(stage: Stage) -> None:
    person = await jo(stage)
    await person.writes("/settings")
    shown = await person.sees("Your settings", "Your clock: Berlin.", "No quiet hours.")
    assert shown.buttons == ("✓ English", "中文", "✓ Reminders", "✓ Surveys", "✓ News",
                             "Time zone", "Quiet hours")  # fmt: skip
    await person.presses("✓ Surveys")
    edited = await person.sees("Your settings", kind="edit")
    assert "✗ Surveys" in edited.buttons
    assert edited.message == shown.message
    await person.presses("中文")
    await person.sees("您的设置", "您的时间：柏林。", kind="edit")
    contact = await kept(stage)
    assert (contact.language, contact.wants_surveys, contact.wants_news) == ("zh", False, True)


async def test_the_clock_is_set_by_a_city_and_a_slip_is_named(stage: Stage) -> None:
    person = await jo(stage)
    await person.writes("/settings")
    await person.sees("Your settings")
    await person.presses("Time zone")
    await person.sees("In which city are you?")
    await person.writes("Shenzen")
    await person.sees("“Shenzen” is not a time zone I know. Did you mean Asia/Shanghai?")
    await person.writes("Shenzhen")
    await person.sees("Your clock: Shanghai.")
    assert (await kept(stage)).zone == "Asia/Shanghai"


async def test_quiet_hours(stage: Stage) -> None:
    person = await jo(stage)
    await person.writes("/settings")
    await person.sees("Your settings")
    await person.presses("Quiet hours")
    await person.sees("When should I be quiet?")
    await person.writes("8pm to 8am")
    await person.sees("Quiet hours: 20:00 to 08:00.")
    contact = await kept(stage)
    assert (contact.quiet_from, contact.quiet_to) == ("20:00", "08:00")


@pytest.mark.parametrize("word", ["stop", "STOP.", "停", "退订", "/stop"])
async def test_stop_asks_what_and_can_be_undone(stage: Stage, word: str) -> None:
    person = await jo(stage)
    await person.writes(word)
    await person.sees("Stop what?", buttons=("Reminders", "Surveys", "News", "Everything"))
    await person.presses("News")
    await person.sees("You get no more news.", kind="edit", buttons=("Undo",))
    assert not (await kept(stage)).wants_news
    await person.presses("Undo")
    await person.sees("All as before.", kind="edit")
    assert (await kept(stage)).wants_news


async def test_everything_is_stopped_and_chinese_is_spoken(stage: Stage) -> None:
    person = await jo(stage, language="zh")
    await person.writes("退订")
    await person.sees("您想停收哪些？", buttons=("会议提醒", "满意度调查", "动态", "全部"))
    await person.presses("全部")
    await person.sees("我不会再主动给您发消息。您来信，仍会有专人在这里答复。")
    contact = await kept(stage)
    wants = [contact.wants_reminders, contact.wants_surveys, contact.wants_news]
    assert wants == [False, False, False]


async def test_stop_in_a_sentence_is_no_stop(stage: Stage) -> None:
    person = await jo(stage)
    await person.writes("Please stop the delivery of order 7")
    await person.sees_nothing("Stop what?")


async def test_help_for_a_partner_and_for_ours(stage: Stage) -> None:
    person, bo = await jo(stage), stage.manager("Bo")
    await person.writes("/help")
    await person.sees("Just write what you need", "/settings – language, time zone, quiet hours")
    await bo.types("/liaison help")
    await bo.sees("What you can say", "/partner Partners: invite, link, tell, list")
    await bo.types("/liaison help partner")
    await bo.sees("/partner invite Nordwind Jo Weber")
    await stage.manager("Lin").types("/liaison 帮助")
    await stage.manager("Lin").sees("可用命令", "/partner 伙伴：邀请、关联、通知、列表")


THEIRS = [
    ("/设置", "您的设置"), ("/帮助。", "有事直接写在这里"), ("/我的工单", "您没有未结的工单"),
    ("/工单", "您没有未结的工单"), ("／会议", "您目前没有会议"), ("/我的会议", "您目前没有会议"),
    ("/停止", "您想停收哪些？"), ("/退订", "您想停收哪些？"), ("/停", "您想停收哪些？"),
    ("/开始", "您的设置"), ("/ticket", "您没有未结的工单"), ("/助手 设置", "您的设置"),
]  # fmt: skip


async def test_chinese_words_of_commands_are_understood(stage: Stage) -> None:
    """Telegram marks none of them as commands: they are just text that begins with a slash."""
    person = await jo(stage, language="zh")
    for typed, answered in THEIRS:
        await person.writes(typed)
        await person.sees(answered)
    await person.sees_nothing("T-1")


async def test_a_command_of_ours_is_answered_with_what_there_is_for_a_partner(
    stage: Stage,
) -> None:
    person = await jo(stage)
    can = ("Open tickets", "Meetings", "Settings")
    for typed in ("/news", "/ticket list", "/partner show Acme", "/报告"):
        await person.writes(typed)
        shown = await person.sees(
            "That is for our own people only. Just write what you need, or have a look:",
            buttons=can,
        )
    await person.writes("/weather")
    await person.sees("I do not know “weather”. Just write what you need", buttons=can)
    await person.presses("Open tickets", shown)
    await person.sees("You have no open tickets.", buttons=("Report a problem",))
    assert await person.presses("Meetings", shown) == "You have no meetings ahead."
    await person.presses("Settings", shown)
    await person.sees("Your settings")


async def test_in_a_group_another_bots_command_is_left_to_it(stage: Stage) -> None:
    person = await jo(stage)
    async with stage.turn() as turn:
        nordwind = await people.partner(turn.session, 1)
        assert nordwind is not None
        await a_room(turn.session, nordwind, turn.now, "telegram", str(GROUP))
    await stage.telegram.add_bot(700000001, GROUP)
    await stage.telegram.promote(700000001, GROUP)
    await person.writes("/weather Hamburg", chat=GROUP)
    await person.sees_nothing()
    await person.writes("/weather@LiaisonDemoBot Hamburg", chat=GROUP)
    await person.sees("I do not know “weather”.", buttons=("Open tickets", "Meetings"))
    await person.writes("/news", chat=GROUP)
    await person.sees("That is for our own people only.", buttons=("Open tickets", "Meetings"))
    await person.writes("/help", chat=GROUP)
    assert "/settings" not in (await person.sees("/tickets – what is open")).text
    async with stage.turn() as turn:
        [said] = await turn.session.scalars(select(Said.html))
    assert said == "/weather Hamburg"


async def test_how_things_stand(stage: Stage) -> None:
    bo = stage.manager("Bo")
    await bo.types("/liaison status")
    await bo.sees("All is well.", "For your partners, later: 0.")
    mei = stage.manager("Mei")
    await mei.types("/liaison status")
    await mei.sees("一切正常。", "伙伴 0 家")
    await bo.types("/liaison settings")
    await bo.sees("Bo, manager; English, clock of Berlin.", "command_prefix – (liaison.toml)")
    await bo.types("/liaison roles list")
    await bo.sees("Chen · admin · Channel", "Mei · lead · Channel")


async def test_a_strangers_settings_are_nobodys(stage: Stage) -> None:
    sam = stage.telegram_person("Sam Stranger")
    await sam.starts()
    await sam.writes("/settings")
    await sam.sees("This is for our partners' people")
