"""The one explicit table of routes and of due kinds."""

from bot.due import DueKinds
from bot.partners import reach
from bot.routes import Routes, merge

ROUTES: Routes = merge([])

DUE = DueKinds()
for _kinds in (reach.due,):
    for _kind in _kinds.all.values():
        DUE.add(_kind)
