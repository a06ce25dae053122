"""/innovation/library: every catalogue, one search through all of them, and the list of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from kedja.gate import innovation_catalogue as gate
from kedja.innovation.catalogue import Field, Kind, kinds
from kedja.innovation.entries import makes
from kedja.innovation.roles import viewer_of
from kedja.portals.innovation.library_show import brief, kind_of
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render

PAGE: Final = 30
_MOST_WORDS: Final = 200


@dataclass(frozen=True, slots=True)
class Shelf:
    """A catalogue with how many entries the visitor sees."""

    href: str
    name: str
    about: str
    count: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A choice that narrows a list: its name in the address, its label, what can be chosen, what is."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


async def shelves(visit: Visit) -> Response:
    """Every catalogue; with `words`, what is found in all of them."""
    words = words_of(visit)
    counted, unseen = await gate.counts(visit.door, visit.actor, visit.id)
    found, total = [], 0
    if words:
        asked = gate.Asked([kind.id for kind in kinds().values()], words, count=PAGE)
        found, total = await gate.find(visit.door, visit.actor, asked, visit.id)
    news = [(f"/innovation/library/{row['kind']}/{row['number']}", row["title"], row["told"]) for row in unseen]
    context = {"groups": _groups(counted, visit._), "words": words, "total": total, "news": news}
    return render(visit, "innovation/shelves.html", found=[brief(one, visit) for one in found], **context)


async def listing(visit: Visit) -> Response:
    """The entries of one catalogue that the visitor sees, narrowed by words, state and what its fields say."""
    kind = kind_of(visit)
    asked, narrowing = asked_of(visit, kind)
    found, total = await gate.find(visit.door, visit.actor, asked, visit.id)
    page = asked.skip // PAGE + 1
    kept = [(name, value) for name, value in visit.request.query_params.items() if name != "page" and value]
    further = f"{visit.request.url.path}?{urlencode([*kept, ('page', page + 1)])}" if total > page * PAGE else ""
    return render(
        visit,
        "innovation/shelf.html",
        kind=kind,
        words=asked.words,
        narrowing=narrowing,
        found=[brief(one, visit) for one in found],
        total=total,
        further=further,
        narrowed=bool(kept),
        query=urlencode(kept),
        may_make=makes(viewer_of(visit.actor), kind),
    )


def asked_of(visit: Visit, kind: Kind) -> tuple[gate.Asked, Sequence[Narrowing]]:
    """What the address asks of a catalogue, and the choices that it has. What is no choice is not asked."""
    query = visit.request.query_params
    narrowing = [*_states(kind, query, visit._), *(_field(field, query, visit._) for field in kind.fields if field.facet)]
    chosen = {each.name: each.chosen for each in narrowing if each.chosen}
    state = chosen.pop("state", "")
    has = {name: [value] if kind.field(name).type == "several" else value for name, value in chosen.items()}
    text = query.get("page", "")
    page = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 4 else 1
    order = "due" if kind.due else "number" if kind.id in ("standard", "test") else ""
    states = [state] if state else []
    return gate.Asked([kind.id], words_of(visit), states, has, order, kind.is_private, PAGE, PAGE * (max(page, 1) - 1)), narrowing


def words_of(visit: Visit) -> str:
    return " ".join(visit.request.query_params.get("words", "").replace("\0", "").split())[:_MOST_WORDS]


def _states(kind: Kind, query: Mapping[str, str], _: Language) -> list[Narrowing]:
    options = tuple((state.id, state.words.of(_.code)) for state in kind.states)
    return [_narrowing("state", _("State"), options, query)] if len(options) > 1 else []


def _field(field: Field, query: Mapping[str, str], _: Language) -> Narrowing:
    options = tuple((option.id, option.words.of(_.code)) for option in field.options)
    return _narrowing(field.id, field.words.of(_.code), options, query)


def _narrowing(name: str, label: str, options: tuple[tuple[str, str], ...], query: Mapping[str, str]) -> Narrowing:
    chosen = query.get(name, "")
    return Narrowing(name, label, options, chosen if any(chosen == id for id, _ in options) else "")


def _groups(counted: Mapping[tuple[str, str], int], _: Language) -> list[tuple[str, list[Shelf]]]:
    names: Mapping[str, Any] = {
        "knowledge": _("What is known"),
        "meeting": _("Ask, apply and meet"),
        "standards": _("Standards"),
        "steering": _("Goals and horizon"),
        "own": _("Your own"),
    }
    found: dict[str, list[Shelf]] = {name: [] for name in names}
    for kind in kinds().values():
        count = sum(number for (id, _state), number in counted.items() if id == kind.id)
        about = kind.about.of(_.code)
        found[kind.group].append(Shelf(f"/innovation/library/{kind.id}", kind.plural.of(_.code), about, count))
    return [(names[group], each) for group, each in found.items()]
