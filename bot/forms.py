"""A Form asked field by field, where there is no modal; its draft is a row."""

from dataclasses import asdict
from typing import Any

from bot import outbox, texts
from bot.chat import Address, Choice, Event, Field, Form, Person
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.texts import Reader
from bot.turn import Turn
from storage import drafts, messages
from storage import outbox as outbox_rows
from storage.ids import row_id
from storage.models_delivery import Draft

OUTDATED = _m("That question is closed already.")


async def start(turn: Turn, form: Form, at: Address, person: Person, reader: Reader) -> None:
    """Ask the first field; `form` is in the reader's language already."""
    draft = Draft(address=str(at), person=_who(person), form=asdict(form), values={},
                  updated_at=turn.now)  # fmt: skip
    await drafts.add(turn.session, draft)
    await _ask(turn, draft, reader, fresh=True)


async def open_draft(turn: Turn, event: Event) -> Draft | None:
    """The draft that this message answers; in a room only what is said to its question counts."""
    draft = await drafts.find(turn.session, str(event.where), _who(event.who))
    if draft is None or draft.paused:
        return None
    if event.where.platform == "slack":
        return draft if event.private or event.where.thread else None
    if not event.reply_to:
        return draft if event.private else None
    return draft if await _is_asked(turn, draft, event) else None


async def _is_asked(turn: Turn, draft: Draft, event: Event) -> bool:
    """Whether a message answers the draft's question, and nothing else that we said."""
    name = await outbox_rows.slot_at(turn.session, event.where, event.reply_to)
    if name is not None:
        return name.partition("~")[0] == f"draft:{draft.id}"
    known = await messages.find(turn.session, event.where, event.reply_to)
    return known is None and (event.private or event.reply_to_bot)


def readable(draft: Draft) -> bool:
    """Whether this version still understands the question; drafts outlive upgrades."""
    try:
        _field(draft)
    except (TypeError, KeyError, IndexError):
        return False
    return True


async def pressed(turn: Turn, event: Event, value: str) -> Draft:
    """The draft a form's button belongs to: the presser's own, and only its latest question."""
    number, _, rest = value.partition(":")
    draft = await drafts.get(turn.session, row_id(number))
    if draft is None or draft.person != _who(event.who):
        raise Refused(OUTDATED)
    if str(draft.asked) != rest.partition(":")[0]:
        raise Refused(OUTDATED)
    return draft


async def answer(turn: Turn, draft: Draft, event: Event, reader: Reader) -> bool:
    """Take a typed answer; True when the form is complete."""
    field = _field(draft)
    if field.kind == "files":
        if not event.files:
            raise Refused(_m("Please send a photo or a file."))
        return await _keep(turn, draft, [asdict(file) for file in event.files], reader)
    text = event.text.strip()
    if field.kind == "message":
        return await _keep(turn, draft, text, reader)
    if field.kind in ("choice", "choices"):
        return await _keep(turn, draft, _choose(field, text), reader)
    if len(text) > field.max_length:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=field.max_length)
    return await _keep(turn, draft, _valid(field, text), reader)


async def pick(turn: Turn, draft: Draft, value: str, reader: Reader) -> bool:
    """Take a pressed choice; True when the form is complete."""
    index, choices = row_id(value.rpartition(":")[2]), _field(draft).choices
    if index >= len(choices):
        raise Refused(OUTDATED)
    return await _keep(turn, draft, choices[index].value, reader, fresh=False)


async def skip(turn: Turn, draft: Draft, reader: Reader) -> bool:
    """Leave a field out; True when the form is complete."""
    if _field(draft).required:
        raise Refused(_m("This one is needed."))
    return await _keep(turn, draft, "", reader, fresh=False)


async def back(turn: Turn, draft: Draft, reader: Reader) -> None:
    draft.position = max(0, draft.position - 1)
    await _ask(turn, draft, reader)


async def later(turn: Turn, draft: Draft, reader: Reader) -> None:
    """Set the form aside; its question becomes a button to go on."""
    draft.paused = True
    await _show(turn, draft, "forms/later.html.j2", reader)


async def resume(turn: Turn, draft: Draft, reader: Reader) -> None:
    draft.paused = False
    await _ask(turn, draft, reader, fresh=True)


async def cancel(turn: Turn, draft: Draft, reader: Reader) -> None:
    await _show(turn, draft, "forms/cancelled.html.j2", reader)
    await drafts.remove(turn.session, draft)


async def complete(turn: Turn, draft_id: int, reader: Reader) -> Draft:
    """Take the buttons off the last question and close the draft; its values go to the handler."""
    draft = await drafts.get(turn.session, draft_id)
    if draft is None:
        raise Refused(OUTDATED)
    await _show(turn, draft, "forms/done.html.j2", reader)
    await drafts.remove(turn.session, draft)
    return draft


async def _keep(
    turn: Turn, draft: Draft, value: Any, reader: Reader, *, fresh: bool = True
) -> bool:
    draft.values = {**draft.values, _field(draft).name: value}
    draft.position += 1
    draft.updated_at = turn.now
    if draft.position >= len(draft.form["fields"]):
        return True
    await _ask(turn, draft, reader, fresh=fresh)
    return False


async def _ask(turn: Turn, draft: Draft, reader: Reader, *, fresh: bool = False) -> None:
    await _show(turn, draft, "forms/question.html.j2", reader, fresh=fresh)


async def _show(
    turn: Turn, draft: Draft, template: str, reader: Reader, *, fresh: bool = False
) -> None:
    draft.asked += 1
    await turn.session.flush()
    fields = draft.form["fields"]
    message = texts.render(
        template, reader, form=draft.form, field=fields[min(draft.position, len(fields) - 1)],
        number=draft.position + 1, total=len(fields), handle=f"{draft.id}:{draft.asked}",
    )  # fmt: skip
    slot = f"draft:{draft.id}"
    await outbox.owe(turn, Address.parse(draft.address), message, key=f"{slot}:{draft.asked}",
                     subject=slot, cls=Class.INTERACTIVE, slot=slot, fresh=fresh)  # fmt: skip


def _field(draft: Draft) -> Field:
    raw = dict(draft.form["fields"][draft.position])
    raw["choices"] = tuple(Choice(**choice) for choice in raw["choices"])
    return Field(**raw)


def _choose(field: Field, text: str) -> str:
    for choice in field.choices:
        if text.casefold() in (choice.value.casefold(), choice.label.casefold()):
            return choice.value
    raise Refused(_m("Please press one of the buttons."))


def _valid(field: Field, text: str) -> str:
    if field.required and not text:
        raise Refused(_m("This one is needed."))
    if field.kind == "number":
        try:
            float(text.replace(",", "."))
        except ValueError:
            raise Refused(_m("Please write a number, such as 12.")) from None
    return text


def _who(person: Person) -> str:
    return f"{person.platform}:{person.id}"
