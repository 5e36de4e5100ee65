"""What the Bot API says when it refuses, and what a person's hand cannot do."""

from typing import Any


class ApiError(Exception):
    """An answer with ok=false, in reality's exact words."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class PlayError(ValueError):
    """The person cannot do that on their screen: no such button, not a member, no such message."""


def bad(description: str, **parameters: int) -> ApiError:
    """400; the server writes the first letter of a sentence small."""
    if description[1:2].islower() or description[1:2] in (" ", "'"):
        description = description[0].lower() + description[1:]
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    return ApiError(409, f"Conflict: {description}")


def flood(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
