"""Slack's counts and lengths for Block Kit, which its JSON Schema does not hold."""

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}

# by `type`: the path of the value below the object, and the longest it may be
TEXT: dict[str, dict[str, int]] = {
    "section": {"text.text": 3000, "block_id": 255},
    "header": {"text.text": 150, "block_id": 255},
    "image": {"alt_text": 2000, "image_url": 3000, "title.text": 2000, "block_id": 255},
    "video": {"alt_text": 2000, "title.text": 200, "author_name": 50, "block_id": 255},
    "input": {"label.text": 2000, "hint.text": 2000, "block_id": 255},
    "markdown": {"text": 12000, "block_id": 255},
    "actions": {"block_id": 255},
    "context": {"block_id": 255},
    "divider": {"block_id": 255},
    "rich_text": {"block_id": 255},
    "button": {
        "text.text": 75,
        "value": 2000,
        "url": 3000,
        "action_id": 255,
        "accessibility_label": 75,
    },
    "modal": {
        "title.text": 24,
        "submit.text": 24,
        "close.text": 24,
        "private_metadata": 3000,
        "callback_id": 255,
        "external_id": 255,
    },
    "home": {"private_metadata": 3000, "callback_id": 255, "external_id": 255},
}
# selects and inputs share these
FIELD = {"action_id": 255, "placeholder.text": 150}
CONFIRM = {"title.text": 100, "text.text": 300, "confirm.text": 30, "deny.text": 30}
OPTION = {"text.text": 75, "value": 150, "description.text": 75, "url": 3000}
SECTION_FIELD = 2000

# by `type`: the list, the fewest and the most it may hold
COUNT: dict[str, dict[str, tuple[int, int]]] = {
    "section": {"fields": (1, 10)},
    "context": {"elements": (1, 10)},
    "actions": {"elements": (1, 25)},
    "overflow": {"options": (1, 5)},
    "checkboxes": {"options": (1, 10)},
    "radio_buttons": {"options": (1, 10)},
    "static_select": {"options": (1, 100), "option_groups": (1, 100)},
    "multi_static_select": {"options": (1, 100), "option_groups": (1, 100)},
}
MAX_VIEW_BYTES = 250_000
MAX_TEXT = 40_000
MAX_ATTACHMENTS = 100
