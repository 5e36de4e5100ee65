"""The methods about the bot itself: who it is, its updates, its menu and its descriptions."""

import json
import re

from sandbox.telegram import shapes
from sandbox.telegram.core import Core
from sandbox.telegram.errors import bad, conflict
from sandbox.telegram.params import Call
from sandbox.telegram.world import Chat, Json

COMMAND = re.compile(r"/?[a-z0-9_]{1,32}$")
MAX_COMMANDS = 100
MAX_COMMAND_TEXT = 256
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


def get_me(core: Core, call: Call) -> Json:  # noqa: ARG001 - all methods are called alike
    return shapes.me(core.world.bot)


async def get_updates(core: Core, call: Call) -> list[Json]:
    if core.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    core.feed.allow(call.args.get("allowed_updates"))
    limit = min(max(call.args.get("limit", 100), 1), 100)
    timeout = max(call.args.get("timeout", 0), 0)
    return await core.feed.get(call.args.get("offset", 0), limit, timeout)


async def set_webhook(core: Core, call: Call) -> bool:
    if not call.args.get("url"):
        return await delete_webhook(core, call)
    core.webhook.check(call.args)
    core.feed.allow(call.args.get("allowed_updates"))
    if call.args.get("drop_pending_updates"):
        core.feed.pending.clear()
    core.feed.terminate(conflict("terminated by setWebhook request"))
    await core.webhook.start(call.args)
    return True


async def delete_webhook(core: Core, call: Call) -> bool:
    if call.args.get("drop_pending_updates"):
        core.feed.pending.clear()
    await core.webhook.stop()
    return True


def get_webhook_info(core: Core, call: Call) -> Json:  # noqa: ARG001 - all methods are called alike
    return core.webhook.info()


def _scope_key(core: Core, scope: Json | None, language: str) -> str:
    """Where a menu is kept; chats must exist and languages have two letters."""
    scope = scope or {"type": "default"}
    kind = scope.get("type")
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" in SCOPES[kind]:
        core.reach(_whole(scope.get("chat_id"), "chat_id"), write=False)
    if "user_id" in SCOPES[kind]:
        _whole(scope.get("user_id"), "user_id")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("invalid language code specified")
    return key_of(kind, language, *(scope[name] for name in SCOPES[kind]))


def key_of(kind: str, language: str, *ids: object) -> str:
    return json.dumps([kind, language, *(str(i) for i in ids)])


def _whole(value: object, name: str) -> int | str:
    if value in (None, ""):
        raise bad(f"can't parse BotCommandScope: Empty {name} specified")
    text = str(value)
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def set_my_commands(core: Core, call: Call) -> bool:
    commands = [_command(item) for item in call.args["commands"]]
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    key = _scope_key(core, call.args.get("scope"), call.args.get("language_code", ""))
    core.world.bot.commands[key] = commands
    return True


def _command(item: object) -> Json:
    if not isinstance(item, dict) or "command" not in item or "description" not in item:
        raise bad("can't parse BotCommand: expected command and description")
    command, description = str(item["command"]), str(item["description"]).strip()
    if not COMMAND.match(command):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > MAX_COMMAND_TEXT:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command.removeprefix("/"), "description": description}


def get_my_commands(core: Core, call: Call) -> list[Json]:
    key = _scope_key(core, call.args.get("scope"), call.args.get("language_code", ""))
    return core.world.bot.commands.get(key, [])


def delete_my_commands(core: Core, call: Call) -> bool:
    key = _scope_key(core, call.args.get("scope"), call.args.get("language_code", ""))
    core.world.bot.commands.pop(key, None)
    return True


def menu(core: Core, room: Chat, person: int) -> list[Json]:
    """The commands this person sees in this chat, by the documented order of scopes."""
    language = (core.world.people[person].language_code or "")[:2]
    admin = room.members.get(person) in ("creator", "administrator")
    if room.kind == "private":
        kinds: list[tuple[str, tuple[int, ...]]] = [("chat", (room.id,))]
        kinds += [("all_private_chats", ()), ("default", ())]
    else:
        kinds = [("chat_member", (room.id, person))]
        kinds += [("chat_administrators", (room.id,))] if admin else []
        kinds += [("chat", (room.id,))]
        kinds += [("all_chat_administrators", ())] if admin else []
        kinds += [("all_group_chats", ()), ("default", ())]
    for kind, ids in kinds:
        for code in (language, ""):
            found = core.world.bot.commands.get(key_of(kind, code, *ids))
            if found is not None:
                return found
    return []


def _set_text(texts: dict[str, str], call: Call, name: str, limit: int) -> bool:
    value = str(call.args.get(name, ""))
    if len(value) > limit:
        raise bad(f"{name.upper()}_TOO_LONG")
    texts[call.args.get("language_code", "")] = value
    return True


def _get_text(texts: dict[str, str], call: Call, name: str, default: str = "") -> Json:
    value = texts.get(call.args.get("language_code", "")) or texts.get("") or default
    return {name: value}


def set_my_name(core: Core, call: Call) -> bool:
    return _set_text(core.world.bot.name_texts, call, "name", 64)


def get_my_name(core: Core, call: Call) -> Json:
    return _get_text(core.world.bot.name_texts, call, "name", core.world.bot.first_name)


def set_my_description(core: Core, call: Call) -> bool:
    return _set_text(core.world.bot.descriptions, call, "description", 512)


def get_my_description(core: Core, call: Call) -> Json:
    return _get_text(core.world.bot.descriptions, call, "description")


def set_my_short_description(core: Core, call: Call) -> bool:
    return _set_text(core.world.bot.short_descriptions, call, "short_description", 120)


def get_my_short_description(core: Core, call: Call) -> Json:
    return _get_text(core.world.bot.short_descriptions, call, "short_description")


def set_chat_menu_button(core: Core, call: Call) -> bool:
    button = call.args.get("menu_button", {"type": "default"})
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: MenuButton has unsupported type")
    core.world.bot.menu_buttons[str(call.args.get("chat_id", ""))] = button
    return True


def get_chat_menu_button(core: Core, call: Call) -> Json:
    buttons = core.world.bot.menu_buttons
    chosen = buttons.get(str(call.args.get("chat_id", ""))) or buttons.get("")
    return chosen or {"type": "commands"}


METHODS = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "getMyName": get_my_name,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
