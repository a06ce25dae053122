"""The rules for anybody to read."""

from __future__ import annotations

import pytest

from kedja.access.rules import standard
from tests.portals.windows import DESKTOP, PHONE, Open

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "locale", "scheme"), [(DESKTOP, "sv-SE", "light"), (PHONE, "en-GB", "dark")])
def test_every_rule_stands_there_with_its_source(visit: Open, width: int, locale: str, scheme: str) -> None:
    visitor = visit(width, locale, scheme=scheme)
    page = visitor.open("/law")
    assert page.locator("details.rule").count() == len(standard().rules)
    for details in page.locator("details.rule").all()[:12]:
        details.locator("summary").click()
    page.locator("#rule-V-7 summary").click()
    assert "3 kap. 1 §" in page.locator("#rule-V-7").inner_text()
    visitor.assert_accessible()
    page.evaluate("scrollTo(0, 0)")
    visitor.shoot(f"law-{width}")


def test_the_rules_are_read_without_scripts(visit: Open) -> None:
    visitor = visit(scripts=False)
    page = visitor.open("/")
    with page.expect_navigation():
        page.get_by_role("link", name="Reglerna").click()
    assert page.locator("#rule-DEFAULT").count() == 1
