"""The one explicit table of routes and of due kinds."""

from bot.commands import about, joining, own
from bot.due import DueKinds
from bot.partners import linking, reach
from bot.routes import Routes, merge

ROUTES: Routes = merge([
    joining.routes,
    own.routes,
    about.routes,
])  # fmt: skip

DUE = DueKinds()
for _kinds in (reach.due, linking.due):
    for _kind in _kinds.all.values():
        DUE.add(_kind)
