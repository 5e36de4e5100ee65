"""Our messages, forms and Homes as Block Kit: pure; what would not fit is refused, never cut."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from bot import markup
from bot.chat import Button, Choice, Field, Form, Message, Part
from bot.markup import Block, Span

Json = dict[str, Any]

LINK = "url"  # route of buttons that only open a link
ROW = 5  # buttons that stand side by side on every screen
BLOCKS = {"message": 50, "view": 100}
TEXT = 12_000  # characters of one message that Slack surely takes in blocks
TITLE = 24
OPTION_LABEL = 75
OPTIONS = 100
TYPED = 3_000  # characters somebody may type into one field
_LENGTHS = {"label": 2_000, "hint": 2_000, "url": 3_000, "confirm": 300, "metadata": 3_000}

_STYLES = {"b": "bold", "i": "italic", "s": "strike", "u": "underline", "code": "code"}
_PERSON = re.compile(r"person:([UW][A-Z0-9]{2,})")
_WEB = ("http://", "https://", "mailto:", "tel:")


def message(said: Message) -> Json:
    """`text` (for notifications) and `blocks` of a message."""
    blocks = _blocks(said.parts, BLOCKS["message"])
    length = len(markup.plain(said.html))
    if length > TEXT:
        raise ValueError(f"a message of {length} characters does not fit into {TEXT}")
    return {"text": notification(said), "blocks": blocks}


def notification(said: Message) -> str:
    """The words alone; escaped, so that nothing in them is a mention or markup for Slack."""
    if not said.html:
        return escape(" · ".join(button.label for button in said.buttons), quote=False)
    return escape(
        "\n\n".join(markup.plain(part.html) for part in said.parts if part.html), quote=False
    )


def home(said: Message) -> Json:
    """A person's App Home."""
    return {"type": "home", "blocks": _blocks(said.parts, BLOCKS["view"])}


def notice(said: Message, title: str = "Liaison") -> Json:
    """A message as a modal, for requests that have no other direct channel."""
    blocks = _blocks(said.parts, BLOCKS["view"])
    return {"type": "modal", "title": _plain(shorten(title, TITLE)), "blocks": blocks}


def form(asked: Form) -> Json:
    """A modal; its answer comes back as an event of kind "form"."""
    if not asked.fields or len(asked.fields) > BLOCKS["view"]:
        raise ValueError(f"form {asked.route}: {len(asked.fields)} fields do not fit into a modal")
    return {
        "type": "modal",
        "callback_id": asked.route,
        "private_metadata": _fitting(asked.value, "metadata"),
        "title": _plain(shorten(asked.title, TITLE)),
        "submit": _plain(shorten(asked.submit or "OK", TITLE)),
        "notify_on_close": True,
        "blocks": [_input(field) for field in asked.fields],
    }


def options(choices: list[Choice]) -> list[Json]:
    """Choices of a select; a long name is shortened, its value is whole."""
    if len(choices) > OPTIONS:
        raise ValueError(f"{len(choices)} choices do not fit into a select, only {OPTIONS}")
    return [_option(choice) for choice in choices]


def shorten(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}


def _fitting(words: str, what: str) -> str:
    if len(words) > _LENGTHS[what]:
        raise ValueError(f"{what} of {len(words)} characters: at most {_LENGTHS[what]}")
    return words


def _blocks(parts: tuple[Part, ...], limit: int) -> list[Json]:
    blocks: list[Json] = []
    count = 0
    for part in parts:
        elements = _rich(part.html)
        if elements:
            blocks.append({"type": "rich_text", "elements": elements})
        for at in range(0, len(part.buttons), ROW):
            row = part.buttons[at : at + ROW]
            blocks.append({"type": "actions", "elements": [_button(b, count + n) for n, b in enumerate(row)]})  # fmt: skip # noqa: E501
            count += len(row)
    if not blocks:
        raise ValueError("a message without words or buttons cannot be shown")
    if len(blocks) > limit:
        raise ValueError(f"{len(blocks)} blocks do not fit: at most {limit}")
    return blocks


def _button(button: Button, index: int) -> Json:
    made: Json = {
        "type": "button",
        "text": _plain(button.label),
        "action_id": f"{button.route or LINK}#{index}",
    }
    if button.value:
        made["value"] = button.value
    if button.url:
        made["url"] = _fitting(button.url, "url")
    if button.style:
        made["style"] = button.style
    if button.confirm:
        made["confirm"] = {
            "title": _plain(button.label),
            "text": _plain(_fitting(button.confirm, "confirm")),
            "confirm": _plain(shorten(button.label, 30)),
            "deny": _plain("✕"),
        }
    return made


def _rich(html: str) -> list[Json]:
    made = [_rich_block(block) for block in _trimmed(markup.parse(html))]
    return [element for element in made if element["elements"]]


def _trimmed(blocks: list[Block]) -> Iterator[Block]:
    """Slack starts a line with every element: line breaks around them are one too many."""
    for index, block in enumerate(blocks):
        spans = list(block.spans)
        if spans and (index == 0 or block.kind == "text"):
            spans[0] = Span(spans[0].text.lstrip("\n"), spans[0].styles, spans[0].link)
        if spans:
            spans[-1] = Span(spans[-1].text.rstrip("\n"), spans[-1].styles, spans[-1].link)
        yield Block(block.kind, tuple(span for span in spans if span.text))


def _rich_block(block: Block) -> Json:
    if block.kind == "pre":
        return {"type": "rich_text_preformatted", "elements": [_pre(span) for span in block.spans]}
    kind = "rich_text_quote" if block.kind == "blockquote" else "rich_text_section"
    return {"type": kind, "elements": [_span(span) for span in block.spans]}


def _pre(span: Span) -> Json:
    return {"type": "text", "text": span.text}


def _span(span: Span) -> Json:
    style = {_STYLES[tag]: True for tag in sorted(span.styles)}
    person = _PERSON.fullmatch(span.link)
    made: Json
    if person:
        made = {"type": "user", "user_id": person[1]}
    elif span.link.lower().startswith(_WEB):
        made = {"type": "link", "url": _fitting(span.link, "url"), "text": span.text}
    else:
        made = {"type": "text", "text": span.text}
    return {**made, "style": style} if style else made


def _input(field: Field) -> Json:
    made: Json = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(_fitting(field.label or field.name, "label")),
        "element": {"action_id": field.kind, **_ELEMENTS[field.kind](field)},
        "optional": not field.required,
    }
    if field.help:
        made["hint"] = _plain(_fitting(field.help, "hint"))
    return made


def _typed(field: Field, *, long: bool = False) -> Json:
    if not len(field.initial) <= field.max_length <= TYPED:
        raise ValueError(f"field {field.name}: {field.max_length} characters, at most {TYPED}")
    made: Json = {"type": "plain_text_input", "multiline": long, "max_length": field.max_length}
    return _starting(made, "initial_value", field.initial)


def _long(field: Field) -> Json:
    return _typed(field, long=True)


def _number(field: Field) -> Json:
    made: Json = {"type": "number_input", "is_decimal_allowed": True}
    return _starting(made, "initial_value", field.initial)


def _choice(field: Field) -> Json:
    made: Json = {"type": "static_select", "options": _field_options(field)}
    chosen = [_option(choice) for choice in field.choices if choice.value == field.initial]
    return _starting(made, "initial_option", chosen[0] if chosen else None)


def _choices(field: Field) -> Json:
    made: Json = {"type": "multi_static_select", "options": _field_options(field)}
    wanted = field.initial.split(",")
    chosen = [_option(choice) for choice in field.choices if choice.value in wanted]
    return _starting(made, "initial_options", chosen)


def _partner(field: Field) -> Json:
    made: Json = {"type": "external_select", "min_query_length": 0}
    labels = {choice.value: choice.label for choice in field.choices}
    known = Choice(field.initial, labels.get(field.initial, field.initial))
    return _starting(made, "initial_option", _option(known) if field.initial else None)


def _person(field: Field) -> Json:
    initial = field.initial if _PERSON.fullmatch(f"person:{field.initial}") else ""
    return _starting({"type": "users_select"}, "initial_user", initial)


def _files(_: Field) -> Json:
    return {"type": "file_input", "max_files": 10}


def _starting(made: Json, name: str, value: Any) -> Json:
    return {**made, name: value} if value else made


def _field_options(field: Field) -> list[Json]:
    if not field.choices:
        raise ValueError(f"field {field.name} has nothing to choose from")
    return options(list(field.choices))


def _option(choice: Choice) -> Json:
    if not choice.label or not 0 < len(choice.value) <= 150:
        raise ValueError(
            f"choice {choice.value!r} needs a label and a value of 1 to 150 characters"
        )
    return {"text": _plain(shorten(choice.label, OPTION_LABEL)), "value": choice.value}


_ELEMENTS = {
    "text": _typed,
    "long": _long,
    "date": _typed,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "partner": _partner,
    "person": _person,
    "files": _files,
}
