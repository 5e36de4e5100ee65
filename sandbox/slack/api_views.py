"""views.*: modals by trigger id, Home by person."""

from sandbox.slack import shapes
from sandbox.slack.api_common import visible_user
from sandbox.slack.blocks import check_view
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.views import Views
from sandbox.slack.wire import Args
from sandbox.slack.world import Raw, View

_WRONG = "invalid_arguments"


class ViewsApi:
    """The methods by their names, dots as underscores."""

    def __init__(self, core: Core, views: Views) -> None:
        self._core, self._views = core, views

    def views_open(self, args: Args) -> Raw:
        return self._shown(self._views.open(self._presser(args), args.json("view", _WRONG)))

    def views_push(self, args: Args) -> Raw:
        return self._shown(self._views.push(self._presser(args), args.json("view", _WRONG)))

    def _presser(self, args: Args) -> str:
        """Whose screen it is; our app opens nothing on those of other companies."""
        check_view(args.json("view", _WRONG))
        user = self._core.triggers.exchange(args.need("trigger_id"))
        if self._core.is_external(self._core.world.users[user]):
            raise SlackError("team_access_not_granted")
        return user

    def views_update(self, args: Args) -> Raw:
        given = args.json("view", _WRONG)
        external = args.text("external_id")
        found = self._views.by_external(external) if external else None
        view = found or self._core.world.view(args.text("view_id"))
        if view is None:
            raise SlackError("not_found")
        if args.text("hash") and args.text("hash") != view.hash:
            raise SlackError("hash_conflict")
        return self._shown(self._views.replace(view, given))

    def views_publish(self, args: Args) -> Raw:
        given = args.json("view", _WRONG)
        user = visible_user(self._core, args.need("user_id"))
        if self._core.is_external(user):
            raise SlackError("user_not_found")
        return self._shown(self._views.publish(user, given, args.text("hash")))

    def _shown(self, view: View) -> Raw:
        return {"view": shapes.view(self._core, view)}
