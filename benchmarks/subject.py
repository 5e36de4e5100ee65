"""What is measured, as a process of its own: `bot`, or `bare` handlers that do nothing."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

PLANNED = 100_000  # rows that one due item plans, slice by slice
SLICE = 500  # rows a transaction writes: well under the 100 ms of DESIGN.md rule 1


async def bot() -> None:
    """The bot as `run` starts it, with one due kind and one button of our own more."""
    from bot import due
    from bot.chat import Address
    from bot.commands.table import DUE, ROUTES
    from bot.config import Environment, load
    from bot.due import DueKind
    from bot.outbox import Class, to_json
    from bot.routes import Act, Role
    from bot.serve import serve
    from bot.texts import plain_message
    from bot.turn import Turn
    from storage import outbox
    from storage.models_delivery import DueWork

    message = to_json(plain_message("planned"))

    async def plan(turn: Turn, items: Sequence[DueWork]) -> None:
        start = int(items[0].payload["cursor"])
        held = turn.now + timedelta(days=30)
        news = [(outbox.New(key=f"planned:{n}", address=Address("telegram", str(n)), subject="p",
                            cls=int(Class.DIGEST), now=turn.now, not_before=held), message, 0)
                for n in range(start, start + SLICE)]  # fmt: skip
        await outbox.add_many(turn.session, news)
        if start + SLICE < PLANNED:
            await due.put(turn, key="bench.plan", kind="bench.plan", due_at=turn.now,
                          cursor=start + SLICE)  # fmt: skip

    @ROUTES.button("bench.press", role=Role.ANYONE)
    async def press(_act: Act, _value: str) -> None:
        """Seen, recognised, allowed and committed; the feature itself does nothing."""

    DUE.add(DueKind("bench.plan", "a benchmark", plan))
    environment = Environment.read()
    await serve(environment, load(Path(environment.liaison_config)))


async def bare() -> None:
    """Bolt and python-telegram-bot as their manuals start them; each handler only answers."""
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import Application, CallbackQueryHandler, CommandHandler

    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client)

    @app.command("/liaison")
    async def command(ack: Any) -> None:
        await ack("done")

    async def start(update: Update, _context: Any) -> None:
        button = InlineKeyboardButton("Probe", callback_data="probe")
        assert update.message is not None
        await update.message.reply_text("Press", reply_markup=InlineKeyboardMarkup([[button]]))

    async def press(update: Update, _context: Any) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("done")

    url = os.environ["TELEGRAM_API_URL"].rstrip("/")
    telegram = (
        Application.builder()
        .token(os.environ["TELEGRAM_BOT_TOKEN"])
        .base_url(f"{url}/bot")
        .build()
    )
    telegram.add_handler(CommandHandler("start", start))
    telegram.add_handler(CallbackQueryHandler(press))
    async with telegram:
        await telegram.start()
        assert telegram.updater is not None
        await telegram.updater.start_polling()
        handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
        await handler.connect_async()  # type: ignore[no-untyped-call]
        print("bare: Liaison is up", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run({"bot": bot, "bare": bare}[sys.argv[1]]())
