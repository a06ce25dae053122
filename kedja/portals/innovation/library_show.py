"""What the pages of the catalogues show of an entry: fields in words, its state, and whether its day has passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kedja.gate.innovation_catalogue import Entry
from kedja.innovation.catalogue import Field, Kind, kinds
from kedja.innovation.entries import called
from kedja.innovation.proof import named
from kedja.outcome import refuse
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.page import Visit

_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Cited:
    """An entry that is cited. `title` is '' where the visitor may not see it, or there is none."""

    called: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A field in words. `written`: somebody wrote it, in the language of the entry; `lines` are links or entries."""

    id: str
    type: str
    label: str
    section: str
    text: str
    lines: tuple[Any, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """An entry on a list."""

    called: str
    href: str
    title: str
    language: str
    kind: str
    state: str
    due: str
    over: bool
    notes: tuple[str, ...]


def kind_of(visit: Visit) -> Kind:
    """The kind that the address names. Raises 404."""
    found = kinds().get(visit.request.path_params["kind"])
    if found is None:
        raise refuse(404, "not-found", visit._("There is no such catalogue."))
    return found


def number_of(visit: Visit) -> int:
    """The number of the address. Raises 404."""
    return _whole(visit, visit.request.path_params["number"])


def version_of(visit: Visit) -> int:
    """The version that the address asks for; 0 for the current one. Raises 404."""
    return _whole(visit, visit.request.query_params.get("version", "0"))


def _whole(visit: Visit, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise refuse(404, "not-found", visit._("There is no such entry."))
    return int(text)


def today(visit: Visit) -> date:
    return visit.door.clock().astimezone(ZONE).date()


def href(kind: Kind, number: int) -> str:
    return f"/innovation/library/{kind.id}/{number}"


def brief(entry: Entry, visit: Visit) -> Brief:
    code, row = visit._.code, entry.row
    words, over = due_words(entry.kind, row["due"], visit)
    seen = [field for field in entry.kind.fields if field.shown and field.id in entry.values]
    notes = [text(field, entry.values[field.id], visit._) for field in seen]
    areas = entry.values.get("areas", ())
    if areas:
        notes.append(text(entry.kind.field("areas"), areas, visit._))
    place = (entry.called, href(entry.kind, row["number"]), row["title"], row["language"], entry.kind.words.of(code))
    return Brief(*place, entry.state.words.of(code), words, over, tuple(notes))


def due_words(kind: Kind, due: date | None, visit: Visit) -> tuple[str, bool]:
    """(until when it holds or is open, whether that day has passed); ('', False) without such a day."""
    if due is None:
        return "", False
    over = due < today(visit)
    name = (kind.over_words if over else kind.due_words).of(visit._.code)
    return f"{name} ({visit._.day(due)})" if over else f"{name} {visit._.day(due)}", over


def shown(entry: Entry, cites: Mapping[str, str], _: Language) -> Iterator[Shown]:
    """The fields that are filled in, but for the title, in their order."""
    for field in entry.kind.fields:
        if field.id in entry.values and field.id != "title":
            value = entry.values[field.id]
            written = not field.options and field.type in ("text", "long")
            lines = _lines(field, value, cites)
            words = "" if lines else text(field, value, _)
            yield Shown(field.id, field.type, field.words.of(_.code), field.section.of(_.code), words, lines, written)


def text(field: Field, value: Any, _: Language) -> str:
    """A value in words."""
    if field.type == "several":
        return ", ".join(field.option(each).of(_.code) for each in value)
    if field.type == "choice":
        return field.option(value).of(_.code)
    if field.type == "date":
        return _.day(date.fromisoformat(value))
    if field.type == "money":
        return _("%(sum)s kronor", sum=_.number(value))
    if field.type == "percent":
        return f"{_.number(value)} %"
    return _.number(value) if field.type == "number" else ", ".join(value) if isinstance(value, list) else str(value)


def _lines(field: Field, value: Any, cites: Mapping[str, str]) -> tuple[Any, ...]:
    if field.type == "files":
        return tuple(named(each) for each in value)
    if field.type == "entries":
        return tuple(cited(each, cites.get(each, "")) for each in value)
    return tuple(value) if field.type == "links" else (value,) if field.type == "link" else ()


def cited(name: str, title: str) -> Cited:
    one = called(name)
    return Cited(name, href(one.kind, one.number) if one and title else "", title)


def sections(rows: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """The fields under their headings: (heading, '' for what stands before the first; fields)."""
    found: list[tuple[str, list[Shown]]] = []
    for row in rows:
        if row.section or not found:
            found.append((row.section, []))
        found[-1][1].append(row)
    return found
