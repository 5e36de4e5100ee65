"""Our people keep their partners: add, change, show, list, note; and Telegram's menus."""

from storage import people
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner


async def test_add_show_set_and_contact(stage: Stage) -> None:
    bo = stage.manager("Bo")
    await bo.types(
        "/partner add Nordwind GmbH tier=gold tz=Hamburg lang=en owner=Lin tags=key;pilot"
    )
    await bo.sees("Nordwind GmbH is there.", "Owner Lin, clock of Berlin.",
                  "/partner invite Nordwind GmbH First Last")  # fmt: skip
    await bo.types("/partner add nordwind")
    await bo.sees("Nordwind GmbH is there already.")
    await bo.types("/partner contact add Nordwind Jo Weber called=Jo")
    await bo.sees("Jo Weber: not invited yet")
    await bo.types("/partner nordwind")
    await bo.sees("Nordwind GmbH · gold", "Owner: Lin", "09:12 in Berlin", "open tickets: 0",
                  "No room linked.", buttons=("Invite", "Tell", "Link a room"))  # fmt: skip
    await bo.types("/partner set Nordwind owner=none tier=银牌")
    await bo.sees("Nordwind GmbH · silver", "No owner")
    await bo.types("/partner set Nordwind tz=Berlinn")
    await bo.sees("“Berlinn” is not a time zone I know. Did you mean Europe/Berlin?")
    await bo.types("/partner set Nordwind lang=fr")
    await bo.sees("I speak English (en) and Chinese (zh), not “fr”.")


async def test_lists_by_what_people_say(stage: Stage) -> None:
    async with stage.turn() as turn:
        for number in range(25):
            await a_partner(turn.session, turn.now, f"Gold {number:02} Ltd", owner="Bo")
        await a_partner(turn.session, turn.now, "Asia One", owner=None, tier="silver",
                        region="South East")  # fmt: skip
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await bo.types("/partner list")
    first = await bo.sees("Partners: 26", "1–20", "Asia One · silver · no owner")
    assert "Gold 20" not in first.text
    await bo.presses("More")
    await bo.sees("21–26", "Gold 24 Ltd · gold · Bo")
    await bo.types("/partner list south east")
    await bo.sees("Partners: 1", "Asia One")
    await lin.types("/partner 列表 我的")
    await lin.sees("没有符合“mine”的伙伴。")
    await lin.types("/partner 列表 金牌")
    await lin.sees("伙伴：25 家")


async def test_an_empty_list_says_how_to_begin(stage: Stage) -> None:
    bo = stage.manager("Bo")
    await bo.types("/partner")
    await bo.sees("No partners yet. Begin with: /partner add Nordwind GmbH tier=gold")


async def test_several_partners_become_buttons(stage: Stage) -> None:
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Nordwind GmbH")
        await a_partner(turn.session, turn.now, "Nordlicht AG")
    bo = stage.manager("Bo")
    await bo.types("/partner nord")
    await bo.sees("“nord” could be several partners. Which one?")
    await bo.presses("Nordlicht AG")
    await bo.sees("Nordlicht AG · gold")


async def test_a_note_is_ours_alone(stage: Stage) -> None:
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram="700000011")
    bo = stage.manager("Bo")
    await bo.types("/partner note Nordwind Jo is on leave")
    await bo.sees("Noted for Nordwind GmbH. Only we see it.")
    await stage.telegram_person("Jo Weber").sees_nothing()


async def test_a_partner_has_no_such_commands(stage: Stage) -> None:
    jo = stage.telegram_person("Jo Weber")
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=str(jo.number))
        assert len(await people.contacts_of(turn.session, nordwind.id)) == 1
    stage.telegram.set_started(stage.telegram.world.people[jo.number])
    await jo.writes("/partner list")
    await jo.sees("That is for our own people only.")


async def test_telegram_offers_what_can_be_said(stage: Stage) -> None:
    jo = stage.telegram_person("Jo Weber")
    await stage.settle()
    offered = {
        row["command"]: row["description"] for row in stage.telegram.menu(jo.number, jo.number)
    }
    assert {"settings", "stop", "help"} <= offered.keys()
    assert "partner" not in offered
    assert offered["stop"] == "Less from me, or nothing"
