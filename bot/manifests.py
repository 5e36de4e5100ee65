"""What the platforms must be told of our commands: Slack's manifest, made from the routes."""

import json

from bot import texts
from bot.commands.table import ROUTES
from bot.config import Config
from bot.marks import _m
from bot.platforms.slack.manifest import manifest
from bot.routes import Role, Route

NOUNS = {
    "partner": _m("Partners: invite, link, tell, show"),
    "meeting": _m("Meetings with partners, in everybody's clock"),
    "news": _m("News for partners, and the weekly digest"),
    "survey": _m("Ask partners how it goes"),
    "ticket": _m("Partners' problems: take, reply, resolve"),
    "report": _m("How partners and team are doing"),
    "liaison": _m("Your day, your settings, help"),
}
HINT = 100  # characters; Slack shows one line


def commands() -> dict[str, list[Route]]:
    """The command routes of our own people by noun, in the order of NOUNS."""
    found: dict[str, list[Route]] = {noun: [] for noun in NOUNS}
    for (kind, _), route in ROUTES.all.items():
        if kind == "command" and route.role >= Role.VIEWER and route.noun in found:
            found[route.noun].append(route)
    return {noun: routes for noun, routes in found.items() if routes}


def shortcuts(language: str) -> list[tuple[str, str, str, str]]:
    """(name, type, callback id, description) of each shortcut route."""
    return [(said := texts.translate(route.help, language), "message", route.name, said)
            for (kind, _), route in ROUTES.all.items() if kind == "shortcut"]  # fmt: skip


def slack_manifest(config: Config, *, socket: bool, url: str) -> str:
    """The manifest as JSON; `url` is where Slack reaches the bot in HTTP mode."""
    made = manifest(
        [(f"{config.command_prefix}{noun}", texts.translate(NOUNS[noun], config.language),
          _hint(routes)) for noun, routes in commands().items()],
        shortcuts=shortcuts(config.language),
        request_url="" if socket else f"{url.rstrip('/')}/slack/events",
    )  # fmt: skip
    return json.dumps(made, indent=2, ensure_ascii=False)


def _hint(routes: list[Route]) -> str:
    verbs = [route.name.partition(" ")[2] for route in routes]
    hint = " | ".join(verb for verb in verbs if verb)
    return hint if len(hint) <= HINT else hint[: HINT - 1].rsplit(" | ", 1)[0] + " …"
