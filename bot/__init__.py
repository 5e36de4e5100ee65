"""Liaison, the bot: what people say and press comes in, what it owes them goes out."""
