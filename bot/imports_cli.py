"""`main.py import`: says row by row what is wrong, and in the end what was done."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.clock import Clock
from bot.config import Config, Environment
from bot.imports import Report, import_partners
from bot.settings import adopt
from storage.db import Database

SHOWN = 200  # faults on the screen; more of them tell nothing new


async def import_file(
    environment: Environment, config: Config, file: Path, only_good: bool, dry_run: bool
) -> int:
    """Import and report; 0 when all rows were good or the good ones were asked for."""
    console = Console()
    database = Database(environment.database_url, Clock())
    try:
        config = await adopt(database, config, "import", replace=database.sqlite)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Importing", total=None)
            report = await import_partners(
                database, config, file, only_good=only_good, dry_run=dry_run,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
    finally:
        await database.close()
    _faults(console, report)
    _summary(console, report, dry_run)
    return 0 if not report.faults or only_good else 1


def _faults(console: Console, report: Report) -> None:
    if not report.faults:
        return
    table = Table("row", "column", "what to mend")
    for fault in report.faults[:SHOWN]:
        table.add_row(str(fault.row), fault.column, fault.problem)
    console.print(table)
    if len(report.faults) > SHOWN:
        console.print(f"… and {len(report.faults) - SHOWN} more.")


def _summary(console: Console, report: Report, dry_run: bool) -> None:
    if not report.applied and not dry_run:
        console.print(
            f"Nothing was imported: {len(report.faults)} faults in {report.rows} rows. "
            "Mend them, or take the good rows with --only-good."
        )
        return
    would = "would be " if dry_run else ""
    for kind in sorted({*report.added, *report.changed}):
        added, changed = report.added.get(kind, 0), report.changed.get(kind, 0)
        console.print(f"{kind}: {added} {would}added, {changed} {would}changed")
    if not report.added and not report.changed:
        console.print("Everything was there already; nothing changed.")
