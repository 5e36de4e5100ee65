"""What the page lets a person do, as JSON over HTTP, by the play methods that tests use too."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.control import ControlError
from sandbox.page.play_slack import SlackHands
from sandbox.page.play_telegram import TelegramHands
from sandbox.page.said import Hand, read
from sandbox.page.stage import Stage
from sandbox.page.time_machine import TimeMachine
from sandbox.slack.errors import PlayRefused, SlackError
from sandbox.telegram.errors import ApiError, PlayError


class Play:
    """One address for each act; a refusal comes back as words to show."""

    def __init__(self, stage: Stage, time_machine: TimeMachine) -> None:
        self._stage = stage
        self._time = time_machine
        self._hands: dict[str, dict[str, Hand]] = {
            "slack": SlackHands(stage).hands(),
            "telegram": TelegramHands(stage).hands(),
        }

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/play/clock", self._time.set_clock, methods=["POST"]),
            Route("/play/clock", self._time.clock),
            Route("/play/time", self._time.move, methods=["POST"]),
            Route("/play/next", self._time.next),
            Route("/play/{platform}/{act}", self.act, methods=["POST"]),
        ]

    async def act(self, request: Request) -> JSONResponse:
        """Do it, or say why it cannot be done; the header keeps other sites' forms out."""
        if request.headers.get("x-sandbox") != "1":
            return JSONResponse({"ok": False, "error": "X-Sandbox: 1 is missing."}, 403)
        hands = self._hands.get(request.path_params["platform"], {})
        hand = hands.get(request.path_params["act"])
        if hand is None:
            return JSONResponse({"ok": False, "error": "There is no such act."}, 404)
        try:
            answer = await hand(await read(request))
        except (PlayRefused, PlayError) as refused:
            return JSONResponse({"ok": False, "error": str(refused)})
        except SlackError as refused:
            return JSONResponse({"ok": False, "error": refused.code})
        except ApiError as refused:
            return JSONResponse({"ok": False, "error": refused.description})
        except ControlError as silent:
            return JSONResponse({"ok": False, "error": str(silent)})
        return JSONResponse({"ok": True, **(answer or {})})
