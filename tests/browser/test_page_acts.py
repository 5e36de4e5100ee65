"""What a person can do on the page reaches the bots, and what they answer is seen at once."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.scene import JO, Scene
from tests.sandbox.page.gallery import png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = "<img src=x onerror=alert(1)> *x* <!channel> {{7*7}} </script><b>hi"


async def quiet(scene: Scene) -> None:
    while not scene.heard.empty():
        scene.heard.get_nowait()


async def test_a_message_is_sent_by_enter_and_stays_text(scene: Scene) -> None:
    pane = await scene.show("slack", sr="C0TEAM")
    await pane.locator(".composer textarea").fill(HOSTILE)
    if scene.wide:
        await pane.locator(".composer textarea").press("Enter")
    else:
        await pane.locator(".composer .go").click()
    message = pane.locator(".message", has_text="onerror").last
    await expect(message.locator(".content")).to_have_text(HOSTILE)
    assert await message.locator("img, b >> text=hi").count() == 0
    await expect(pane.locator(".composer textarea")).to_have_value("")
    await scene.legible()


async def test_a_name_that_is_typed_whole_is_sent_by_one_enter(scene: Scene) -> None:
    pane = await scene.show("slack", sr="C0TEAM")
    box = pane.locator(".composer textarea")
    await box.fill("look into #channel-tea")
    await box.press("Enter")
    await expect(box).to_have_value("look into #channel-team ")
    await box.fill("look into #channel-team")
    if scene.wide:  # on a touch screen Enter is a new line
        await box.press("Enter")
        await expect(box).to_have_value("")


async def test_hostile_text_stays_text_on_telegram(scene: Scene) -> None:
    pane = await scene.show("telegram")
    await pane.locator(".composer textarea").fill(HOSTILE)
    await pane.locator(".composer .go").click()
    bubble = pane.locator(".bubble", has_text="onerror").last
    await expect(bubble.locator(".text")).to_have_text(HOSTILE)
    assert await bubble.locator("img").count() == 0
    await scene.legible()


async def test_what_others_say_appears_by_itself(scene: Scene) -> None:
    pane = await scene.show("slack")
    await scene.stand.stage.slack.post("U0MEI", "C0TRIAGE", f"Live at {scene.wide}")
    await expect(pane.locator(".message", has_text=f"Live at {scene.wide}")).to_be_visible()


async def test_a_button_with_a_question_first(scene: Scene) -> None:
    pane = await scene.show("slack")
    await quiet(scene)
    card = pane.locator(f'[data-ts="{scene.card}"]')
    await card.locator(".button.danger").click()
    dialog = scene.page.locator("#dialog")
    await expect(dialog).to_contain_text("Jo will read it at once.")
    await dialog.get_by_role("button", name="Wait").click()
    await card.locator(".button.danger").click()
    await dialog.get_by_role("button", name="Send", exact=True).click()
    assert (await scene.next_heard())["actions"][0]["action_id"] == "delete"
    assert scene.heard.empty()


async def test_a_select_a_date_and_a_menu_reach_the_app(scene: Scene) -> None:
    pane = await scene.show("slack")
    await quiet(scene)
    card = pane.locator(f'[data-ts="{scene.card}"]')
    await card.locator("select.select").select_option("high")
    assert (await scene.next_heard())["actions"][0]["selected_option"]["value"] == "high"
    await card.locator("input[type=date]").fill("2026-12-07")
    assert (await scene.next_heard())["actions"][0]["selected_date"] == "2026-12-07"
    await card.locator("details.overflow summary").click()
    await card.get_by_role("menuitem", name="Merge").click()
    assert (await scene.next_heard())["actions"][0]["selected_option"]["value"] == "merge"


async def test_an_external_select_asks_the_app(scene: Scene) -> None:
    pane = await scene.show("slack")
    await quiet(scene)
    card = pane.locator(f'[data-ts="{scene.card}"]')
    await card.locator(".external input").fill("Nord")
    await card.get_by_role("option", name="Nordwind").click()
    assert (await scene.next_heard())["actions"][0]["selected_option"]["value"] == "7"


async def test_a_command_opens_a_window_with_errors_under_fields(scene: Scene) -> None:
    pane = await scene.show("slack", sr="C0TEAM")
    await quiet(scene)
    box = pane.locator(".composer textarea")
    await box.press_sequentially("/tic")
    await expect(pane.locator(".suggest [role=option]").first).to_contain_text("/ticket")
    await box.press("Tab")
    await expect(box).to_have_value("/ticket ")
    await pane.locator(".composer .go").click()
    window = pane.locator(".modal")
    await expect(window).to_be_visible()
    await window.get_by_role("button", name="Open it").click()
    await expect(window.locator(".error").first).to_contain_text("required")
    await window.locator(".external input").fill("Nord")
    await window.get_by_role("option", name="Nordwind").click()
    await window.locator("textarea").fill("too short")
    await window.get_by_text("Question").click()
    await window.get_by_role("button", name="Open it").click()
    await expect(window.locator(".error")).to_have_count(1)
    await expect(window.locator(".error")).to_have_text("A few words more, please.")
    await expect(window.locator("textarea")).to_have_value("too short")
    await window.locator("textarea").fill("It will not open at all")
    await window.locator("select[data-type=users_select]").select_option("U0MEI")
    await window.locator("input[type=datetime-local]").fill("2026-12-07T09:00")
    await window.locator("input[type=file]").set_input_files(
        {"name": "shot.png", "mimeType": "image/png", "buffer": png()}
    )
    await window.get_by_role("button", name="Open it").click()
    values = (await scene.next_heard())["view"]["state"]["values"]
    assert values["partner"]["partner"]["selected_option"]["value"] == "7"
    assert values["kind"]["kind"]["selected_option"]["value"] == "question"
    assert values["who"]["who"]["selected_user"] == "U0MEI"
    assert values["moment"]["moment"]["selected_date_time"] == 1796605200  # 09:00 in Shanghai
    assert values["files"]["files"]["files"][0]["name"] == "shot.png"
    await expect(pane.locator(".modal")).to_have_count(0)
    await scene.legible()


async def test_escape_closes_a_window(scene: Scene) -> None:
    pane = await scene.show("slack", sr="C0TEAM")
    await pane.locator(".composer textarea").fill("/ticket")
    await pane.locator(".composer .go").click()
    await expect(pane.locator(".modal")).to_be_visible()
    await scene.page.keyboard.press("Escape")
    await expect(pane.locator(".modal")).to_have_count(0)


async def test_edit_react_and_delete_ones_own_message(scene: Scene) -> None:
    slack = scene.stand.stage.slack
    ts = await slack.post("U0LIN", "C0TEAM", f"draft {scene.wide}")
    pane = await scene.show("slack", sr="C0TEAM")
    message = pane.locator(f'[data-ts="{ts}"]')
    await message.hover()
    await message.get_by_role("button", name="React").click()
    await scene.page.get_by_role("menuitem", name="tada").click()
    await expect(message.locator(".reactions")).to_contain_text("🎉")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await scene.page.get_by_role("menuitem", name="Edit").click()
    await pane.locator(".composer textarea").fill("better")
    await pane.locator(".composer .go").click()
    await expect(message.locator(".content")).to_contain_text("better")
    await expect(message.locator(".edited")).to_be_visible()
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await scene.page.get_by_role("menuitem", name="Delete").click()
    await expect(message).to_have_count(0)


async def test_a_reply_in_the_thread(scene: Scene) -> None:
    pane = await scene.show("slack")
    await pane.locator("button.replies").first.click()
    thread = pane.locator(".thread")
    await thread.locator("textarea").fill("In the thread")
    await thread.locator(".go").click()
    await expect(thread.locator(".message", has_text="In the thread").first).to_be_visible()
    await thread.locator("textarea").fill("/ticket T-1")
    await thread.locator(".go").click()
    await expect(scene.page.locator(".toast").last).to_contain_text("not supported in threads")


async def test_a_photo_from_telegram(scene: Scene, tmp_path: Path) -> None:
    pane = await scene.show("telegram")
    before = await pane.locator("a.photo").count()
    picture = tmp_path / "shot.png"
    picture.write_bytes(png(200, 120))
    await pane.locator(".composer input[type=file]").set_input_files(picture)
    await expect(pane.locator(".chip")).to_contain_text("shot.png")
    await pane.locator(".composer textarea").fill("See here")
    await pane.locator(".composer .go").click()
    await expect(pane.locator("a.photo")).to_have_count(before + 1)
    width = await pane.locator("a.photo img").last.evaluate(
        "async (img) => { await img.decode(); return img.naturalWidth; }"
    )
    assert width == 200


async def test_a_key_answers_with_a_toast(scene: Scene) -> None:
    pane = await scene.show("telegram")
    await pane.locator(".key", has_text="Not solved").click()
    await expect(scene.page.locator(".toast").last).to_have_text("You pressed ticket.reopen:1")


async def test_a_start_link_in_slack_opens_telegram_as_somebody(scene: Scene) -> None:
    url = f"https://t.me/LiaisonDemoBot?start=code{scene.wide}"
    await scene.stand.slack("chat.postMessage", channel="C0TEAM", text=f"Give Jo this: <{url}>")
    pane = await scene.show("slack", sr="C0TEAM")
    await pane.locator("a.deep").last.click()
    dialog = scene.page.locator("#dialog")
    await dialog.locator("input").fill("strang")
    await dialog.get_by_role("option", name="Sam").click()
    telegram = scene.page.locator("#telegram")
    await expect(telegram.locator(".who b")).to_have_text("Sam")
    await telegram.get_by_role("button", name="Start").click()
    await expect(telegram.locator(".bubble").last).to_contain_text(f"/start code{scene.wide}")


async def test_blocking_and_unblocking_the_bot(scene: Scene) -> None:
    pane = await scene.show("telegram")
    await pane.locator('[data-act="chat-menu"]').click()
    await scene.page.get_by_role("menuitem", name="Block the bot").click()
    await expect(pane.locator(".starter")).to_contain_text("You have blocked the bot.")
    assert scene.stand.stage.telegram.world.private(JO).blocked
    await pane.get_by_role("button", name="Unblock").click()
    await expect(pane.locator(".composer textarea")).to_be_visible()


async def test_anybody_can_be_found_and_played_by_keyboard(scene: Scene) -> None:
    pane = await scene.show("slack", sr="")
    await pane.locator(".who").click()
    dialog = scene.page.locator("#dialog")
    await expect(dialog.locator("input")).to_be_focused()
    await scene.page.keyboard.type("kaito mori")
    await expect(dialog.locator(".person")).to_have_count(1)
    await scene.page.keyboard.press("Enter")
    await expect(pane.locator(".who b")).to_have_text("Yui Mori")
    await expect(pane.locator(".room")).to_have_count(1)


async def test_partners_have_no_commands_and_see_why(scene: Scene) -> None:
    pane = await scene.show("slack", su="U0DANA", sr="C0ACME")
    await pane.locator(".composer textarea").fill("/ticket new")
    await pane.locator(".composer .go").click()
    await expect(scene.page.locator(".toast").last).to_contain_text("not a valid command")


async def test_focus_is_seen(scene: Scene) -> None:
    await scene.show("slack")
    await scene.page.keyboard.press("Tab")
    await scene.page.keyboard.press("Tab")
    outline = await scene.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "2px"


async def test_try_this_puts_a_command_into_the_box(scene: Scene) -> None:
    pane = await scene.show("slack", sr="C0TEAM")
    await scene.page.locator('[data-act="try"]').click()
    drawer = scene.page.locator("#drawer")
    await expect(drawer.locator(".step")).to_have_count(6)
    await drawer.locator(".copyline", has_text="/news digest preview").get_by_text("Use").click()
    await expect(pane.locator(".composer textarea")).to_have_value("/news digest preview")
    await scene.legible()
