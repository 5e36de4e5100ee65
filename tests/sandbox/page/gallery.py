"""One of every kind that the page must draw, as the bot would send it to the Web APIs."""

import io
import struct
import zlib
from typing import Any

Json = dict[str, Any]
CONFIRM: Json = {
    "title": {"type": "plain_text", "text": "Send it now?"},
    "text": {"type": "plain_text", "text": "Jo will read it at once."},
    "confirm": {"type": "plain_text", "text": "Send"},
    "deny": {"type": "plain_text", "text": "Wait"},
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def button(text: str, action: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action, "value": action, **more}


def rich(*elements: Json, kind: str = "rich_text_section") -> Json:
    return {"type": kind, "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


RICH_TEXT: Json = {
    "type": "rich_text",
    "elements": [
        rich(
            words("Got it, "),
            {"type": "user", "user_id": "U0LIN"},
            words(". Answer by "),
            words("10:12", bold=True),
            words(" in "),
            {"type": "channel", "channel_id": "C0TEAM"},
            words(" "),
            {"type": "emoji", "name": "eyes"},
            words(" "),
            words("slanted", italic=True),
            words(" "),
            words("gone", strike=True),
            words(" "),
            words("code()", code=True),
            words(" "),
            {"type": "link", "url": "https://prices.hengda.example/", "text": "the list"},
            words(" due "),
            {
                "type": "date",
                "timestamp": 1796258400,
                "format": "{date_short} {time}",
                "fallback": "x",
            },
        ),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [rich(words("first point")), rich(words("second point"))],
        },
        rich(words("They wrote this."), kind="rich_text_quote"),
        rich(words("GET /prices 404"), kind="rich_text_preformatted"),
    ],
}

MESSAGE_BLOCKS: list[Json] = [
    {"type": "header", "text": plain("T-41 · Nordwind GmbH")},
    RICH_TEXT,
    {
        "type": "section",
        "block_id": "sec",
        "text": {"type": "mrkdwn", "text": "*The price list* will _not_ open ~today~ `E404`"},
        "fields": [
            {"type": "mrkdwn", "text": "*Tier*\ngold"},
            {"type": "mrkdwn", "text": "*Owner*\nLin"},
        ],
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Story", "story"), option("Merge", "merge")],
        },
    },
    {"type": "divider"},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            button("Take", "take", style="primary"),
            button("Reply", "reply"),
            button("Delete", "delete", style="danger", confirm=CONFIRM),
            {
                "type": "static_select",
                "action_id": "priority",
                "placeholder": plain("Priority"),
                "options": [option("Low", "low"), option("High", "high")],
            },
            {"type": "datepicker", "action_id": "until", "placeholder": plain("Until")},
            {
                "type": "external_select",
                "action_id": "partner",
                "placeholder": plain("Partner"),
                "min_query_length": 1,
            },
        ],
    },
    {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": "/ticket T-41 take"}, plain("answer by 17:12")],
    },
    {"type": "image", "image_url": "https://pictures.example/chart.png", "alt_text": "A chart"},
]

MODAL: Json = {
    "type": "modal",
    "callback_id": "ticket.create",
    "title": plain("New ticket"),
    "submit": plain("Open it"),
    "close": plain("Not now"),
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "For whom, and *what* is wrong?"}},
        {
            "type": "input",
            "block_id": "partner",
            "label": plain("Partner"),
            "element": {"type": "external_select", "action_id": "partner", "min_query_length": 1},
        },
        {
            "type": "input",
            "block_id": "text",
            "label": plain("What is wrong?"),
            "hint": plain("As the partner said it."),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "kind",
            "label": plain("Kind"),
            "element": {
                "type": "radio_buttons",
                "action_id": "kind",
                "options": [option("Fault", "fault"), option("Question", "question")],
            },
        },
        {
            "type": "input",
            "block_id": "tags",
            "label": plain("Tags"),
            "optional": True,
            "element": {
                "type": "checkboxes",
                "action_id": "tags",
                "options": [option("Urgent", "urgent"), option("Billing", "billing")],
            },
        },
        {
            "type": "input",
            "block_id": "who",
            "label": plain("Who looks after it"),
            "optional": True,
            "element": {"type": "users_select", "action_id": "who"},
        },
        {
            "type": "input",
            "block_id": "many",
            "label": plain("Regions"),
            "optional": True,
            "element": {
                "type": "multi_static_select",
                "action_id": "many",
                "options": [option("Europe", "eu"), option("China", "cn")],
            },
        },
        {
            "type": "input",
            "block_id": "day",
            "label": plain("Day"),
            "optional": True,
            "element": {"type": "datepicker", "action_id": "day"},
        },
        {
            "type": "input",
            "block_id": "hour",
            "label": plain("Time"),
            "optional": True,
            "element": {"type": "timepicker", "action_id": "hour"},
        },
        {
            "type": "input",
            "block_id": "moment",
            "label": plain("Moment"),
            "optional": True,
            "element": {"type": "datetimepicker", "action_id": "moment"},
        },
        {
            "type": "input",
            "block_id": "count",
            "label": plain("How many"),
            "optional": True,
            "element": {
                "type": "number_input",
                "action_id": "count",
                "is_decimal_allowed": False,
            },
        },
        {
            "type": "input",
            "block_id": "mail",
            "label": plain("E-mail"),
            "optional": True,
            "element": {"type": "email_text_input", "action_id": "mail"},
        },
        {
            "type": "input",
            "block_id": "files",
            "label": plain("Files"),
            "optional": True,
            "element": {"type": "file_input", "action_id": "files"},
        },
    ],
}

HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Today")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*2* tickets wait for you"}},
        {"type": "actions", "elements": [button("T-41", "home.open")]},
    ],
}

TELEGRAM_HTML = (
    "Lin has solved <b>T-41</b>: <i>new link sent</i>, <u>checked</u>, <s>later</s>, "
    '<code>E404</code>, <a href="https://prices.hengda.example/">the list</a>, /help\n'
    "<blockquote>The price list will not open</blockquote>"
    "<pre>GET /prices</pre>How was that?"
)
KEYBOARD: Json = {
    "inline_keyboard": [
        [{"text": str(n), "callback_data": f"survey.answer:1:{n}"} for n in range(1, 6)],
        [{"text": "Not solved", "callback_data": "ticket.reopen:1"}],
        [{"text": "Open the list", "url": "https://prices.hengda.example/"}],
    ]
}


def png(width: int = 96, height: int = 64) -> bytes:
    """A small picture with a colour run, made here so that nothing is fetched."""
    rows = b"".join(
        b"\x00" + b"".join(bytes((x * 255 // width, 120, y * 255 // height)) for x in range(width))
        for y in range(height)
    )
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(8)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        crc = struct.pack(">I", zlib.crc32(name + data))
        out.write(struct.pack(">I", len(data)) + name + data + crc)
    return out.getvalue()
