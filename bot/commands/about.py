"""What there is to say and how things stand: /liaison help, settings, status, roles."""

from datetime import datetime

from bot.commands import menus
from bot.commands.args import noun_of
from bot.fold import fold
from bot.marks import _m
from bot.partners import standing, undelivered
from bot.routes import Act, Notice, Reply, Role, Routes

routes = Routes()


def _all() -> Routes:
    from bot.commands.table import ROUTES

    return ROUTES


def help_for_ours(act: Act, about: str = "") -> Reply:
    """All nouns with a line each; with a noun, what can be said about it, with examples."""
    found = menus.commands(_all(), act.role)
    noun = noun_of(fold(about).strip())
    prefix = act.config.command_prefix
    rows = [route for route in found if route.noun == noun and route.help]
    if rows:
        return Notice("own/help_noun.html.j2", {"routes": rows, "noun": noun, "prefix": prefix})
    there = [(noun, menus.NOUNS[noun]) for noun in menus.nouns(found) if noun in menus.NOUNS]
    return Notice("own/help_ours.html.j2", {"nouns": there, "prefix": prefix})


@routes.command("liaison help", role=Role.VIEWER, help=_m("What you can say"), args="about:text?",
                zh="帮助", example="liaison help partner")  # fmt: skip
async def help_(act: Act, about: str = "") -> Reply:
    return help_for_ours(act, about)


@routes.command("liaison settings", role=Role.VIEWER, help=_m("Settings and their source"),
                zh="设置", example="liaison settings")  # fmt: skip
async def settings(act: Act) -> Reply:
    return Notice("own/values.html.j2", {
        "manager": act.manager, "rows": standing.values(act.config),
        "version": act.config.version,
    })  # fmt: skip


@routes.command("liaison status", role=Role.VIEWER, help=_m("What waits, what went wrong"),
                zh="状态", example="liaison status")  # fmt: skip
async def status(act: Act) -> Reply:
    """All of it for whoever leads; for others what concerns their partners."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    if act.role < Role.LEAD:
        return Notice("own/status.html.j2", await standing.theirs(act, act.manager))
    admin = act.role >= Role.ADMIN
    return Notice("own/status.html.j2", {**await standing.status(act), "admin": admin})


@routes.button("delivery.again", role=Role.ADMIN)
async def again(act: Act, value: str) -> Reply:
    """Send what perhaps did not arrive once more; pressed twice it is once."""
    sent = await undelivered.send_again(act, since=datetime.fromisoformat(value))
    return Notice("own/sent_again.html.j2", {"count": sent})


@routes.command("liaison roles", role=Role.VIEWER, help=_m("Who may do what"), args="verb:word?",
                zh="角色", example="liaison roles")  # fmt: skip
async def roles(act: Act, verb: str = "") -> Reply:
    del verb  # "list" is the only one so far, and what a bare "roles" means too
    return Notice("own/roles.html.j2", {"managers": await standing.people_of_ours(act),
                                          "now": act.now})  # fmt: skip
