"""Mapping files: a table's columns to FHIR resources, as data, checked before a row is read (docs/reference/sources.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from kedja import spec
from kedja.identity import Identifier, parse_any
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.sources.cells import READERS, Column, Style, read_cell
from kedja.sources.template import Context, Filled, Row, check_elements, compile_template, near

Table = dict[str, Any]
Resource = dict[str, Any]
NAMESPACE: Final = UUID("6f0f2c1e-5b0a-5d0e-9a53-0d6c1c5f9b11")
_KEYS: Final = {
    "mapping": ("title", "table", "columns", "codes", "person", "resource"),
    "[table]": ("key", "delimiter", "encoding", "decimal", "missing", "timezone"),
    "[person]": ("column", "body"),
    "[[resource]]": ("name", "when", "repeat", "body"),
    "repeat": ("column", "split"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """One `[[resource]]`: filled when every column of `when` has a value, once or for each item of `repeat`."""

    name: str
    type: str
    when: tuple[str, ...]
    repeat: tuple[str, str] | None  # column, separator
    members: Mapping[str, Filled]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A checked mapping. `key` are the columns that tell one row from another."""

    key: tuple[str, ...]
    columns: Mapping[str, Column]
    missing: frozenset[str]
    style: Style
    delimiter: str
    encoding: str
    person: str | None
    patient: Mapping[str, Filled]
    made: tuple[Made, ...]


def mapping_of(table: Table) -> TableMapping:
    """Check and compile. Raises OutcomeError 422 with one issue for each fault, naming what was meant."""
    faults = [fault for key in table if (fault := _unknown("mapping", key, "a mapping file"))]
    columns = {name: _column(name, given, faults) for name, given in table.get("columns", {}).items()}
    options, person = table.get("table", {}), table.get("person", {})
    for room, given in (("[table]", options), ("[person]", person)):
        faults += [fault for key in given if (fault := _unknown(room, key, room))]
    rows = table.get("resource", [])
    names = tuple(row.get("name", "") for row in rows)
    context = Context(columns, table.get("codes", {}), ("person", *names), faults)
    made = tuple(_made(row, context) for row in rows)
    _check_names(names, faults)
    key = tuple(options.get("key", ()))
    _check_columns([("[table] key", name) for name in key] + [("[person]", n) for n in [person.get("column")] if n], context)
    if not key or not rows:
        faults.append("a mapping needs `[table] key`, the columns that tell one row from another, and at least one [[resource]]")
    patient = _patient(person, context)
    if faults:
        raise OutcomeError(422, *(Issue("value", fault) for fault in faults))
    style = Style(options.get("decimal", "."), ZoneInfo(options.get("timezone", "Europe/Stockholm")))
    missing = frozenset(("", *options.get("missing", ())))
    return TableMapping(
        key,
        columns,
        missing,
        style,
        options.get("delimiter", ","),
        options.get("encoding", "utf-8"),
        person.get("column"),
        patient,
        made,
    )


def check_header(mapping: TableMapping, header: Sequence[str], file: str) -> None:
    """Raises OutcomeError 422 with one issue for each declared column that the file lacks, with those that are like it."""
    wanted = [column.name for column in mapping.columns.values() if not column.optional]
    lacking = [name for name in wanted if name not in header]
    if lacking:
        issues = [
            f"{file} has no column `{name}`{near(name, header) or '; it has ' + ', '.join(header[:30])}" for name in lacking
        ]
        raise OutcomeError(422, *(Issue("not-found", issue) for issue in issues))


def resources_of(mapping: TableMapping, cells: Mapping[str, str | None], source: str) -> list[Resource]:
    """The resources of one row, the Patient first. Raises OutcomeError 422 with one issue for each cell that is wrong."""
    values = _values(mapping, cells)
    references: dict[str, str] = {}
    made: list[Resource] = []
    if mapping.person is not None:
        patient = _patient_resource(mapping, values, source)
        references["person"] = f"Patient/{patient['id']}"
        made.append(patient)
    key = [_key_part(mapping, name, values) for name in mapping.key]
    planned = [(one, item) for one in mapping.made for item in _items(one, values)]
    ids = [resource_id(source, one.name, *key, *([item] if item is not None else [])) for one, item in planned]
    references |= {one.name: f"{one.type}/{id}" for (one, _), id in reversed(list(zip(planned, ids)))}
    for (one, item), id in zip(planned, ids):
        row = Row(values, references, item)
        body = {name: value for name, fill in one.members.items() if (value := fill(row)) is not None}
        made.append({"resourceType": one.type, "id": id} | body)
    return made


@lru_cache(maxsize=4096)
def resource_id(source: str, *parts: str) -> str:
    """The id of what this source knows by these parts: the same each time, and no other source's (UUID version 5)."""
    return str(uuid5(NAMESPACE, "\x1f".join((source, *parts))))


def patient_of(source: str, number: Identifier) -> Resource:
    """The source's own Patient for the person with this number."""
    return {
        "resourceType": "Patient",
        "id": resource_id(source, "Patient", number.system, number.value),
        "identifier": [{"system": number.system, "value": number.value}],
    }


def _values(mapping: TableMapping, cells: Mapping[str, str | None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, column in mapping.columns.items():
        text = (cells.get(name) or "").strip()
        if text in mapping.missing:
            values[name] = None
            continue
        try:
            values[name] = read_cell(column, text, mapping.style)
        except OutcomeError as error:
            issues += error.issues
    if issues:
        raise OutcomeError(422, *issues)
    return values


def _key_part(mapping: TableMapping, name: str, values: Mapping[str, Any]) -> str:
    if values.get(name) is None:
        raise refuse(422, "required", f"column `{name}` is empty, but it is part of the key ({', '.join(mapping.key)})")
    return str(values[name])


def _patient_resource(mapping: TableMapping, values: Mapping[str, Any], source: str) -> Resource:
    number = values.get(mapping.person or "")
    if number is None:
        raise refuse(422, "required", f"column `{mapping.person}` is empty: the row does not say whose it is")
    patient = patient_of(source, parse_any(number, datetime.now(UTC).date()))
    row = Row(values, {})
    more = {name: value for name, fill in mapping.patient.items() if (value := fill(row)) is not None}
    identifiers = [*patient["identifier"], *more.pop("identifier", ())]
    return patient | more | {"identifier": identifiers}


def _items(one: Made, values: Mapping[str, Any]) -> list[str | None]:
    if any(values.get(name) is None for name in one.when):
        return []
    if one.repeat is None:
        return [None]
    column, separator = one.repeat
    return [text for piece in str(values.get(column) or "").split(separator) if (text := piece.strip())]


def _column(name: str, given: Any, faults: list[str]) -> Column:
    options: Table = {"type": given} if isinstance(given, str) else dict(given)
    known = ("type", "format", "pattern", "optional")
    faults += [f"[columns] {name} takes no `{key}`{near(key, known)}" for key in options if key not in known]
    if (type_name := options.get("type", "text")) not in READERS:
        faults.append(
            f"[columns] {name}: `{type_name}` is no type{near(str(type_name), READERS)}; types are {', '.join(READERS)}"
        )
    return Column(
        name,
        str(options.get("type", "text")),
        options.get("format", ""),
        options.get("pattern", ""),
        bool(options.get("optional")),
    )


def _made(row: Table, context: Context) -> Made:
    body, name = row.get("body", {}), str(row.get("name", ""))
    where = f"[[resource]] {name}"
    context.faults += [fault for key in row if (fault := _unknown("[[resource]]", key, where))]
    type_name = str(body.get("resourceType", ""))
    if type_name not in spec.TYPES:
        context.faults.append(f"{where}: body.resourceType `{type_name}` is no resource type{near(type_name, spec.TYPES)}")
    else:
        check_elements(body, type_name, f"{where}: {type_name}", context.faults)
    repeat = row.get("repeat")
    named = [*row.get("when", ()), *([repeat["column"]] if repeat else [])]
    _check_columns([(where, column) for column in named], context)
    members = {k: compile_template(value, context, f"{where}.{k}") for k, value in body.items() if k != "resourceType"}
    repetition = (repeat["column"], repeat.get("split", ";")) if repeat else None
    return Made(name, type_name, tuple(row.get("when", ())), repetition, members)


def _patient(person: Table, context: Context) -> Mapping[str, Filled]:
    if not person:
        return {}
    column = person.get("column", "")
    if column in context.columns and context.columns[column].type != "person":
        context.faults.append(f"[person]: column `{column}` must be declared as `person` in [columns]")
    check_elements(person.get("body", {}), "Patient", "[person]: Patient", context.faults)
    return {name: compile_template(value, context, f"[person].{name}") for name, value in person.get("body", {}).items()}


def _check_names(names: Sequence[str], faults: list[str]) -> None:
    faults += [f"[[resource]] needs a `name` that no other has: `{name}`" for name in names if not name or names.count(name) > 1]


def _check_columns(named: Sequence[tuple[str, str]], context: Context) -> None:
    for where, name in named:
        if name not in context.columns:
            context.faults.append(f"{where}: [columns] does not declare `{name}`{near(name, context.columns)}")


def _unknown(room: str, key: str, where: str) -> str:
    return "" if key in _KEYS[room] else f"{where} takes no `{key}`{near(key, _KEYS[room])}"
