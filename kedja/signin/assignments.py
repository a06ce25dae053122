"""The file of assignments, as a directory such as HSA exports it: CSV with a header line, UTF-8."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Final

from kedja.access.actor import Kind, Purpose
from kedja.gate.assignments import Row
from kedja.outcome import OutcomeError, refuse

COLUMNS: Final = tuple(field.name for field in fields(Row))
_NEEDED: Final = ("id", "hsa_id", "kind", "purpose", "provider", "unit", "rights")
_KINDS: Final = (Kind.PROFESSIONAL, Kind.CARE_WORKER, Kind.REGISTRY_STAFF, Kind.RESEARCHER, Kind.AUTHORITY)
_PURPOSES: Final = tuple(purpose for purpose in Purpose if purpose is not Purpose.OWN)
_RIGHT: Final = re.compile(r"[^;]+;[^;]+;(VE|VG|SJF)")
_TRUE: Final = {"": False, "0": False, "no": False, "nej": False, "1": True, "yes": True, "ja": True}


def read(lines: Iterable[str]) -> list[Row]:
    """Every assignment of the file. Raises OutcomeError 422 that names the first line that is wrong, and what is."""
    table = csv.DictReader(lines, strict=True)
    try:
        _check_header(table.fieldnames or ())
        rows = [_row(each, table.line_num) for each in table]
    except csv.Error as error:
        raise refuse(422, "structure", f"line {table.line_num} is no CSV: {error}") from None
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise refuse(422, "duplicate", f"the assignment `{row.id}` stands there twice")
        seen.add(row.id)
    return rows


def _check_header(names: Iterable[str]) -> None:
    names = list(names)
    if unknown := [name for name in names if name not in COLUMNS]:
        raise refuse(422, "structure", f"unknown column `{unknown[0]}`: there are {', '.join(COLUMNS)}")
    if missing := [name for name in _NEEDED if name not in names]:
        raise refuse(422, "structure", f"the column `{missing[0]}` is missing")


def _row(row: Mapping[str | None, str | None], line: int) -> Row:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if None in row:
        raise refuse(422, "structure", f"line {line} has more fields than the header")
    try:
        return _read(values)
    except ValueError as error:
        raise refuse(422, "value", f"line {line}: {error}") from None
    except OutcomeError as error:
        raise refuse(422, "value", f"line {line}: {error.issues[0].diagnostics}") from None


def _read(values: Mapping[str, str]) -> Row:
    if empty := [name for name in _NEEDED if not values[name]]:
        raise ValueError(
            f"`{empty[0]}` is empty"
        )  # without rights the law's own limits alone would hold: nobody gets that by omission
    rights = _several(values["rights"])
    if wrong := [right for right in rights if not _RIGHT.fullmatch(right)]:
        raise ValueError(f"the right `{wrong[0]}` is not `activity;information class;VE, VG or SJF`")
    return Row(
        id=values["id"],
        hsa_id=values["hsa_id"],
        name=values["name"],
        title=values["title"],
        kind=Kind(_one_of("kind", values, [kind.value for kind in _KINDS])),
        purpose=Purpose(_one_of("purpose", values, [purpose.value for purpose in _PURPOSES])),
        provider=values["provider"],
        provider_name=values["provider_name"],
        unit=values["unit"],
        unit_name=values["unit_name"],
        rights=rights,
        licences=_several(values["licences"]),
        prescriber=_TRUE[_one_of("prescriber", values, list(_TRUE))],
        starts=_day("starts", values),
        ends=_day("ends", values),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _one_of(name: str, values: Mapping[str, str], words: list[str]) -> str:
    if values[name] not in words:
        raise ValueError(f"`{name}` is `{values[name]}`, but must be one of {', '.join(filter(None, words))}")
    return values[name]


def _day(name: str, values: Mapping[str, str]) -> date | None:
    if not values[name]:
        return None
    try:
        return date.fromisoformat(values[name])
    except ValueError:
        raise ValueError(f"`{name}` is `{values[name]}`, which is no day: write 2026-05-17") from None
