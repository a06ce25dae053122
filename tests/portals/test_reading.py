"""Easy to read, with pictures, large controls, on paper: chosen once, kept for the person, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from kedja.portals.messages import collect
from kedja.portals.shared.language import EASY, language
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages
from tests.portals.windows import DESKTOP, Open, Visitor

SMALL = 360
MAIN = ("/me", "/me/medicines", "/me/results", "/me/log", "/me/contacts")
_WORDS_OF_A_SENTENCE = 14


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service) -> Pages:
    made = await service.as_(CLINIC_DOCTOR).create(patient() | {"birthDate": "1958-03-14"})
    return Pages(service, citizen(await service.person_of(made["id"])))


async def test_what_is_chosen_holds_at_once_and_for_the_next_session_and_for_nobody_else(service: Service) -> None:
    pages, other = await somebody(service), await somebody(service)
    assert "Där vården skriver" not in await pages.said("/me/medicines")
    said = await pages.done("/reading", easy="yes", large="yes")
    assert "Det är sparat" in said
    later = Pages(service, pages.actor)
    for each in (pages, later):
        page = (await each.get("/me/medicines")).text
        assert "data-easy" in page
        assert "data-large" in page
        assert "När du får ett läkemedel syns det här." in page
    assert "data-easy" not in (await other.get("/me")).text
    english = replace(later, language="en")
    assert "When you get a medicine, you see it here." in await english.said("/me/medicines")
    await later.done("/reading")
    page = (await pages.get("/me/medicines")).text
    assert "data-easy" not in page
    assert "data-large" not in page


async def test_the_main_choices_are_pictures_with_words_where_that_is_chosen(service: Service) -> None:
    pages = await somebody(service)
    assert 'class="pictures"' not in (await pages.get("/me")).text
    await pages.done("/reading", easy="yes")
    page = (await pages.get("/me")).text
    pictures = re.findall(r'<a class="picture" href="([^"]+)">(.*?)</a>', page, re.S)
    assert {"/me/results", "/me/medicines", "/me/contacts", "/me/control"} <= {href for href, _ in pictures}
    for _, inside in pictures:
        assert 'aria-hidden="true"' in inside
        assert re.search(r"<span>\S", inside)


@pytest.mark.parametrize("code", ["sv", "en"])
def test_the_easy_words_are_of_messages_that_there_are_and_their_sentences_are_short(code: str) -> None:
    known = {str(message.id) for message in collect() if message.id}
    with (EASY / f"{code}.po").open("rb") as file:
        easy = {str(message.id): message.string for message in read_po(file, locale=code) if message.id}
    assert len(easy) > 40
    for id, words in easy.items():
        assert id in known, id
        assert isinstance(words, str)
        assert sorted(re.findall(r"%\(\w+\)s", words)) == sorted(re.findall(r"%\(\w+\)s", id)), id
        for sentence in re.split(r"[.?!]", words):
            assert len(sentence.split()) <= _WORDS_OF_A_SENTENCE, sentence
    assert language(code, easy=True)("Your health, together") != language(code)("Your health, together")
    assert language(code, easy=True)("Medicines") == language(code)("Medicines")


def choose(who: Visitor) -> None:
    page = who.open("/reading")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    who.assert_fits()
    page.locator("main form button").click()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "locale", "login"), [(SMALL, "sv-SE", "bjorn"), (DESKTOP, "en-GB", "birgit")])
def test_easy_and_large_pages_fit_and_are_accessible(visit: Open, width: int, locale: str, login: str) -> None:
    who = visit(width, locale).sign_in(login)
    choose(who)
    who.assert_accessible()
    for path in MAIN:
        page = who.open(path)
        who.assert_accessible()
        heights = page.locator("main a.ds-button:visible, main button.ds-button:visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert all(height >= 59 for height in heights), path
    who.open("/me")
    who.shoot(f"citizen-easy-{width}")


@pytest.mark.browser
def test_without_scripts_it_is_chosen_and_taken_back(visit: Open) -> None:
    who = visit(SMALL, scripts=False).sign_in("maja")
    choose(who)
    assert who.open("/me").locator("a.picture").count() > 3
    page = who.open("/reading")
    for box in page.locator("main input[type=checkbox]").all():
        box.uncheck()
    page.locator("main form button").click()
    assert who.open("/me").locator("a.picture").count() == 0


@pytest.mark.browser
def test_on_paper_there_is_whose_it_is_and_what_is_known_and_nothing_to_press(visit: Open) -> None:
    visit().sign_in("maria").find("Astrid Lindqvist")
    who = visit().sign_in("astrid")
    who.page.emulate_media(media="print")
    for path, told in (("/me", "HbA1c"), ("/me/medicines", "Metformin"), ("/me/results", "HbA1c"), ("/me/log", "läste")):
        page = who.open(path)
        assert "Astrid Lindqvist" in page.locator(".printed").inner_text()
        assert told in who.text(), path
        assert seen(page, "header.bar, main form, main button, .foot, .actions") == 0, path
        who.assert_fits()
    who.open("/me/medicines").locator("details").first.wait_for(state="visible")
    assert "ATC" in who.page.locator("article.card").first.inner_text()


def seen(page: Page, selector: str) -> int:
    return sum(each.is_visible() for each in page.locator(selector).all())
