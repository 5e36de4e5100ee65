"""A server that says yes to every call of both platforms, at once: what a client alone can do."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BODY = json.dumps({
    "ok": True, "ts": "1700000000.000100", "channel": "C1",
    "result": {"message_id": 7, "date": 1_700_000_000, "chat": {"id": 7, "type": "private"},
               "id": 1, "is_bot": True, "first_name": "Yes", "username": "yes_bot"},
}).encode()  # fmt: skip
YES = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
       % (len(BODY), BODY))  # fmt: skip
LENGTH = b"content-length:"


class Yes(asyncio.Protocol):
    """As much of HTTP as the two clients speak: requests with a length, one after the other."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[:end].lower()
            at = head.find(LENGTH)
            length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._got) < end + 4 + length:
                return
            self._got = self._got[end + 4 + length :]
            self._transport.write(YES)


@contextlib.asynccontextmanager
async def yes() -> AsyncIterator[str]:
    """Its URL; the process ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.yes", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Yes, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
