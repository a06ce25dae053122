"""With JavaScript off, everything that matters works."""

from __future__ import annotations

import re

import pytest

from tests.portals.windows import PHONE, Open

pytestmark = pytest.mark.browser


def test_a_citizen_reads_filters_blocks_and_signs_out(visit: Open) -> None:
    aisha = visit(PHONE, scripts=False).sign_in("aisha")
    page = aisha.page
    assert "Din hälsa, samlad" in aisha.text()
    for name in ("Vård", "Kvalitetsregister", "Omsorg", "Biobank"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Visa", exact=True).click()
    assert set(page.locator("#timeline .tag[data-domain]").all_inner_texts()) == {"Egen mätning"}

    aisha.open("/me/results/NPU27300")
    assert page.locator("#table-1 tbody tr").count() > 1
    assert not page.locator(".chart").is_visible()

    aisha.open("/me/blocks")
    page.get_by_label(re.compile("Solgårdens vårdcentral")).first.check()
    page.get_by_role("button", name="Se vad det skulle betyda").click()
    page.get_by_label(re.compile("^Andra vårdgivare")).check()
    page.get_by_role("button", name="Spärra", exact=True).click()
    assert "Solgårdens vårdcentral är spärrad" in aisha.text()
    page.get_by_role("button", name=re.compile("Häv spärren")).click()
    assert "Spärren är hävd" in aisha.text()

    page.get_by_role("button", name="Logga ut").click()
    assert "Vård och omsorg i en kedja" in aisha.text()
    aisha.open("/me")
    assert "/sign-in" in page.url


def test_a_clinician_finds_and_reads(visit: Open) -> None:
    helena = visit(PHONE, scripts=False).sign_in("helena")
    helena.find("Björn")
    assert "Björn Hedlund" in helena.text()
    assert "PHQ-9" in helena.text()
