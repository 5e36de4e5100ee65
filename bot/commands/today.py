"""What a manager has to do: /liaison mine, /liaison today, and the App Home."""

from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import today

routes = Routes()


@routes.command("liaison mine", role=Role.VIEWER, help=_m("What waits for you"), zh="我的, 待办",
                example="liaison mine")  # fmt: skip
async def mine(act: Act) -> Reply:
    if act.manager is None:
        return None
    return Notice("today/mine.html.j2", await today.gather(act, act.manager))


@routes.command("liaison today", role=Role.VIEWER, help=_m("Your day"), zh="今天",
                example="liaison today")  # fmt: skip
async def today_(act: Act) -> Reply:
    return await mine(act)


@routes.home(role=Role.ANYONE)
async def home(act: Act) -> Reply:
    """Others of the company may open the tab too: there is nothing to show them."""
    if act.manager is not None:
        await today.show_home(act, act.manager, act.person.id)
    return None
