"""New tickets go where the rules of liaison.toml say, and on if nobody acts."""

from datetime import timedelta

from bot.config_tickets import Rule
from storage import people
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO = "700000011"
RULES = (
    Rule(name="invoices", words=("invoice", "发票"), owner="Bo", team="Channel", pass_on=50,
         hand_out="least_loaded", priority="high"),
    Rule(name="gold in turn", tiers=("gold",), team="Channel", hand_out="round_robin"),
)  # fmt: skip


async def test_rules_give_new_tickets_and_pass_on_what_nobody_touched(stage: Stage) -> None:
    stage.app.config = stage.app.config.model_copy(update={"routing": RULES})
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        for name in ("Chen", "Mei"):
            manager = await people.manager_named(turn.session, name)
            assert manager is not None
            manager.away_until = turn.now + timedelta(days=1)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The invoice is wrong")
    given = await bo.sees("T-1 · Nordwind GmbH · Jo Weber is yours now, by the rule “invoices”.")
    assert given.room.startswith("D")
    assert given.buttons == ("Reply", "T-1")
    await bo.sees("answer by 17:12 · Bo · high", room="C0TRIAGE")
    await stage.later(minutes=31)
    await bo.sees("T-1 · Nordwind GmbH had to wait, so it is with Lin now.")
    await lin.sees("T-1 · Nordwind GmbH · Jo Weber 按规则“invoices”分给您。此前在别处等候。")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Rule “invoices”: it goes to Bo.")
    assert "Rule “invoices”: it had waited, so it goes on to Lin." in told.text
    assert "Rule “invoices”: the priority is high." in told.text

    await lin.types("/ticket T-1 note I look into it")
    await stage.later(minutes=10)
    await bo.sees_nothing("is yours now")
    await lin.types("/ticket T-1 resolve Corrected")
    await jo.sees("How was that?")
    await lin.types("/ticket new Nordwind The price list will not open")
    await bo.sees("T-2 · Nordwind GmbH · Jo Weber is yours now, by the rule “gold in turn”.")
    await bo.types("/ticket new Nordwind The order form is broken")
    await lin.sees("T-3 · Nordwind GmbH · Jo Weber 按规则“gold in turn”分给您。")


async def test_at_night_nobody_hears_of_it_and_in_the_morning_all_at_once(stage: Stage) -> None:
    rule = Rule(name="invoices", words=("invoice",), owner="Bo")
    stage.app.config = stage.app.config.model_copy(update={"routing": (rule,)})
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await stage.until("2026-12-03T22:00:00+01:00")
    await lin.types("/ticket new Nordwind The first invoice is wrong")
    await lin.sees("T-1", room="C0TRIAGE")
    await lin.types("/ticket new Nordwind The second invoice is wrong")
    await lin.types("/ticket new Nordwind The third invoice is wrong")
    await lin.sees("T-3", room="C0TRIAGE")
    await lin.types("/ticket T-3 resolve Sent again")
    await bo.sees_nothing("is yours now")
    await stage.until("2026-12-04T08:00:30+01:00")
    told = await bo.sees("T-1 · Nordwind GmbH · Jo Weber is yours now, by the rule “invoices”.")
    assert "“The second invoice is wrong”" in told.text
    assert "T-3" not in told.text
    assert told.buttons == ("T-1", "T-2")


async def test_what_nobody_touched_is_the_teams_again_and_its_room_hears_of_it(
    stage: Stage,
) -> None:
    """Bo has half of the hour, Lin half of the rest; then there is nobody left to ask."""
    stage.app.config = stage.app.config.model_copy(update={"routing": RULES})
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        for name in ("Ana", "Chen", "Mei"):
            manager = await people.manager_named(turn.session, name)
            assert manager is not None
            manager.away_until = turn.now + timedelta(days=1)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The invoice is wrong")
    await bo.sees("is yours now, by the rule “invoices”.")
    await stage.later(minutes=31)
    await lin.sees("T-1 · Nordwind GmbH · Jo Weber 按规则“invoices”分给您。")
    await stage.later(minutes=16)
    await lin.sees("T-1 · Nordwind GmbH", "整个团队")
    await bo.sees("answer by 17:12 · soon · nobody yet", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 story")
    await bo.sees("Rule “invoices”: it had waited, so it goes back to the team.")
    await stage.later(minutes=45)
    await bo.sees("T-1 · Nordwind GmbH: Jo still waits", room="C0TEAM")
