"""A team that works in a Telegram group of its own: the card, answers, notes, forms, all there."""

import pytest
from sqlalchemy import select

from storage.models_work import Said
from tests.conversations.desk import MEI, lin_at_desk
from tests.conversations.stage import Stage, TelegramPerson
from tests.sandbox.page.gallery import png

DESK = -4000900


@pytest.fixture
async def lin(stage: Stage) -> TelegramPerson:
    """Lin on Telegram, in the team's group; no Slack room for cards."""
    return await lin_at_desk(stage, DESK)


async def test_a_ticket_from_the_card_to_the_answer(stage: Stage, lin: TelegramPerson) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK), buttons=("Take", "Reply", "More"))
    await lin.presses("Take", card)
    await lin.sees("answer by", "Lin", room=str(DESK), kind="edit")
    # words below the card stay among us
    await lin.writes("I ask the factory", chat=DESK, reply_to=int(card.message))
    await stage.settle()
    await jo.sees_nothing("factory")
    await lin.writes("@LiaisonDemoBot reply Please try again", chat=DESK,
                     reply_to=int(card.message))  # fmt: skip
    await lin.sees("Please try again", room=str(DESK), buttons=("Undo", "Send now"))
    await lin.presses("Send now")
    await jo.sees("Lin (Hengda): Please try again")
    await jo.writes("Still the same")
    heard = await lin.sees("Jo Weber (Nordwind GmbH)", "Still the same", room=str(DESK))
    await stage.later(minutes=200)
    nudge = await stage.manager("Lin").sees("T-1, Jo is waiting", "“Still the same”")
    assert "price list" not in nudge.text  # that is answered
    await lin.sees("T-1 · Nordwind GmbH: Jo still waits", "“Still the same”", room=str(DESK))
    await lin.writes("/ticket reply Then use this link", chat=DESK, reply_to=int(heard.message))
    await lin.sees("Then use this link", room=str(DESK), buttons=("Undo", "Send now"))
    await stage.later(seconds=11)
    await jo.sees("Lin (Hengda): Then use this link")
    await lin.writes("/ticket T-1 resolve", chat=DESK)
    await jo.sees("How was", "T-1")
    async with stage.turn() as turn:
        notes = (await turn.session.scalars(
            select(Said.html).where(Said.visibility == "internal", Said.direction == "in")
        )).all()  # fmt: skip
    assert list(notes) == ["I ask the factory"]


async def test_a_reply_by_press_is_asked_for_in_the_group(
    stage: Stage, lin: TelegramPerson
) -> None:
    jo, mei = stage.telegram_person("Jo Weber"), TelegramPerson(stage, MEI)
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    await lin.presses("Reply", card)
    question = await lin.sees("What the partner will read", room=str(DESK))
    await mei.writes("not me", chat=DESK, reply_to=int(question.message))
    await stage.settle()
    await jo.sees_nothing("not me")
    await lin.writes("Here is the link", chat=DESK, reply_to=int(question.message))
    await lin.sees("Here is the link", room=str(DESK), buttons=("Undo", "Send now"))
    await lin.presses("Undo")
    await stage.later(seconds=15)
    await jo.sees_nothing("Here is the link")
    await lin.presses("Reply", card)
    await lin.sees("What the partner will read", "So far:", "Here is the link", room=str(DESK))


async def test_a_photo_comes_along_below_the_card(stage: Stage, lin: TelegramPerson) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    await jo.sends_photo(png())
    await stage.settle()
    [photo] = [m for m in stage.telegram.messages(DESK) if "photo" in m.body]
    assert photo.reply_to == int(card.message)


async def test_strangers_and_commands_are_answered_there(
    stage: Stage, lin: TelegramPerson
) -> None:
    sam = stage.telegram_person("Sam Stranger")
    await sam.starts()
    await sam.writes("Who sells your pumps?")
    await lin.sees("Sam", "Who sells your pumps?", room=str(DESK))
    await lin.writes("/ticket list", chat=DESK)
    await lin.sees("open", room=str(DESK))


async def test_on_hold_until_a_moment_is_asked_for_and_undone(
    stage: Stage, lin: TelegramPerson
) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH", room=str(DESK))
    await lin.presses("More", card)
    more = await lin.sees("What else about T-1?", room=str(DESK))
    await lin.presses("On hold", more)
    question = await lin.sees("Until when?", room=str(DESK))
    await lin.writes("Friday 15:00", chat=DESK, reply_to=int(question.message))
    held = await lin.sees("T-1 is on hold until Fri 15:00.", room=str(DESK))
    await lin.sees("on hold until Fri 15:00", room=str(DESK), kind="edit")
    await lin.presses("Undo", held)
    await lin.sees("Undone: T-1 is open as before.")  # a toast
    await lin.writes("/ticket T-1 hold in 2 hours", chat=DESK)
    await lin.sees("T-1 is on hold until", room=str(DESK))
    await stage.later(hours=2, minutes=1)
    await stage.manager("Lin").sees("T-1 of Nordwind GmbH was on hold until")  # in private


async def test_two_tickets_become_one_in_the_group(stage: Stage, lin: TelegramPerson) -> None:
    """The card of the merged one leads to the other: by a press, by words, by a command below."""
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await lin.writes("/ticket new Nordwind The order form is broken", chat=DESK)
    await lin.sees("T-2 · Nordwind GmbH", room=str(DESK), buttons=("Take", "Reply", "More"))
    await stage.settle()
    await lin.writes("/ticket merge T-2 T-1", chat=DESK)
    preview = await lin.sees("T-2 “The order form is broken” goes into T-1",
                             "The partner sees nothing of it.")  # fmt: skip
    await lin.presses("Merge", preview)
    await lin.sees("T-2 is part of T-1 now.", buttons=("T-1", "Undo"))
    card = await lin.sees("merged into T-1", room=str(DESK), kind="edit")
    assert card.buttons == ("T-1", "Read T-2")
    await jo.sees_nothing()
    await lin.writes("the factory knows", chat=DESK, reply_to=int(card.message))
    await lin.sees("Lin: the factory knows", room=str(DESK))
    await lin.writes("@LiaisonDemoBot reply It is mended", chat=DESK, reply_to=int(card.message))
    await stage.later(seconds=11)
    await jo.sees("It is mended")
    await lin.presses("Undo")
    await lin.sees("T-2 is a ticket of its own again.")
