"""News: what managers tell many partners, and how a reader stops them."""

from dataclasses import replace
from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.args import partner_named
from bot.digests import audience, service, words
from bot.digests.audience import Audience
from bot.errors import Refused
from bot.marks import _m
from bot.partners import own
from bot.routes import Act, Notice, Reply, Role, Routes
from storage.models_people import Partner

routes = Routes()

TEXT = Field("text", "long", _m("What is new?"), required=True, max_length=service.LONGEST)
NEW = Form("news.create", _m("New news item"), (
    TEXT,
    Field("other", "long", _m("The same in the other language"), max_length=service.LONGEST,
          help=_m("Without it everybody reads the original.")),
    Field("product", "text", _m("Product"), max_length=60),
    Field("to", "text", _m("For whom?"), max_length=200,
          help=_m("Such as: tier:gold, lang:zh, region:Europe or a partner. Empty = everybody.")),
    Field("urgent", "choice", _m("When?"), initial="no", choices=(
        Choice("no", _m("With the weekly digest")), Choice("yes", _m("At once")),
    )),
), submit=_m("Keep"))  # fmt: skip
TRANSLATION = {
    "zh": Form("news.translate", _m("Add Chinese"), (TEXT,)),
    "en": Form("news.translate", _m("Add English"), (TEXT,)),
}


@routes.command("news", role=Role.VIEWER, help=_m("The latest news"), args="news?",
                example="news N-5")  # fmt: skip
async def latest(act: Act, news: str = "") -> Reply:
    if news:
        return await _item(act, news)
    return Notice("news/list.html.j2", await service.listed(act))


@routes.command("news list", role=Role.VIEWER, help=_m("The latest news"), zh="列表,一览")
async def listed(act: Act) -> Reply:
    return await latest(act)


@routes.command("news show", role=Role.VIEWER, help=_m("One item: who gets it, who has it"),
                args="news", zh="查看", example="news show N-5")  # fmt: skip
async def show(act: Act, news: str = "") -> Reply:
    return await latest(act, news)


async def _item(act: Act, ref: str, new: bool = False) -> Reply:
    data = await service.show(act, await service.find(act, ref))
    return Notice("news/item.html.j2", {**data, "new": new})


@routes.command("news add", role=Role.MANAGER,
                help=_m("Tell partners something with the next digest"),
                args="text:text", keys="product to zh en urgent", zh="添加,发布,新增",
                example="news add Price list 2027 is out to=tier:gold")  # fmt: skip
async def add(
    act: Act, text: str = "", product: str = "", to: str = "", zh: str = "", en: str = "",
    urgent: str = "",
) -> Reply:  # fmt: skip
    if not text:
        return NEW
    item = await service.add(
        act, text, product=product, to=await _whom(act, to), others={"zh": zh, "en": en},
        urgent=urgent.casefold() in service.YES,
    )  # fmt: skip
    return await _item(act, str(item.id), new=True)


async def _whom(act: Act, typed: str) -> Audience:
    """The audience that was typed, with partners by their number."""
    wanted = []
    for kind, word in audience.parse(typed).wanted:
        if kind == "partner" and not word.isdecimal():
            word = str((await partner_named(act.session, word)).id)
        wanted.append((kind, word))
    return Audience(tuple(wanted))


@routes.form("news.create", role=Role.MANAGER)
async def create(act: Act, _value: str, values: dict[str, Any]) -> Reply:
    given = {name: str(values.get(name) or "") for name in ("text", "other", "product", "to")}
    other = given["other"]
    try:
        whom = await _whom(act, given["to"])
    except Refused as refusal:
        raise refusal.at("to") from None
    item = await service.add(
        act, given["text"], product=given["product"], to=whom,
        urgent=values.get("urgent") == "yes", others={words.language(other): other},
    )  # fmt: skip
    return await _item(act, str(item.id), new=True)


@routes.button("news.show", role=Role.VIEWER)
async def show_pressed(act: Act, value: str) -> Reply:
    return await _item(act, value)


@routes.button("news.translate", role=Role.MANAGER)
async def translation(act: Act, value: str) -> Reply:
    item = await service.find(act, value)
    language = words.missing(item)
    return replace(TRANSLATION[language], value=value) if language else await _item(act, value)


@routes.form("news.translate", role=Role.MANAGER)
async def translate(act: Act, value: str, values: dict[str, Any]) -> Reply:
    service.translate(await service.find(act, value), str(values["text"]))
    return await _item(act, value)


@routes.command("news retract", role=Role.MANAGER, help=_m("Take a news item back"), args="news",
                zh="撤回", example="news retract N-5")  # fmt: skip
async def retract(act: Act, news: str = "") -> Reply:
    item = await service.find(act, news)
    return Notice("news/retracted.html.j2", await service.retract(act, item))


@routes.button("news.retract", role=Role.MANAGER)
async def retract_pressed(act: Act, value: str) -> Reply:
    return await retract(act, value)


@routes.button("news.back", role=Role.MANAGER)
async def bring_back(act: Act, value: str) -> Reply:
    service.bring_back(await service.find(act, value))
    return await _item(act, value)


# the digest


@routes.command("news digest preview", role=Role.MANAGER,
                help=_m("What goes out next, and to whom"), args="partner?", zh="摘要预览,预览",
                example="news digest preview Nordwind")  # fmt: skip
async def preview(act: Act, partner: Partner | None = None) -> Reply:
    return Notice("news/preview.html.j2", await service.preview(act, partner))


@routes.command("news digest status", role=Role.VIEWER, help=_m("When the next digest goes"),
                zh="摘要状态,状态")  # fmt: skip
async def status(act: Act) -> Reply:
    return Notice("news/status.html.j2", await service.status(act))


@routes.command("news digest pause", role=Role.MANAGER, help=_m("No digest until you resume it"),
                zh="摘要暂停,暂停")  # fmt: skip
async def pause(act: Act) -> Reply:
    await service.pause(act)
    return await status(act)


@routes.command("news digest resume", role=Role.MANAGER, help=_m("Send digests again"),
                zh="摘要恢复,恢复")  # fmt: skip
async def resume(act: Act) -> Reply:
    await service.resume(act)
    return await status(act)


@routes.command("news digest recall", role=Role.MANAGER,
                help=_m("Take the last digest back, as far as that is possible"),
                zh="摘要收回,收回")  # fmt: skip
async def recall(act: Act) -> Reply:
    return Notice("news/recall.html.j2", await service.recallable(act))


@routes.command("news digest send", role=Role.MANAGER, help=_m("Send now what is new"),
                zh="摘要发送,立即发送")  # fmt: skip
async def send(act: Act) -> Reply:
    return Notice("news/send.html.j2", await service.preview(act, None))


@routes.button("news.send", role=Role.MANAGER)
async def send_pressed(act: Act, value: str) -> Reply:
    edition, at = await service.send(act, value)
    return Notice("news/held.html.j2", {"edition": edition, "at": at, "count": value})


@routes.button("news.unsend", role=Role.MANAGER)
async def unsend(act: Act, value: str) -> Reply:
    await service.unsend(act, value)
    return Notice("news/unsent.html.j2")


@routes.button("news.hurry", role=Role.MANAGER)
async def hurry(act: Act, value: str) -> Reply:
    await service.hurry(act, value)
    return Notice("news/on_its_way.html.j2")


@routes.button("news.pause", role=Role.MANAGER)
async def pause_pressed(act: Act, _value: str) -> Reply:
    return await pause(act)


@routes.button("news.resume", role=Role.MANAGER)
async def resume_pressed(act: Act, _value: str) -> Reply:
    return await resume(act)


# readers


@routes.button("news.stop", role=Role.PARTNER)
async def stop(act: Act, value: str) -> Reply:
    contact = service.own(act, value)
    contact.wants_news = False
    await own.note_stop(act, contact, "n")
    return Notice("news/stopped.html.j2", {"contact_id": contact.id})


@routes.button("news.again", role=Role.PARTNER)
async def again(act: Act, value: str) -> Reply:
    service.own(act, value).wants_news = True
    return Notice("news/going_on.html.j2")
