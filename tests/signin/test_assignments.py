"""The file of assignments: taken whole or not at all, and what is wrong is said with its line."""

from __future__ import annotations

from datetime import date

import pytest

from kedja.access.actor import Kind, Purpose
from kedja.outcome import OutcomeError
from kedja.signin.assignments import read

HEADER = "id,hsa_id,name,title,kind,purpose,provider,provider_name,unit,unit_name,rights,licences,prescriber,starts,ends"
LINE = (
    "a1,SE2399999999-A,Åsa Öberg,Läkare,professional,care,SE2399999999-P,Region,SE2399999999-U,Ekbacken,"
    "Läsa;alla;SJF|Skriva;alla;VE,LK,ja,2026-01-01,"
)


def test_a_file_gives_its_assignments() -> None:
    (row,) = read([HEADER, LINE])
    assert (row.name, row.kind, row.purpose, row.prescriber) == ("Åsa Öberg", Kind.PROFESSIONAL, Purpose.CARE, True)
    assert (row.rights, row.licences) == (("Läsa;alla;SJF", "Skriva;alla;VE"), ("LK",))
    assert (row.starts, row.ends) == (date(2026, 1, 1), None)
    assert row.actor.assignment is not None
    assert row.actor.assignment.unit_name == "Ekbacken"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "column `id` is missing"),
        ([HEADER + ",shoe", LINE], "unknown column `shoe`"),
        ([HEADER, LINE, LINE], "twice"),
        ([HEADER, LINE + ",more"], "line 2 has more fields"),
        ([HEADER, LINE.replace("Läsa;alla;SJF|Skriva;alla;VE", "")], "line 2: `rights` is empty"),
        ([HEADER, LINE.replace("alla;SJF", "alla;ALLT")], "the right `Läsa;alla;ALLT`"),
        ([HEADER, LINE.replace("professional", "system")], "`kind` is `system`"),
        ([HEADER, LINE.replace(",care,", ",own,")], "`purpose` is `own`"),
        ([HEADER, LINE.replace("2026-01-01", "1/1")], "`starts` is `1/1`"),
        ([HEADER, LINE.replace(",ja,", ",maybe,")], "`prescriber`"),
        ([HEADER, '"a'], "CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(lines: list[str], told: str) -> None:
    with pytest.raises(OutcomeError) as refusal:
        read(lines)
    assert told in refusal.value.issues[0].diagnostics
