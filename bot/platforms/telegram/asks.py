"""Reads from Telegram: who is this, who is in this room, how big is this file."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, ChatMemberAdministrator, ChatMemberOwner
from telegram.error import BadRequest

RIGHTS = (
    "can_delete_messages",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_chat",
)


async def who(bot: Bot, id_: str) -> dict[str, Any]:
    """Telegram tells a bot of a person only their names, and only after they met."""
    chat = await bot.get_chat(id_)
    name = " ".join(part for part in (chat.first_name, chat.last_name) if part)
    return {
        "id": str(chat.id),
        "name": name or chat.title or chat.username or "",
        "username": chat.username or "",
        "is_bot": False,
    }


async def room(bot: Bot, id_: str) -> dict[str, Any]:
    """Bots cannot list members, so a room is shown by title, number of members and admins."""
    chat = await bot.get_chat(id_)
    private = chat.type == chat.PRIVATE
    told: dict[str, Any] = {
        "id": str(chat.id),
        "title": chat.title or "",
        "private": private,
        "shared": not private,
        "forum": bool(chat.is_forum),
    }
    if private:
        return {**told, "member_count": 2, "admins": [], "rights": {"admin": False}}
    return {
        **told,
        "member_count": await bot.get_chat_member_count(id_),
        "admins": await _admins(bot, id_),
        "rights": await _rights(bot, id_),
    }


async def _admins(bot: Bot, id_: str) -> list[dict[str, str]]:
    """In some groups members are hidden from bots that are no admins: then nobody is named."""
    try:
        admins = await bot.get_chat_administrators(id_)
    except BadRequest as error:
        if "inaccessible" not in error.message and "ADMIN_REQUIRED" not in error.message:
            raise
        return []
    return [{"id": str(a.user.id), "name": a.user.full_name} for a in admins if not a.user.is_bot]


async def _rights(bot: Bot, id_: str) -> dict[str, Any]:
    """What the bot may do there; `admin` decides whether it hears of reactions and all talk.

    The token begins with our own id, which Bot.id knows only after a first getMe.
    """
    mine = await bot.get_chat_member(id_, int(bot.token.split(":")[0]))
    admin = isinstance(mine, ChatMemberAdministrator | ChatMemberOwner)
    rights = {name: bool(getattr(mine, name, False)) for name in RIGHTS}
    return {"status": mine.status, "admin": admin, **rights}


async def file(bot: Bot, id_: str) -> dict[str, Any]:
    told = await bot.get_file(id_.removeprefix("telegram:"))
    path = (told.file_path or "").rpartition(f"{bot.token}/")[2]  # the full URL holds the token
    return {"id": told.file_id, "size": told.file_size or 0, "path": path}


# what is asked -> who answers, and the name of its argument (the same as on Slack)
QUESTIONS: dict[str, tuple[Callable[[Bot, str], Awaitable[dict[str, Any]]], str]] = {
    "who": (who, "person"),
    "room": (room, "chat"),
    "file": (file, "file"),
}
