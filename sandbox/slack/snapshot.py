"""The world as JSON and back, so that a sandbox can be stopped and go on where it was."""

import base64
from dataclasses import asdict

from sandbox.slack.world import Channel, FileRecord, Message, Raw, Team, User, View, World


def dump_world(world: World) -> Raw:
    return {
        "number": world.number,
        "teams": [asdict(team) for team in world.teams.values()],
        "users": [asdict(user) for user in world.users.values()],
        "channels": [asdict(channel) for channel in world.channels.values()],
        "files": [_dump_file(record) for record in world.files.values()],
        "homes": [asdict(view) for view in world.homes.values()],
        "usergroups": world.usergroups,
    }


def _dump_file(record: FileRecord) -> Raw:
    shown = asdict(record)
    if record.data is not None:
        shown["data"] = base64.b64encode(record.data).decode()
    return shown


def load_world(world: World, state: Raw) -> None:
    """Open modals are not kept: their trigger ids would be dead."""
    fresh = World()
    world.__dict__.update(fresh.__dict__)
    world.resume(state["number"])
    world.teams.update((row["id"], Team(**row)) for row in state["teams"])
    world.users.update((row["id"], User(**row)) for row in state["users"])
    for row in state["channels"]:
        world.add_channel(_load_channel(row))
    for row in state["files"]:
        data = base64.b64decode(row["data"]) if row["data"] is not None else None
        world.files[row["id"]] = FileRecord(**{**row, "data": data})
    world.homes.update((row["user"], View(**row)) for row in state["homes"])
    world.usergroups.extend(state["usergroups"])


def _load_channel(row: Raw) -> Channel:
    kept = {
        key: {ts: Message(**message) for ts, message in row[key].items()}
        for key in ("messages", "ephemeral")
    }
    return Channel(**{**row, **kept})
