"""Every page and state, in both languages, dark and light: axe-core finds nothing, nothing overflows, no policy is broken."""

from __future__ import annotations

import pytest

from tests.portals.windows import DESKTOP, PHONE, Open

pytestmark = pytest.mark.browser

CITIZEN = (
    "/me/more",
    "/me/control",
    "/me/control/registry?registry=sorviks-diabetesregister",
    "/me/own",
    "/me/preview",
    "/me/preview?unit=SE2399999999-1101&role=doctor",
    "/me",
    "/me?domain=biobank",
    "/me?domain=social",
    "/me?q=qwerty&kind=results&until=2020-01-01",
    "/me/results",
    "/me/results/NPU27300",
    "/me/results/85354-9",
    "/me/results/nothing",
    "/me/medicines",
    "/me/log",
    "/me/log?own=1",
    "/me/log/proof",
    "/me/blocks",
    "/me/blocks/new",
    "/me/blocks/new?unit=SE2399999999-1101",
    "/staff",
    "/nowhere",
)
WINDOWS = [(DESKTOP, "sv-SE", "light"), (PHONE, "en-GB", "dark")]
NARROW = 320  # a window of 1280 px at 400 % (WCAG 1.4.10)


@pytest.mark.parametrize(("width", "locale", "scheme"), WINDOWS)
def test_the_citizens_pages(visit: Open, width: int, locale: str, scheme: str) -> None:
    visitor = visit(width, locale, scheme=scheme).sign_in("astrid")
    for path in CITIZEN:
        visitor.open(path)
        for details in visitor.page.locator("main details").all()[:3]:
            details.locator("summary").click()
        visitor.assert_accessible()
        assert visitor.page.locator("html").get_attribute("lang") == locale[:2]
    if scheme == "dark":
        visitor.open("/me")
        visitor.shoot(f"citizen-{width}-dark")


def test_the_pages_of_somebody_with_little(visit: Open) -> None:
    visitor = visit(PHONE).sign_in("eva")
    for path in ("/me", "/me/results", "/me/medicines", "/me/log", "/me/blocks"):
        visitor.open(path)
        visitor.assert_accessible()


@pytest.mark.parametrize(("width", "locale", "scheme"), WINDOWS)
def test_the_staffs_pages(visit: Open, width: int, locale: str, scheme: str) -> None:
    visitor = visit(width, locale, scheme=scheme).sign_in("anna")
    visitor.assert_accessible()
    for wanted in ("xx", "1", "Björn Hedlund", "19400402-2390"):
        visitor.find(wanted)
        for details in visitor.page.locator("main details").all()[:3]:
            details.locator("summary").click()
        visitor.assert_accessible()
    elsewhere = visit(width, locale, scheme=scheme).sign_in("jonas")
    elsewhere.find("19580314-2388")
    elsewhere.assert_accessible()
    record = elsewhere.page.url
    for path in ("/critical", "/inner", "/certificate"):
        elsewhere.page.goto(record + path)
        elsewhere.assert_accessible()
        assert elsewhere.page.evaluate(_SMALL_TARGETS) == [], path
    for path in ("/staff/requests", "/offline"):
        elsewhere.open(path)
        elsewhere.assert_accessible()
    elsewhere.page.goto(record + "/emergency")
    elsewhere.assert_accessible()
    elsewhere.page.check("[name=danger]")
    elsewhere.page.check("[name=unobtainable]")
    elsewhere.page.fill("[name=reason]", "Medvetslös")
    with elsewhere.page.expect_navigation():
        elsewhere.page.click("main button.ds-button")
    elsewhere.assert_accessible()


def test_nothing_is_wider_than_a_narrow_window(visit: Open) -> None:
    citizen = visit(NARROW).sign_in("gosta")
    for path in ("/", "/me", "/me/results", "/me/results/85354-9", "/me/medicines", "/me/log?own=1", "/me/blocks"):
        citizen.open(path)
        citizen.assert_fits()
    clinician = visit(NARROW).sign_in("anna")
    clinician.assert_fits()
    clinician.find("19400402-2390")
    clinician.assert_fits()


def test_the_pages_of_social_care_and_of_quality_work(visit: Open) -> None:
    kalle = visit(PHONE).sign_in("kalle")
    kalle.find("19400402-2390")
    kalle.assert_accessible()
    assert "Hjälp morgon och kväll" in kalle.text()
    disa = visit(PHONE).sign_in("disa")
    assert "Ditt uppdrag gäller inte vård" in disa.text()
    disa.assert_accessible()


@pytest.mark.parametrize(("width", "locale", "scheme"), WINDOWS)
def test_the_pages_before_sign_in(visit: Open, width: int, locale: str, scheme: str) -> None:
    visitor = visit(width, locale, scheme=scheme)
    for path in ("/", "/sign-in", "/nowhere", "/language/xx"):
        visitor.open(path)
        visitor.assert_accessible()
        assert "Demo" in visitor.page.locator("header").inner_text()
    visitor.open("/")
    visitor.shoot(f"home-{width}-{scheme}")
    visitor.open("/sign-in")
    visitor.shoot(f"sign-in-{width}-{scheme}")


@pytest.mark.parametrize("path", ["/", "/sign-in"])
def test_every_target_is_large_enough_for_a_thumb(visit: Open, path: str) -> None:
    visitor = visit(PHONE)
    visitor.open(path)
    small = visitor.page.evaluate(_SMALL_TARGETS)
    assert small == []


def test_the_citizens_targets_are_large_enough_for_a_thumb(visit: Open) -> None:
    visitor = visit(PHONE).sign_in("astrid")
    for path in ("/me", "/me/log", "/me/blocks", "/me/results", "/me/control", "/me/preview"):
        visitor.open(path)
        assert visitor.page.evaluate(_SMALL_TARGETS) == [], path
    visitor.open("/me")
    visitor.shoot("citizen-400")


# Links inside a sentence, a table or a heading are text (WCAG 2.5.8, inline); everything else is 44 px high.
_SMALL_TARGETS = """
    [...document.querySelectorAll(
        'button, summary, select, nav a, a.ds-button, a.quiet, label.chip, label.choice, input[type=search]')]
        .filter(each => each.offsetParent && !each.closest('nav[aria-label="Var du är"], nav[aria-label="Where you are"]'))
        .filter(each => each.getBoundingClientRect().height < 43.5)
        .map(each => each.outerHTML.slice(0, 120))
"""


def test_the_keyboard_alone_is_enough(visit: Open) -> None:
    visitor = visit().sign_in("astrid")
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/me/acting"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "domain"
    ring = page.evaluate("getComputedStyle(document.activeElement.closest('label')).outlineStyle")
    assert ring == "solid"


def test_the_language_is_chosen_once_and_kept(visit: Open) -> None:
    visitor = visit(locale="sv-SE")
    visitor.open("/")
    visitor.page.get_by_role("link", name="English").click()
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    visitor.sign_in("astrid")
    assert "Your health, together" in visitor.text()
    assert visitor.page.locator("h3 [lang=sv], [lang=sv]").count() > 0
    visitor.page.get_by_role("link", name="Svenska").click()
    assert visitor.page.url.endswith("/me")
    assert "Din hälsa, samlad" in visitor.text()


def test_paper_gets_the_content_without_the_frame(visit: Open) -> None:
    visitor = visit().sign_in("astrid")
    visitor.open("/me/medicines")
    visitor.page.emulate_media(media="print")
    assert not visitor.page.locator("header.bar").is_visible()
    assert visitor.page.locator("main h1").is_visible()
