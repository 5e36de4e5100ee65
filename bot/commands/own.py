"""What contacts say about themselves: /start, /settings, /stop, /help, and the buttons below."""

from typing import Any

from bot.chat import Field, Form
from bot.commands.menus import NOUNS
from bot.errors import Refused
from bot.marks import _m
from bot.partners import invite, linking, own
from bot.routes import Act, Notice, Reply, Role, Routes

routes = Routes()

ZONE = Form("own.zone", _m("Time zone"), (
    Field("place", "text", _m("In which city are you?"), required=True, max_length=60,
          help=_m("Such as Hamburg, São Paulo or Shenzhen.")),
))  # fmt: skip
QUIET = Form("own.quiet", _m("Quiet hours"), (
    Field("hours", "text", _m("When should I be quiet?"), required=True, max_length=30,
          help=_m("Such as 20:00-08:00, or “off”. What you ask for is always answered.")),
))  # fmt: skip


@routes.command("start", role=Role.ANYONE, help=_m("Begin, or open an invitation"),
                args="code:text?")  # fmt: skip
async def start(act: Act, code: str = "") -> Reply:
    if code and act.event.private:
        await invite.open_link(act, code)
        return None
    if code:
        return await linking.open_code(act, code)
    if not act.event.private:
        return None
    if act.contact is not None:
        await own.show_settings(act, fresh=True)
        return None
    return await help_(act)


@routes.command("settings", role=Role.ANYONE, help=_m("Language, time zone, quiet hours"))
async def settings(act: Act) -> Reply:
    if act.is_ours:  # also what `/liaison settings` comes to: the nearer word wins
        from bot.commands.about import settings as of_ours

        return await of_ours(act)
    _only_private(act)
    await own.show_settings(act, fresh=True)
    return None


@routes.command("stop", role=Role.ANYONE, help=_m("Less from me, or nothing"), args="what:text?")
async def stop(act: Act, what: str = "") -> Reply:
    del what
    return await typed_stop(act)


@routes.message("partner.stop", role=Role.PARTNER)
async def typed_stop(act: Act) -> Reply:
    _only_private(act)
    await own.ask_stop(act)
    return None


@routes.command("help", role=Role.ANYONE, help=_m("What I can do for you"), args="about:text?")
async def help_(act: Act, about: str = "") -> Reply:
    """`about` is what our people ask about, or a word that is none of a partner's."""
    from bot.commands.about import help_for_ours

    if act.is_ours:
        return help_for_ours(act, about)
    if act.partner is None:
        company = act.config.company_in((act.identity.language or act.config.language)[:2])
        return Notice("own/help_stranger.html.j2", {"company": company})
    if about:
        return Notice("own/not_theirs.html.j2", {
            "word": about, "ours": about in NOUNS, "private": act.event.private,
            "theirs": act.role >= Role.PARTNER,
        })  # fmt: skip
    return Notice("own/help.html.j2", {"private": act.event.private})


def _only_private(act: Act) -> None:
    """In a group everybody would see one person's settings, and press them."""
    if not act.event.private:
        raise Refused(_m("Please write that to me in our private chat."))


@routes.button("own.settings", role=Role.PARTNER)
async def press_settings(act: Act, _: str) -> Reply:
    return await settings(act)


@routes.button("own.language", role=Role.PARTNER)
async def language(act: Act, value: str) -> Reply:
    await own.speak(act, value)
    return None


@routes.button("own.toggle", role=Role.PARTNER)
async def toggle(act: Act, value: str) -> Reply:
    await own.toggle(act, value)
    return None


@routes.button("own.zone", role=Role.PARTNER)
async def ask_zone(act: Act, _: str) -> Reply:
    own.contact_of(act)
    return ZONE


@routes.form("own.zone", role=Role.PARTNER)
async def zone(act: Act, _: str, values: dict[str, Any]) -> Reply:
    await own.move(act, str(values["place"]))
    return None


@routes.button("own.quiet", role=Role.PARTNER)
async def ask_quiet(act: Act, _: str) -> Reply:
    own.contact_of(act)
    return QUIET


@routes.form("own.quiet", role=Role.PARTNER)
async def quiet(act: Act, _: str, values: dict[str, Any]) -> Reply:
    await own.be_quiet(act, str(values["hours"]))
    return None


@routes.button("own.stop", role=Role.PARTNER)
async def stop_kind(act: Act, value: str) -> Reply:
    await own.stop(act, value)
    return None


@routes.button("own.stop_undo", role=Role.PARTNER)
async def stop_undo(act: Act, value: str) -> Reply:
    await own.undo_stop(act, value)
    return None
