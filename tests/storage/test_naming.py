"""Who is meant by what was typed, among many: by indexes, never by going through all names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from bot.clock import Clock
from bot.commands.args import partner_named
from bot.errors import Refused
from bot.partners.names import fold, search_words
from bot.searching import near
from storage import naming
from storage.db import Database
from storage.models_people import Contact, Partner
from tests.factories import a_contact, a_partner

NAMES = ["Nordwind Trading GmbH", "Müller & Söhne KG", "Blue Pine Systems", "上海联想科技有限公司",
         "Nordlicht", "Acme Industrial Ltd"]  # fmt: skip
WORDS = st.text("abcdehinorstw", min_size=3, max_size=12)
SYLLABLES = ("ka", "lo", "mi", "nu", "ra", "se", "ti", "vo", "xe", "zu")
MEANT = {
    "Nordwind": 0, "nordwind trading": 0, "nrodwind": 0, "Nortwind Tradign": 0, "wind": 0,
    "dtrad": 0, "Trading": 0, "NordwindTradin": 0, "muller": 1, "Mueller": 1, "Müler": 1,
    "soehne": 1, "pine sys": 2, "Blu Pine": 2, "Bluepine": 2, "联想": 3, "海联想": 3,
    "上海联相科技": 3, "nordlich": 4, "Nordlihct": 4, "acem": 5, "Acme Industrail": 5,
}  # fmt: skip


async def _filled(url: str) -> Database:
    """Six partners among two thousand."""
    database = Database(url, Clock())
    async with database.transaction() as (session, now):
        for name in NAMES:
            await a_contact(session, await a_partner(session, now, name), now, f"Jo {name}")
        others = ["".join(SYLLABLES[int(digit)] for digit in f"{n * 7_919 % 10**6:06}").title()
                  for n in range(2_000)]  # fmt: skip
        session.add_all([
            Partner(name=name, name_key=fold(name), search=search_words(name), created_at=now,
                    zone="Europe/Berlin", language="en")
            for name in others
        ])  # fmt: skip
        await session.flush()
        ids = (await naming.partners_like(session, [fold(others[7])]))[0].id
        session.add_all([Contact(partner_id=ids, name=f"Contact {n}") for n in range(2_000)])
    if not database.sqlite:
        async with database.transaction() as (session, _):
            await session.execute(text("ANALYZE"))
    return database


async def test_partners_are_found_as_people_type_them(database_url: str) -> None:
    database = await _filled(database_url)
    async with database.reading() as session:
        found = {said: (await partner_named(session, said)).name for said in MEANT}
        assert found == {said: NAMES[number] for said, number in MEANT.items()}
        with pytest.raises(Refused, match="could be several"):
            await partner_named(session, "nord")
        for nobody in ("Südwind AG", "xq", "zzn nordwin", '"', "%"):
            with pytest.raises(Refused, match="no partner"):
                await partner_named(session, nobody)
        first = await naming.partners_like(session, [""])
        assert [one.name for one in first[:2]] == ["Acme Industrial Ltd", "Blue Pine Systems"]
        assert [one.name for one in await naming.contacts_called(session, "jo blu", 3)] == [
            "Jo Blue Pine Systems"
        ]
    await database.close()


async def test_a_new_name_is_found_and_the_old_one_no_more(database_url: str) -> None:
    database = Database(database_url, Clock())
    async with database.transaction() as (session, now):
        partner = await a_partner(session, now, "Nordwind")
        partner.name, partner.name_key = "Westwind", fold("Westwind")
        partner.search = search_words("Westwind")
        await session.flush()
        assert await naming.partners_near(session, "wetswind") == ["Westwind"]
        assert await naming.partners_near(session, "nortwind") == []
    await database.close()


async def test_no_list_of_names_is_gone_through(database_url: str) -> None:
    database = await _filled(database_url)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _m: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.transaction() as (session, _):
        await naming.partners_like(session, ["wind"])
        await naming.partners_near(session, "nortwind tradign")
        await naming.contacts_called(session, "blu", 3)
        explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
        connection, steps = await session.connection(), list[str]()
        for statement, values in asked:
            rows = await connection.exec_driver_sql(f"{explain} {statement}", values)
            steps += [str(row[-1]).strip(" ->") for row in rows]
    await database.close()
    tables = ("partners", "contacts", "search_rows")
    whole = tuple(f"{scan} {table}" for scan in ("SCAN", "Seq Scan on") for table in tables)
    assert not [step for step in steps if step.startswith(whole)], steps


@given(WORDS, st.integers(0, 11), st.sampled_from("xy"))
def test_words_that_a_slip_parts_share_a_mark(word: str, at: int, other: str) -> None:
    at %= len(word)
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    for typed in (word[:at] + word[at + 1 :], word[:at] + other + word[at:],
                  word[:at] + other + word[at + 1 :], swapped):  # fmt: skip
        assert set(near(word)) & set(near(typed)) or len(typed) < 3
