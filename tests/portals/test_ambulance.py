"""The ambulance at somebody who cannot answer, from the number to what matters: in a real browser on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.portals.test_journeys import number_of
from tests.portals.windows import DESKTOP, PHONE, Open, Visitor

pytestmark = pytest.mark.browser

REASON = "Medvetslös i hemmet, lågt blodsocker"
ALLERGY = "Betalaktamaskänsliga penicilliner"
LIMIT = "Ingen hjärt-lungräddning vid hjärtstopp"
HOME_CARE = "Gunilla Hall"
BLOCKED = "Psykiatriska kliniken"
BLOCKED_NOTE = "Uppföljning av läkemedel"
LISTED = "Sertralin"  # prescribed at the clinic that is blocked


def declare(jonas: Visitor) -> None:
    """The first step of an emergency opening of the patient on the page."""
    page = jonas.page
    page.get_by_role("link", name="Nödöppning").click()
    page.get_by_label("Det är fara för patientens liv").check()
    page.get_by_label("Patienten kan inte tillfrågas").check()
    page.get_by_label("Vad har hänt?").fill(REASON)
    page.get_by_role("button", name="Gå vidare").click()


def open_lars(jonas: Visitor, name: str = "Lars Holm") -> None:
    jonas.find(number_of(jonas, name))
    declare(jonas)
    jonas.page.get_by_role("button", name="Öppna nu").click()
    jonas.page.wait_for_url("**/critical*")


def ask_for_lift(jonas: Visitor) -> None:
    """On the critical view: the provider that has blocked is asked to lift the block."""
    page = jonas.page
    page.get_by_label("Det är fara för liv eller hälsa, och patienten kan inte begära det själv").check()
    page.get_by_label("Varför behövs det nu?").fill("Oklar medvetslöshet, kan vara läkemedel")
    page.get_by_role("button", name="Be dem häva spärren").click()
    expect(page.get_by_role("status")).to_contain_text("Din begäran är skickad")


def request_of(helena: Visitor) -> None:
    """At the clinic that has blocked: the request that waits."""
    helena.open("/staff")
    helena.page.get_by_role("link", name="Begäran om att häva en spärr").click()
    helena.page.locator("a.hit").first.click()


def end(jonas: Visitor) -> None:
    jonas.page.get_by_role("button", name="Avsluta öppningen").click()
    expect(jonas.page.get_by_role("status")).to_contain_text("Din öppning är avslutad")


@pytest.fixture
def jonas(visit: Open) -> Iterator[Visitor]:
    """The ambulance nurse with a phone, who ends what was opened when the patient is in other hands."""
    visitor = visit(PHONE).sign_in("jonas")
    yield visitor
    visitor.context.set_offline(False)
    visitor.find(number_of(visitor, "Lars Holm"))
    visitor.page.goto(f"{visitor.page.url.split('?')[0]}/critical")
    if visitor.page.get_by_role("button", name="Avsluta öppningen").count():
        end(visitor)


def headings(visitor: Visitor) -> list[str]:
    return [each.inner_text().split("\n")[0].strip() for each in visitor.page.locator(".critical .card h2").all()]


def test_the_ambulance_is_told_step_by_step_and_sees_what_matters_first(visit: Open, jonas: Visitor) -> None:
    jonas.find(number_of(jonas, "Lars Holm"))
    assert "Det finns mer hos andra vårdgivare" in jonas.text()
    assert "Region Sörvik" not in jonas.text()
    assert ALLERGY not in jonas.text()

    declare(jonas)
    assert "steg 2 av 2" in jonas.text()
    assert "Region Sörvik" in jonas.text()
    assert "Söderby kommun" in jonas.text()
    assert ALLERGY not in jonas.text()
    assert BLOCKED not in jonas.text()
    jonas.assert_accessible()
    jonas.shoot("staff-emergency-phone", full=True)

    jonas.page.get_by_role("button", name="Öppna nu").click()
    jonas.page.wait_for_url("**/critical*")
    assert headings(jonas)[:5] == ["Allergier", "Varningar", "Läkemedel", "Vård i hemmet", "Vårdbegränsningar"]
    for words in (ALLERGY, "Bärare av MRSA", "Insulin aspart", HOME_CARE, "08-465 004 21", LIMIT):
        assert words in jonas.text(), words
    assert BLOCKED not in jonas.text()
    jonas.assert_accessible()
    jonas.shoot("staff-critical-phone", full=True)

    for words in (LISTED, "Nationella läkemedelslistan", "Senast uthämtat"):
        assert words in jonas.text(), words
    jonas.page.get_by_role("link", name="Hela journalen").click()
    assert BLOCKED not in jonas.text()
    assert BLOCKED_NOTE not in jonas.text()
    jonas.shoot("staff-record-phone")

    lars = visit().sign_in("lars")
    lars.open("/me/log")
    assert "Jonas Berglund" in lars.text()
    assert REASON in lars.text()
    assert "nödöppnade" in lars.text()
    lars.open("/me/notices")
    assert REASON in lars.text()


def test_the_clinic_that_has_blocked_lifts_the_block_for_who_asks(visit: Open, jonas: Visitor) -> None:
    open_lars(jonas)
    assert "Vem som har spärrat" in jonas.text()
    assert BLOCKED not in jonas.text()
    ask_for_lift(jonas)
    assert "Inget svar än" in jonas.text()
    assert BLOCKED not in jonas.text()
    jonas.assert_accessible()

    helena = visit().sign_in("helena")
    request_of(helena)
    assert "Jonas Berglund" in helena.text()
    assert "kan vara läkemedel" in helena.text()
    helena.assert_accessible()
    helena.shoot("staff-lift-request")
    omar = visit().sign_in("omar")
    elsewhere = omar.open(helena.page.url.removeprefix(omar.server.url))
    assert "kan vara läkemedel" not in elsewhere.locator("main").inner_text()
    omar.open("/staff/requests")
    assert "Ingen begäran väntar" in omar.text()
    helena.page.get_by_label("Ja, en tid").check()
    helena.page.get_by_label("Om ja: hur länge").select_option("1")
    helena.page.get_by_role("button", name="Skicka svaret").click()
    assert "Spärren är hävd" in helena.text()
    assert "Ingen begäran väntar" in helena.text()

    jonas.page.reload()
    assert "Hävd Region Sörvik" in jonas.text()
    assert BLOCKED in jonas.text()


def test_the_clinic_says_no_with_a_reason_and_nothing_is_opened(visit: Open, jonas: Visitor) -> None:
    open_lars(jonas, "Björn Hedlund")
    ask_for_lift(jonas)
    helena = visit(PHONE).sign_in("helena")
    request_of(helena)
    helena.page.get_by_label("Nej", exact=True).check()
    helena.page.get_by_role("button", name="Skicka svaret").click()
    assert "skriv varför om det är nej" in helena.text()
    helena.page.get_by_label("Nej", exact=True).check()
    helena.page.get_by_label("Om nej: varför").fill("Inget hos oss har betydelse här")
    helena.page.get_by_role("button", name="Skicka svaret").click()
    assert "Ditt svar är skickat" in helena.text()
    jonas.page.reload()
    assert "Inte hävd Region Sörvik" in jonas.text()
    assert "Inget hos oss har betydelse här" in jonas.text()
    assert BLOCKED not in jonas.text()
    end(jonas)


def test_what_was_opened_stays_readable_without_a_connection_in_its_own_tab(jonas: Visitor) -> None:
    open_lars(jonas)
    page = jonas.page
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/offline')).then(found => !!found)")
    expect(page.get_by_text("Utan förbindelse går sidan att läsa")).to_be_visible()

    jonas.context.set_offline(True)
    page.reload()
    assert "Det finns ingen förbindelse" in jonas.text()
    for words in (ALLERGY, HOME_CARE, LIMIT):
        assert words in jonas.text(), words
    assert page.locator("main form").count() == 0
    jonas.assert_accessible()
    jonas.shoot("staff-offline-phone", full=True)

    other = jonas.context.new_page()
    other.goto(page.url)
    expect(other.locator("main")).to_contain_text("Inget finns kvar i den här fliken")
    assert ALLERGY not in other.locator("main").inner_text()
    other.close()

    jonas.context.set_offline(False)
    expect(page.get_by_text("Det finns ingen förbindelse")).to_have_count(0, timeout=20_000)
    assert ALLERGY in jonas.text()


@pytest.mark.parametrize("way", ["sign out", "end the opening", "be over", "be somebody else's session"])
def test_a_device_keeps_nothing_after(jonas: Visitor, way: str) -> None:
    open_lars(jonas)
    page = jonas.page
    critical = page.url
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    assert page.evaluate("sessionStorage.getItem('kedja-kept') !== null")
    match way:
        case "sign out":
            page.get_by_role("button", name="Logga ut").click()
        case "end the opening":
            end(jonas)
        case "be over":
            past = "kept => JSON.stringify({...kept, until: '2026-01-01T00:00:00Z'})"
            page.evaluate(f"sessionStorage.setItem('kedja-kept', ({past})(JSON.parse(sessionStorage.getItem('kedja-kept'))))")
        case _:
            jonas.context.clear_cookies()
            jonas.sign_in("omar")
    jonas.context.set_offline(True)
    if way == "be over":
        page.reload()
        assert "Inget finns kvar i den här fliken" in jonas.text()
    assert page.evaluate("sessionStorage.getItem('kedja-kept')") is None
    jonas.context.set_offline(False)
    if way in ("sign out", "be somebody else's session"):
        jonas.context.clear_cookies()
        jonas.sign_in("jonas")
    assert critical.endswith("/critical?done=emergency#done")


def test_nobodys_data_is_in_a_cache_of_the_device(jonas: Visitor) -> None:
    open_lars(jonas)
    jonas.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    kept = jonas.page.evaluate(
        """async () => {
            const cache = await caches.open("kedja-offline-1");
            return (await cache.keys()).map((each) => new URL(each.url).pathname);
        }"""
    )
    assert "/offline" in kept
    assert [path for path in kept if path != "/offline" and not path.startswith("/static/")] == []


def test_the_keyboard_alone_opens_what_matters(visit: Open, jonas: Visitor) -> None:
    jonas.find(number_of(jonas, "Lars Holm"))
    page = jonas.page
    for press in ("Nödöppning", "Gå vidare", "Öppna nu"):
        if press == "Gå vidare":
            page.locator("[name=danger]").press("Space")
            page.locator("[name=unobtainable]").press("Space")
            page.locator("[name=reason]").press_sequentially(REASON)
        target = page.get_by_role("link" if press == "Nödöppning" else "button", name=press)
        target.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in ("done", "#done")
    jump = page.get_by_role("link", name="Vårdbegränsningar")
    jump.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "limits"


def test_without_scripts_all_is_there_but_the_copy(visit: Open) -> None:
    jonas = visit(DESKTOP, scripts=False).sign_in("jonas")
    open_lars(jonas)
    assert ALLERGY in jonas.text()
    assert "Utan förbindelse" not in jonas.text()
    end(jonas)
    assert ALLERGY not in jonas.text()


def test_a_block_inside_the_provider_is_lifted_unit_by_unit_when_the_patient_cannot_be_asked(visit: Open) -> None:
    emma = visit(PHONE).sign_in("emma")
    page = emma.find(number_of(emma, "Lars Holm"))
    page.get_by_label("Är patienten här nu?").fill("Inkommer medvetslös med ambulans")
    page.get_by_role("button", name="Starta en kontakt").click()
    assert "Det finns spärrade uppgifter på en annan enhet här" in emma.text()
    assert BLOCKED not in emma.text()

    page.get_by_role("link", name="Häv spärren").click()
    emma.assert_accessible()
    without = page.locator("form", has=page.locator("[name=unobtainable]"))
    without.evaluate("form => { form.noValidate = true; }")
    without.get_by_role("button", name="Gå vidare").click()
    assert "Båda villkoren måste vara uppfyllda" in emma.text()
    page.get_by_label("Patienten behöver vård oundgängligen").check()
    page.get_by_role("checkbox", name="Patienten kan inte tillfrågas").check()
    page.get_by_label("Vad har hänt?").fill("Medvetslös, kan vara läkemedel")
    page.get_by_role("button", name="Gå vidare").click()
    assert BLOCKED in emma.text()
    emma.assert_accessible()
    emma.shoot("staff-inner-lift-phone", full=True)
    page.get_by_label(BLOCKED).check()
    page.get_by_role("button", name="Häv spärren").click()
    assert "Spärren är hävd" in emma.text()
    assert BLOCKED in emma.text()
    assert BLOCKED_NOTE in emma.text()


def test_a_certificate_opens_with_consent_after_an_earlier_relation(visit: Open) -> None:
    jonas = visit().sign_in("jonas")
    page = jonas.find(number_of(jonas, "Lars Holm"))
    page.get_by_role("link", name="Öppna för ett intyg").click()
    jonas.assert_accessible()
    page.get_by_label("Vilket intyg?").fill("Intyg om olycksfall till försäkringen")
    page.get_by_role("button", name="Gå vidare").click()
    assert "Fråga patienten" in jonas.text()
    assert ALLERGY not in jonas.text()
    page.get_by_label("Jag har frågat patienten").check()
    page.get_by_role("button", name="Registrera samtycket").click()
    assert ALLERGY in jonas.text()
    assert "För ett intyg får andra vårdgivares uppgifter läsas" in jonas.text()
