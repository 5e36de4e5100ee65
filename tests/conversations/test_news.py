"""News: kept once, shown before they go, sent on Monday 09:00 of every reader's own clock."""

from storage import news
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

PEOPLE = {  # Telegram people of the demo world, put where we need them
    "Camille Roux": ("Brisemar SARL", "Pacific/Auckland", "en"),
    "王伟": ("华腾科技 Huateng", "Asia/Shanghai", "zh"),
    "Jo Weber": ("Nordwind GmbH", "Europe/Berlin", "en"),
    "Kai Brandt": ("Acme Industrial", "America/New_York", "en"),
}


async def readers(stage: Stage) -> dict[str, TelegramPerson]:
    """One reader in each of four zones, each of another partner."""
    found = {}
    for name, (company, zone, language) in PEOPLE.items():
        person = stage.telegram_person(name)
        async with stage.turn() as turn:
            partner = await a_partner(
                turn.session, turn.now, company, zone=zone, language=language,
                tier="gold" if company == "Nordwind GmbH" else "silver",
            )  # fmt: skip
            await a_contact(turn.session, partner, turn.now, name, telegram=person.id, called=name)
        await person.starts()
        found[name] = person
    await stage.settle()
    return found


async def test_the_digest_comes_on_monday_nine_of_each_ones_own_clock(stage: Stage) -> None:
    people = await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add Price list 2027 is out product=Pumps zh=2027年价格表已发布")
    kept = await lin.sees("N-1", "Price list 2027 is out", "2027年价格表已发布")
    assert "12月7日周一各自当地时间 09:00 发给 4 家伙伴的 4 人。" in kept.text
    assert kept.buttons == ("撤回该条",)
    await lin.types("/news add New hotline +49 40 1234")
    await lin.presses("添加中文", await lin.sees("N-2", "New hotline"))
    await lin.sees("添加中文", kind="modal")
    await lin.fills(text="新热线 +49 40 1234")
    await lin.sees("N-2", "新热线")
    await lin.types("/news digest preview")
    shown = await lin.sees("12月7日周一的动态，各自当地时间 09:00")
    assert "4 家伙伴 4 人，4 个时区：英文 3，中文 1。" in shown.text
    assert "• Pumps: 2027年价格表已发布" in shown.text
    stage.acted()
    mornings = {
        "Camille Roux": "2026-12-07T09:00:00+13:00", "王伟": "2026-12-07T09:00:00+08:00",
        "Jo Weber": "2026-12-07T09:00:00+01:00", "Kai Brandt": "2026-12-07T09:00:00-05:00",
    }  # fmt: skip
    waiting = list(mornings)
    for name, moment in mornings.items():
        await stage.until(f"{moment[:11]}08:59:00{moment[19:]}")
        for other in waiting:
            await people[other].sees_nothing()
        await stage.until(moment)
        waiting.remove(name)
        title = "恒达动态，12月7日周一" if name == "王伟" else "News from Hengda, Mon 7 Dec"
        got = await people[name].sees(title)
        assert got.at.isoformat()[:16] == _utc(moment)
    assert "• Pumps: Price list 2027 is out\n\n• New hotline +49 40 1234" in got.text
    assert got.buttons == ("Stop news",)
    await stage.until("2026-12-14T16:00:00-05:00")
    for person in people.values():
        await person.sees_nothing()  # nothing new: no empty digest


def _utc(moment: str) -> str:
    from datetime import UTC, datetime

    return datetime.fromisoformat(moment).astimezone(UTC).isoformat()[:16]


async def test_only_those_a_news_item_is_for_and_only_once(stage: Stage) -> None:
    people = await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add Gold bonus doubled to=tier:gold")
    await lin.sees("N-1", "对象：tier:gold", "发给 1 家伙伴的 1 人")
    await lin.types("/news digest preview")
    await lin.sees("1 家伙伴 1 人", "3 人不发送：没有新内容。")
    await stage.until("2026-12-08T12:00:00+00:00")
    await people["Jo Weber"].sees("• Gold bonus doubled")
    await people["王伟"].sees_nothing()
    await lin.types("/news show N-1")
    await lin.sees("已有 1 人收到")
    await lin.types("/news add Nonsense to=tier:platinum")
    await lin.sees("“tier:platinum”里没有人。级别：gold, silver。")
    await lin.types("/news add Nonsense to=planet:mars")
    await lin.sees("不认识“planet:mars”")


async def test_without_a_translation_the_original_comes_with_a_note(stage: Stage) -> None:
    people = await readers(stage)
    await stage.manager("Lin").types("/news add Fair in Hanover, hall 7")
    await stage.until("2026-12-08T00:00:00+00:00")
    await people["王伟"].sees("• Fair in Hanover, hall 7 （仅有英文）")


async def test_a_retracted_item_is_not_sent(stage: Stage) -> None:
    people = await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add A mistake")
    await lin.presses("撤回该条", await lin.sees("N-1"))
    await lin.sees("N-1 已撤回，没有人看到过。", buttons=("撤回",))
    await lin.types("/news retract N-1")
    await lin.sees("N-1 已经撤回了。")
    await stage.until("2026-12-08T00:00:00+00:00")
    for person in people.values():
        await person.sees_nothing()


async def test_retracting_too_late_tells_how_many_have_it(stage: Stage) -> None:
    await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add Price list 2027 is out")
    await stage.until("2026-12-07T05:00:00+00:00")  # Auckland and Shanghai have it
    await lin.types("/news retract N-1")
    await lin.sees("已有 2 人收到，不会再发给其他人。")
    await stage.until("2026-12-08T00:00:00+00:00")
    await stage.telegram_person("Jo Weber").sees_nothing()


async def test_one_press_stops_the_news_and_another_brings_them_back(stage: Stage) -> None:
    people = await readers(stage)
    lin, jo = stage.manager("Lin"), people["Jo Weber"]
    await lin.types("/news add First")
    await stage.until("2026-12-07T09:00:30+01:00")
    await jo.sees("• First")
    await jo.presses("Stop news")
    await jo.sees("You get no news any more.", buttons=("Undo",))
    await lin.types("/news add Second")
    await lin.sees("N-2", "3 家伙伴的 3 人")
    await stage.until("2026-12-15T00:00:00+00:00")
    await jo.sees_nothing()
    await jo.presses("Undo")
    await jo.sees("You get the news again.")
    await stage.until("2026-12-21T09:00:30+01:00")
    await jo.sees("• Second")


async def test_pause_resume_and_send_now(stage: Stage) -> None:
    people = await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add First")
    await lin.types("/news digest pause")
    await lin.sees("起暂停")
    await stage.until("2026-12-08T12:00:00+00:00")
    await people["Jo Weber"].sees_nothing()
    await lin.types("/news digest send")
    await lin.sees("4 家伙伴 4 人")
    await lin.presses("发送")
    await lin.sees("请先恢复")
    await lin.types("/news digest resume")
    await lin.sees("下一期动态：12月14日周一")
    await lin.types("/news digest send")
    await lin.presses("发送", await lin.sees("立即发送新内容"))
    await lin.presses("撤回", await lin.sees("60 秒后发给 4 人"))
    await lin.sees("已停止")
    await stage.later(minutes=2)
    await people["Jo Weber"].sees_nothing()
    await lin.types("/news digest send")
    await lin.presses("发送", await lin.sees("立即发送新内容"))
    await lin.sees("60 秒后发给 4 人")
    await stage.later(minutes=2)
    await people["Jo Weber"].sees("• First")


async def test_urgent_news_wait_only_for_the_hold_and_for_quiet_hours(stage: Stage) -> None:
    people = await readers(stage)
    async with stage.turn() as turn:
        kai = (await news.everybody(turn.session))[3]
        contact = await turn.session.get(news.Contact, kai.contact_id)
        contact.quiet_from, contact.quiet_to = "20:00", "08:00"
    lin = stage.manager("Lin")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await lin.sees("N-1", "60 秒后发给 4 家伙伴的 4 人。")
    await people["Jo Weber"].sees_nothing()
    await stage.later(seconds=61)
    await people["Jo Weber"].sees("• Recall of pump P7")
    await people["Kai Brandt"].sees_nothing()  # 03:13 in New York
    await stage.until("2026-12-03T08:10:00-05:00")
    await people["Kai Brandt"].sees("• Recall of pump P7")


async def test_a_room_gets_one_digest_for_all_who_have_no_chat(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Kaito Denki", zone="Asia/Tokyo")
        for name, account in (("Haruto Kaito", "U1KAITOD1"), ("Yui Mori", "U1KAITOD2")):
            await a_contact(turn.session, partner, turn.now, name, slack=account)
        await a_room(turn.session, partner, turn.now, "slack", "C1KAITODENK")
    await stage.manager("Lin").types("/news add Price list 2027 is out")
    mori = stage.slack_person("U1KAITOD2")
    await stage.until("2026-12-07T09:00:30+09:00")
    got = await mori.sees("News from Hengda", "• Price list 2027 is out")
    assert got.buttons == ()
    await stage.until("2026-12-08T09:00:30+09:00")
    assert len([e for e in mori.screen("C1KAITODENK") if "News from" in e.text]) == 1


async def test_news_for_one_partner_and_what_is_missing_is_asked_in_a_form(stage: Stage) -> None:
    people = await readers(stage)
    lin = stage.manager("Lin")
    await lin.types("/news add")
    await lin.sees("新动态", kind="modal")
    await lin.fills(text="Only for you", to="Nobody Ltd")
    await lin.sees("没有找到伙伴“Nobody Ltd”", kind="modal_error")
    await lin.fills(text="Only for you", to="Nordwind")
    await lin.sees("N-1", "对象：Nordwind GmbH", "1 家伙伴的 1 人")
    await stage.until("2026-12-08T00:00:00+00:00")
    await people["Jo Weber"].sees("• Only for you")
    await people["Kai Brandt"].sees_nothing()
