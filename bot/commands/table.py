"""The one explicit table of routes, of due kinds, and of what must always stand as due work."""

from collections.abc import Awaitable, Callable, Mapping

from bot import exporter, housekeeping
from bot.campaigns import watch
from bot.commands import (
    about,
    absence,
    campaigns,
    exports,
    handovers,
    joining,
    meetings,
    news,
    own,
    partners,
    reports,
    strangers,
    surveys,
    telling,
    ticket_canned,
    ticket_finding,
    ticket_kinds,
    ticket_known,
    ticket_linking,
    ticket_merging,
    ticket_phases,
    ticket_presses,
    ticket_promises,
    ticket_reported,
    tickets,
    today,
)
from bot.digests import weekly
from bot.due import DueKinds
from bot.exports import Open
from bot.partners import absence as away
from bot.partners import linking, reach, restart, tell, undelivered
from bot.partners import strangers as unknown
from bot.reminders import chase
from bot.routes import Routes, merge
from bot.tickets import (
    chasing,
    closing,
    exporting,
    exporting_promises,
    fixes,
    handing,
    handover,
    head,
    holding,
    nudges,
    performance,
    promises,
    terms,
    topic_faults,
)
from bot.turn import Turn

ROUTES: Routes = merge([
    tickets.routes,
    ticket_finding.routes,
    exports.routes,
    ticket_presses.routes,
    ticket_phases.routes,
    ticket_canned.routes,
    ticket_kinds.routes,
    ticket_known.routes,
    ticket_linking.routes,
    ticket_merging.routes,
    ticket_promises.routes,
    ticket_reported.routes,
    surveys.routes,
    today.routes,
    meetings.routes,
    news.routes,
    campaigns.routes,
    partners.routes,
    joining.routes,
    telling.routes,
    strangers.routes,
    own.routes,
    absence.routes,
    handovers.routes,
    reports.routes,
    about.routes,
])  # fmt: skip

DUE = DueKinds()
for _kinds in (
    nudges.due,
    closing.due_kinds,
    chasing.due_kinds,
    handing.due_kinds,
    fixes.due_kinds,
    handover.due_kinds,
    head.due_kinds,
    holding.due_kinds,
    performance.due_kinds,
    promises.due_kinds,
    terms.due_kinds,
    topic_faults.due_kinds,
    chase.due,
    weekly.due,
    watch.due,
    surveys.due,
    housekeeping.due,
    exporter.due_kinds,
    reach.due,
    undelivered.due_kinds,
    away.due_kinds,
    restart.due_kinds,
    linking.due,
    tell.due,
    unknown.due,
):
    for _kind in _kinds.all.values():
        DUE.add(_kind)

EXPORTS: Mapping[str, Open] = {
    "tickets": exporting.TicketRows,
    "promises": exporting_promises.PromiseRows,
}

ARM: tuple[Callable[[Turn], Awaitable[None]], ...] = (
    housekeeping.arm,
    weekly.arm,
    terms.arm,
    performance.arm,
    away.arm,
)  # at each start
