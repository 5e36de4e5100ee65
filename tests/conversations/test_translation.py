"""[Translation] of a partner's words, by a real HTTP service, told to one person alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.chat import Person
from bot.config import Config, TranslatorSettings
from storage import people
from tests.conversations.stage import Stage, staged
from tests.factories import a_contact, a_partner

JO = "700000011"
KNOWN = {
    ("The price list will not open", "zh"): "价格表打不开",
    ("Only the one for Europe", "zh"): "只有欧洲的那份",
    ("价格表打不开", "en"): "The price list cannot be opened",
}


class Service:
    """Speaks LibreTranslate's HTTP; `asked` is what came in."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.broken = False

    async def translate(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.asked.append(asked)
        if self.broken:
            return web.json_response({"error": "overloaded"}, status=503)
        return web.json_response({"translatedText": KNOWN[asked["q"], asked["target"]]})


@asynccontextmanager
async def _served(service: Service) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/translate", service.translate)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _stage(database_url: str, service: Service) -> AsyncIterator[Stage]:
    async with _served(service) as url:

        def changed(config: Config) -> Config:
            return config.model_copy(update={"translator": TranslatorSettings(url=url)})

        async with staged(database_url, changed=changed) as stage:
            yield stage


async def _nordwind(stage: Stage, owner: str) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner=owner)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    await stage.telegram_person("Jo Weber").starts()


async def test_the_presser_alone_reads_it_in_their_language(conversation_url: str) -> None:
    service = Service()
    async with _stage(conversation_url, service) as stage:
        await _nordwind(stage, "Lin")
        jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
        await jo.writes("The price list will not open")
        card = await lin.sees("T-1", room="C0TRIAGE")
        assert card.buttons == ("Take", "Reply", "More", "Translation")
        await stage.settle()
        await jo.writes("Only the one for Europe")
        said = await lin.sees("Only the one for Europe", room="C0TRIAGE")
        assert said.buttons == ("Translation",)
        await stage.settle()

        await lin.presses("Translation", said)
        told = await lin.sees("T-1 · Jo Weber:", "只有欧洲的那份", "“Only the one for Europe”")
        assert told.room.startswith("D")
        assert told.buttons == ("回复", "T-1")
        assert service.asked[-1] == {"q": "Only the one for Europe", "source": "auto",
                                     "format": "text", "target": "zh"}  # fmt: skip
        await stage.manager("Mei").sees_nothing("只有欧洲的那份")
        await jo.sees_nothing("只有欧洲的那份")
        service.broken = True
        await lin.presses("Translation", card)
        await lin.sees("翻译服务暂时没有响应。", buttons=("再试一次",))
        service.broken = False
        await lin.presses("再试一次")
        await lin.sees("价格表打不开", "“The price list will not open”")


async def test_own_language_and_telegram(conversation_url: str) -> None:
    service = Service()
    async with _stage(conversation_url, service) as stage:
        await _nordwind(stage, "Bo")
        jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
        await jo.writes("The price list will not open")
        card = await bo.sees("T-1", room="C0TRIAGE")
        assert card.buttons == ("Take", "Reply", "More")
        async with stage.turn() as turn:
            kai = await people.identity(
                turn.session, Person("telegram", "700000012", "Kai"), turn.now
            )
            manager = await people.manager_named(turn.session, "Bo")
            assert manager is not None
            kai.manager_id = manager.id
        await stage.settle()
        await jo.writes("价格表打不开")
        await bo.sees("价格表打不开", room="C0TRIAGE", buttons=("Translation",))
        kai_there = stage.telegram_person("Kai Brandt")
        await kai_there.starts()
        await bo.types("/ticket T-1 resolve Sent")
        await stage.later(days=10)  # so what comes now is something new
        await jo.writes("价格表打不开")
        await stage.settle()
        await kai_there.writes("/ticket T-2")
        shown = await kai_there.sees("T-2 · Nordwind GmbH")
        assert "Translation" in shown.buttons
        await kai_there.presses("Translation", shown)
        await kai_there.sees("The price list cannot be opened", "“价格表打不开”")


async def test_without_a_translator_there_is_no_button(stage: Stage) -> None:
    await _nordwind(stage, "Lin")
    lin = stage.manager("Lin")
    await stage.telegram_person("Jo Weber").writes("The price list will not open")
    card = await lin.sees("T-1", room="C0TRIAGE")
    assert "Translation" not in card.buttons
