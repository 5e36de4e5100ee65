"""Messages that live on, under hostile timing: none is lost, doubled or put somewhere else."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import outbox
from bot.chat import Address, Button, Message, Part
from bot.delivery import Courier
from bot.errors import Rejected
from bot.outbox import Class
from bot.pace import Pace
from bot.turn import Turn
from storage import claims, due_work, marks
from storage import outbox as rows
from storage.claims import Claimed, Mark
from storage.gates import Gates
from storage.models_delivery import Delivery, DueWork
from tests.core.walls import AT, Walls, walls_on

JO, ROOM = Address("telegram", "4001"), Address("telegram", "-77")
HELD = AT + timedelta(hours=1)


async def _owe(turn: Turn, text: str, key: str, to: Address = JO, *, subject: str = "s",
               buttons: bool = False, **how: object) -> None:  # fmt: skip
    part = Part(text, (Button("Yes", "t.yes"),) if buttons else ())
    given = {"slot": "card", "cls": Class.TICKET, **how}
    await outbox.owe(Turn(turn.session, AT, turn.config), to, Message((part,)), key=key,
                     subject=subject, **given)  # type: ignore[arg-type]  # fmt: skip


async def _say(walls: Walls, text: str, key: str, to: Address = JO, **how: object) -> None:
    async with walls.turn() as turn:
        await _owe(turn, text, key, to, **how)  # type: ignore[arg-type]


async def _claim(walls: Walls) -> list[Claimed]:
    async with walls.database.marking() as session:
        return await claims.claim(session, "telegram", now=AT, real=AT, limit=8, gates=Gates(),
                                  choose=list, lease=timedelta(seconds=90), epoch=0)  # fmt: skip


async def _mark(walls: Walls, row: Claimed, platform_id: str) -> None:
    async with walls.database.marking() as session:
        await marks.mark(session, [Mark(row, "sent", platform_id=platform_id)], AT, 0)


async def _row(walls: Walls, key: str) -> Delivery:
    async with walls.database.reading() as session:
        row = await rows.find(session, key)
        assert row is not None, key
        return row


async def test_what_was_replaced_while_queued_never_comes_back(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "one", "k1", not_before=HELD)
        await _say(walls, "two", "k2", not_before=HELD)
        await _say(walls, "one", "k1", not_before=HELD)
        async with walls.database.reading() as session:
            queued = list(await session.scalars(
                select(Delivery).where(Delivery.state == "queued")
            ))  # fmt: skip
        assert [(row.key, row.payload["parts"][0]["html"]) for row in queued] == [("k2", "two")]
        replaced = await _row(walls, "k1")
        assert (replaced.state, replaced.reason) == ("skipped", "replaced")


async def test_who_waits_for_a_replaced_message_hears_of_it_once(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "one", "k1", then="t.ended")
        await _say(walls, "two", "k2", then="t.ended")
        [row] = await _claim(walls)
        await _mark(walls, row, "11")
        async with walls.database.reading() as session:
            told = await session.scalars(select(DueWork).where(DueWork.kind == "t.ended"))
            ends = sorted((work.payload["key"], work.payload["state"]) for work in told)
        assert ends == [("k1", "skipped"), ("k2", "sent")]


async def test_the_newest_subject_withdraws_a_replaced_message(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "old time", "r1", subject="meeting:7:r1", not_before=HELD)
        await _say(walls, "new time", "r2", subject="meeting:7:r2", not_before=HELD)
        async with walls.turn() as turn:
            assert await outbox.drop(turn, "meeting:7:r1", "moved") == 0
            assert await outbox.drop(turn, "meeting:7:r2", "cancelled") == 1


async def test_a_slot_that_moves_posts_at_its_new_place_only(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "here", "k1", not_before=HELD)
        await _say(walls, "there", "k2", ROOM)
        assert [(row.key, row.address) for row in await _claim(walls)] == [("k2", str(ROOM))]
        assert (await _row(walls, "k1")).state == "skipped"


async def test_a_slot_that_moves_takes_its_buttons_along(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "same words", "k1", buttons=True)
        [row] = await _claim(walls)
        await _mark(walls, row, "11")
        await _say(walls, "same words", "k2", ROOM, buttons=True, fresh=True)
        found = {row.key: row for row in await _claim(walls)}
        assert (found["k2:retire"].address, found["k2:retire"].message_id) == (str(JO), "11")
        assert (found["k2"].address, found["k2"].message_id) == (str(ROOM), "")


async def test_a_late_answer_of_the_old_place_does_not_move_the_new_one(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "here", "k1")
        [flying] = await _claim(walls)
        await _say(walls, "there", "k2", ROOM)
        [there] = await _claim(walls)
        await _mark(walls, there, "22")
        await _mark(walls, flying, "11")
        async with walls.database.reading() as session:
            assert await rows.slot_message(session, "card") == (ROOM, "22")


async def test_new_content_at_the_moment_of_claiming_is_not_lost(database_url: str) -> None:
    """On PostgreSQL the sender claims beside the writer; on SQLite one waits for the other."""
    async with walls_on(database_url) as walls:
        await _say(walls, "one", "k1")
        claimed, written = asyncio.Event(), asyncio.Event()

        async def claim() -> list[Claimed]:
            async with walls.database.marking() as session:
                taken = await claims.claim(session, "telegram", now=AT, real=AT, limit=8,
                                           gates=Gates(), choose=list,
                                           lease=timedelta(seconds=90), epoch=0)  # fmt: skip
                claimed.set()
                async with asyncio.timeout(10):
                    while not written.is_set() and not walls.database.sqlite:
                        await asyncio.sleep(0.05)
                        if writing.done() or await _somebody_waits(walls):
                            break
                return taken

        async def write() -> None:
            await claimed.wait()
            await _say(walls, "two", "k2")
            written.set()

        writing = asyncio.create_task(write())
        [row] = await claim()
        await writing
        await _mark(walls, row, "11")
        assert row.payload["parts"][0]["html"] == "one"
        [edit] = await _claim(walls)
        assert (edit.key, edit.message_id) == ("k2", "11")
        assert edit.payload["parts"][0]["html"] == "two"
        assert (await _row(walls, "k1")).state == "sent"


async def _somebody_waits(walls: Walls) -> bool:
    from sqlalchemy import text

    async with walls.database.reading() as session:
        return bool(await session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                 " AND datname = current_database()")
        ))  # fmt: skip


async def test_undo_after_the_claim_is_too_late(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "reply", "k1", slot="")
        [row] = await _claim(walls)
        async with walls.turn() as turn:
            assert not await outbox.drop_key(turn, "k1", "undone")
            assert not await outbox.send_now(turn, "k1")
        await _mark(walls, row, "11")
        async with walls.turn() as turn:
            assert not await outbox.drop_key(turn, "k1", "undone")
        assert (await _row(walls, "k1")).state == "sent"


async def test_undo_while_it_is_being_claimed_is_too_late(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        await _say(walls, "reply", "k1", slot="")

        async def undo() -> bool:
            async with walls.turn() as turn:
                return await outbox.drop_key(turn, "k1", "undone")

        async with walls.database.marking() as session:
            await claims.claim(session, "telegram", now=AT, real=AT, limit=8, gates=Gates(),
                               choose=list, lease=timedelta(seconds=90), epoch=0)  # fmt: skip
            undoing = asyncio.create_task(undo())
            await asyncio.sleep(0.3)
        assert not await undoing
        assert (await _row(walls, "k1")).state == "sending"


async def test_what_a_delivery_left_to_do_outlives_its_subject(database_url: str) -> None:
    """A ticket that is solved drops its waiting work; that its answer arrived is still noted."""
    async with walls_on(database_url) as walls:
        await _say(walls, "reply", "k1", slot="", subject="ticket:1", then="t.ended")
        [row] = await _claim(walls)
        await _mark(walls, row, "11")
        async with walls.turn() as turn:
            await due_work.drop(turn.session, subjects=["ticket:1"])
        async with walls.database.reading() as session:
            [work] = await session.scalars(select(DueWork).where(DueWork.kind == "t.ended"))
        assert (work.state, work.payload["subject"]) == ("waiting", "ticket:1")


class _Deleted:
    """A platform on which somebody has deleted every message that is edited."""

    platform = "telegram"
    slowest = 1.0

    def __init__(self) -> None:
        self.posts: list[str] = []

    async def post(self, parcel: outbox.Parcel) -> outbox.Receipt:
        assert parcel.message is not None
        self.posts.append(parcel.message.html)
        return outbox.Receipt(str(len(self.posts)))

    async def edit(self, _parcel: outbox.Parcel) -> outbox.Receipt:
        raise Rejected("message to edit not found", gone=True)

    async def delete(self, _parcel: outbox.Parcel) -> None:
        raise Rejected("message to delete not found", gone=True)

    async def verify(self, _parcel: outbox.Parcel) -> outbox.Receipt | None:
        return None

    async def ask(self, _parcel: outbox.Parcel) -> dict[str, Any]:
        return {}


async def test_an_old_question_that_was_deleted_is_not_posted_again(sqlite_url: str) -> None:
    async with walls_on(sqlite_url) as walls:
        sender = _Deleted()
        courier = Courier(walls.database, walls.database.clock, sender, walls.dispatch.answered,
                          pace=Pace(gap=0.0, permits=1_000))  # fmt: skip
        running = asyncio.create_task(courier.run())
        for number in (1, 2):
            await _say(walls, f"question {number}", f"q{number}", buttons=True, fresh=True)
            courier.wake()
            async with asyncio.timeout(10):
                while (await _row(walls, f"q{number}")).state != "sent":
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            while (await _row(walls, "q2:retire")).state in ("queued", "sending"):
                await asyncio.sleep(0.01)
        courier.stop()
        await running
        assert sender.posts == ["question 1", "question 2"]
        retired = await _row(walls, "q2:retire")
        assert (retired.state, retired.reason) == ("skipped", "message to edit not found")
