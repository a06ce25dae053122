"""/innovation: what is mine, what waits for me, and where all else is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from kedja.gate import innovation_cases as gate
from kedja.gate import innovation_notices as notices
from kedja.innovation.roles import Role, Viewer, viewer_of
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render

_LEADS: Final = (Role.PILOT, Role.DECIDER, Role.ANALYST)


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the portal. `roles`: who has any use of it, () for everybody; `first`: for whom it stands before the rest."""

    href: str
    name: str
    about: str
    roles: tuple[Role, ...] = ()
    first: tuple[Role, ...] = ()


def tiles(_: Language, viewer: Viewer) -> list[Tile]:
    """The parts that this viewer can use, the parts of their role first: a part that is added gets its line in `_tiles`."""
    mine = [tile for tile in _tiles(_) if not tile.roles or viewer.has(*tile.roles)]
    return sorted(mine, key=lambda tile: not viewer.has(*tile.first))


def _tiles(_: Language) -> list[Tile]:
    return [
        Tile("/innovation/new", _("Give an idea"), _("One form for staff, patients, relatives, companies and researchers.")),
        Tile("/innovation/cases", _("Cases"), _("What others have thought of, tried and introduced. Search before you begin.")),
        Tile("/innovation/portfolio", _("Portfolio"), _("What is under way, with cost, benefit and priority."), first=_LEADS),
        Tile("/innovation/plan", _("Action plan"), _("Goals, how far each has come, and what is done to reach it.")),
        Tile(
            "/innovation/measures",
            _("Measures of innovation"),
            _("How much is given, answered, tried and used, year by year."),
            first=_LEADS,
        ),
        Tile("/innovation/library", _("Library and forum"), _("Tests, reviewed apps, questions, funding, standards and goals.")),
        Tile(
            "/innovation/models",
            _("Models of reimbursement"),
            _("Try what a model pays, who pays it, and whom it stops."),
            first=_LEADS,
        ),
        Tile(
            "/innovation/map", _("Introduced where"), _("How far each region and municipality has come, and whom to learn from.")
        ),
        Tile(
            "/innovation/alike", _("What is like it?"), _("Cases, tests and solutions that are like your idea, with the reason.")
        ),
        Tile(
            "/innovation/navigator",
            _("Regulation navigator"),
            _("Which laws apply, who is responsible, and whether you may begin yourself."),
        ),
        Tile(
            "/innovation/actors",
            _("Who owns the question?"),
            _("The actors, their mandates, and who decides, supervises, funds and knows."),
        ),
        Tile("/innovation/notices", _("Notices"), _("What has happened in your cases, on this page and by e-mail if you want.")),
        Tile(
            "/innovation/rules",
            _("Rules of the regulation navigator"),
            _("Where each rule stands, which cases it touches, and what your organisation adds."),
            (Role.RULES,),
            (Role.RULES,),
        ),
        Tile("/innovation/import", _("Cases from a file"), _("JSON or CSV, looked through before it is filed."), (Role.PILOT,)),
        Tile("/innovation/seats", _("Seats"), _("Who decides in your organisation."), (Role.RULES,), (Role.RULES,)),
        Tile("/innovation/waiting", _("What waits"), _("Which cases wait, on whom, and for how long."), first=_LEADS),
    ]


async def start(visit: Visit) -> Response:
    mine, count = await gate.cases(visit.door, visit.actor, gate.Asked(giver=visit.actor.id, count=5), visit.id)
    unseen = await notices.unseen(visit.door, visit.actor)
    return render(
        visit, "innovation/start.html", mine=mine, count=count, unseen=unseen, tiles=tiles(visit._, viewer_of(visit.actor))
    )
