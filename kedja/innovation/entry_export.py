"""Entries as data for others: CSV, JSON, and a test as a FHIR R4 ResearchStudy."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any, Final

from kedja.innovation.catalogue import Kind
from kedja.innovation.entries import MANY, NUMBERS, Values

Json = dict[str, Any]
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula
_NOTES: Final = ("outcome", "result", "unwanted", "certainty", "equity", "cost", "elsewhere", "lessons", "ethics", "baseline")


@dataclass(frozen=True, slots=True)
class Exported:
    """A version of an entry. `citation` has its lasting address (`url`) in it."""

    kind: Kind
    number: int
    version: int
    state: str
    org: str
    org_name: str
    at: datetime
    language: str
    values: Values
    citation: str
    url: str
    note: str = ""

    @property
    def called(self) -> str:
        return self.kind.called(self.number)


def as_json(one: Exported) -> Json:
    """An entry with its fields under their ids: codes, numbers, ISO dates."""
    return {
        "id": one.called,
        "version": one.version,
        "kind": one.kind.id,
        "state": one.state,
        "organisation": one.org_name or None,
        "updated": one.at.isoformat(timespec="seconds"),
        "language": one.language,
        "citation": one.citation,
        "url": one.url,
        "fields": dict(one.values),
    }


def as_csv(kind: Kind, found: Iterable[Exported]) -> str:
    """A row for each entry, a column for each field; several values of one field are parted by `; `."""
    names = [field.id for field in kind.fields]
    lines = [[one.called, one.version, one.state, one.org_name, f"{one.at:%Y-%m-%d}", *_cells(one)] for one in found]
    return table(["id", "version", "state", "organisation", "updated", *names, "citation"], lines)


def table(heading: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """CSV (RFC 4180) where no cell is run as a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows([_safe(cell) for cell in line] for line in lines)
    return text.getvalue()


def _cells(one: Exported) -> Iterator[Any]:
    for field in one.kind.fields:
        value = one.values.get(field.id, "")
        yield "; ".join(value) if field.type in MANY and value else value
    yield one.citation


def _safe(cell: Any) -> Any:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_STARTS) and not isinstance(cell, int) else text


def research_study(one: Exported) -> Json:
    """A test as a ResearchStudy (R4). What R4 has no element for stands in labelled notes; who keeps it, where and who took part
    are contained, since they are no resources of their own."""
    values, kind, code = one.values, one.kind, one.language
    contained, references = _contained(one)
    study: Json = {
        "resourceType": "ResearchStudy",
        "id": f"test-{one.number}",
        "meta": {"versionId": str(one.version), "lastUpdated": one.at.isoformat(timespec="milliseconds")},
        "language": code,
        "contained": contained,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": one.url}],
        "title": values["title"],
        "status": kind.state(one.state).fhir,
        "category": [{"text": _word(kind, "design", values, code)}],
        "focus": [{"text": f"{values['product']}, {values['product_version']}"}],
        "relatedArtifact": [{"type": "citation", "citation": one.citation}, *_links(values)],
        "keyword": [{"text": kind.field("areas").option(each).of(code)} for each in values["areas"]],
        "location": [{"text": _word(kind, "setting", values, code)}],
        "description": values["protocol"],
        **references,
        "objective": [{"name": values["measure"]}],
        "note": [{"text": text} for text in _notes(one)],
    }
    period = {name: values[field] for name, field in (("start", "starts"), ("end", "ends")) if field in values}
    if period:
        study["period"] = period
    if one.state == "stopped":
        study["reasonStopped"] = {"text": one.note or values["result"]}
    return {name: value for name, value in study.items() if value}


def _contained(one: Exported) -> tuple[list[Json], Json]:
    """(the contained resources, the elements that refer to them)."""
    values = one.values
    contained: list[Json] = [{"resourceType": "Location", "id": "site", "name": values["site"]}]
    references: Json = {"site": [{"reference": "#site"}]}
    if one.org_name:
        contained.append({"resourceType": "Organization", "id": "keeper", "name": one.org_name})
        references["sponsor"] = {"reference": "#keeper"}
    if "participants" in values:
        group: Json = {"resourceType": "Group", "id": "participants", "type": "person", "actual": True}
        contained.append(group | {"quantity": values["participants"], "name": values.get("participants_who", "Deltagare")})
        references["enrollment"] = [{"reference": "#participants"}]
    return contained, references


def _links(values: Values) -> list[Json]:
    return [{"type": "documentation", "url": link} for link in values.get("links", ())]


def _notes(one: Exported) -> Iterator[str]:
    for name in _NOTES:
        if name in one.values:
            field = one.kind.field(name)
            value = one.values[name]
            said = field.option(value).of(one.language) if field.type == "choice" else str(value)
            yield f"{field.words.of(one.language)}: {said}{' kr' if field.type in NUMBERS and name == 'cost' else ''}"


def _word(kind: Kind, field: str, values: Mapping[str, Any], code: str) -> str:
    return kind.field(field).option(values[field]).of(code)
