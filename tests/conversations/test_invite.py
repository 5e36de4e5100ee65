"""A contact is invited, opens the link, is welcomed, and decides what they receive."""

from bot.partners.codes import hashed
from storage import people
from tests.conversations.stage import Stage, TelegramPerson, link_in
from tests.factories import a_contact, a_partner


async def nordwind(stage: Stage, *names: str) -> int:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        for name in names:
            await a_contact(turn.session, partner, turn.now, name, called=name.split()[0])
        return partner.id


async def invited(stage: Stage, name: str = "Jo Weber") -> tuple[str, TelegramPerson]:
    """Nordwind with this contact, invited by Bo (who reads English); the link and the person."""
    await nordwind(stage, name)
    bo = stage.manager("Bo")
    await bo.types("/partner invite Nordwind")
    answer = await bo.sees("Link for Jo Weber, to forward:", "Hello Jo, ", "Bo (Hengda)")
    return link_in(answer.text), stage.telegram_person(name)


async def test_a_contact_opens_the_link_and_is_welcomed(stage: Stage) -> None:
    link, jo = await invited(stage)
    await jo.opens(link)
    await jo.sees("Welcome, Jo!", "I am the assistant of Hengda. Lin looks after Nordwind GmbH.",
                  "To stop: /stop, or just write “stop”.")  # fmt: skip
    lin = stage.manager("Lin")
    await lin.sees("Nordwind GmbH", "Jo Weber")


async def test_a_chinese_contact_is_welcomed_in_chinese(stage: Stage) -> None:
    async with stage.turn() as turn:
        huateng = await a_partner(turn.session, turn.now, "华腾科技", language="zh",
                                  zone="Asia/Shanghai")  # fmt: skip
        await a_contact(turn.session, huateng, turn.now, "王伟", called="王总")
    lin, kai = stage.manager("Lin"), stage.telegram_person("Kai Brandt")
    await lin.types("/partner 邀请 华腾")
    answer = await lin.sees("给王伟的链接，请转发：", "王总您好，这是我们在 Telegram 上的",
                            "林经理（恒达）")  # fmt: skip
    await kai.opens(link_in(answer.text))
    await kai.sees(
        "王总您好，欢迎！", "我是恒达的助手，林经理负责与华腾科技的合作。", "直接写“停”"
    )


async def test_several_contacts_become_buttons_and_everyone(stage: Stage) -> None:
    await nordwind(stage, "Jo Weber", "Kai Brandt")
    bo = stage.manager("Bo")
    await bo.types("/partner invite Nordwind")
    await bo.sees("Whom at Nordwind GmbH?", buttons=("Jo Weber", "Kai Brandt", "Everyone"))
    await bo.presses("Kai Brandt")
    await bo.sees("Link for Kai Brandt")
    await bo.types("/partner invite Nordwind jo")
    await bo.sees("Link for Jo Weber")
    await bo.types("/partner invite Nordwind Ada Lovelace")
    await bo.sees("Link for Ada Lovelace")
    await bo.types("/partner invite Nordwind")
    await bo.presses("Everyone")
    answer = await bo.sees("Link for Jo Weber", "Link for Kai Brandt", "Link for Ada Lovelace")
    assert answer.text.count("?start=") == 3


async def test_a_link_opens_once_and_only_its_hash_is_kept(stage: Stage) -> None:
    link, jo = await invited(stage)
    code = link.partition("=")[2]
    async with stage.turn() as turn:
        row = await people.code(turn.session, hashed(code))
        assert row is not None
        assert code not in (row.hash, row.kind)
    await jo.opens(link)
    await jo.sees("Welcome, Jo!")
    await jo.opens(link)
    await jo.sees("Your settings")
    sam = stage.telegram_person("Sam Stranger")
    await sam.opens(link)
    await sam.sees("This link was used already. Please ask for a new one.")


async def test_links_that_open_nothing(stage: Stage) -> None:
    link, jo = await invited(stage)
    await stage.later(days=7)
    await jo.opens(link)
    await jo.sees("This link is older than 7 days. Please ask for a new one.")
    await jo.opens("https://t.me/LiaisonDemoBot?start=nothing")
    await jo.sees("This link is not complete or not ours. Please ask for a new one.")


async def test_a_new_account_takes_over_from_the_old_one(stage: Stage) -> None:
    link, jo = await invited(stage)
    await jo.opens(link)
    await jo.sees("Welcome, Jo!")
    bo, sam = stage.manager("Bo"), stage.telegram_person("Sam Stranger")
    await bo.types("/partner invite Nordwind Jo Weber")
    answer = await bo.sees("Link for Jo Weber")
    await sam.opens(link_in(answer.text))
    await sam.sees("Welcome, Jo!")
    await stage.manager("Lin").sees("这是新账号，旧账号已停用。")
    async with stage.turn() as turn:
        rooms = await people.private_rooms(turn.session, 1)
        assert [room.chat for room in rooms] == [str(sam.number)]


async def test_one_who_is_known_keeps_who_they_are(stage: Stage) -> None:
    link, jo = await invited(stage)
    async with stage.turn() as turn:
        other = await a_partner(turn.session, turn.now, "Acme Ltd")
        await a_contact(turn.session, other, turn.now, "Dana Miller", telegram=str(jo.number))
    await jo.opens(link)
    await jo.sees("I know you as Dana Miller of Acme Ltd already. Just write.")
