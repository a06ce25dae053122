"""Journey 2 of the specification: a daughter is her father's proxy; a camera at night is proposed for her parents' home."""

from __future__ import annotations

import re

import pytest

from tests.portals.windows import DESKTOP, Open, Visitor

pytestmark = pytest.mark.browser
SMALL = 360
GOSTA, BIRGIT_NAME = "19400402-2390", "Birgit Nyman"


def number_of(visitor: Visitor, name: str) -> str:
    visitor.open("/staff")
    return str(visitor.page.locator("details button.login", has_text=name).get_attribute("value"))


def answer(who: Visitor, words: str) -> None:
    page = who.open("/me/monitoring")
    who.assert_fits()
    card = page.locator("section.card", has_text="22:00")
    card.get_by_role("button", name=re.compile(f"^{words}")).click()


def test_the_daughter_sees_what_the_mandate_covers_until_when_and_nothing_that_tells_of_more(visit: Open) -> None:
    eva = visit(SMALL, scripts=False).sign_in("eva")
    page = eva.open("/me/acting")
    assert "Gösta Nyman" in eva.text()
    assert re.search(r"till (och med )?\d+ \w+ 20\d\d", eva.text())
    page.get_by_role("button", name=re.compile("Gösta")).click()
    assert "Gösta Nyman" in page.locator(".acting").inner_text()
    for path in ("/me", "/me/medicines", "/me/results", "/me/contacts"):
        eva.open(path)
        eva.assert_fits()
        assert page.locator(".acting").count() == 1
        if path != "/me/medicines":
            assert not re.search("HbA1c|Kreatinin|spärr|dold", eva.text(), re.I)
    assert "Bokad tid" not in eva.text()  # the booking that he has is of no matter of the mandate
    eva.open("/me/medicines")
    assert page.locator("article.card").count() > 0
    for path in ("/me/monitoring", "/me/log", "/me/control"):
        assert eva.page.goto(eva.server.url + path).status in (403, 404)  # type: ignore[union-attr]


def test_a_camera_at_night_is_used_only_while_father_and_mother_have_said_yes(visit: Open) -> None:
    kalle = visit(DESKTOP).sign_in("kalle")
    number = number_of(kalle, BIRGIT_NAME)
    page = kalle.find(GOSTA)
    page.get_by_role("link", name="Sensorer och kameror hemma").click()
    page.locator("#technique").select_option("camera")
    page.locator("#purpose").fill("Se att natten är lugn utan att väcka")
    page.get_by_label("bilden, bara medan någon tittar").check()
    page.locator("#number").fill(number)
    page.get_by_role("button", name="Fråga om samtycke").click()
    assert "angivna tider" in kalle.text()
    kalle.assert_accessible()
    assert page.locator("#purpose").input_value() == "Se att natten är lugn utan att väcka"
    page.locator("#start").fill("22:00")
    page.locator("#end").fill("06:00")
    page.get_by_role("button", name="Fråga om samtycke").click()
    assert "Alla är tillfrågade" in kalle.text()
    kalle.assert_accessible()
    asked = page.url.split("?")[0]

    gosta, birgit = visit(SMALL, scripts=False).sign_in("gosta"), visit(DESKTOP, "en-GB").sign_in("birgit")
    gosta.open("/me/monitoring")
    gosta.shoot("citizen-monitoring-360", full=True)
    birgit.open("/me/monitoring")
    birgit.assert_accessible()
    assert "where you live too" in birgit.text()
    answer(gosta, "Ja")
    page.goto(asked)
    assert "Får användas nu" not in kalle.text()
    answer(birgit, "Yes")
    birgit.assert_accessible()
    page.goto(asked)
    assert "Får användas nu" in kalle.text()
    kalle.shoot("staff-monitoring-1280", full=True)
    birgit.open("/me/monitoring").get_by_role("button", name=re.compile("Take back")).first.click()
    page.goto(asked)
    assert "Får användas nu" not in kalle.text()
    assert "har tagit tillbaka sitt ja" in kalle.text()
