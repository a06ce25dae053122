"""A table of a person's own values: columns by name or as chosen, each wrong line told and given back; the account as PDF."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.identity import luhn
from kedja.outcome import OutcomeError
from kedja.portals.citizen.own_csv import again, guessed, is_enough, read, sheet
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages, words_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OWNER = "195803142388"
_NUMBERS = iter([f"19580314{serial}{luhn(f'580314{serial}')}" for serial in range(980, 999)])
GOOD = "Datum;Typ;Värde;Undre\n2026-05-01 08:15;vikt;80,5;\n2026-05-02;blodtryck;134;82\n"
BAD = GOOD + "i går;vikt;80;\n2026-05-03;humör;1;\n2026-05-04;puls;många;\n2026-05-05;blodtryck;130;\n2999-01-01;steg;7;\n"


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service) -> Pages:
    made = await service.as_(CLINIC_DOCTOR).create(patient(next(_NUMBERS)))
    return Pages(service, citizen(await service.person_of(made["id"])))


async def kept(pages: Pages) -> list[dict[str, Any]]:
    return await pages.service.as_(pages.actor).search("Observation")


async def test_a_table_is_taken_in_once_however_often_it_is_sent(service: Service) -> None:
    pages = await somebody(service)
    for number in ("2 värden", "0 värden"):
        sent = await pages.post("/me/own/table", files={"file": ("v.csv", GOOD.encode("cp1252"))})
        assert sent.status_code == 303, words_of(sent.text)
        assert f"{number} finns nu i ditt konto" in await pages.said(sent.headers["location"].split("#")[0])
    values = {one.get("valueQuantity", {}).get("value") for one in await kept(pages)}
    assert 80.5 in values


async def test_wrong_lines_are_told_by_their_number_and_come_back_to_be_corrected(service: Service) -> None:
    pages = await somebody(service)
    answer = await pages.post("/me/own/table", files={"file": ("v.csv", BAD)})
    said = words_of(answer.text)
    assert "2 värden finns nu i ditt konto" in said
    assert "5 rader gick inte att läsa" in said
    for line, why in ((4, "dagen"), (5, "vad som är mätt"), (6, "inget tal"), (7, "två värden"), (8, "har inte varit än")):
        assert re.search(rf"Rad {line}: [^(]*{why}", said), line
    field = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.S)
    assert field
    rest = unescape(field[1]).strip()
    assert rest.splitlines() == [GOOD.splitlines()[0], *BAD.splitlines()[3:]]
    form = {"column-day": "0", "column-kind": "1", "column-value": "2", "column-second": "3"}
    corrected = rest.replace("i går", "2026-05-06").replace("humör", "puls").replace("många", "62").replace("130;", "130;80")
    last = await pages.post("/me/own/table", text=corrected.replace("2999", "2026"), **form)
    assert last.status_code == 303
    assert len(await kept(pages)) == 7


async def test_columns_that_are_not_known_are_chosen_and_what_was_sent_stays(service: Service) -> None:
    pages = await somebody(service)
    odd = "När,Kilo\n2026-05-01,80.5\n"
    answer = await pages.post("/me/own/table", files={"file": ("v.csv", odd)})
    assert answer.status_code == 422
    assert "Vilken kolumn är vad?" in words_of(answer.text)
    assert "2026-05-01,80.5" in answer.text
    form = {"column-day": "0", "column-value": "1", "every": "body-weight"}
    assert (await pages.post("/me/own/table", text=odd, **form)).status_code == 303
    [one] = await kept(pages)
    assert one["valueQuantity"]["value"] == 80.5
    lacking = await pages.post("/me/own/table", text=odd, **{**form, "column-value": "99"})
    assert lacking.status_code == 422
    assert 'role="alert"' in lacking.text


@pytest.mark.parametrize("text", ["", "hej", "a;b", "a\n1", "\x1f\n\n"])
async def test_what_is_no_table_is_told_and_stays_in_the_field(service: Service, text: str) -> None:
    if not _SHARED:
        _SHARED.append(await somebody(service))
    answer = await _SHARED[0].post("/me/own/table", text=text)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


_SHARED: list[Pages] = []


async def test_the_account_is_summed_up_as_pdf(service: Service) -> None:
    pages = await somebody(service)
    empty = await pages.get("/me/own/summary.pdf")
    assert empty.content.startswith(b"%PDF-")
    await pages.post("/me/own/table", text=GOOD)
    whole = await pages.get("/me/own/summary.pdf")
    assert whole.headers["content-type"] == "application/pdf"
    assert len(whole.content) > len(empty.content)
    assert whole.headers["content-disposition"].endswith('"eget-konto.pdf"')


CELLS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_every_line_is_kept_or_given_back(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([("datum", "typ", "värde"), *rows])
    try:
        table = sheet(out.getvalue())
    except OutcomeError:
        assert not any(cell.strip() for row in rows for cell in row)
        return
    columns = guessed(table.heading)
    assert is_enough(columns, "")
    found = read(table, columns, "", OWNER, NOW)
    assert len(found.made) + len(found.bad) == len(table.lines)
    if found.bad:
        back = sheet(again(table, found.bad))
        assert [cells for _, cells in back.lines] == [each.cells for each in found.bad]
