"""The relay's matrix: what becomes of each kind of message on the other side, both directions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.journal import Entry
from sandbox.slack.play_talk import Upload
from storage import messages, people
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room
from tests.sandbox.telegram.pictures import png

JO, LIN_THERE = "700000011", 700000001
ROOM = "C1BLUEPINE"
MB = 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One kind of message: how it is sent, what arrives, what its sender is told at once."""

    kind: str
    send: Callable[[Stage, TelegramPerson], Awaitable[Any]]
    words: str = ""
    files: tuple[str, ...] = ()
    bold: str = ""
    told: str = ""


# A partner on Telegram -> below the card in Slack. A reply is tested with the tickets it names.
FROM_TELEGRAM = (
    Row("text", lambda s, jo: s.telegram.write(jo.number, jo.number, "It says 404"),
        "It says 404"),
    Row("formatting",
        lambda s, jo: s.telegram.write(jo.number, jo.number, "On every page", bold="every"),
        "On every page", bold="every"),
    Row("photo", lambda s, jo: s.telegram.photo(jo.number, jo.number, png(), "Look here"),
        "Look here", ("photo.jpg",)),
    Row("document",
        lambda s, jo: s.telegram.document(jo.number, jo.number, b"%PDF-1.4", "order.pdf"),
        files=("order.pdf",)),
    Row("voice", lambda s, jo: s.telegram.voice(jo.number, jo.number, b"OggS"),
        files=("voice.ogg",)),
    Row("album", lambda s, jo: s.telegram.album(jo.number, jo.number, [png(), png()], "Both"),
        "Both", ("photo.jpg", "photo.jpg")),
    Row("sticker", lambda s, jo: s.telegram.sticker(jo.number, jo.number, "😢"), "😢"),
    Row("location", lambda s, jo: s.telegram.location(jo.number, jo.number, 53.55, 9.99),
        "📍 53.55,9.99"),
    Row("contact", lambda s, jo: s.telegram.contact(jo.number, jo.number, 700000012),
        "👤 Kai Brandt"),
    Row("25 MB", lambda s, jo: s.telegram.document(
            jo.number, jo.number, b"x", "film.mp4", "The film", size=25 * MB),
        "📎 film.mp4 could not be passed on; whoever sent it has been told.",
        told="“film.mp4” could not be passed on: files of up to 20 MB get through."),
)  # fmt: skip


async def _jo(stage: Stage) -> tuple[TelegramPerson, SlackPerson, Entry]:
    """Jo's T-1 and its card."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("answer by 17:12 · nobody yet", room="C0TRIAGE")
    await stage.settle()
    return jo, lin, card


def _below(lin: SlackPerson, card: Entry, after: int) -> list[Entry]:
    return [
        one for one in lin.screen("C0TRIAGE") if one.thread == card.message and one.seq > after
    ]


async def test_from_a_partner_on_telegram_to_the_cards_thread(stage: Stage) -> None:
    jo, lin, card = await _jo(stage)
    for row in FROM_TELEGRAM:
        stage.acted()
        await row.send(stage, jo)
        await stage.settle()
        shown = _below(lin, card, stage.mark)
        said = [one for one in shown if row.words and row.words in one.text]
        assert bool(said) == bool(row.words), row.kind
        assert tuple(name for one in shown for name in one.files) == row.files, row.kind
        assert not row.bold or _is_bold(said[0], row.bold), row.kind
        if row.told:
            await jo.sees(row.told)
    async with stage.turn() as turn:
        kept = await messages.of_ticket(turn.session, 1)
        assert len(kept) == 1 + len(FROM_TELEGRAM) + 1  # an album of two


def _is_bold(entry: Entry, words: str) -> bool:
    return f"'text': '{words}', 'style': {{'bold': True}}" in str(entry.raw)


async def _reply(stage: Stage, card: Entry, text: str, *files: Upload, bold: str = "") -> str:
    """Lin says it below the card; returns her message's ts."""
    stage.acted()
    words = f"@Liaison reply {text}"
    ts: str = await stage.slack.post("U0LIN", "C0TRIAGE", words, thread_ts=card.message,
                                     files=files, bold=bold)  # fmt: skip
    return ts


async def _edit(stage: Stage, ts: str, text: str) -> None:
    stage.acted()
    await stage.slack.edit("U0LIN", "C0TRIAGE", ts, f"@Liaison {text}")


async def _delete(stage: Stage, ts: str) -> None:
    stage.acted()
    await stage.slack.delete("U0LIN", "C0TRIAGE", ts)


async def test_from_us_to_a_partner_on_telegram(stage: Stage) -> None:
    """Text, formatting, a document, one too big; and to somebody who has blocked the bot."""
    jo, lin, card = await _jo(stage)
    await _reply(stage, card, "Try the new link", bold="new")
    await lin.sees("10 秒后发给 Jo：“Try the new link”")
    await stage.later(seconds=11)
    shown = await jo.sees("Lin (Hengda): Try the new link")
    entities = shown.raw["entities"]
    assert isinstance(entities, list)
    assert [one["length"] for one in entities if one["type"] == "bold"] == [
        len("Lin (Hengda):"),
        3,
    ]

    await _reply(stage, card, "", Upload("prices.pdf", b"%PDF-1.4", "application/pdf"))
    await stage.later(seconds=11)
    await stage.settle()
    assert [one.files for one in jo.screen() if one.by_bot and one.files] == [("prices.pdf",)]

    await _reply(
        stage, card, "Here is the film", Upload("film.mp4", b"x", "video/mp4", size=25 * MB)
    )
    await lin.sees("“film.mp4”太大：最多只能转发 20 MB 的文件。")

    await stage.telegram.block(jo.number)
    await stage.settle()
    await _reply(stage, card, "Are you there?")
    await lin.sees("Jo Weber 屏蔽了机器人。对方解除屏蔽后即可继续联系。")


async def test_an_answer_follows_the_message_that_asked_for_it(stage: Stage) -> None:
    """Edited and deleted, within the hold and after it."""
    jo, lin, card = await _jo(stage)
    first = await _reply(stage, card, "It is at nordwind.exmple")
    await lin.sees("“It is at nordwind.exmple”")
    await _edit(stage, first, "reply It is at nordwind.example")
    await lin.sees("10 秒后发给 Jo：“It is at nordwind.example”", kind="edit")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): It is at nordwind.example")
    await jo.sees_nothing("exmple")

    await _edit(stage, first, "reply It is at nordwind.test")
    mended = await jo.sees("Lin (Hengda): It is at nordwind.test (edited)")
    assert mended.kind == "edit"
    await stage.settle()
    async with stage.turn() as turn:
        said = await messages.by_source(turn.session, f"slack:C0TRIAGE:{first}")
        assert said is not None
        assert [one["html"] for one in said.versions] == [
            "It is at nordwind.exmple", "It is at nordwind.example"]  # fmt: skip

    await _delete(stage, first)
    await jo.sees(kind="delete")
    await lin.sees("已撤回，Jo 那边不再显示。", kind="edit")

    second = await _reply(stage, card, "Wrong window")
    await lin.sees("10 秒后发给 Jo：“Wrong window”")
    await _delete(stage, second)
    await lin.sees("未发送。", "Wrong window", kind="edit")
    third = await _reply(stage, card, "I meant a note")
    await lin.sees("10 秒后发给 Jo：“I meant a note”")
    await _edit(stage, third, "note I meant a note")
    await lin.sees("未发送。", "I meant a note", kind="edit")
    await stage.later(seconds=30)
    await jo.sees_nothing("Lin (Hengda)")


async def test_a_manager_on_telegram_edits_an_answer_in_its_hold(stage: Stage) -> None:
    jo, lin, _ = await _jo(stage)
    async with stage.turn() as turn:
        manager = await people.manager_named(turn.session, "Lin")
        assert manager is not None
        await people.claim_identity(turn.session, "telegram", str(LIN_THERE), manager.id, turn.now)
    there = stage.telegram_person("Lin")
    await there.starts()
    told = await there.writes("/ticket T-1 reply On Mnday")
    await there.sees("10 秒后发给 Jo：“On Mnday”")
    stage.acted()
    await stage.telegram.edit(LIN_THERE, LIN_THERE, told.id, "/ticket T-1 reply On Monday")
    await there.sees("10 秒后发给 Jo：“On Monday”", kind="edit")
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): On Monday")
    await lin.sees("answered 16:12 · Lin", room="C0TRIAGE", kind="edit")


async def test_in_a_slack_room_both_sides_are_mirrored_below_the_card(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("T-1", room="C0TRIAGE")
    heard = await priya.sees("(T-1)", room=ROOM)
    thread = heard.thread

    async def shows(*words: str) -> Entry:
        entry = await bo.sees(*words, room="C0TRIAGE", kind="new")
        assert entry.thread == card.message
        return entry

    stage.acted()
    await stage.slack.post("U1BLUEPI1", ROOM, "since this morning", thread_ts=thread, bold="this")
    assert _is_bold(await shows("since this morning"), "this")
    stage.acted()
    film = Upload("film.mp4", b"x", "video/mp4", size=25 * MB)
    await stage.slack.post("U1BLUEPI1", ROOM, "see", thread_ts=thread, files=[film])
    await shows("📎 … could not be passed on; whoever sent it has been told.")
    told = await priya.sees("A file could not be passed on: files of up to 20 MB", room=ROOM)
    assert told.thread == thread

    ours = await bo.types("We look into it", room=ROOM, thread=thread)
    assert (await shows("We look into it")).author == "Bo"
    stage.acted()
    await stage.slack.edit("U0BO", ROOM, ours, "We look into it now")
    await shows("edited:", "We look into it now")
    stage.acted()
    await stage.slack.delete("U0BO", ROOM, ours)
    await shows("deleted by Bo:", "We look into it now")
    await stage.settle()
    async with stage.turn() as turn:
        said = (await messages.of_ticket(turn.session, 1))[-1]
        assert (len(said.versions), said.deleted_at is not None) == (1, True)


async def test_a_group_that_moves_takes_its_tickets_along(stage: Stage) -> None:
    """The answer held while the group becomes a supergroup arrives in the new one."""
    group = -4000101
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_room(turn.session, partner, turn.now, "telegram", str(group))
    await stage.telegram.add_bot(LIN_THERE, group)
    await stage.settle()
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=group)
    await lin.sees("T-1", room="C0TRIAGE")
    await lin.types("/ticket T-1 reply On Monday")
    await lin.sees("10 秒后发给 Jo")
    moved = await stage.telegram.migrate(group)
    await stage.later(seconds=11)
    answer = await jo.sees("Lin (Hengda): On Monday")
    assert answer.room == str(moved.id)
    await jo.writes("Thanks, which time?", chat=moved.id, reply_to=int(answer.message))
    await lin.sees("Thanks, which time?", room="C0TRIAGE", kind="new")
