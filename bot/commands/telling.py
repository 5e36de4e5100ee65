"""/partner tell: the preview, and the buttons from there to "Sent"."""

from typing import Any

from bot.chat import Field, Form
from bot.commands.partners import needed
from bot.commands.pressed import partner_of
from bot.marks import _m
from bot.partners import tell
from bot.routes import Act, Notice, Reply, Role, Routes
from storage.models_people import Partner

routes = Routes()


def form(partner: Partner) -> Form:
    text = Field(
        "text",
        "long",
        label=_m("What should I tell them?"),
        required=True,
        max_length=tell.TEXT_LENGTH,
        help=_m("You see it once more before it goes out."),
    )
    return Form("partner.tell", _m("Tell"), (text,), value=str(partner.id))


@routes.command("partner tell", role=Role.MANAGER, help=_m("Write to a partner; you see it first"),
                args="partner text?", zh="告诉,通知",
                example="partner tell Nordwind We are closed on Friday.")  # fmt: skip
async def tell_(act: Act, partner: Partner | None = None, text: str = "") -> Reply:
    partner = needed(partner, "tell")
    return await _preview(act, partner, text) if text else form(partner)


@routes.button("partner.tell", role=Role.MANAGER)
async def tell_button(act: Act, value: str) -> Reply:
    return form(await partner_of(act, value))


@routes.form("partner.tell", role=Role.MANAGER)
async def tell_form(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await tell.preview(act, await partner_of(act, value), str(values["text"]))
    return None


async def _preview(act: Act, partner: Partner, text: str) -> Reply:
    """The preview stands in our own chat, where it can change; elsewhere a word points to it."""
    await tell.preview(act, partner, text)
    if act.event.platform == "slack" and act.event.direct and not act.event.private:
        return Notice("partners/tell_look.html.j2", {"partner": partner})
    return None


@routes.button("partner.tell_send", role=Role.MANAGER)
async def send(act: Act, value: str) -> Reply:
    await tell.send(act, value)
    return None


@routes.button("partner.tell_cancel", role=Role.MANAGER)
async def cancel(act: Act, value: str) -> Reply:
    await tell.cancel(act, value)
    return None


@routes.button("partner.tell_undo", role=Role.MANAGER)
async def undo(act: Act, value: str) -> Reply:
    await tell.undo(act, value)
    return None


@routes.button("partner.tell_now", role=Role.MANAGER)
async def now(act: Act, value: str) -> Reply:
    await tell.send_now(act, value)
    return None
