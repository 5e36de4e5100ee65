"""Who gets what in a digest, and in which language a line stands."""

from datetime import UTC, datetime

from bot.digests import plan, words
from storage.models_work import NewsItem
from storage.news import Someone

NOW = datetime(2026, 12, 3, tzinfo=UTC)


def an_item(id: int, text: str = "News", **values: object) -> NewsItem:
    given = {"texts": {}, "product": "", "audience": "", "urgent": False, **values}
    return NewsItem(id=id, text=text, created_at=NOW, **given)


def somebody(id: int, **values: object) -> Someone:
    given = {
        "partner_id": 1, "name": f"P{id}", "partner": "Nordwind", "tier": "gold", "region": "",
        "tags": (), "language": "en", "zone": "Europe/Berlin", "wants": True, "quiet": ("", ""),
        "chat": id, "room": None, **values,
    }  # fmt: skip
    return Someone(contact_id=id, **given)  # type: ignore[arg-type]


def test_each_is_left_out_for_one_reason() -> None:
    people = [
        somebody(1), somebody(2, wants=False), somebody(3, chat=None), somebody(4, language="zh"),
        somebody(5, tier="silver"), somebody(6, chat=None, room=9, partner_id=2),
    ]  # fmt: skip
    items = [an_item(1, audience="tier:gold")]
    counted = plan.count(people, items, {(4, 1)})
    assert counted == plan.Count(2, 2, {"en": 2}, {"stopped": 1, "address": 1, "nothing": 2})


def test_a_room_is_told_once_what_any_of_its_people_lack() -> None:
    room = {"chat": None, "room": 9}
    people = [somebody(1, **room), somebody(2, **room), somebody(3)]
    items = [an_item(1), an_item(2)]
    in_room, alone = plan.parcels(people, items, {(1, 1)})
    assert (in_room.to, [item.id for item in in_room.items]) == ("room:9", [1, 2])
    assert set(in_room.new) == {(1, 2), (2, 1), (2, 2)}
    assert (alone.to, alone.room_id) == ("contact:3", 3)


def test_nothing_new_is_no_parcel() -> None:
    assert plan.parcels([somebody(1)], [an_item(1)], {(1, 1)}) == []
    assert plan.parcels([somebody(1)], [], set()) == []


def test_a_line_is_in_the_readers_language_or_says_that_it_is_not() -> None:
    item = an_item(1, "价格表已发布", texts={"en": "Price list is out"})
    assert words.line(item, "en") == words.Line(1, "", "Price list is out", "")
    assert words.line(item, "zh").text == "价格表已发布"
    assert words.missing(item) == ""
    alone = an_item(2, "Price list is out")
    assert words.line(alone, "zh") == words.Line(2, "", "Price list is out", "en")
    assert words.missing(alone) == "zh"
