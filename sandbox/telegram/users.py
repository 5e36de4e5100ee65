"""Mentions of people without a username: the entity carries the person."""

from sandbox.telegram import shapes
from sandbox.telegram.world import Json, World


def with_users(world: World, entities: list[Json]) -> list[Json]:
    """`tg://user?id=` becomes a text_mention of somebody known; of nobody, plain text."""
    kept = []
    for entity in entities:
        if entity["type"] != "text_mention":
            kept.append(entity)
            continue
        who = entity.get("user_id") or (entity.get("user") or {}).get("id")
        if who in world.people or who == world.bot.id:
            place = {"offset": entity["offset"], "length": entity["length"]}
            kept.append(place | {"type": "text_mention", "user": shapes.user(world, who)})
    return kept
