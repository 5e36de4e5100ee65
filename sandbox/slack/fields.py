"""What stands in the fields of a view or message: state.values, as payloads carry it."""

from typing import Any

from sandbox.slack.plain import elements
from sandbox.slack.world import Raw

Values = dict[str, dict[str, Raw]]

# by element type: the key of its value in state.values, and its initial value's key
KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


def is_many(kind: str) -> bool:
    return KEYS[kind][0] in (
        "selected_options",
        "selected_users",
        "selected_conversations",
        "selected_channels",
        "files",
    )


def entry(element: Raw, value: Any) -> Raw:
    """One element's row in state.values."""
    kind = element["type"]
    key = KEYS[kind][0]
    empty: Any = [] if is_many(kind) else None
    return {"type": kind, key: empty if value is None else value}


def value_of(row: Raw) -> Any:
    return row.get(KEYS[row["type"]][0])


def start(blocks: list[Raw], before: Values | None = None) -> Values:
    """The values when blocks appear; what stood in a field of the same ids and type stays."""
    values: Values = {}
    for block, element in elements(blocks):
        if element["type"] not in KEYS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        old = (before or {}).get(block_id, {}).get(action_id)
        initial = element.get(KEYS[element["type"]][1]) if KEYS[element["type"]][1] else None
        kept = (
            old if old is not None and old["type"] == element["type"] else entry(element, initial)
        )
        values.setdefault(block_id, {})[action_id] = kept
    return values
