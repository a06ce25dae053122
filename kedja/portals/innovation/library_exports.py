"""What of the catalogues can be taken along: a list as CSV or JSON, an entry as JSON or FHIR, the record of equal treatment."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_catalogue as gate
from kedja.innovation.entry_export import Exported, as_csv, as_json, research_study, table
from kedja.outcome import refuse
from kedja.portals.innovation.library import asked_of
from kedja.portals.innovation.library_entry import citation
from kedja.portals.innovation.library_show import href, kind_of, number_of, version_of
from kedja.portals.shared.page import Visit
from kedja.portals.shared.security import HEADERS, PRIVATE

MOST: Final = 5000  # entries in one file
_CSV, _JSON, _FHIR = "text/csv; charset=utf-8", "application/json", "application/fhir+json"


async def listing(visit: Visit) -> Response:
    """The list as it is narrowed, whole: `list.csv` or `list.json`."""
    kind, form = kind_of(visit), visit.request.path_params["format"]
    if form not in ("csv", "json"):
        raise refuse(404, "not-found", visit._("There is no such file: a list comes as csv or json."))
    asked, _ = asked_of(visit, kind)
    asked = gate.Asked(asked.kinds, asked.words, asked.states, asked.has, asked.order, asked.mine, MOST)
    found, _ = await gate.find(visit.door, visit.actor, asked, visit.id)
    rows = [exported(one, visit) for one in found]
    if form == "csv":
        return download(f"{kind.id}.csv", "\ufeff" + as_csv(kind, rows), _CSV)
    return download(f"{kind.id}.json", exactjson.dumps([as_json(one) for one in rows]), _JSON)


async def one(visit: Visit) -> Response:
    """A version of an entry: `entry.json`, or, of a test, `entry.fhir` (a ResearchStudy)."""
    kind, form = kind_of(visit), visit.request.path_params["format"]
    if form not in ("json", "fhir") or (form == "fhir" and kind.id != "test"):
        raise refuse(404, "not-found", visit._("There is no such file: an entry comes as json, a test also as fhir."))
    found = await gate.entry(visit.door, visit.actor, kind, number_of(visit), version_of(visit), visit.id)
    entry = exported(found, visit)
    if form == "fhir":
        return download(f"{entry.called}.fhir.json", exactjson.dumps(research_study(entry)), _FHIR)
    return download(f"{entry.called}.json", exactjson.dumps(as_json(entry)), _JSON)


async def told(visit: Visit) -> Response:
    """Who was told what about an entry, when, and when they opened it, as CSV: for who keeps it."""
    kind, number = kind_of(visit), number_of(visit)
    sheet = await gate.sheet(visit.door, visit.actor, kind, number, 0, visit.id)
    if not sheet.keeps:
        raise refuse(403, "forbidden", visit._("The record of equal treatment is for who has the need."))
    lines = [
        [
            kind.reply(row["reply"]).words.of(visit._.code),
            *(row[name] for name in ("text", "answer", "name", "org_name")),
            *(when.isoformat(timespec="seconds") if when else "" for when in (row["at"], row["seen"])),
        ]
        for row in sheet.told
    ]
    heading = ("what", "text", "answer", "name", "organisation", "told", "opened")
    return download(f"{kind.called(number)}-told.csv", "\ufeff" + table(heading, lines), _CSV)


def exported(one: gate.Entry, visit: Visit) -> Exported:
    row = one.row
    url = f"{visit.request.app.state.config.base_url}{href(one.kind, row['number'])}?version={row['version']}"
    place = (one.kind, row["number"], row["version"], row["state"], row["org"], row["org_name"], row["at"], row["language"])
    return Exported(*place, one.values, citation(one, visit), url, row.get("note", ""))


def download(name: str, content: str | bytes, media: str) -> Response:
    headers = {**HEADERS, **PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, media)
