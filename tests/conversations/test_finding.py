"""Our people find tickets: lists with filters, search, pages; a partner finds nobody else's."""

from datetime import timedelta

from storage import people
from storage.models_work import Said, Ticket
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO = "700000011"


async def _many(stage: Stage) -> None:
    """Forty tickets: T-1 to T-20 Nordwind's, Lin's; T-21 to T-40 华腾科技's, Bo's, five late."""
    await stage.settle()  # the look at all open tickets that each start takes is over
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        huateng = await a_partner(turn.session, turn.now, "华腾科技", owner="Bo")
        bo = await people.manager_named(turn.session, "Bo")
        assert bo is not None
        for number in range(40):
            ours = number < 20
            due = turn.now + timedelta(hours=number - (40 if number >= 35 else 10))
            turn.session.add(Ticket(
                partner_id=nordwind.id if ours else huateng.id, title=f"printer {number}",
                status="waiting" if number == 30 else "open", opened_at=turn.now, address="",
                kind="order" if number % 10 == 0 else "problem", settings_version=1,
                due_at=due if 20 <= number < 25 or number >= 35 else turn.now + timedelta(days=9),
                owner_id=None if ours else bo.id,
            ))  # fmt: skip
        await turn.session.flush()
        turn.session.add(Said(direction="in", visibility="partner", partner_id=huateng.id,
                              ticket_id=33, platform="telegram", chat="9", at=turn.now,
                              html="今天<b>价格表</b>又打不开了 &lt;!channel&gt;"))  # fmt: skip


async def test_lists_are_filtered_and_turned(stage: Stage) -> None:
    await _many(stage)
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await bo.types("/ticket")
    await bo.sees(
        "Open tickets: 40", "T-36 华腾科技 “printer 35”", buttons=("T-36", "More", "As a file")
    )
    await bo.types("/ticket mine")
    await bo.sees("Open tickets: 20 · Bo", "printer 39")
    await bo.types("/ticket list nordwind")
    first = await bo.sees("Open tickets: 20 · Nordwind GmbH", "“printer 14”")
    assert "printer 15" not in first.text
    await bo.presses("More")
    rest = await bo.sees("“printer 15”", "“printer 19”")
    assert "printer 14" not in rest.text
    assert rest.buttons == ("T-16", "T-17", "T-18")
    await bo.types("/ticket waiting")
    await bo.sees("Open tickets: 1 · waiting for the partner", "T-31")
    await bo.types("/ticket list mine orders")
    await bo.sees("Open tickets: 2 · order · Bo", "T-21", "T-31")
    await bo.types("/ticket list Lin")
    await bo.sees("Open tickets: 20 · Lin", "nobody yet")
    await bo.types("/ticket list @Bo 华腾")
    await bo.sees("Open tickets: 20 · Bo · 华腾科技")
    await bo.types("/ticket list soon")
    await bo.sees("No ticket fits: due within 4 hours.")
    await bo.types("/ticket list breached")
    await bo.sees("Open tickets: 5 · overdue", "T-36", "T-40")
    await lin.types("/ticket 列表 超时")
    await lin.sees("未结工单：5 · 已超时")
    await stage.settle()


async def test_an_empty_list_says_what_to_do(stage: Stage) -> None:
    bo = stage.manager("Bo")
    await bo.types("/ticket list")
    await bo.sees("No open tickets. A new one: /ticket new Nordwind The price list will not open")
    await bo.types("/ticket list urgent mine")
    await bo.sees("No ticket fits: urgent, Bo.")
    await bo.presses("All open tickets")
    await bo.sees("No open tickets.")
    await bo.types("/ticket list nobody-there")
    await bo.sees("I know no partner “nobody-there”.")


async def test_words_are_found_with_a_quote(stage: Stage) -> None:
    await _many(stage)
    bo = stage.manager("Bo")
    await bo.types("/ticket search 打不开")
    await bo.sees("T-33 华腾科技 “printer 32”", "价格表又打不开了 <!channel>")
    await bo.types("/ticket search printer nordwind")
    first = await bo.sees("newest first", "T-20", "T-13", buttons=("T-20", "T-19", "More"))
    assert "T-12 " not in first.text
    await bo.presses("More")
    await bo.sees("T-12", "T-5")
    await bo.types("/ticket search T-7")
    await bo.sees("T-7 Nordwind GmbH")
    await bo.types("/ticket 搜索 没有的词")
    await bo.sees("No ticket has “没有的词”.", buttons=("All open tickets",))
    await bo.types("/ticket search")
    await bo.sees("Search for what? Example: /ticket search price list")
    await bo.types("/ticket search OR * : ^ NOT")
    await bo.sees("No ticket has")


async def test_a_partner_neither_lists_nor_searches_ours(stage: Stage) -> None:
    await _many(stage)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    for said in ("/ticket search 价格表", "/ticket list"):
        await jo.writes(said)
        await jo.sees("That is for our own people only.")
    await jo.sees_nothing("华腾")
    entry = jo.screen()[-1]
    for forged in ("ticket.found:100|printer", "ticket.page:|"):
        await jo.forges(forged, entry)
    await stage.settle()
    await jo.sees_nothing("printer")


async def test_a_partner_s_message_is_found_from_telegram(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12")
    await jo.writes("Also the serial number is ZX-81")
    await stage.settle()
    await lin.types("/ticket search zx 81 weber")
    await lin.sees("T-1 Nordwind GmbH", "Also the serial number is ZX-81")
