"""Slack: payloads become events, messages become blocks; only this package knows its SDK."""
