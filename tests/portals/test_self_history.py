"""Aisha writes her self-history before a visit, bit by bit, and a message with it; her doctor reads both (spec 6.1)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.portals.windows import Open, Visitor

pytestmark = pytest.mark.browser
SMALL = 360
WORDS = {
    "sv-SE": {
        "history": "Din hälsa inför besöket",
        "more": "Vad har blivit sämre?",
        "review": "Gå igenom dina svar",
        "sent": "Dina svar är skickade",
        "answered": "Besvarat",
        "message": "Ditt meddelande är skickat",
    },
}
STORIES = [(SMALL, "sv-SE", True)]


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.click(f'main form button[name="go"][value="{name}"]:visible >> nth=-1' if name else "main form button")


def choose(page: Page, question: str, number: int) -> None:
    page.locator(f"#{id_of(page, question)} label.choice").nth(number).click()


def id_of(page: Page, name: str) -> str:
    found = page.locator(f'[data-name="{name}"]').get_attribute("id")
    assert found
    return found


@pytest.mark.parametrize(("width", "locale", "scripts"), STORIES)
def test_aisha_writes_how_she_is_before_the_visit_and_her_doctor_reads_it(
    visit: Open, width: int, locale: str, scripts: bool
) -> None:
    words = WORDS[locale]
    aisha: Visitor = visit(width, locale, scripts=scripts).sign_in("aisha")
    name = f"{width}-{locale[:2]}"

    # She finds what she has been asked, from the menu.
    page = aisha.open("/me/more")
    page.click('main a[href="/me/forms"]')
    aisha.assert_accessible()
    aisha.shoot(f"citizen-forms-{name}")
    form = words["history"]
    page.click(f'main a.hit:has-text("{form}")')
    aisha.assert_accessible()
    aisha.shoot(f"citizen-form-{name}", full=True)
    write_history(aisha, page, words, name)

    # She looks everything over, sends it, and sees what became of it.
    assert page.locator("h1").inner_text() == words["review"]
    aisha.assert_accessible()
    aisha.shoot(f"citizen-form-review-{name}", full=True)
    page.click('form[action$="/send"] button')
    assert words["sent"] in aisha.text()
    aisha.assert_accessible()
    aisha.shoot(f"citizen-form-sent-{name}", full=True)

    # She writes to the unit too.
    page.goto(f"{aisha.server.url}/me/messages")
    aisha.assert_accessible()
    aisha.shoot(f"citizen-messages-{name}")
    page.click("main a.hit >> nth=0")
    aisha.assert_accessible()
    page.fill("#words", "Tack, då vet jag.")
    page.set_input_files("#file", {"name": "fot.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nx"})
    page.click("form[enctype] button")
    assert words["message"] in aisha.text()
    aisha.assert_accessible()
    aisha.shoot(f"citizen-thread-{name}", full=True)

    # Her doctor finds both.
    omar = visit(width, locale, scripts=scripts).sign_in("omar")
    page = omar.open("/staff/messages")
    omar.assert_accessible()
    omar.shoot(f"staff-messages-{name}")
    page.click("main a.hit >> nth=0")
    omar.assert_accessible()
    omar.shoot(f"staff-thread-{name}", full=True)
    page.goto(page.url.split("/messages")[0] + "/forms")
    assert words["answered"] in omar.text()
    omar.assert_accessible()
    omar.shoot(f"staff-forms-{name}", full=True)
    page.click(f'main a:has-text("{form}")')
    omar.assert_accessible()


def write_history(aisha: Visitor, page: Page, words: dict[str, str], name: str) -> None:
    """With the script: questions come at once, answers are saved as they are given, and another device goes on with them."""
    page.fill('[name="reason~"]', "Jag är trött och såret på foten läker inte.")
    page.wait_for_selector(".saved:not(:empty)")
    page.reload()
    assert page.input_value('[name="reason~"]').startswith("Jag är trött")
    press(page, "next")
    assert not page.get_by_text(words["more"]).is_visible()
    choose(page, "general~", 2)
    choose(page, "worse~", 0)
    assert page.get_by_text(words["more"]).is_visible()
    aisha.shoot(f"citizen-form-more-{name}")
    page.fill('[name="what-worse~"]', "Orken.")
    choose(page, "symptoms~", 0)
    page.fill('[name="pain~"]', "4")
    aisha.assert_accessible()
    press(page, "next")
    page.fill('[name="weight~"]', "åttio")
    press(page, "next")
    assert page.locator(".wrong").first.is_visible()
    aisha.assert_accessible()
    page.fill('[name="weight~"]', "81,5")
    press(page, "next")
