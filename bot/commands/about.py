"""What there is to say and how things stand: /liaison help, settings, status, roles."""

from bot.routes import Act, Notice, Reply, Routes

routes = Routes()


def help_for_ours(act: Act, about: str = "") -> Reply:
    return Notice("own/help.html.j2")
