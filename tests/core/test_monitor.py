"""What machines see: probes and figures over HTTP, on both engines."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot import due, outbox, texts
from bot.chat import Address
from bot.monitor import Monitor
from bot.outbox import Class
from bot.serve import listening
from sandbox.faults import Fault
from tests.conversations.stage import Stage, staged

Answer = tuple[int, str]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Probe:
    """A monitoring system that looks at the running bot."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def get(self, path: str) -> Answer:
        async with aiohttp.ClientSession() as client, client.get(self._url + path) as answer:
            return answer.status, await answer.text()

    async def figure(self, name: str, **labels: str) -> float | None:
        """The value of a sample; None when there is no such sample."""
        _, page = await self.get("/metrics")
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        return None


@asynccontextmanager
async def probing(stage: Stage) -> AsyncIterator[Probe]:
    address = f"127.0.0.1:{free_port()}"
    async with listening(Monitor(stage.app).routes(), address):
        for _ in range(200):
            try:
                await Probe(f"http://{address}").get("/healthz")
                break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.02)
        yield Probe(f"http://{address}")


@pytest.fixture
async def probe(stage: Stage) -> AsyncIterator[Probe]:
    async with probing(stage) as looking:
        yield looking


async def test_a_running_bot_is_well_and_ready(probe: Probe) -> None:
    assert (await probe.get("/healthz"))[0] == 200
    assert (await probe.get("/readyz"))[0] == 200


async def test_a_bot_that_stops_is_no_longer_ready_but_well(stage: Stage, probe: Probe) -> None:
    await stage.app.stop()
    assert await probe.get("/readyz") == (503, '{"status":"unavailable","why":["stopping"]}')
    assert (await probe.get("/healthz"))[0] == 200


async def test_a_loop_that_ended_is_named(stage: Stage, probe: Probe) -> None:
    stage.app.worker.stop()
    status, page = 200, ""
    for _ in range(100):
        status, page = await probe.get("/healthz")
        if status == 503:
            break
        await asyncio.sleep(0.05)
    assert status == 503
    assert "worker has ended" in page


async def test_without_its_database_the_bot_is_not_ready(postgres_database: str) -> None:
    async with staged(postgres_database) as stage, probing(stage) as probe:
        await _connections(postgres_database, allowed=False)
        status, page = await probe.get("/readyz")
        assert status == 503
        assert "database" in page
        assert (await probe.get("/healthz"))[0] == 200  # a restart would not bring it back
        await _connections(postgres_database, allowed=True)
        assert (await probe.get("/readyz"))[0] == 200


async def _connections(url: str, *, allowed: bool) -> None:
    """Shut the database to everybody, or open it again."""
    server, _, name = url.rpartition("/")
    engine = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}'))
        if not allowed:
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            await connection.execute(text(end), {"name": name})
    await engine.dispose()


async def test_what_waits_is_counted_by_class_with_the_age_of_the_oldest(
    stage: Stage, probe: Probe
) -> None:
    jo = str(stage.telegram_person("Jo Weber").number)
    for courier in stage.app.couriers:
        courier.stop()
    await asyncio.sleep(0.1)
    async with stage.turn() as turn:
        for number in range(3):
            await outbox.owe(turn, Address("telegram", jo), texts.plain_message("Hello"),
                             key=f"d{number}", subject="d", cls=Class.DIGEST)  # fmt: skip
        await outbox.owe(turn, Address("telegram", jo), texts.plain_message("Later"), key="held",
                         subject="h", cls=Class.TICKET,
                         not_before=turn.now + timedelta(hours=1))  # fmt: skip
    labels = {"platform": "telegram", "cls": "4"}
    assert await probe.figure("liaison_outbox_waiting", **labels) == 3
    assert await probe.figure("liaison_outbox_waiting", platform="telegram", cls="1") is None
    oldest = await probe.figure("liaison_outbox_oldest_seconds", **labels)
    assert oldest is not None
    assert 0 <= oldest < 60


async def test_acknowledgements_are_timed_on_both_platforms(stage: Stage, probe: Probe) -> None:
    async def acks(platform: str) -> float:
        return await probe.figure("liaison_ack_seconds_count", platform=platform) or 0.0

    before = await acks("slack"), await acks("telegram")
    await stage.manager("Bo").types("/liaison help")
    await stage.telegram_person("Jo Weber").starts()
    await stage.settle()
    assert await acks("slack") > before[0]
    assert await acks("telegram") > before[1]


async def test_no_figure_names_anybody(stage: Stage, probe: Probe) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await stage.settle()
    _, page = await probe.get("/metrics")
    assert not [word for word in ("Jo", "Weber", "price", "Nordwind") if word in page]


async def test_deliveries_are_counted_and_timed_by_what_became_of_them(
    stage: Stage, probe: Probe
) -> None:
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await stage.settle()

    async def counted(name: str, **labels: str) -> float:
        return await probe.figure(name, platform="telegram", **labels) or 0.0

    async def all_figures() -> list[float]:
        return [
            await counted("liaison_deliveries_total", cls="1", state="sent"),
            await counted("liaison_deliveries_total", cls="1", state="queued"),
            await counted("liaison_limited_total"),
            await counted("liaison_delivery_lateness_seconds_count", cls="1"),
            await counted("liaison_call_seconds_count"),
        ]

    before = await all_figures()
    stage.telegram.faults.add(Fault("flood", on="sendMessage", seconds=1))
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("telegram", str(jo.number)), texts.plain_message("Hello"),
                         key="counted", subject="c", cls=Class.TICKET)  # fmt: skip
    await jo.sees("Hello")
    await stage.settle()
    after = await all_figures()
    assert [late - early for late, early in zip(after, before, strict=True)] == [1, 1, 1, 1, 2]


async def test_due_work_is_counted_and_timed(stage: Stage, probe: Probe) -> None:
    before = await probe.figure("liaison_due_total", kind="trouble.over", outcome="done") or 0.0
    async with stage.turn() as turn:
        await due.put(turn, key="probe", kind="trouble.over", due_at=turn.now)
    await stage.settle()
    after = await probe.figure("liaison_due_total", kind="trouble.over", outcome="done")
    assert after == before + 1
