"""Tickets as a file: what the list has, for whoever asks, in their language and clock."""

import csv
import io
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat import Address, Event, Person
from bot.commands.table import EXPORTS
from bot.export_cli import export
from bot.exporter import Exporter
from bot.outbox import Parcel
from storage import people
from storage.models_delivery import Blob
from storage.models_work import Ticket
from tests import spreadsheet
from tests.conversations.stage import Stage
from tests.conversations.two_tickets import got, on_telegram, two_tickets
from tests.spreadsheet import moment

HOSTILE = ['=HYPERLINK("http://x","y")', "+49 30 1", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1",
           "＝1+1", "<b>&\x07_x0041_"]  # fmt: skip


async def _desk(stage: Stage) -> None:
    await two_tickets(stage)
    await stage.later(hours=60)


async def _hostile(stage: Stage) -> None:
    async with stage.turn() as turn:
        for title in HOSTILE:
            turn.session.add(Ticket(
                partner_id=2, title=title, status="open", opened_at=turn.now, address="",
                settings_version=1, product=title,
            ))  # fmt: skip


async def test_a_list_becomes_a_file(stage: Stage) -> None:
    await _desk(stage)
    await _hostile(stage)
    bo = stage.manager("Bo")
    await bo.types("/ticket list")
    await bo.sees("Open tickets: 9", buttons=("T-2", "T-3", "As a file"))
    await bo.presses("As a file")
    await bo.sees("Tickets: 9", "Your file is being made. It comes into our private chat")
    data = await got(stage, bo, "tickets-2026-12-05.xlsx")
    await bo.sees("Tickets: 9", "Here is your file.")
    rows = spreadsheet.table(data)
    assert [row["Title"] for row in rows[1:]] == HOSTILE
    first = rows[0]
    assert first["Ticket"] == "T-2"
    assert (first["Partner"], first["Tier"], first["Status"]) == (
        "Acme Industrial", "silver", "our turn")  # fmt: skip
    assert first["First answer in time"] == "no"
    assert "First answer at (Berlin)" not in first

    await bo.types("/ticket export solved csv")
    await bo.sees("Tickets: 1 · solved")
    data = await got(stage, bo, "tickets-2026-12-05.csv")
    assert data.startswith(b"\xef\xbb\xbfTicket,Title,")
    (solved,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert solved == {
        "Ticket": "T-1", "Title": "The price list will not open", "Partner": "Nordwind GmbH",
        "Tier": "gold", "Kind": "problem", "Priority": "normal", "Status": "solved",
        "Owner": "Lin", "Opened (Berlin)": "2026-12-03 09:12",
        "First answer due (Berlin)": "2026-12-03 10:12",
        "First answer at (Berlin)": "2026-12-03 09:22", "First answer in time": "yes",
        "Solution due (Berlin)": "2026-12-04 04:12", "Solved at (Berlin)": "2026-12-03 11:02",
        "Solved in time": "yes", "Score (1 to 5)": "5",
        "Known issue": "K-1 Price list fails", "Product": "",
    }  # fmt: skip
    await bo.types("/ticket export csv")
    text = (await got(stage, bo, "tickets-2026-12-05.csv")).decode("utf-8-sig")
    titles = [row["Title"] for row in csv.DictReader(io.StringIO(text, newline=""))][1:]
    assert titles == [f"'{title}" for title in HOSTILE[:-1]] + HOSTILE[-1:]

    await bo.types("/ticket export urgent Acme")
    await bo.sees("No ticket fits, so there is no file. (urgent · Acme Industrial)")
    await bo.types("/ticket export from=2026-12-05 to=2026-12-01")
    await bo.sees("That period ends before it begins.")


async def test_what_is_too_much_or_fails_is_told(stage: Stage) -> None:
    await _desk(stage)
    async with stage.turn() as turn:
        chen = await people.manager_named(turn.session, "Chen")
        assert chen is not None
    app = stage.app
    maker = Exporter(app.database, lambda: app.config, EXPORTS, most=1)
    question = {
        "route": "export.made",
        "kind": "tickets",
        "file": "csv",
        "about": "",
        "manager": chen.id,
        "to": "slack:U0CHEN:",
        "asked": {"filters": "sany"},
    }
    for number, (asked, words) in enumerate((
        (question, "数据太多，一个文件放不下。"),
        (question | {"asked": {"filters": "yurgent"}}, "已没有可导出的内容。"),
        (question | {"asked": {}}, "文件未能生成"),
    )):  # fmt: skip
        parcel = Parcel(number, f"p{number}", Address("export", ""), None, asked, "", "",
                        app.clock.real(), "")  # fmt: skip
        values = await maker.ask(parcel)
        await app.dispatch.answered(Event(
            key=f"ask:x{number}", at=app.clock.now(), platform="export", kind="answer",  # type: ignore[arg-type]
            who=Person("export", ""), where=Address("export", ""), route="export.made",  # type: ignore[arg-type]
            values=values,
        ))  # fmt: skip
        await stage.manager("Chen").sees(words)


async def test_an_operator_writes_a_file(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _desk(stage)
    given = stage.app.environment, stage.app.config
    assert await export(*given, tmp_path / "all.xlsx", "", "", "") == 0
    rows = spreadsheet.table((tmp_path / "all.xlsx").read_bytes())
    assert [(row["Ticket"], row["Status"]) for row in rows] == [
        ("T-1", "solved"),
        ("T-2", "our turn"),
    ]
    assert (
        await export(*given, tmp_path / "nord.csv", "nordwind solved", "2026-12-01", "2026-12-31")
        == 0
    )
    assert b"T-1" in (tmp_path / "nord.csv").read_bytes()
    assert await export(*given, tmp_path / "nord.csv", "", "", "") == 2
    assert await export(*given, tmp_path / "all.pdf", "", "", "") == 2
    assert await export(*given, tmp_path / "none.csv", "urgent", "", "") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "nord.csv is there already: name another file." in said
    assert "all.pdf should end in .xlsx or .csv: name another file." in said
    assert "No ticket fits: there is no file." in said
    assert "none.csv" not in os.listdir(tmp_path)


async def test_on_telegram_of_some_days_in_chinese_and_not_for_partners(stage: Stage) -> None:
    await _desk(stage)
    kai, jo = await on_telegram(stage, "Mei", "zh"), stage.telegram_person("Jo Weber")
    await kai.writes("/ticket 导出 from=2026-12-03 to=2026-12-03 表格")
    await kai.sees("工单：2", "12月3日周四至12月3日周四 建立", "文件正在生成")
    data = await got(stage, kai, "tickets-2026-12-06.xlsx")
    await kai.sees("工单：2", "文件已生成。")
    solved, waits = spreadsheet.table(data)
    assert (solved["工单"], solved["状态"], solved["评分（1–5）"]) == ("T-1", "已解决", 5)
    assert (solved["首次答复按时"], waits["首次答复按时"]) == ("是", "否")
    assert moment(solved["首次答复时间（上海）"]) == "2026-12-03 16:22"
    assert moment(solved["解决时间（上海）"]) == "2026-12-03 18:02"

    await jo.writes("/ticket export")
    await jo.sees("That is for our own people only.")
    await jo.forges("ticket.export:", jo.screen()[-1])
    await jo.sees_nothing("file")

    await stage.later(days=8)
    async with stage.turn() as turn:
        assert await turn.session.scalar(select(Blob.id)) is None
