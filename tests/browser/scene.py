"""A page on a served sandbox, with a small Bolt app and a Telegram bot that answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, Locator, Page, Route, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.page.gallery import HOME, KEYBOARD, MESSAGE_BLOCKS, MODAL, TELEGRAM_HTML, png
from tests.sandbox.page.stand import Stand, a_stand

JO = 700000011
Json = dict[str, Any]


class Scene:
    """What a test needs: the page, its width, the sandbox, and what the bots heard."""

    def __init__(self, page: Page, stand: Stand, wide: bool) -> None:
        self.page, self.stand, self.wide = page, stand, wide
        self.heard: asyncio.Queue[Json] = asyncio.Queue()
        self.faults: list[str] = []
        self.card = ""
        self._looked_at = ""

    async def look(self, side: str, **places: str) -> Locator:
        """Like `show`, for who only looks: the same place is not opened again."""
        place = f"{side} {places}"
        pane = self.page.locator(f"#{side}")
        if place != self._looked_at:
            pane = await self.show(side, **places)
        self._looked_at = place
        return pane

    async def show(self, side: str, **places: str) -> Locator:
        """Open the page at some place, with one side in front where only one fits."""
        usual = {"lang": "en", "su": "U0LIN", "sr": "C0TRIAGE", "tp": str(JO), "tr": str(JO)}
        asked = usual | places
        query = "&".join(f"{key}={value}" for key, value in {**asked, "tab": side}.items())
        self._looked_at = ""
        await self.page.goto(f"{self.stand.url}/?{query}")
        await self.page.wait_for_selector("body[data-live]")
        return self.page.locator(f"#{side}")

    async def next_heard(self) -> Json:
        """What the Slack app was told next."""
        return await asyncio.wait_for(self.heard.get(), 5)

    async def legible(self) -> None:
        """Nothing sticks out sideways, and no script failed."""
        over = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, f"{over} px stick out"
        assert self.faults == []


@contextlib.asynccontextmanager
async def a_scene(browser: Browser, size: tuple[int, int]) -> AsyncIterator[Scene]:
    """Everything on show; any address outside this machine is a fault of the page."""
    async with a_stand() as stand:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        context.set_default_timeout(6000)
        page = await context.new_page()
        scene = Scene(page, stand, size[0] > 860)
        page.on("pageerror", lambda error: scene.faults.append(str(error)))
        page.on(
            "console",
            lambda said: scene.faults.append(said.text) if said.type == "error" else None,
        )

        async def only_here(route: Route) -> None:
            if route.request.url.startswith((stand.url, "data:", "blob:")):
                await route.continue_()
            else:
                scene.faults.append(f"left this machine: {route.request.url}")
                await route.abort()

        await context.route("**/*", only_here)
        handler = await _slack_app(scene)
        bot = asyncio.create_task(_telegram_bot(stand))
        try:
            await _fill(scene)
            yield scene
        finally:
            bot.cancel()
            await asyncio.gather(bot, return_exceptions=True)
            await handler.close_async()
            await context.close()


async def _slack_app(scene: Scene) -> AsyncSocketModeHandler:
    slack = scene.stand.stage.slack
    client = AsyncWebClient(token=slack.app.bot_token, base_url=f"{scene.stand.url}/slack/api/")
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.command("/ticket")
    async def command(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.options("partner")
    async def options(ack: Any, body: Json) -> None:
        found = [{"text": {"type": "plain_text", "text": f"{body['value']}wind"}, "value": "7"}]
        await ack(options=found)

    @app.view("ticket.create")
    async def submitted(ack: Any, body: Json) -> None:
        text = body["view"]["state"]["values"]["text"]["text"]["value"]
        if text == "too short":
            await ack(response_action="errors", errors={"text": "A few words more, please."})
            return
        await ack()
        await scene.heard.put(body)

    _rest(app, scene)
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    await handler.connect_async()
    return handler


def _rest(app: AsyncApp, scene: Scene) -> None:
    """Presses are told to the test; events are heard and forgotten."""

    async def told(ack: Any, body: Json) -> None:
        await ack()
        await scene.heard.put(body)

    async def nothing() -> None:
        return None

    for name in ("take", "reply", "delete", "priority", "until", "more", "partner", "home.open"):
        app.action(name)(told)
    for name in ("message", "reaction_added", "reaction_removed", "app_home_opened"):
        app.event(name)(nothing)


async def _telegram_bot(stand: Stand) -> None:
    """Answers each press with a toast that names what was pressed."""
    offset = 0
    while True:
        for update in await stand.telegram("getUpdates", offset=str(offset), timeout="20"):
            offset = update["update_id"] + 1
            pressed = update.get("callback_query")
            if pressed:
                text = f"You pressed {pressed['data']}"
                await stand.telegram(
                    "answerCallbackQuery", callback_query_id=pressed["id"], text=text
                )


async def _fill(scene: Scene) -> None:
    stand = scene.stand
    slack, telegram = stand.stage.slack, stand.stage.telegram
    slack.app.commands = None
    await slack.post("U0LIN", "C0TRIAGE", "Morning. @Mei can you look at <b>this</b>?")
    card = await stand.slack(
        "chat.postMessage", channel="C0TRIAGE", text="T-41", blocks=MESSAGE_BLOCKS
    )
    scene.card = card["ts"]
    await slack.react("U0MEI", "C0TRIAGE", scene.card, "eyes")
    await slack.post("U0MEI", "C0TRIAGE", "I will call Jo at ten.", thread_ts=scene.card)
    said = await slack.post("U0MEI", "C0TRIAGE", "Lunch?")
    await slack.edit("U0MEI", "C0TRIAGE", said, "Lunch at noon?")
    await stand.slack(
        "chat.postEphemeral", channel="C0TRIAGE", user="U0LIN", text="To Jo in *10 s*"
    )
    await stand.slack("views.publish", user_id="U0LIN", view=HOME)
    await telegram.start(JO)
    await telegram.photo(JO, JO, png(), "This is what I see")
    await telegram.document(JO, JO, b"x" * 3000, "order-8841.pdf")
    await stand.telegram(
        "sendMessage",
        chat_id=str(JO),
        text=TELEGRAM_HTML,
        parse_mode="HTML",
        reply_markup=KEYBOARD,
    )
    await stand.telegram(
        "setMyCommands", commands=[{"command": "help", "description": "What I can do"}]
    )


__all__ = ["JO", "Scene", "a_scene", "expect"]
