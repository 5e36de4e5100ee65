"""The small verbs on Telegram: post, edit, delete, ask; each raises only the four outcomes."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import ChatMigrated

from bot.chat import ANSWERS, Address, File, Message
from bot.errors import DeliveryError, InDoubt, Rejected, TryLater
from bot.outbox import Parcel, Receipt
from bot.platforms.telegram import account, asks, render, topics
from bot.platforms.telegram.errors import is_unchanged, is_unchanged_topic, of_topic, outcome
from bot.platforms.telegram.files import Fetch, post_file

log = logging.getLogger(__name__)
T = TypeVar("T")

DOWNLOAD = 20 * 1024 * 1024  # what the Bot API hands out
HEARD = 10.0  # seconds in which Telegram surely tells of a topic that we opened
LOOK = timedelta(seconds=1)  # until it is asked again whether it did
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Migrated = Callable[[str, str], Awaitable[None]]  # old chat, new chat


class TelegramSender:
    """Posts for one bot account. `fetch` brings the bytes of files that are not Telegram's own."""

    platform = "telegram"
    slowest = account.READ + account.CONNECT + account.MEDIA_WRITE + account.READ

    def __init__(self, bot: Bot, fetch: Fetch, migrated: Migrated, heard: float = HEARD) -> None:
        self._bot = bot
        self._fetch = fetch
        self._migrated = migrated
        self._awaited = topics.Awaited(heard)

    async def post(self, parcel: Parcel) -> Receipt:
        """A text, or one file; every send carries the topic."""
        message = _message(parcel)
        if len(message.files) > 1:
            raise Rejected("a delivery holds a text or one file")
        if message.files:
            return await self._file(parcel, message, message.files[0])
        text = _rendered(message)
        sent = await self._call(
            parcel.address,
            self._bot.send_message(
                parcel.address.chat,
                text["text"],
                parse_mode=ParseMode.HTML,
                message_thread_id=thread(parcel.address),
                reply_parameters=answered(parcel.address),
                reply_markup=self._keyboard(text),
                link_preview_options=NO_PREVIEW,
            ),
        )
        return Receipt(str(sent.message_id))

    async def edit(self, parcel: Parcel) -> Receipt:
        """Simply repeated when in doubt: an edit that changes nothing is done."""
        text = _rendered(_message(parcel))
        edited = self._bot.edit_message_text(
            text["text"],
            parcel.address.chat,
            int(parcel.message_id),
            parse_mode=ParseMode.HTML,
            reply_markup=self._keyboard(text),
            link_preview_options=NO_PREVIEW,
        )
        try:
            await self._call(parcel.address, edited)
        except Rejected as error:
            if not is_unchanged(error.__cause__):
                raise
        return Receipt(parcel.message_id)

    async def delete(self, parcel: Parcel) -> None:
        """What is gone already is deleted."""
        deleted = self._bot.delete_message(parcel.address.chat, int(parcel.message_id))
        try:
            await self._call(parcel.address, deleted)
        except Rejected as error:
            if "not found" not in error.reason:
                raise

    async def topic(self, parcel: Parcel) -> Receipt:
        """What is as it should be already is done; `progress` is the topic that we heard of."""
        if parcel.progress and not topics.aim(parcel):
            return Receipt(parcel.progress)
        try:
            return Receipt(await self._call(parcel.address, topics.act(self._bot, parcel)))
        except DeliveryError as error:
            if not is_unchanged_topic(error):
                raise of_topic(error) from error.__cause__
        return Receipt(topics.aim(parcel))

    async def verify(self, parcel: Parcel) -> Receipt | None:
        """No method of Telegram's reads what a chat holds. But it tells even us of a topic that we
        opened: what was heard of it stands in `progress`, and word of it is waited for.
        """
        if parcel.question and parcel.progress:
            return Receipt(parcel.progress)
        if parcel.question and self._awaited.goes_on(parcel):
            raise TryLater("waits for word of the topic", LOOK)
        raise InDoubt(f"Telegram cannot be asked whether {parcel.key} arrived")

    async def ask(self, parcel: Parcel) -> dict[str, Any]:
        """Questions "who" (person), "room" (chat) and "file" (file); `id` names any of them."""
        question = parcel.question
        ask, name = asks.QUESTIONS.get(question.get("what", ""), (None, ""))
        if ask is None:
            raise Rejected(f"Telegram cannot be asked {question.get('what')!r}")
        target = str(question.get(name) or question.get("id") or "")
        if not target:
            raise Rejected(f"the question {question['what']!r} needs {name!r}")
        return await self._call(Address("telegram", target), ask(self._bot, target))

    async def room(self, chat: str) -> dict[str, Any]:
        """What a group is, and what we may do there."""
        return await self._call(Address("telegram", chat), asks.room(self._bot, chat))

    async def fetch_file(self, file_id: str) -> bytes:
        """The bytes of a Telegram file, for platforms that must upload it."""
        here = Address("telegram", "")
        told = await self._call(here, self._bot.get_file(file_id.removeprefix("telegram:")))
        if told.file_size is not None and told.file_size > DOWNLOAD:
            raise Rejected("too big")
        return bytes(await self._call(here, told.download_as_bytearray()))

    async def _file(self, parcel: Parcel, message: Message, file: File) -> Receipt:
        try:
            caption = render.caption(message)
        except ValueError as error:
            raise Rejected(str(error)) from error
        to = parcel.address
        sent = await self._call(
            to,
            post_file(self._bot, to.chat, thread(to), answered(to), file, caption, self._bytes),
        )
        return Receipt(str(sent.message_id))

    async def _bytes(self, file: File) -> bytes:
        if file.source.startswith("telegram:"):
            return await self.fetch_file(file.source)
        return await self._fetch(file)

    def _keyboard(self, rendered: dict[str, Any]) -> InlineKeyboardMarkup | None:
        markup = rendered["reply_markup"]
        return InlineKeyboardMarkup.de_json(markup, self._bot) if markup else None

    async def _call(self, address: Address, call: Awaitable[T]) -> T:
        """The only way to the network: whatever fails becomes one of the four outcomes."""
        try:
            return await call
        except ChatMigrated as error:
            await self._tell_migrated(address.chat, str(error.new_chat_id))
            raise outcome(error) from error
        except DeliveryError:
            raise
        except Exception as error:
            raise outcome(error) from error

    async def _tell_migrated(self, old: str, new: str) -> None:
        try:
            await self._migrated(old, new)
        except Exception:
            log.exception("could not record that chat %s became %s", old, new)


def thread(address: Address) -> int | None:
    topic = "" if answered(address) else address.thread
    return int(topic) if topic else None


def answered(address: Address) -> ReplyParameters | None:
    """The message below which something goes; if it is gone, the chat itself."""
    if not (address.thread or "").startswith(ANSWERS):
        return None
    number = int(str(address.thread).removeprefix(ANSWERS))
    return ReplyParameters(number, allow_sending_without_reply=True)


def _message(parcel: Parcel) -> Message:
    if parcel.message is None:
        raise Rejected(f"delivery {parcel.key} has nothing to say")
    return parcel.message


def _rendered(message: Message) -> dict[str, Any]:
    try:
        return render.message(message)
    except ValueError as error:
        raise Rejected(str(error)) from error
