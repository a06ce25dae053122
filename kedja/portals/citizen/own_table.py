"""/me/own/table: a table of values into the person's own account: columns chosen, wrong lines given back to be corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from kedja.outcome import OutcomeError
from kedja.portals.citizen import own_csv, own_values
from kedja.portals.citizen.own_csv import COLUMNS, Bad, Sheet
from kedja.portals.shared import ask_own
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render

_SHOWN: Final = 50  # wrong lines that are told one by one; all are given back


async def table(visit: Visit) -> Response:
    return _page(visit, "")


async def keep(visit: Visit) -> Response:
    """Keep the lines that can be read, once however often they are sent; the others come back with what is wrong with each."""
    form = await visit.form()
    text = await _text(form)
    try:
        sheet = own_csv.sheet(text)
    except OutcomeError as error:
        return _page(visit, text, wrong=error.issues[0].diagnostics, status=422)
    kind, columns = str(form.get("every", "")), _columns(form, sheet)
    if not own_csv.is_enough(columns, kind):
        said = visit._("Say which column is what: at least the day and the value, and what was measured.")
        return _page(visit, text, sheet=sheet, columns=columns, wrong=said if "column-day" in form else "", status=422)
    owner = await ask_own.number(visit)
    found = await run_in_threadpool(own_csv.read, sheet, columns, kind, owner, visit.door.clock())
    kept = await ask_own.keep(visit, found.made)
    if found.bad:
        rest = own_csv.again(sheet, found.bad)
        return _page(visit, rest, sheet=sheet, columns=columns, bad=found.bad, kept=kept)
    return redirect(f"/me/own?done=sent&n={kept}#done")


def _page(
    visit: Visit,
    text: str,
    *,
    sheet: Sheet | None = None,
    columns: Mapping[str, int] | None = None,
    bad: list[Bad] | None = None,
    kept: int = 0,
    wrong: str = "",
    status: int = 200,
) -> Response:
    words = why(visit._)
    return render(
        visit,
        "citizen/own_table.html",
        status,
        text=text,
        sheet=sheet,
        columns=columns or {},
        names=column_names(visit._),
        kinds=own_values.kind_names(visit._),
        every=str((visit.sent or {}).get("every", "")),
        bad=[(each.number, words[each.why], "; ".join(each.cells)) for each in (bad or [])[:_SHOWN]],
        bad_number=len(bad or []),
        kept=kept,
        wrong=wrong,
    )


async def _text(form: FormData) -> str:
    """What was sent as a file, else what stands in the field."""
    sent = form.get("file")
    if isinstance(sent, UploadFile) and sent.size:
        return own_csv.text_of(await sent.read()).replace("\0", "")
    return str(form.get("text", ""))


def _columns(form: FormData, sheet: Sheet) -> dict[str, int]:
    """As they were chosen, else as their names say."""
    if "column-day" not in form:
        return own_csv.guessed(sheet.heading)
    chosen = {name: str(form.get(f"column-{name}", "")) for name in COLUMNS}
    return {name: int(place) for name, place in chosen.items() if place.isdecimal() and int(place[:4]) < len(sheet.heading)}


def column_names(_: Language) -> dict[str, str]:
    return {
        "kind": _("What was measured"),
        "day": _("Day"),
        "clock": _("Time of day"),
        "value": _("Value"),
        "second": _("Second value"),
    }


def why(_: Language) -> dict[str, str]:
    """What is wrong with a line."""
    return {
        "kind": _("it does not say what was measured, in a word that is known here"),
        "day": _("the day is not written as 2026-05-31"),
        "later": _("the time is yet to come"),
        "value": _("the value is no number"),
        "second": _("a blood pressure has two values, everything else one"),
    }
