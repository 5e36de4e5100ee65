"""Puts liaison.toml in force: a version in the database, and first values of our people."""

import json

from bot.config import Config, parse
from bot.turn import Turn
from storage import people, settings
from storage.db import Database
from storage.models_people import Manager


async def adopt(database: Database, config: Config, by: str, *, replace: bool = True) -> Config:
    """The settings that count from now on, with their version.

    `replace` = what the file says counts (SQLite, SIGHUP); else the newest stored version does.
    """
    async with database.transaction() as (session, now):
        newest = await settings.newest(session)
        if newest is None or (replace and newest.hash != config.fingerprint()):
            content = json.loads(config.canonical())
            version = await settings.add_version(
                session, hash=config.fingerprint(), content=content, by=by, now=now
            )
        elif newest.hash != config.fingerprint():
            version, config = newest.id, parse(newest.content, "stored settings")
        else:
            version = newest.id
        config = config.model_copy(update={"version": version})
        await _seed_people(Turn(session, now, config))
    return config


async def _seed_people(turn: Turn) -> None:
    """Managers the database does not know yet; what is there may have been changed in chat."""
    for given in turn.config.managers:
        manager = await people.manager_named(turn.session, given.name)
        if manager is None:
            manager = Manager(
                key=given.name, name=given.name, called=given.called, role=given.role,
                team=given.team, is_head=given.head, language=given.language, zone=given.zone,
            )  # fmt: skip
            turn.session.add(manager)
            await turn.session.flush()
        for platform, external in (("slack", given.slack), ("telegram", given.telegram)):
            if external:
                await people.claim_identity(turn.session, platform, external, manager.id, turn.now)
