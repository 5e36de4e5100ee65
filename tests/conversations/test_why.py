"""Why somebody did or did not get news and questions, as managers ask it."""

from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room


async def jo(stage: Stage, name: str = "Jo Weber", company: str = "Nordwind GmbH",
             **values: str) -> TelegramPerson:  # fmt: skip
    """Somebody in Berlin, on Telegram, who has pressed Start."""
    person = stage.telegram_person(name)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, company)
        await a_contact(turn.session, partner, turn.now, name, telegram=person.id,
                        called=name.split()[0], **values)  # fmt: skip
    await person.starts()
    await stage.settle()
    return person


def keeps(stage: Stage, **contact: int) -> None:
    """The settings of [contact] as a company of its own would have them."""
    changed = stage.app.config.contact.model_copy(update=contact)
    stage.app.config = stage.app.config.model_copy(update={"contact": changed})


async def test_each_thing_has_its_sentence_in_both_clocks(stage: Stage) -> None:
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    await bo.types("/partner why Jo")
    await bo.sees("Jo Weber (Nordwind GmbH): news and questions of the last 30 days",
                  "There was nothing for Jo.")  # fmt: skip
    await lin.types("/news add Price list 2027 is out")
    await stage.until("2026-12-07T09:00:30+01:00")
    await person.sees("• Price list 2027 is out")
    await bo.types("/partner why Nordwind Jo Weber")
    await bo.sees("• The digest of Mon 7 Dec arrived 09:00.")  # Bo's clock is Jo's
    await person.presses("Stop news")
    await person.sees("You get no news any more.")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(minutes=2)
    await bo.types("/partner nordwind why")
    await bo.sees("• N-2 did not go to Jo: Jo gets no news (since Mon 7 Dec).")
    await lin.types("/partner 为什么 Jo")
    await lin.sees("Jo Weber（Nordwind GmbH）：最近 30 天的动态和评价请求",
                   "• N-2 未发给 Jo：Jo 不接收动态（12月7日周一起）。",
                   "• 12月7日周一的动态已送达：Jo 那边 09:00，您这边 16:00。")  # fmt: skip


async def test_what_waits_says_until_when_and_what_for(stage: Stage) -> None:
    person, lin = await jo(stage, quiet_from="09:00", quiet_to="12:00"), stage.manager("Lin")
    await person.writes("The price list will not open")
    await person.sees("Got it, Jo.")
    await lin.types("/ticket T-1 resolve new link sent")
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(minutes=2)
    await lin.types("/partner why Nordwind")
    shown = await lin.sees("• T-1 的评价请求要等到 Jo 那边 12:0")
    assert "，您这边 19:0" in shown.text
    assert "：免打扰时段。" in shown.text
    assert "• N-1 要等到 Jo 那边 12:0" in shown.text
    await person.writes("It fails again")
    await person.sees("Got it, Jo.")
    await lin.types("/ticket T-1 reopen")
    await stage.until("2026-12-03T12:11:00+01:00")
    await lin.types("/partner why Nordwind")
    await lin.sees("• T-1 的评价请求未发给 Jo：工单已不再是解决状态。")


async def test_several_of_a_name_become_buttons_and_nobody_gets_a_sentence(stage: Stage) -> None:
    await jo(stage)
    async with stage.turn() as turn:
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Jo Miller")
        await a_partner(turn.session, turn.now, "Bluepine Systems")
    bo = stage.manager("Bo")
    await bo.types("/partner why jo")
    choice = await bo.sees("Who is meant?")
    assert choice.buttons == ("Jo Miller (Acme Industrial)", "Jo Weber (Nordwind GmbH)")
    await bo.presses("Jo Miller (Acme Industrial)", choice)
    await bo.sees("Jo Miller (Acme Industrial)", "There was nothing for Jo.")
    await bo.types("/partner why Jo Miller")
    await bo.sees("Jo Miller (Acme Industrial)", "There was nothing for Jo.")
    await bo.types("/partner why Nordwind Kim")
    await bo.sees("I know nobody called “Kim” at Nordwind GmbH. There are: Jo Weber.")
    await bo.types("/partner why Kim 100%")
    await bo.sees("I know nobody called “Kim 100%”.")
    await bo.types("/partner why Bluepine")
    await bo.sees("Bluepine Systems has no contacts yet. First: /partner invite Bluepine Systems")
    await bo.types("/partner why")
    await bo.sees("Who? Example: /partner why Nordwind Jo")


async def test_a_partner_cannot_ask(stage: Stage) -> None:
    person = await jo(stage)
    await person.writes("/partner why Jo")
    await person.sees("That is for our own people only.")
    shown = await person.sees("That is for our own people only.")
    assert await person.forges("partner.why 1", shown) != ""
    await person.sees_nothing("news and questions")


async def test_who_blocked_the_bot_is_skipped_with_the_reason_and_comes_back(stage: Stage) -> None:
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    await lin.types("/news add Price list 2027 is out")
    await stage.telegram.block(person.number)
    await lin.sees("Nordwind GmbH", "Jo Weber")
    await stage.until("2026-12-07T09:00:30+01:00")
    await bo.types("/partner why Nordwind")
    await bo.sees("• The digest of Mon 7 Dec did not go to Jo: Jo has blocked the bot.")
    await lin.sees_nothing()  # told once
    await bo.types("/partner tell Nordwind We moved.")
    await bo.sees("Jo Weber blocked the bot. Once they unblock it, it can write to them again.")
    await lin.types("/partner tell Nordwind 我们搬家了")
    await lin.sees("Jo Weber 屏蔽了机器人。对方解除屏蔽后即可继续联系。")
    await stage.telegram.unblock(person.number)
    await lin.sees("Nordwind GmbH 的 Jo Weber 又能联系上了。")
    await stage.until("2026-12-14T09:00:30+01:00")
    await person.sees("• Price list 2027 is out")
    await bo.types("/partner why Nordwind")
    await bo.sees("• The digest of Mon 14 Dec arrived 09:00.")
    told = [e.text for e in lin.screen() if "Nordwind GmbH 的 Jo Weber" in e.text]
    assert len(told) == 2, told


async def test_what_a_block_stops_on_its_way_was_not_delivered(stage: Stage) -> None:
    person, bo, lin = await jo(stage), stage.manager("Bo"), stage.manager("Lin")
    await stage.settle()
    await lin.types("/news add Recall of pump P7 urgent=yes")
    stage.telegram.world.private(person.number).blocked = True  # we are not told of it
    await stage.later(minutes=2)
    await bo.types("/partner why Nordwind")
    await bo.sees("• N-1 was not delivered: the bot is blocked.")


async def test_a_shared_channel_of_slack_goes_and_comes_back(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo",
                                  zone="America/Los_Angeles")  # fmt: skip
        await a_contact(turn.session, partner, turn.now, "Priya Natarajan", called="Priya")
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
    bo, priya = stage.manager("Bo"), SlackPerson(stage, "U1BLUEPI1")
    await bo.types("/news add Price list 2027 is out")
    bot = stage.slack.bot
    await stage.slack.leave(bot, "C1BLUEPINE", actor="U1BLUEPI1")
    await bo.sees("Bluepine Systems cannot be reached any more.")
    await stage.until("2026-12-07T09:00:30-08:00")
    await bo.types("/partner why Bluepine")
    await bo.sees("The digest of Mon 7 Dec did not go to Priya: "
                  "Priya cannot be reached there any more.")  # fmt: skip
    await stage.slack.join(bot, "C1BLUEPINE")
    await bo.sees("Bluepine Systems can be reached again.")
    await stage.until("2026-12-14T09:00:30-08:00")
    await priya.sees("• Price list 2027 is out")
    await bo.types("/partner why Bluepine")
    await bo.sees("The digest of Mon 14 Dec arrived 09:00 for Priya, 18:00 for you.")


async def test_who_has_had_enough_gets_the_next_question_later(stage: Stage) -> None:
    keeps(stage, cooldown=0)
    person, lin = await jo(stage), stage.manager("Lin")
    for number in (1, 2, 3, 4):
        await lin.types(f"/ticket new Nordwind Delivery {number} has not arrived")
        await lin.sees(f"T-{number} · Nordwind GmbH")
        await lin.types(f"/ticket T-{number} resolve it has")
        if number < 4:
            await person.presses("5", await person.sees("How was that?"))
            await person.sees("Thank you, Jo.", kind="edit")
    await person.sees("T-4 is solved: it has. Not solved? Just write.", kind="new")
    await lin.types("/partner why Nordwind")
    shown = await lin.sees("Jo Weber（Nordwind GmbH）")
    [line] = [line for line in shown.text.splitlines() if line.startswith("• T-4")]
    assert line == "• T-4 的评价请求未发给 Jo：近期发送的内容已够多，之后再发已经过时。"
    await lin.types("/news add Recall of pump P7 urgent=yes")
    await stage.later(minutes=2)
    await person.sees("Recall of pump P7")  # urgent news are never too much


async def test_a_digest_waits_for_a_working_day_where_its_reader_is(stage: Stage) -> None:
    person = await jo(stage, zone="Europe/London")
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await stage.until("2026-12-22T09:00:00+00:00")
    await lin.types("/news add Price list 2027 is out")
    await stage.until("2026-12-28T10:00:00+00:00")  # a bank holiday in Britain
    await person.sees_nothing("Price list")
    await bo.types("/partner why Nordwind")
    shown = await bo.sees("Jo Weber (Nordwind GmbH)")
    [line] = [line for line in shown.text.splitlines() if line.startswith("• The digest")]
    assert line.startswith("• The digest of Mon 28 Dec waits until Tue 09:0")
    assert line.endswith(" for you: not a working day there.")
    await stage.until("2026-12-29T09:11:00+00:00")
    await person.sees("• Price list 2027 is out")
