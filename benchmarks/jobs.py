"""Procrastinate's empty jobs, run by whichever Python has it: `jobs.py URL COUNT CONCURRENCY`."""

import asyncio
import sys
import time

import procrastinate  # type: ignore[import-not-found]  # not among our dependencies


async def main(url: str, count: int, concurrency: int) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    async def nothing() -> None:
        return

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({} for _ in range(count)))
        began = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=concurrency, delete_jobs="never",
                                   install_signal_handlers=False)  # fmt: skip
        print(f"{count / (time.perf_counter() - began):,.0f}/s")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
