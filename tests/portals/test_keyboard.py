"""The scripts of docs/accessibility.md, followed by keyboard alone."""

from __future__ import annotations

import pytest

from tests.portals.windows import Open, Visitor

pytestmark = pytest.mark.browser

_FURTHEST = 120  # presses of Tab


def tab_to(visitor: Visitor, words: str) -> None:
    """Tab until what has the focus is called so."""
    page = visitor.page
    for _ in range(_FURTHEST):
        page.keyboard.press("Tab")
        if words in page.evaluate(_NAME):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), words
            return
    raise AssertionError(f"no way to `{words}` by keyboard")


_NAME = """
    (document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent ?? '').replace(/\\s+/g, ' ').trim()
"""


def follow(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def test_what_a_proxy_would_see_is_looked_at_before_a_mandate_is_given(visit: Open) -> None:
    karin = visit().sign_in("karin")
    tab_to(karin, "Du bestämmer")
    follow(karin)
    tab_to(karin, "Vad skulle de se?")
    follow(karin)
    tab_to(karin, "Läkemedel:")
    karin.page.keyboard.press("Space")
    tab_to(karin, "Se vad ett ombud skulle se")
    follow(karin)
    assert "Ett ombud med den här fullmakten" in karin.text()


def test_a_value_is_written_into_the_own_account(visit: Open) -> None:
    karin = visit().sign_in("karin")
    karin.open("/me/results")
    tab_to(karin, "Ditt eget konto")
    follow(karin)
    tab_to(karin, "Värde")
    karin.page.keyboard.type("62,5")
    follow(karin)
    assert "Värdet finns i ditt konto" in karin.page.locator("[role=status]").inner_text()
