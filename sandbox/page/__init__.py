"""The page on which one person plays both sides: a Slack on the left, a Telegram on the right."""
