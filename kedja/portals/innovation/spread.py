"""Broad introduction: a case's readiness, plans and package; and what is introduced where, on a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_spread as gate
from kedja.gate.innovation_spread import Plan
from kedja.innovation.readiness import items, share
from kedja.outcome import refuse
from kedja.portals.innovation.forms import day, needed, text
from kedja.portals.shared.page import Visit, redirect, render

_LINE: Final = 200
_TILE: Final = 84  # px of the drawing


@dataclass(frozen=True, slots=True)
class Tile:
    """An organisation on the map: where, and how far what is introduced there has come, in percent; -1: nothing is planned."""

    x: int
    y: int
    name: str
    short: str
    share: int
    model: bool

    @property
    def depth(self) -> int:
        """0 to 4: which tint it has."""
        return 0 if self.share < 0 else 1 + min(3, self.share * 4 // 101)


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing of tiles, `width` and `height` in its own units. The table beside it says the same."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    size: int = _TILE


def draw(orgs: Iterable[Mapping[str, Any]], shares: Mapping[str, list[int]]) -> Map:
    """The map of organisations that have a place on it; `shares` are those of their plans, by organisation."""
    tiles = [
        Tile(
            row["tile_x"] * _TILE,
            row["tile_y"] * _TILE,
            row["name"],
            _short(row["name"]),
            round(sum(found) / len(found)) if (found := shares.get(row["org"])) else -1,
            bool(row["model"]),
        )
        for row in orgs
        if row["tile_x"] is not None
    ]
    return Map(
        tuple(tiles), max((tile.x for tile in tiles), default=0) + _TILE, max((tile.y for tile in tiles), default=0) + _TILE
    )


def _short(name: str) -> str:
    """What fits on a tile."""
    word = next((each for each in name.replace(",", "").split() if each not in ("Region", "kommun")), name)
    return word[:11]


async def spread(visit: Visit) -> Response:
    """/innovation/cases/{id}/introduction"""
    case, found = await gate.spread(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    shares = _shares(found.plans)
    return render(
        visit,
        "innovation/introduction.html",
        case=case,
        spread=found,
        map=draw([dict(row) for row in found.orgs], shares),
        gates=items("gates"),
        steps=items("steps"),
        parts=items("package"),
        share=share,
        done=visit.request.query_params.get("done", ""),
        has_assignment=visit.actor.assignment is not None,
    )


async def everywhere(visit: Visit) -> Response:
    """/innovation/map: what is introduced where, and the model municipalities."""
    plans, orgs = await gate.everywhere(visit.door, visit.actor, visit.id)
    rows = [dict(row) for row in orgs]
    names = {item.id: item.words.of(visit._.code) for item in items("steps")}
    return render(
        visit,
        "innovation/map.html",
        plans=[{**row, "step_name": names[row["step"]]} for row in plans],
        map=draw(rows, _shares(plans)),
        models=[row for row in rows if row["model"]],
    )


async def ready(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    given = (text(form, "gate", _LINE), form.get("passed") == "yes", text(form, "note", _LINE))
    await gate.ready(visit.door, visit.actor, id, *given, visit.id)
    return redirect(f"/innovation/cases/{id}/introduction?done=ready#readiness")


async def plan(visit: Visit) -> Response:
    form, id, _ = await visit.form(), visit.request.path_params["id"], visit._
    name = needed(form, "name", _("Name who introduces it."), _LINE)
    given = Plan(
        org=text(form, "org", _LINE) or name,
        name=name,
        owner=needed(form, "owner", _("Name who answers for it there."), _LINE),
        starts=day(visit, form, "starts"),
        done_by=day(visit, form, "done_by"),
        step=text(form, "step", _LINE),
        adapted=text(form, "adapted"),
    )
    await gate.plan(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/introduction?done=plan#plans")


async def pack(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    body = {item.id: said for item in items("package") if (said := text(form, item.id))}
    await gate.pack(visit.door, visit.actor, id, body, visit.id)
    return redirect(f"/innovation/cases/{id}/introduction?done=package#package")


async def package(visit: Visit) -> Response:
    """The package as a file: every part under its heading."""
    case, found = await gate.spread(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    if not found.version:
        raise refuse(404, "not-found", visit._("There is no package yet."))
    parts = {item.words.of(visit._.code): found.package[item.id] for item in items("package") if item.id in found.package}
    body = {"case": case.number, "title": case.title, "organisation": case.org_name, "version": found.version, "parts": parts}
    headers = {"Content-Disposition": f'attachment; filename="kedja-{case.number}-v{found.version}.json"'}
    return Response(exactjson.dumps(body), headers=headers, media_type="application/json")


async def copy(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    title = needed(form, "title", visit._("Name your own introduction."), 120)
    new = await gate.copy(visit.door, visit.actor, id, title, visit.id)
    return redirect(f"/innovation/cases/{new}?done=filed")


def _shares(plans: Iterable[Mapping[str, Any] | Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in plans:
        if row["step"] != "declined":
            found.setdefault(row["org"], []).append(share(row["step"]))
    return found
