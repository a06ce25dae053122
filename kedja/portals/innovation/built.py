"""/innovation/cases/ID/built: what of the catalogues a case builds on; /innovation/merits: what somebody takes along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_used as gate
from kedja.innovation.catalogue import kinds
from kedja.innovation.entries import called
from kedja.outcome import refuse
from kedja.portals.innovation.library_exports import download
from kedja.portals.innovation.library_show import cited
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.pdf import Document

_MOST: Final = 1000


async def built(visit: Visit) -> Response:
    """The tests, reviews, standards and the rest that a case builds on."""
    found = await gate.built(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    rows = [(cited(kinds()[row["kind"]].called(row["number"]), row["title"]), row) for row in found.used]
    states = {
        row["kind"]: {state.id: state.words.of(visit._.code) for state in kinds()[row["kind"]].states} for row in found.used
    }
    done = visit.request.query_params.get("done", "")
    return render(visit, "innovation/built.html", case=found.case, rows=rows, may=found.may, states=states, done=done)


async def use(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    entry = called(str(form.get("entry", "")).upper())
    if entry is None:
        raise refuse(422, "value", visit._("Write what the entry is called, as T-12."))
    note = " ".join(str(form.get("note", "")).replace("\0", "").split())[:_MOST]
    await gate.use(visit.door, visit.actor, id, entry, note, visit.id)
    return redirect(f"/innovation/cases/{id}/built?done=used")


async def merits(visit: Visit) -> Response:
    """The visitor's training and contributions: `merits.pdf` or `merits.json`."""
    form = visit.request.path_params["format"]
    if form not in ("pdf", "json"):
        raise refuse(404, "not-found", visit._("There is no such file: merits come as pdf or json."))
    training, deeds = await gate.merits(visit.door, visit.actor, visit.id)
    told = {
        "name": visit.actor.name,
        "training": [dict(one.values) for one in training],
        "contributions": [{name: _plain(value) for name, value in row.items()} for row in deeds],
    }
    if form == "json":
        return download("merits.json", exactjson.dumps(told), "application/json")
    content = await run_in_threadpool(document, told, visit._)
    return download("merits.pdf", content, "application/pdf")


def document(told: Mapping[str, Any], _: Language) -> bytes:
    """Training and contributions as PDF."""
    page = Document(_, _("Innovation merits"))
    page.paragraph(told["name"])
    page.ln(2)
    page.heading(kinds()["training"].plural.of(_.code))
    field = kinds()["training"].field("kind")
    courses = [
        (
            _.day(date.fromisoformat(row["day"])),
            row["title"],
            field.option(row["kind"]).of(_.code),
            row["where"],
            str(row.get("hours", "")),
        )
        for row in told["training"]
    ]
    page.rows((30, 70, 30, 36, 14), (_("Day"), _("What"), _("Kind"), _("With whom"), _("Hours")), courses)
    page.heading(_("Done in the portal"))
    deeds = {"made": _("Made"), "kept": _("Kept or answered"), "given": _("Gave the idea"), "took part": _("Took part")}
    names = {id: kind.words.of(_.code) for id, kind in kinds().items()} | {"case": _("Case")}
    rows = [(row["day"], deeds[row["deed"]], names[row["kind"]], row["title"]) for row in told["contributions"]]
    page.rows((30, 34, 34, 82), (_("Day"), _("How"), _("Kind"), _("What")), rows)
    return bytes(page.output())


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
