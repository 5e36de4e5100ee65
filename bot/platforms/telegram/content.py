"""What a Telegram message holds besides words: files, or a readable line instead of one."""

from collections.abc import Callable

from bot import naming
from bot.chat import File
from bot.platforms.telegram.people import person
from bot.platforms.telegram.raw import Json, decimal, maybe, number, size, thing, things, words

PASSED_ON = "\N{RIGHTWARDS ARROW WITH HOOK}"
ANSWERED = "\N{LEFTWARDS ARROW WITH HOOK}"
PHOTO = "photo.jpg"  # Telegram gives photos and voices no name; these tell the sender their kind
VOICE = "voice.ogg"
VIDEO = "video.mp4"
VIDEO_NOTE = "video-note.mp4"
ANIMATION = "animation.mp4"
AUDIO = "audio.mp3"

# kind -> the name and type of a file that has none of its own
NAMED = {
    "animation": (ANIMATION, "video/mp4"),
    "document": ("file", "application/octet-stream"),
    "audio": (AUDIO, "audio/mpeg"),
    "video": (VIDEO, "video/mp4"),
    "video_note": (VIDEO_NOTE, "video/mp4"),
    "voice": (VOICE, "audio/ogg"),
}
# what we can only name; a person must still be heard when they send it
OTHERS = ("story", "paid_media", "checklist", "game", "invoice", "giveaway", "giveaway_winners")


def files(message: Json) -> tuple[File, ...]:
    """The file of a message, and of the message in another chat that it answers.

    An album is several messages.
    """
    answered = maybe(message, "external_reply")
    return (*_files(message), *(_files(answered) if answered is not None else ()))


def _files(message: Json) -> tuple[File, ...]:
    photos = things(message, "photo")
    if photos:
        best = max(photos, key=lambda photo: size(photo, "width") * size(photo, "height"))
        return (_file(best, PHOTO, "image/jpeg"),)
    for kind, (name, mime) in NAMED.items():
        held = maybe(message, kind)
        if held is not None:
            return (_file(held, name, mime),)
    return ()


def _file(held: Json, name: str, mime: str) -> File:
    if not isinstance(held["file_id"], str):
        raise TypeError("file_id is not a text")
    return File(
        name=naming.file(words(held, "file_name")) or name,
        mime=words(held, "mime_type") or mime,
        size=size(held, "file_size"),
        source=f"telegram:{words(held, 'file_id')}",
    )


def is_passed_on(message: Json) -> bool:
    return message.get("forward_origin") is not None


def elsewhere(message: Json) -> str:
    """A line on the message of another chat that was passed on or answered; "" = there is none.

    In signs, since whoever reads it may read any language.
    """
    origin, answered = maybe(message, "forward_origin"), maybe(message, "external_reply")
    if origin is not None:
        return f"{PASSED_ON} {_author(origin)}\n"
    if answered is None:
        return ""
    quoted = words(maybe(message, "quote") or {}, "text")
    said = f": “{quoted}”" if quoted else ""
    return f"{ANSWERED} {_author(thing(answered, 'origin'))}{said}\n"


def _author(origin: Json) -> str:
    """Who wrote a message of another chat: a person, one who hides, a group or a channel."""
    user = maybe(origin, "sender_user")
    if user is not None:
        return person(user).name
    chat = maybe(origin, "sender_chat") or maybe(origin, "chat") or {}
    return naming.person(words(origin, "sender_user_name") or words(chat, "title")) or "…"


def readable(message: Json) -> str:
    """A line for what is neither words nor a file: a place, a contact, a sticker, a poll."""
    for kind, say in READABLE.items():
        held = maybe(message, kind)
        if held is not None:
            return say(held)
    return next((f"[{kind}]" for kind in OTHERS if message.get(kind) is not None), "")


def _venue(venue: Json) -> str:
    place = _place(venue.get("location") or {})
    return f"📍 {words(venue, 'title')}, {words(venue, 'address')} ({place})"


def _location(location: Json) -> str:
    return f"📍 {_place(location)}"


def _place(location: Json) -> str:
    return ",".join(
        f"{decimal(location, key):.5f}".rstrip("0").rstrip(".")
        for key in ("latitude", "longitude")
    )


def _contact(contact: Json) -> str:
    return f"👤 {contact_of(contact)['name']}, {words(contact, 'phone_number')}"


def contact_of(contact: Json) -> dict[str, str]:
    """A shared contact; `id` only when it is a Telegram account we are told of."""
    name = f"{words(contact, 'first_name')} {words(contact, 'last_name')}".strip()
    who = str(number(contact, "user_id")) if contact.get("user_id") is not None else ""
    return {"name": name, "phone": words(contact, "phone_number"), "id": who}


def _sticker(sticker: Json) -> str:
    return words(sticker, "emoji") or "[sticker]"


def _poll(poll: Json) -> str:
    options = " / ".join(words(option, "text") for option in things(poll, "options"))
    return f"📊 {words(poll, 'question')} {options}".strip()


def _dice(dice: Json) -> str:
    return f"{words(dice, 'emoji')} {number(dice, 'value')}"


READABLE: dict[str, Callable[[Json], str]] = {
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "sticker": _sticker,
    "poll": _poll,
    "dice": _dice,
}
