"""One assertion for each kind of block, entity and keyboard, at both widths."""

import pytest
from playwright.async_api import expect

from tests.browser.scene import Scene
from tests.sandbox.page.gallery import MODAL

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

MESSAGE = [
    ("header", ".block.header h4", "T-41 · Nordwind GmbH"),
    ("bold", ".rich strong", "10:12"),
    ("italic", ".rich em", "slanted"),
    ("strike", ".rich s", "gone"),
    ("code", ".rich code", "code()"),
    ("link", ".rich a", "the list"),
    ("mention of me", ".rich .mention.me", "@Lin"),
    ("date", ".rich time", "Thu 3 Dec 08:40"),
    ("list", ".rich_text li >> nth=1", "second point"),
    ("quote", ".rich_text blockquote", "They wrote this."),
    ("preformatted", ".rich_text pre", "GET /prices 404"),
    ("section", ".section-text .text strong", "The price list"),
    ("field", ".fields div >> nth=1", "Owner"),
    ("overflow", "details.overflow summary", "⋯"),
    ("button", "button.button:has-text('Reply')", "Reply"),
    ("primary button", "button.button.primary", "Take"),
    ("danger button", "button.button.danger", "Delete"),
    ("select", "select.select", "Priority"),
    ("context", ".block.context", "answer by 17:12"),
    ("picture from elsewhere", ".elsewhere", "A chart"),
    ("reaction", ".reactions button", "👀 1"),
    ("replies", "button.replies", "1 reply"),
]
SCREEN = [
    ("typed text", ".message >> nth=0", "<b>this</b>"),
    ("day", ".day >> nth=0", ""),
    ("edited", ".edited", "(edited)"),
    ("ephemeral", ".ephemeral .only-you", "Only visible to you"),
    ("composer", ".composer textarea", ""),
    ("app tag", ".tag >> nth=0", "app"),
]
TELEGRAM = [
    ("bold", ".bubble strong", "T-41"),
    ("italic", ".bubble em", "new link sent"),
    ("underline", ".bubble u", "checked"),
    ("strikethrough", ".bubble s", "later"),
    ("code", ".bubble code", "E404"),
    ("text link", ".bubble .text a", "the list"),
    ("command", ".bubble button.command:has-text('/help')", "/help"),
    ("blockquote", ".bubble blockquote", "The price list will not open"),
    ("pre", ".bubble pre", "GET /prices"),
    ("key", ".keys >> nth=0 >> .key >> nth=4", "5"),
    ("wide key", ".keys >> nth=1", "Not solved"),
    ("url key", ".key[data-url^=https]", "Open the list"),
    ("photo", "a.photo img", ""),
    ("caption", ".bubble:has(.photo) .text", "This is what I see"),
    ("document", "a.file", "order-8841.pdf"),
    ("author", ".bubble .by b >> nth=0", "Liaison"),
]
FIELDS = [
    ("section", ".section-text strong", "what"),
    ("external select", ".external input", ""),
    ("long text", "textarea.field", ""),
    ("hint", ".hint", "As the partner said it."),
    ("radio", "input[type=radio] >> nth=1", ""),
    ("checkbox", ".checkboxes input[type=checkbox], .options[role=group] input >> nth=0", ""),
    ("people", "select[data-type=users_select]", "Mei"),
    ("several", ".multi label >> nth=1", "China"),
    ("date", "input[type=date]", ""),
    ("time", "input[type=time]", ""),
    ("moment", "input[type=datetime-local]", ""),
    ("number", "input[type=number]", ""),
    ("e-mail", "input[type=email]", ""),
    ("files", "input[type=file]", ""),
    ("close", "footer .button >> nth=0", "Not now"),
    ("submit", "button[type=submit]", "Open it"),
]


async def seen(place: object, selector: str, text: str) -> None:
    found = place.locator(selector).first  # type: ignore[attr-defined]
    await found.scroll_into_view_if_needed()
    await expect(found).to_be_visible()
    if text:
        await expect(found).to_contain_text(text)


@pytest.mark.parametrize(("kind", "selector", "text"), MESSAGE, ids=[row[0] for row in MESSAGE])
async def test_a_slack_message(scene: Scene, kind: str, selector: str, text: str) -> None:
    await scene.look("slack")
    await seen(scene.page.locator(f'[data-ts="{scene.card}"]'), selector, text)


@pytest.mark.parametrize(("kind", "selector", "text"), SCREEN, ids=[row[0] for row in SCREEN])
async def test_a_slack_conversation(scene: Scene, kind: str, selector: str, text: str) -> None:
    pane = await scene.look("slack")
    await seen(pane, selector, text)
    await scene.legible()


@pytest.mark.parametrize(("kind", "selector", "text"), TELEGRAM, ids=[r[0] for r in TELEGRAM])
async def test_a_telegram_message(scene: Scene, kind: str, selector: str, text: str) -> None:
    pane = await scene.look("telegram")
    await seen(pane, selector, text)
    await scene.legible()


async def open_window(scene: Scene) -> None:
    slack = scene.stand.stage.slack
    if slack.current_modal("U0LIN") is None:
        trigger = slack.triggers.issue("U0LIN")
        await scene.stand.slack("views.open", trigger_id=trigger, view=MODAL)


@pytest.mark.parametrize(("kind", "selector", "text"), FIELDS, ids=[row[0] for row in FIELDS])
async def test_a_window(scene: Scene, kind: str, selector: str, text: str) -> None:
    await open_window(scene)
    pane = await scene.look("slack")
    await seen(pane.locator(".modal"), selector, text)
    await scene.legible()


async def test_the_home(scene: Scene) -> None:
    slack = scene.stand.stage.slack
    if slack.current_modal("U0LIN"):
        await slack.close_modal("U0LIN", everything=True)
    room = slack.dm("U0LIN").id
    pane = await scene.show("slack", sr=room, sh="1")
    await seen(pane, ".home h4", "Today")
    await seen(pane, ".home strong", "2")


async def test_a_thread(scene: Scene) -> None:
    pane = await scene.show("slack", st=scene.card)
    await seen(pane, ".thread", "I will call Jo at ten.")
    await scene.legible()


async def test_topics(scene: Scene) -> None:
    pane = await scene.show("telegram", tr="", tt="")
    for name in ("General", "Support", "Orders"):
        await seen(pane, f".room:has-text('{name}')", "Nordwind × Hengda")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_dark_and_light_differ(scene: Scene, scheme: str) -> None:
    await scene.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await scene.show("slack")
    colour = await scene.page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(int(part) for part in colour[4:-1].split(",")[:3])
    assert (light < 200) is (scheme == "dark")
    await scene.page.emulate_media(color_scheme=None)


async def test_the_page_is_chinese_too(scene: Scene) -> None:
    await scene.show("slack", lang="zh")
    await expect(scene.page.locator(".machine button").first).to_have_text("+1 小时")
    await scene.legible()
