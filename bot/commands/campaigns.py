"""The buttons under what is being sent to many people: stop, go on, who not, leave it."""

from bot.campaigns import service
from bot.routes import Act, Notice, Reply, Role, Routes
from storage.models_delivery import Campaign

routes = Routes()


@routes.button("campaign.stop", role=Role.MANAGER)
async def stop(act: Act, value: str) -> Reply:
    campaign = await service.find(act, value)
    await service.stop(act, campaign)
    return await _standing(act, campaign)


@routes.button("campaign.resume", role=Role.MANAGER)
async def resume(act: Act, value: str) -> Reply:
    campaign = await service.find(act, value)
    await service.resume(act, campaign)
    return await _standing(act, campaign)


@routes.button("campaign.leave", role=Role.MANAGER)
async def leave(act: Act, value: str) -> Reply:
    campaign = await service.find(act, value)
    await service.leave(act, campaign)
    return await _standing(act, campaign)


@routes.button("campaign.recall", role=Role.MANAGER)
async def recall(act: Act, value: str) -> Reply:
    campaign = await service.find(act, value)
    reach = await service.reach_back(act, campaign)
    await service.recall(act, campaign)
    return Notice("campaigns/recalled.html.j2", {"reach": reach})


@routes.button("campaign.who", role=Role.MANAGER)
async def who(act: Act, value: str) -> Reply:
    campaign = await service.find(act, value)
    return Notice("campaigns/missed.html.j2", await service.whom_not(act, campaign))


async def _standing(act: Act, campaign: Campaign) -> Reply:
    """Its owner's own message is edited; whoever pressed elsewhere is answered."""
    if await service.on_its_message(act, campaign):
        return None
    one = await service.seen_by(act, campaign)
    return Notice("campaigns/standing.html.j2", {"one": one, "now": act.now})
