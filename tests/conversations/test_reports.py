"""How well promises are kept: figures that lead to their tickets, each sees what is theirs."""

from sqlalchemy import select

from storage import people
from storage.models_delivery import DueWork
from storage.models_work import TicketFact
from tests import spreadsheet
from tests.conversations.stage import Stage
from tests.conversations.two_tickets import got, on_telegram, two_tickets


async def _answers(stage: Stage) -> None:
    """On Monday Bo solves T-2 without a word, which is its answer, too late."""
    await two_tickets(stage)
    await stage.until("2026-12-07T09:00:00+08:00")
    await stage.manager("Bo").types("/ticket T-2 resolve Repaired")
    await stage.settle()


async def test_each_number_leads_to_its_tickets(stage: Stage) -> None:
    chen = stage.manager("Chen")
    await chen.types("/report")
    await chen.sees("承诺履行", "这段时间没有答复或解决过工单。")
    await _answers(stage)

    await chen.types("/report")
    told = await chen.sees("首次答复：2 件中 1 件按时（50%）", "Acme Indust…", "Nordwind Gm…")
    assert "解决：1 件中 1 件按时（100%）" in told.text  # of the other one nothing was promised
    assert told.buttons[:4] == ("答复：2 件", "解决：2 件", "Acme Industrial", "Nordwind GmbH")
    await chen.presses("Nordwind GmbH")
    listed = await chen.sees("T-1 Nordwind GmbH · 用时 10 分钟 / 1 小时，按时")
    assert listed.buttons == ("T-1", "解决", "报表")
    await chen.presses("解决")
    await chen.sees("T-1 Nordwind GmbH · 用时", "/ 4 小时，按时", buttons=("T-1", "答复", "报表"))
    await chen.presses("报表")
    await chen.sees("首次答复：2 件中 1 件按时（50%）")
    await chen.presses("答复：2 件")
    both = await chen.sees("T-2 Acme Industrial", "超时", "T-1")
    assert both.text.index("T-2") < both.text.index("T-1")
    await chen.presses("报表")
    await chen.sees("首次答复：2 件中 1 件按时（50%）")
    await chen.presses("按周")
    await chen.sees("12月7日", "11月30日")
    await chen.presses("12月7日")
    await chen.sees("T-2 Acme Industrial")
    await chen.presses("报表")
    await chen.sees("11月30日")
    await chen.presses("按级别")
    await chen.sees("金牌", "银牌")
    await chen.types("/report 时效 上周 级别=金牌")
    await chen.sees("11月30日周一至12月6日周日 · 金牌", "1:48")  # open until 18:00
    await chen.types("/report sla from=2026-12-01 to=2026-12-04 Nordwind")
    week = await chen.sees("首次答复：1 件中 1 件按时（100%）", "Nordwind GmbH")
    assert "答复：1 件" in week.buttons


async def test_a_manager_sees_what_is_theirs(stage: Stage) -> None:
    await _answers(stage)
    lin, chen = stage.manager("Lin"), stage.manager("Chen")
    await chen.types("/report")
    await chen.sees("首次答复：2 件中 1 件按时（50%）")
    await chen.presses("导出文件")
    await chen.sees("11月16日周一至12月13日周日", "文件正在生成")
    await chen.sees("工单：2 · 11月16日周一至12月13日周日", "文件已生成。")
    rows = spreadsheet.table(await got(stage, chen, "promises-"))
    assert [(row["工单"], row["承诺"], row["按时"]) for row in rows if "按时" in row] == [
        ("T-1", "首次答复", "是"), ("T-1", "解决", "是"), ("T-2", "首次答复", "否")]  # fmt: skip
    assert (rows[0]["用时（工作时间，分钟）"], rows[0]["承诺时限（分钟）"]) == (10, 60)
    await lin.types("/report sla week")
    await lin.sees("这段时间没有")
    await lin.types("/report sla")
    mine = await lin.sees("首次答复：1 件中 1 件按时（100%）")
    assert "Acme" not in mine.text
    await lin.presses("导出文件")
    await lin.sees("工单：1 ·", "文件已生成。")
    await lin.types("/report sla from=soon")
    await lin.sees("“soon”不是日期")
    await lin.types("/report sla Zzyzx")
    await lin.sees_nothing("首次答复")


async def test_on_telegram_and_for_a_lead_and_of_earlier_tickets(stage: Stage) -> None:
    await _answers(stage)
    async with stage.turn() as turn:
        bo = await people.manager_named(turn.session, "Bo")
        assert bo is not None
        bo.team = "Other"
        for ticket_id in (1, 2):  # as before there were facts
            for clock in ("answer", "solve"):
                row = await turn.session.get(TicketFact, (ticket_id, clock))
                assert row is not None
                await turn.session.delete(row)
        made = await turn.session.scalar(select(DueWork).where(DueWork.kind == "ticket.facts"))
        assert made is not None
        made.key = "before"
    kai = await on_telegram(stage, "Mei", "en")
    await kai.writes("/report sla")
    await kai.sees("No ticket was answered or solved in these days.")
    await stage.app.arm()
    await stage.settle()
    await kai.writes("/report sla tier:gold")
    told = await kai.sees("First answer: 1 of 1 in time (100 %)", "half within 10 min", "gold")
    assert "Solved: 1 of 1 in time (100 %)" in told.text
    await kai.presses("By owner", told)
    owners = await kai.sees("number in time half 90 %", "Lin")
    await kai.presses("Lin", owners)
    await kai.sees("T-1 Nordwind GmbH · 10 min of 1 h, in time")
    await kai.writes("/report sla owner=@Bo")  # of another team
    await kai.sees("No ticket was answered or solved in these days.")
