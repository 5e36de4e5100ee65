"""The story of a ticket: every change of it is a line that says who and when, page by page."""

from sqlalchemy import event

from bot.imports import import_partners
from storage.models_work import Said
from tests.conversations.partner_rooms import bluepine
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO, ROOM = "700000011", "C1BLUEPINE"


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


async def _told(stage: Stage, who: SlackPerson, words: str = "/ticket T-1 story") -> list[str]:
    await stage.settle()
    await who.types(words)
    return _lines((await who.sees("T-1 ·", "“The price l")).text)


async def _jo_writes(stage: Stage) -> tuple[TelegramPerson, SlackPerson]:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await jo.starts()
    first = await jo.writes("The price lst will not open")
    await bo.sees("T-1 · Nordwind GmbH", room="C0TRIAGE")
    stage.acted()
    await stage.telegram.edit(jo.number, jo.number, first.id, "The price list will not open")
    await bo.sees("edited: The price list", room="C0TRIAGE")
    return jo, bo


async def test_every_change_is_a_line_with_who_and_when(stage: Stage) -> None:
    _, bo = await _jo_writes(stage)
    await bo.types("/ticket T-1 priority high")
    await bo.sees("The priority of T-1 has changed")
    await bo.types("/ticket T-1 reply Wrong window")
    held = await bo.sees("To Jo in 10 s")
    await bo.presses("Undo", held)
    await bo.sees("Not sent.")
    await bo.types("/ticket T-1 reply Which one exactly?")
    await bo.sees("To Jo in 10 s")
    await stage.later(minutes=8)
    await bo.types("/ticket T-1 note Ask the factory")
    await bo.sees("T-1")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner.")
    assert await _told(stage, bo) == [
        "T-1 · Nordwind GmbH · “The price list will not open”", "Thu 3 Dec",
        "09:12 · Jo Weber: it begins. Answer 1: starts, by 10:12.",
        "09:12 · Jo Weber changed the first message. “The price list will not open”",
        "09:12 · Bo: the priority is high.",
        "09:12 · Bo took it.",
        "09:12 · Bo answered. “Wrong window”",
        "09:12 · Bo took the answer back.",
        "09:12 · Bo answered. “Which one exactly?” Answer 1: in time.",
        "09:12 · The answer arrived.",
        "09:20 · Bo wrote a note. “Ask the factory”",
        "09:20 · Bo: we wait for the partner.",
        "Answer 1: 0 min used of 1 h · due 10:12",
        "The partner waited 8 min, we worked 8 min, on hold 0 min, we waited for them 0 min.",
        "Promise “gold”, open hours “office”, settings version 1.",
    ]  # fmt: skip


async def test_whose_it_was_and_what_became_of_it(stage: Stage) -> None:
    jo, bo = await _jo_writes(stage)
    more = await jo.writes("The one for 2027")
    await bo.sees("The one for 2027", room="C0TRIAGE")
    stage.acted()
    await stage.telegram.edit(jo.number, jo.number, more.id, "The one for 2028")
    await bo.sees("edited: The one for 2028", room="C0TRIAGE")
    await bo.types("/ticket T-1 assign @Mei")
    await bo.sees("Mei")
    await bo.types("/ticket T-1 assign @Bo")
    await bo.sees("Bo")
    await bo.types("/liaison hand-over @Lin")
    await bo.presses("Hand over", await bo.sees("From Bo to Lin:"))
    done = await bo.sees("Handed over from Bo to Lin:")
    await bo.presses("Undo", done)
    await bo.sees("has gone back to Bo.")
    await bo.types("/ticket T-1 resolve New link sent")
    await bo.sees("T-1 is solved.")
    await stage.settle()
    lin = stage.manager("Lin")
    await lin.types("/ticket T-1 经过")
    newest = (await lin.sees("T-1 ·", "第 1 次答复")).text
    for words in ("16:12 · Jo Weber 提出。", "16:12 · Jo Weber 又写了一条。“The one for 2027”",
                  "16:12 · Jo Weber 修改了自己写的内容。“The one for 2028”", "Bo 转给了 Mei。",
                  "Bo 做了交接，由 Lin 接手。", "Bo 撤销了交接，重新由 Bo 负责。",
                  "Bo 已解决。“New link sent”"):  # fmt: skip
        assert words in newest


async def test_another_tier_is_another_promise_and_the_story_says_who_changed_it(
    stage: Stage,
) -> None:
    _, bo = await _jo_writes(stage)
    await bo.types("/ticket T-1 reply On its way")
    await bo.sees("To Jo in 10 s")
    await stage.later(minutes=1)
    jo = stage.telegram_person("Jo Weber")
    await jo.writes("Still empty")
    await bo.sees("answer by 17:13", room="C0TRIAGE", kind="edit")
    await bo.types("/partner set Nordwind tier=silver")
    await bo.sees("Nordwind GmbH · silver")
    await bo.sees("answer by Fri 11:13", room="C0TRIAGE", kind="edit")
    lines = await _told(stage, bo)
    assert (
        "09:13 · Bo changed what we know of the partner: the promise is “everyone” now." in lines
    )
    assert any(line.startswith("Answer 1: 0 min used of 1 h") and "by “gold”" in line
               for line in lines)  # fmt: skip
    assert "Promise “everyone”, open hours “office”, settings version 1." in lines


async def test_an_import_that_changes_the_tier_stands_in_the_story(stage: Stage) -> None:
    _, bo = await _jo_writes(stage)
    config, table = stage.app.config, b"partner,tier\nNordwind GmbH,silver\n"
    report = await import_partners(stage.app.database, config, table)
    assert report.changed == {"partners": 1}
    lines = await _told(stage, bo)
    changed = "An import changed what we know of the partner: the promise is “everyone” now."
    assert sum(changed in line for line in lines) == 1
    assert "Promise “everyone”, open hours “office”, settings version 1." in lines
    await bo.types("/ticket T-1 reply On its way")
    await stage.later(minutes=1)
    for _ in range(2):  # the same table once more changes nothing
        await import_partners(stage.app.database, config, table.replace(b"silver", b"gold"))
    lines = await _told(stage, bo)
    assert any(changed.replace("everyone", "gold") in line for line in lines)
    assert sum("An import changed" in line for line in lines) == 2
    lin = stage.manager("Lin")
    await lin.types("/ticket T-1 story")
    await lin.sees("导入更新了伙伴资料：现适用“gold”服务承诺。")


async def test_a_long_story_is_read_page_by_page(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison The price list is empty", room=ROOM)
    heard = await priya.sees("(T-1)", room=ROOM)
    said = [await priya.types(f"again {number}", room=ROOM, thread=heard.thread)
            for number in range(20)]  # fmt: skip
    await stage.settle()
    stage.acted()
    await stage.slack.delete("U1BLUEPI1", ROOM, said[3])
    await stage.settle()
    card = next(one for one in bo.screen("C0TRIAGE") if "More" in one.buttons)
    await bo.presses("More", card)
    await bo.sees("What else about T-1?")
    read = list[Said]()

    def note(one: Said, _: object) -> None:
        read.append(one)

    event.listen(Said, "load", note)
    await bo.presses("Story")
    newest = await bo.sees("… 7 earlier lines", buttons=("Earlier",))
    event.remove(Said, "load", note)
    assert len(read) == 15  # of 21: those of its lines, and what was deleted
    assert "Priya Natarajan deleted what they wrote." in newest.text
    assert "settings version 1." in newest.text
    await bo.presses("Earlier", newest)
    oldest = await bo.sees("Priya Natarajan: it begins.", buttons=("Newer",))
    assert "again 3”" not in oldest.text
    assert "again 4”" in oldest.text
    assert "… 7 later lines" in oldest.text
    assert "settings version" not in oldest.text
    await bo.presses("Newer", oldest)
    await bo.sees("… 7 earlier lines")
