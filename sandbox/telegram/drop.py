"""Closes a connection without an answer, which ASGI itself has no word for."""

import asyncio
from types import FunctionType

from starlette.types import Send


def _transport(send: object) -> asyncio.Transport | None:
    """Uvicorn's transport behind `send`, which Starlette wraps in closures."""
    waiting, seen = [send], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        owner = getattr(current, "__self__", None)
        transport = getattr(owner, "transport", None)
        if isinstance(transport, asyncio.Transport):
            return transport
        if isinstance(current, FunctionType):
            waiting += [cell.cell_contents for cell in current.__closure__ or ()]
    return None


async def drop_connection(send: Send) -> None:
    """Cut the socket; on a server whose transport is not found, break off in the body."""
    transport = _transport(send)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0.01)  # lets the server notice before the endpoint returns
        return
    headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
