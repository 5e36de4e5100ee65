"""/liaison hand-over: the preview, the confirmation, and the way back."""

from bot.chat import Field, Form
from bot.commands.args import manager_of
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import handover
from storage.models_people import Manager

routes = Routes()

FORM = Form("manager.hand_over", _m("Hand over"), (
    Field("to", "person", _m("To whom?"), required=True),
), submit=_m("Preview"))  # fmt: skip


@routes.command("liaison hand-over", role=Role.MANAGER, args="person?", keys="from:person",
                zh="交接, 移交",
                help=_m("Give your partners, tickets and meetings to a colleague"),
                example="liaison hand-over @Lin")  # fmt: skip
async def hand_over(act: Act, person: Manager | None = None, **given: Manager) -> Reply:
    """A lead may say from=@Bo: what is Bo's."""
    if person is None:
        return FORM
    return await _preview(act, given.get("from") or _asker(act), person)


@routes.form("manager.hand_over", role=Role.MANAGER)
async def form_hand_over(act: Act, _: str, values: dict[str, object]) -> Reply:
    return await _preview(act, _asker(act), await manager_of(act, str(values["to"])))


def _asker(act: Act) -> Manager:
    if act.manager is None:
        raise Refused(_m("That is for our own people only."))
    return act.manager


async def _preview(act: Act, giver: Manager, taker: Manager) -> Reply:
    draft, counts = await handover.draft(act, giver, taker)
    return Notice("tickets/hand_over.html.j2", {
        "id": draft.id, "counts": counts, "giver": giver.name, "taker": taker.name,
    })  # fmt: skip


@routes.button("handover.go", role=Role.MANAGER)
async def go(act: Act, value: str) -> Reply:
    found = await handover.begin(act, value)
    return Notice("tickets/hand_over_said.html.j2", {"how": "going", "taker": found.taker.name})


@routes.button("handover.undo", role=Role.MANAGER)
async def undo(act: Act, value: str) -> Reply:
    found = await handover.undo(act, value)
    return Notice("tickets/hand_over_said.html.j2", {"how": "undoing", "taker": found.taker.name})


@routes.button("handover.cancel", role=Role.MANAGER)
async def cancel(act: Act, value: str) -> Reply:
    await handover.cancel(act, value)
    return Notice("tickets/hand_over_said.html.j2", {"how": "cancelled", "taker": ""})
