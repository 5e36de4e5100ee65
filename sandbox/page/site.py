"""The page itself and its halves, drawn anew whenever something changed."""

import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.page import emoji, render, slack_side, telegram_side
from sandbox.page.model import Somebody
from sandbox.page.stage import Stage

SLACK_PLACES = ("su", "sr", "st", "sh")  # who, room, thread, Home
TELEGRAM_PLACES = ("tp", "tr", "tt", "code")  # who, room, topic, what waits behind Start
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp")
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Site:
    """Everything that is read; what a person does goes through `Play`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._env = render.environment()

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.page),
            Route("/pane/{platform}", self.pane),
            Route("/people/{platform}", self.people),
            Route("/media/slack/{file_id}", self.slack_file),
            Route("/media/telegram/{file_id}", self.telegram_file),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]

    async def page(self, request: Request) -> Response:
        """Both halves, with the story's first two people where nobody was chosen."""
        asked = dict(request.query_params)
        if not asked.keys() & {"su", "tp"}:
            asked |= self._first_people()
        language = language_of(request)
        other = {**dict(request.query_params), "lang": "en" if language == "zh" else "zh"}
        boot = {
            "language": language,
            "texts": render.TEXTS[language],
            "places": {
                "slack": {key: asked.get(key, "") for key in SLACK_PLACES},
                "telegram": {key: asked.get(key, "") for key in TELEGRAM_PLACES},
            },
            "offset": self._stage.offset,
            "seq": len(self._stage.journal.entries) - 1,
            "emoji": {
                "slack": [(name, emoji.show(name)) for name in emoji.PICKER],
                "telegram": [(sign, sign) for sign in emoji.TELEGRAM_PICKER],
            },
        }
        values = {
            **self._slack(asked, language),
            **self._telegram(asked, language),
            "boot": boot,
            "control": self._stage.control is not None,
            "other_language_query": urlencode(other),
        }
        html = self._env.get_template("page.html.j2").render(values)
        return HTMLResponse(html, headers=PAGE_HEADERS)

    async def pane(self, request: Request) -> Response:
        """One half, for the page to take over what changed."""
        language = language_of(request)
        asked = dict(request.query_params)
        if request.path_params["platform"] == "slack":
            name, values = "slack_pane.html.j2", self._slack(asked, language)
        else:
            name, values = "telegram_pane.html.j2", self._telegram(asked, language)
        return HTMLResponse(self._env.get_template(name).render(values), headers=PAGE_HEADERS)

    async def people(self, request: Request) -> Response:
        """Everybody on one platform, for the search."""
        everyone = self._stage.people
        chosen = request.path_params["platform"] == "slack"
        found = everyone.on_slack() if chosen else everyone.on_telegram()
        return JSONResponse([_listed(one) for one in found], headers=PAGE_HEADERS)

    async def slack_file(self, request: Request) -> Response:
        record = self._stage.slack.world.files.get(request.path_params["file_id"])
        if record is None or record.data is None:
            return Response("No such file.", 404)
        return _download(record.data, record.mimetype, record.name)

    async def telegram_file(self, request: Request) -> Response:
        stored = self._stage.telegram.world.files.get(request.path_params["file_id"])
        if stored is None:
            return Response("No such file.", 404)
        mime = stored.mime or mimetypes.guess_type(stored.path)[0] or ""
        return _download(stored.data, mime, stored.name or stored.path.rpartition("/")[2])

    def _first_people(self) -> dict[str, str]:
        everyone = self._stage.people
        slack = next(iter(everyone.on_slack()), None)
        telegram = next((one for one in everyone.on_telegram() if not one.ours), None)
        first: dict[str, str] = {}
        if slack:
            first |= {"su": slack.id, "sr": self._first_room(slack)}
        if telegram:
            first |= {"tp": telegram.id, "tr": telegram.id}
        return first

    def _first_room(self, person: Somebody) -> str:
        rooms = slack_side.rooms_of(self._stage.slack, person)
        return next((one.id for one in rooms if one.id == self._stage.cast.first_room), "")

    def _slack(self, asked: dict[str, str], language: str) -> dict[str, Any]:
        stage = self._stage
        person = stage.people.find("slack", asked.get("su", ""))
        origin = _origin(stage.base_url)
        reader = slack_side.reader_for(stage.slack, person, language, origin)
        pane = slack_side.pane(
            stage.slack,
            person,
            asked.get("sr", ""),
            asked.get("st", ""),
            bool(asked.get("sh")),
        )
        if person and person.ours:
            cast = stage.cast
            pane = replace(pane, commands=cast.commands, shortcuts=cast.shortcuts)
        helpers = render.for_reader(reader, language)
        return {
            **helpers,
            "slack": pane,
            "slack_reader": reader,
            "company_of": stage.people.company,
        }

    def _telegram(self, asked: dict[str, str], language: str) -> dict[str, Any]:
        stage = self._stage
        person = stage.people.find("telegram", asked.get("tp", ""))
        reader = telegram_side.reader_for(person, language, _origin(stage.base_url))
        pane = telegram_side.pane(
            stage.telegram,
            person,
            asked.get("tr", ""),
            asked.get("tt", ""),
            asked.get("code", ""),
        )
        helpers = render.for_reader(reader, language)
        return {**helpers, "telegram": pane, "telegram_reader": reader}


def language_of(request: Request) -> str:
    """The one asked for, else the browser's first that we have."""
    asked = QueryParams(request.url.query).get("lang", "")
    if asked in render.LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "").lower()
    return "zh" if accepted.startswith("zh") else "en"


def _listed(one: Somebody) -> dict[str, Any]:
    words = f"{one.name} {one.company} {one.zone} {one.known_by} {one.id}".lower()
    return {
        "id": one.id,
        "name": one.name,
        "company": one.company,
        "zone": one.zone,
        "initials": one.initials,
        "hue": render.hue(one.id),
        "group": "main" if one.main else "ours" if one.ours else "partner",
        "search": words,
    }


def _download(data: bytes, mime: str, name: str) -> Response:
    """Pictures are shown; anything else is only ever saved, whatever it claims to be."""
    inline = mime in SHOWN_INLINE
    safe = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "._- "))
    how = "inline" if inline else "attachment"
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f'{how}; filename="{safe or "file"}"',
    }
    return Response(
        data, headers=headers, media_type=mime if inline else "application/octet-stream"
    )


def _origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"
