"""The command menus that Telegram shows beside the text field, per audience and language."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden

from bot.platforms import Menu, Menus

log = logging.getLogger(__name__)

NAME = re.compile(r"[a-z0-9_]{1,32}")
DESCRIPTION = 256
COMMANDS = 100

PARTNER = "partner"  # seen by everybody in private chats
GROUP = "group"  # seen by everybody in groups


async def set_menus(
    bot: Bot, menus: Menus, chats: Mapping[str, Iterable[str]], prefix: str = ""
) -> None:
    """Menus of other roles than "partner" and "group" are set in the private `chats` of that role.

    English is also what readers of all other languages see.
    """
    for role, languages in menus.items():
        for scope in _scopes(role, chats.get(role, ())):
            for language, menu in languages.items():
                await _set(bot, scope, "" if language == "en" else language, menu, prefix)


def _scopes(role: str, chats: Iterable[str]) -> Iterator[BotCommandScope]:
    if role == PARTNER:
        yield BotCommandScopeDefault()
        yield BotCommandScopeAllPrivateChats()
    elif role == GROUP:
        yield BotCommandScopeAllGroupChats()
    else:
        yield from (BotCommandScopeChat(chat) for chat in chats)


async def _set(bot: Bot, scope: BotCommandScope, language: str, menu: Menu, prefix: str) -> None:
    commands = [_command(prefix + name, description) for name, description in menu]
    if len(commands) > COMMANDS:
        raise ValueError(f"{len(commands)} commands; Telegram takes {COMMANDS}")
    try:
        await bot.set_my_commands(commands, scope=scope, language_code=language or None)
    except (BadRequest, Forbidden) as error:
        if not isinstance(scope, BotCommandScopeChat):
            raise
        log.warning("no menu in chat %s: %s", scope.chat_id, error.message)


def _command(name: str, description: str) -> BotCommand:
    if not NAME.fullmatch(name):
        raise ValueError(f"Telegram's commands take 1 to 32 of a-z 0-9 _, not {name!r}")
    if not 0 < len(description) <= DESCRIPTION:
        raise ValueError(f"/{name}: the description must have 1 to {DESCRIPTION} characters")
    return BotCommand(name, description)
