"""/innovation/actors: the map of the innovation system, one of its actors, and who owns a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from kedja.innovation.actors.data import TIES, Actor, Role, Sphere, actor_map
from kedja.innovation.actors.drawing import BOX_HEIGHT, BOX_WIDTH, drawing, ties_of
from kedja.innovation.actors.owners import owners
from kedja.innovation.navigator.rules import Rule, standard
from kedja.outcome import refuse
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render

_MOST: Final = 300  # characters of a question


async def actors(visit: Visit) -> Response:
    """The map, with the ties of one kind (`show`) and the owners of a question (`question`)."""
    query, found = visit.request.query_params, actor_map()
    question = query.get("question", "").replace("\0", "").strip()[:_MOST]
    show = Role(query["show"]) if query.get("show") in TIES else None
    ties = ties_of(found, show) if show else ()
    return render(
        visit,
        "innovation/actors.html",
        question=question,
        owned=owners(question, found) if question else None,
        show=show,
        ties=ties,
        actors=found,
        drawing=drawing(found, visit._.code, ties),
        **_words(visit._),
    )


async def actor(visit: Visit) -> Response:
    """One actor: its mandates with their paragraphs, its ties, and the rules of the navigator that name it."""
    found = actor_map()
    one = found.actor(visit.request.path_params["id"])
    if one is None:
        raise refuse(404, "not-found", visit._("There is no such actor on the map."))
    ties = (*found.ties_from(one), *found.ties_to(one))
    return render(
        visit,
        "innovation/actor.html",
        one=one,
        from_=found.ties_from(one),
        to=found.ties_to(one),
        rules=_named(one),
        drawing=drawing(found, visit._.code, ties) if ties else None,
        **_words(visit._),
    )


def _named(one: Actor) -> list[Rule]:
    """The rules of the regulation navigator that name this actor."""
    return [rule for rule in standard().rules if one.id in rule.authority]


def _words(_: Language) -> Mapping[str, Any]:
    """What spheres, roles and ties are called, and how large a box is."""
    return {
        "spheres": {
            Sphere.ACADEMIC: _("Academia and professions"),
            Sphere.ADVICE: _("Advice"),
            Sphere.CARE: _("Companies and care providers"),
            Sphere.COOPERATION: _("Cooperation"),
            Sphere.REGULATING: _("Regulating and supporting"),
            Sphere.SOCIETY: _("Society"),
        },
        "roles": {
            Role.DECIDES: _("decides"),
            Role.SUPERVISES: _("supervises"),
            Role.FUNDS: _("funds"),
            Role.KNOWS: _("knows and advises"),
            Role.COOPERATES: _("cooperates"),
            Role.MAKES: _("develops"),
            Role.USES: _("uses"),
        },
        "kinds": {
            Role.DECIDES: _("decides for or about"),
            Role.SUPERVISES: _("supervises"),
            Role.FUNDS: _("funds"),
            Role.KNOWS: _("gives knowledge and advice to"),
            Role.COOPERATES: _("cooperates with"),
        },
        "asks": {
            Role.DECIDES: _("Who decides"),
            Role.SUPERVISES: _("Who supervises"),
            Role.FUNDS: _("Who funds"),
            Role.KNOWS: _("Who knows and advises"),
            Role.COOPERATES: _("Who cooperates"),
        },
        "sources": {
            "study": _("as the study has it (2017)"),
            "law": _("by statute"),
            "ours": _("our reading"),
        },
        "box": (BOX_WIDTH, BOX_HEIGHT),
    }
