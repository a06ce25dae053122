"""Cases as files: JSON and CSV, out and in. What comes in is what the intake asks for, and whose it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kedja import exactjson
from kedja.innovation.case import Case
from kedja.innovation.intake import fields, read
from kedja.innovation.machine import machines
from kedja.innovation.words import Words
from kedja.outcome import OutcomeError

COLUMNS: Final = ("id", "number", "machine", "status", "phases", "zone", "org", "org_name", "created", "updated")
_SEPARATOR: Final = ";"  # as Swedish spreadsheets write it; a comma is read too
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A case of a file: the answers to the intake, and its kind ('' for not known)."""

    answers: Mapping[str, Any]
    machine: str


class Unreadable(ValueError):
    """Why a file cannot be taken in: in which row, and what to do."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(sv, en)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of a case of a file. `row`: its place from 1; `line`: where it begins in a CSV, else 0."""

    row: int
    line: int
    field: str
    words: Words


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds: the cases that can be taken in, and all that is wrong with the others."""

    cases: list[Incoming]
    faults: list[Fault]


def record(case: Case) -> dict[str, Any]:
    """A case as a file has it: no names of persons, nothing that only those who take part see."""
    row = case.row
    out: dict[str, Any] = {name: row[name] for name in COLUMNS if name not in ("phases", "created", "updated")}
    out |= {"phases": list(case.state.phases), "created": case.created.isoformat(), "updated": case.updated.isoformat()}
    return out | {"problem": dict(case.problem)}


def to_json(cases: Iterable[Case]) -> bytes:
    """`{"cases": [...]}`"""
    return exactjson.dumps({"cases": [record(case) for case in cases]})


def to_csv(cases: Iterable[Case]) -> bytes:
    """UTF-8 with a mark, semicolons, a column for each answer; several choices are separated by spaces. What a spreadsheet would
    take for a formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=_SEPARATOR, lineterminator="\r\n")
    names = [field.id for field in fields()]
    writer.writerow([*COLUMNS, *names])
    for case in cases:
        made = record(case)
        cells = [made[name] for name in COLUMNS] + [made["problem"].get(name, "") for name in names]
        writer.writerow([_cell(each) for each in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def from_file(body: bytes) -> list[Incoming]:
    """The cases of a JSON or CSV file as `to_json` and `to_csv` write them; what only we can know (id, status) is left out.

    Raises Unreadable for what is neither, or lacks what the intake needs.
    """
    found = examine(body)
    if found.faults:
        first = found.faults[0]
        raise Unreadable(
            f"rad {first.row}, `{first.field}`: {first.words.sv}", f"row {first.row}, `{first.field}`: {first.words.en}"
        )
    return found.cases


def examine(body: bytes) -> Examined:
    """As `from_file`, with everything that is wrong. Raises Unreadable for what is neither JSON nor CSV, or has too many."""
    rows = _json_rows(body) if body.lstrip()[:1] in (b"{", b"[") else _csv_rows(body)
    if len(rows) > _MOST:
        raise Unreadable(f"Högst {_MOST} ärenden åt gången.", f"at most {_MOST} cases at a time")
    found = Examined([], [])
    for place, (line, row) in enumerate(rows, 1):
        answers, wrong = _answers(row)
        machine = str(row.get("machine") or "")
        if machine and machine not in machines():
            known = ", ".join(machines())
            wrong["machine"] = Words(f"Ett av {known}, eller inget.", f"one of {known}, or nothing")
        found.faults.extend(Fault(place, line, name, words) for name, words in wrong.items())
        if not wrong:
            found.cases.append(Incoming(answers, machine))
    return found


def again(cases: Iterable[Incoming]) -> bytes:
    """Cases that were read, as a JSON file that reads as they did."""
    return exactjson.dumps({"cases": [{"machine": each.machine, "problem": dict(each.answers)} for each in cases]})


def _json_rows(body: bytes) -> Sequence[tuple[int, Mapping[str, Any]]]:
    try:
        found = exactjson.loads(body)
    except (ValueError, OutcomeError) as error:
        raise Unreadable(f"Filen är ingen JSON: {error}", f"the file is no JSON: {error}") from None
    rows = found.get("cases") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(
            'Filen har ingen lista med ärenden: {"cases": [...]}.', 'the file has no list of cases: {"cases": [...]}'
        )
    problems = ((row.get("problem", {}), row.get("machine", "")) for row in rows)
    return [(0, {**(problem if isinstance(problem, dict) else {}), "machine": machine}) for problem, machine in problems]


def _csv_rows(body: bytes) -> Sequence[tuple[int, Mapping[str, Any]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("Filen är varken JSON eller CSV i UTF-8.", "the file is neither JSON nor CSV in UTF-8") from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=_SEPARATOR if _SEPARATOR in first else ",")
    found: list[tuple[int, Mapping[str, Any]]] = []
    try:
        if "title" not in (reader.fieldnames or ()):
            raise Unreadable(
                "Första raden namnger kolumnerna; `title` och `problem` behövs.",
                "the first line names the columns; `title` and `problem` are needed",
            )
        line = reader.line_num + 1
        for row in reader:
            found.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        line = reader.line_num + 1
        raise Unreadable(f"Rad {line} kan inte läsas: {error}", f"line {line} cannot be read: {error}") from None
    return found


def _answers(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Words]]:
    """(the answers to the intake, what is wrong by field)."""
    given: dict[str, list[str]] = {}
    for field in fields():
        value = row.get(field.id) or ""
        parts = value if isinstance(value, list) else str(value).split() if field.several else [str(value)]
        given[field.id] = ["".join(sign for sign in str(part) if sign.isprintable() or sign in "\r\n\t") for part in parts]
    return read(given)
