"""The page on which a person's own browser checks their log."""

from __future__ import annotations

import json

import asyncpg
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import run
from tests.portals.windows import DESKTOP, PHONE, Open, Server, Visitor

pytestmark = pytest.mark.browser


def check(visitor: Visitor) -> Page:
    page = visitor.open("/me/log/proof")
    page.get_by_role("button", name="Kontrollera min logg").click()
    return page


def execute(server: Server, statement: str) -> None:
    async def change() -> None:
        conn = await asyncpg.connect(server.database_url)
        try:
            await conn.execute(statement)
        finally:
            await conn.close()

    run(change())


@pytest.mark.parametrize(("width", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_whole_log_is_checked_and_remembered_and_has_only_grown(visit: Open, width: int, scheme: str) -> None:
    visitor = visit(width, scheme=scheme).sign_in("eva")
    visitor.open("/me/log")
    page = check(visitor)
    status = page.locator("main [role=status]")
    expect(status).to_contain_text("är som när de förseglades", timeout=30_000)
    expect(status).to_contain_text("minns nu loggen")
    visitor.assert_accessible()
    visitor.shoot(f"citizen-proof-{width}")
    page.wait_for_timeout(6_000)  # so that more is sealed
    check(visitor)
    expect(status).to_contain_text("har loggen bara vuxit", timeout=30_000)


def test_a_row_that_was_changed_is_named_with_what_to_do(visit: Open, server: Server) -> None:
    visitor = visit().sign_in("bjorn")
    page = check(visitor)
    expect(page.locator("main [role=status]")).to_contain_text("är som när de förseglades", timeout=30_000)
    oldest = visitor.fetch("/audit/own?count=200")["entries"][-1]
    row = int(json.loads(oldest["leaf"])["id"].removeprefix("log-"))
    execute(server, f"UPDATE access_log SET detail = detail || '!' WHERE seq = {row}")
    try:
        page = check(visitor)
        expect(page.locator("main [role=alert]")).to_contain_text(f"Rad {row} är inte det som förseglades", timeout=30_000)
        expect(page.get_by_text("Integritetsskyddsmyndigheten")).to_be_visible()
        visitor.assert_accessible()
    finally:
        execute(server, f"UPDATE access_log SET detail = left(detail, -1) WHERE seq = {row}")
