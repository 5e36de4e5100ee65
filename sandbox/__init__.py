"""A local Slack and a local Telegram, strict as the real ones, and a page to play both sides.

It knows nothing of the bot: the bot reaches it by base URL, as it would reach the real platforms.
"""
