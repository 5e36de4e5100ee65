"""Partners from a table: the demo file whole, all faults named, nothing by halves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import Clock
from bot.config import load
from bot.imports import Report, import_partners
from bot.settings import adopt
from storage.db import Database
from storage.models import Base
from storage.models_people import Contact, Identity, Partner, Room

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "sandbox" / "demo" / "partners.csv"
CONFIG = load(ROOT / "liaison.toml")
HEAD = "partner,tier,zone,owner,contact,telegram_user,slack_channel\n"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    ready = Database(database_url, Clock())
    await adopt(ready, CONFIG, "test")
    yield ready
    await ready.close()


async def count(database: Database, model: type[Base]) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def take(database: Database, text: str | bytes, **how: bool) -> Report:
    data = text if isinstance(text, bytes) else text.encode()
    return await import_partners(database, CONFIG, data, **how)


async def partner(database: Database, name: str) -> Partner:
    async with database.reading() as session:
        found = await session.scalar(select(Partner).where(Partner.name == name))
        assert found is not None
        return found


async def test_the_demo_file_comes_in_whole_and_twice_changes_nothing(database: Database) -> None:
    steps: list[tuple[int, int]] = []
    first = await import_partners(
        database, CONFIG, DEMO, progress=lambda done, total: steps.append((done, total))
    )
    assert first.faults == []
    assert first.applied
    assert first.rows == first.good == 111
    assert first.added["partners"] == 80
    assert first.added["contacts"] == 111
    assert steps[-1] == (111, 111)
    assert len(steps) == 5
    second = await import_partners(database, CONFIG, DEMO)
    assert (second.added, second.changed) == ({}, {})
    assert await count(database, Partner) == 80
    huateng = await partner(database, "华腾科技 Huateng")
    assert (huateng.owner.name if huateng.owner else "") == "Lin"
    assert (huateng.tags, huateng.zone) == (["distributor", "key"], "Asia/Shanghai")


async def test_an_account_a_room_and_a_private_chat_belong_to_whom_they_should(
    database: Database,
) -> None:
    await import_partners(database, CONFIG, DEMO)
    async with database.reading() as session:
        wang = await session.scalar(select(Identity).where(Identity.external_id == "700137003"))
        private = await session.scalar(select(Room).where(Room.chat == "700137003"))
        shared = await session.scalar(select(Room).where(Room.chat == "C1KAITODENK"))
        assert wang is not None
        assert wang.contact is not None
        assert (wang.contact.name, wang.contact.called) == ("王伟", "王总")
        assert private is not None
        assert (private.kind, private.contact_id, private.shared) == (
            "private",
            wang.contact_id,
            False,
        )
        assert shared is not None
        assert (shared.partner.name if shared.partner else "") == "Kaito Denki"
        assert (shared.shared, shared.contact_id) == (True, None)


async def test_all_faults_at_once_and_nothing_by_halves(database: Database) -> None:
    text = HEAD + (
        "Good One,gold,Berlin,Lin,Ann Lee,11,\n"
        ",gold,,,,,\n"
        "Bad Zone,gold,Berlinn,Lin,Bob,12,\n"
        "Bad Owner,gold,,Nobody,Cid,13,\n"
        "Bad Id,gold,,,Dan,telegram,general\n"
        "Good One,silver,,,Eve,14,\n"
        "Good Two,,,,Fay,11,\n"
        "Good Three,,,,,15,\n"
        "Good One,,,,Ann Lee,,\n"
    )
    report = await take(database, text)
    assert not report.applied
    assert [str(fault) for fault in report.faults] == [
        "row 3, partner: is empty; every row names its partner",
        "row 4, zone: “Berlinn” is not a time zone I know. Did you mean Europe/Berlin?",
        "row 6, slack_channel: “general” is not valid; write it like C0123456789",
        "row 6, telegram_user: “telegram” is not valid; write it like 123456789",
        "row 7, tier: Good One has “silver” here, “gold” in row 2; make them the same",
        "row 8, telegram_user: 11 is in row 2 already, for Ann Lee",
        "row 9, contact: a name is needed where telegram_user is given",
        "row 10, contact: Ann Lee is in row 2 already; keep one of them",
        "row 5, owner: nobody of ours is called “Nobody”; known are Lin, Bo, Ana, Mei, Chen",
    ]
    assert await count(database, Partner) == 0
    good = await take(database, text, only_good=True)
    assert (good.applied, good.good, good.added["partners"]) == (True, 1, 1)
    assert (await partner(database, "Good One")).zone == "Europe/Berlin"


async def test_a_dry_run_counts_and_leaves_nothing(database: Database) -> None:
    report = await take(database, HEAD + "Acme,gold,,Lin,Ann,11,C0ACME\n", dry_run=True)
    assert (report.applied, report.added) == (
        False, {"partners": 1, "contacts": 1, "rooms": 2, "accounts": 1},
    )  # fmt: skip
    assert await count(database, Partner) == await count(database, Room) == 0


async def test_what_belongs_to_another_is_a_fault(database: Database) -> None:
    await take(database, HEAD + "Acme,gold,,Lin,Ann,11,C0ACME\n")
    report = await take(database, HEAD + "Other,gold,,Lin,Ann,11,C0ACME\n")
    assert [str(fault) for fault in report.faults] == [
        "row 2, telegram_user: 11 is Ann of Acme already",
        "row 2, slack_channel: C0ACME is a room of Acme already",
    ]
    async with database.transaction() as (session, now):
        session.add(
            Identity(platform="telegram", external_id="77", first_seen_at=now, manager_id=1)
        )
    report = await take(database, HEAD + "Other,gold,,,Bob,77,\n")
    assert [str(f) for f in report.faults] == ["row 2, telegram_user: 77 is Lin, one of ours"]


async def test_values_that_look_like_formulas_are_text(database: Database) -> None:
    text = HEAD + '"=cmd|\'/c calc\'!A1",+gold,,Lin,"@SUM(1+1)",,\n-Minus Ltd,,,,"+49 Fritz",,\n'
    assert (await take(database, text)).applied
    assert (await partner(database, "=cmd|'/c calc'!A1")).tier == "+gold"
    async with database.reading() as session:
        names = set(await session.scalars(select(Contact.name)))
    assert names == {"@SUM(1+1)", "+49 Fritz"}


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + "华腾,gold,,,王伟,,\n").encode("utf-8-sig"),
        (HEAD + "华腾,gold,,,王伟,,\n").encode("utf-16"),
        (HEAD + "华腾,gold,,,王伟,,\n").encode("gb18030"),
        (HEAD + "华腾,gold,,,王伟,,\n").replace(",", ";").encode(),
        (HEAD + "华腾,gold,,,王伟,,\n")
        .replace(",", "\t")
        .replace("\n", "\r\n")
        .encode("utf-16-le"),
    ],
    ids=["bom", "utf16", "gb18030", "semicolons", "excel-unicode-text"],
)
async def test_files_as_spreadsheets_save_them(database: Database, data: bytes) -> None:
    report = await take(database, data)
    assert report.faults == []
    assert (await partner(database, "华腾")).tier == "gold"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"name,tier\nAcme,gold\n", "row 1, name: unknown column"),
        (b"partner,tier,tier\nAcme,gold,x\n", "row 1, tier: this column is there twice"),
        (b"", "row 1, partner: this column is missing"),
        (b"partner,tier\nAcme, Inc,gold\n", "row 2, partner: 3 values but 2 columns"),
        (b"\xff\xff\xff", "row 1, partner: the file is neither UTF-8, UTF-16 nor GB18030"),
    ],
)
async def test_tables_that_are_none(database: Database, data: bytes, fault: str) -> None:
    report = await take(database, data, only_good=True)
    assert str(report.faults[0]).startswith(fault)
    assert await count(database, Partner) == 0


async def test_an_empty_cell_changes_nothing_and_a_new_value_does(database: Database) -> None:
    await take(database, HEAD + "Acme GmbH,gold,Berlin,Lin,Ann,,\n")
    report = await take(database, HEAD + "Acme,silver,,,Ann,,\n")
    assert (report.added, report.changed) == ({}, {"partners": 1})
    acme = await partner(database, "Acme GmbH")
    assert (acme.tier, acme.zone) == ("silver", "Europe/Berlin")
