"""Whatever is typed on one side is only text on the other, on both platforms, both ways."""

import json
from typing import Any

from sandbox.journal import Entry
from sandbox.slack.play_talk import Upload
from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room
from tests.hostile_texts import (
    HOSTILE,
    assert_plain_in_slack,
    assert_plain_in_telegram,
    said,
    same,
)

JO = "700000011"
SHARED = "C0ACME"
TRIAGE = "C0TRIAGE"
MESSAGES = tuple(text for text in HOSTILE if not text.startswith("/start"))  # that is a command
SPEAKER = "Lin (Hengda)"


async def _jo_asks(stage: Stage) -> Entry:
    """Jo of Nordwind has T-1; its card."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("answer by 17:12 · nobody yet", room=TRIAGE)
    await stage.settle()
    return card


async def _dana_asks(stage: Stage) -> tuple[SlackPerson, Entry, Entry]:
    """Dana in the channel Acme shares with us has T-1; what she reads and its card."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_room(turn.session, partner, turn.now, "slack", SHARED)
    dana, lin = stage.slack_person("U0DANA"), stage.manager("Lin")
    await stage.slack.invite_bot(SHARED, by="U0LIN")
    await stage.settle()
    await dana.types("@Liaison the portal is down", room=SHARED)
    card = await lin.sees("the portal is down", room=TRIAGE)
    heard = await dana.sees("(T-1)", room=SHARED)
    await stage.settle()
    return dana, heard, card


def _from_bot(stage: Stage, channel: str, thread: str) -> list[dict[str, Any]]:
    """What the bot wrote below the first message of a thread."""
    raws = [message.raw for message in stage.slack.room(channel).messages.values()]
    return [raw for raw in raws if raw.get("bot_id") and raw.get("thread_ts") == thread
            and raw["ts"] != thread]  # fmt: skip


def _arrived_in_slack(raws: list[dict[str, Any]], typed: str) -> None:
    """One message of exactly these words, and no more than words."""
    found = [raw for raw in raws if same(said(raw), typed)]
    assert found, (typed, [said(raw) for raw in raws])
    for raw in found:
        assert_plain_in_slack(raw, typed)
        assert "style" not in json.dumps(raw["blocks"]), typed


def _on_the_card(stage: Stage, card: Entry, typed: str) -> None:
    raw = stage.slack.room(TRIAGE).messages[card.message].raw
    words = said(raw).partition("“")[2].rpartition("”")[0]
    assert same(words, typed) or same(words, typed[:299] + "…"), (typed, words)
    assert_plain_in_slack(raw, typed)


async def test_jo_in_telegram_writes_and_triage_reads(stage: Stage) -> None:
    card = await _jo_asks(stage)
    jo = stage.telegram_person("Jo Weber")
    for typed in MESSAGES:
        await jo.writes(typed)
    await stage.settle()
    mirrored = _from_bot(stage, TRIAGE, card.message)
    assert len(mirrored) == len(MESSAGES)
    for typed in MESSAGES:
        _arrived_in_slack(mirrored, typed)


async def test_what_jo_makes_of_the_first_words_stays_text_on_the_card(stage: Stage) -> None:
    card = await _jo_asks(stage)
    jo = stage.telegram_person("Jo Weber")
    first = next(m for m in stage.telegram.messages(jo.number) if m.body.get("text", "") and
                 "price list" in m.body["text"])  # fmt: skip
    for typed in MESSAGES:
        await stage.telegram.edit(jo.number, jo.number, first.id, typed)
        await stage.settle()
        _on_the_card(stage, card, typed)
    for raw in _from_bot(stage, TRIAGE, card.message):
        assert_plain_in_slack(raw, said(raw))


async def test_lin_answers_in_a_form_and_jo_reads(stage: Stage) -> None:
    card = await _jo_asks(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    for typed in HOSTILE:
        await lin.presses("Reply", card)
        await lin.sees(kind="modal")
        await lin.fills(text=typed)
        held = await lin.sees("10 秒后发给 Jo", room=TRIAGE)
        await lin.presses("立即发送", held)
    await stage.settle()
    bodies = [m.body for m in stage.telegram.messages(jo.number)
              if m.sender == stage.telegram.bot.id
              and SPEAKER in m.body.get("text", "")]  # fmt: skip
    assert len(bodies) == len(HOSTILE)
    for typed in HOSTILE:
        found = [body for body in bodies if same(_after_name(body["text"]), typed)]
        assert found, (typed, bodies)
        for body in found:
            assert_plain_in_telegram(body, ours=len(f"{SPEAKER}:"))
    for raw in _from_bot(stage, TRIAGE, card.message):
        assert_plain_in_slack(raw, said(raw))


def _after_name(text: str) -> str:
    return text.partition(f"{SPEAKER}: ")[2]


async def test_dana_in_a_shared_channel_writes_and_triage_reads(stage: Stage) -> None:
    dana, heard, card = await _dana_asks(stage)
    for typed in HOSTILE:
        await dana.types(f"@Liaison {typed}", room=SHARED, thread=heard.thread)
    await stage.settle()
    mirrored = _from_bot(stage, TRIAGE, card.message)
    assert len(mirrored) == len(HOSTILE)
    for typed in HOSTILE:
        _arrived_in_slack(mirrored, typed)


async def test_lin_answers_by_mention_and_dana_reads(stage: Stage) -> None:
    _, heard, card = await _dana_asks(stage)
    lin = stage.manager("Lin")
    for typed in HOSTILE:
        await lin.types(f"@Liaison reply {typed}", room=TRIAGE, thread=card.message)
        held = await lin.sees("10 秒后发给", room=TRIAGE)
        await lin.presses("立即发送", held)
    await stage.settle()
    answers = _from_bot(stage, SHARED, str(heard.thread))
    assert len(answers) == len(HOSTILE) + 1, "and the confirmation"
    for typed in HOSTILE:
        _arrived_in_slack(answers, typed)
    for raw in _from_bot(stage, TRIAGE, card.message):
        assert_plain_in_slack(raw, said(raw))


CALLED = "<!channel>\u202e *Jo* </b>"
FILE = "../../<!here> *a* \u202egnp.exe"


async def test_names_of_people_and_files_are_only_names(stage: Stage) -> None:
    """On the card, below it, in what is told of a file too big, and in what Jo reads."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, CALLED, called="*Jo* <!here>",
                        telegram=JO)  # fmt: skip
    jo, lin, play = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.telegram
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("answer by 17:12 · nobody yet", room=TRIAGE)
    caption = ("*x* <!channel> `y` \u202e " * 60)[:1024]
    await play.document(jo.number, jo.number, b"MZ", FILE, caption)
    await play.document(jo.number, jo.number, b"x", FILE, size=25 * 1024 * 1024)
    told = await jo.sees("“<!here> *a* gnp.exe” could not be passed on")
    await play.contact(jo.number, jo.number, 700000012)
    await stage.settle()
    upload = Upload(FILE, b"%PDF", "application/pdf")
    await stage.slack.post("U0LIN", TRIAGE, "@Liaison reply", thread_ts=card.message,
                           files=[upload])  # fmt: skip
    await lin.sees("10 秒后发给 *Jo* <!here>：“📎 <!here> *a* gnp.exe”", room=TRIAGE)
    await stage.later(seconds=11)
    await stage.settle()
    raws = [raw for raw in _from_bot(stage, TRIAGE, card.message) if raw.get("blocks")]
    for raw in [*raws, stage.slack.room(TRIAGE).messages[card.message].raw]:
        assert_plain_in_slack(raw, said(raw))
    _arrived_in_slack(raws, caption)
    assert [one.files for one in lin.screen(TRIAGE) if one.files and one.by_bot] == [
        ("<!here> *a* gnp.exe",)]  # fmt: skip
    assert_plain_in_telegram(told.raw)
    for message in play.messages(jo.number):
        if message.sender == play.bot.id and "document" not in message.body:
            assert "\u202e" not in message.body["text"]
    sent = [one.files for one in jo.screen() if one.files and one.by_bot]
    assert sent == [("<!here> *a* gnp.exe",)]


async def test_whom_slack_calls_what_they_like_is_called_so(stage: Stage) -> None:
    name = "*Dana* <!here> </b>\n`x` \u202e" + "y" * 100
    await stage.slack.change_user("U0DANA", real_name=name, display_name=name)
    dana, heard, card = await _dana_asks(stage)
    more = await dana.types("The login too", room=SHARED, thread=heard.thread)
    await stage.slack.delete("U0DANA", SHARED, more)
    await stage.manager("Lin").sees("deleted by", "*Dana*", "The login too", room=TRIAGE)
    for raw in [*_from_bot(stage, TRIAGE, card.message),
                *_from_bot(stage, SHARED, str(heard.thread)),
                stage.slack.room(TRIAGE).messages[card.message].raw]:  # fmt: skip
        assert_plain_in_slack(raw, said(raw))
        assert "\u202e" not in json.dumps(raw, ensure_ascii=False)
