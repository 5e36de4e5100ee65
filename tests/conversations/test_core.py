"""The walls carry a word from a person to a handler and back."""

from tests.conversations.stage import Stage


async def test_unknown_commands_are_answered_in_the_persons_language(stage: Stage) -> None:
    lin = stage.manager("Lin")
    await lin.types("/partner nosuch")
    await lin.sees("没有找到伙伴“nosuch”")
    await lin.types("/tiket list")
    await lin.sees("不认识“tiket”")
