"""A table (CSV) of a person's own values: which column is what, and what is wrong with which line. Pure; no line is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from kedja.outcome import refuse
from kedja.portals.citizen.own_values import KINDS, MOST, number_of, written
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE

COLUMNS: Final = ("kind", "day", "clock", "value", "second")
_NEEDED: Final = ("day", "value")
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "kind": ("kind", "type", "what", "typ", "sort", "mätning", "measurement"),
    "day": ("day", "date", "datum", "dag", "datetime", "timestamp", "tidpunkt"),
    "clock": ("clock", "time", "tid", "klockslag"),
    "value": ("value", "värde", "systolic", "systoliskt", "övre"),
    "second": ("second", "diastolic", "diastoliskt", "undre", "värde 2", "value 2"),
}
_KINDS: Final[Mapping[str, str]] = {
    **{kind: kind for kind in KINDS},
    **dict.fromkeys(("vikt", "weight"), "body-weight"),
    **dict.fromkeys(("blodtryck", "blood pressure"), "blood-pressure"),
    **dict.fromkeys(("puls", "pulse", "heart rate"), "heart-rate"),
    **dict.fromkeys(("blodsocker", "glukos", "blood sugar", "blood glucose", "glucose"), "blood-glucose"),
    **dict.fromkeys(("temperatur", "temperature"), "body-temperature"),
    **dict.fromkeys(("steg", "steps"), "step-count"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was sent: its heading, and each line with its number in the file and its own text."""

    heading: tuple[str, ...]
    lines: Sequence[tuple[int, tuple[str, ...]]]
    sign: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that gave nothing: its number, what is wrong (`kind`, `day`, `value`, `second`, `later`), and what it says."""

    number: int
    why: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    made: list[Resource] = field(default_factory=list[Resource])
    bad: list[Bad] = field(default_factory=list[Bad])


def text_of(content: bytes) -> str:
    """The text of a file as programs write them: UTF-8, else Windows' own. Never raises."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def sheet(text: str) -> Sheet:
    """Raises OutcomeError 422 for what has no heading and line, or too many lines."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = max(";\t,", key=first.count)
    try:
        every = ((number, tuple(" ".join(cell.split()) for cell in row)) for number, row in _rows(text, sign))
        rows = [(number, cells) for number, cells in every if any(cells)]
    except csv.Error:
        raise refuse(422, "structure", "this is no table: save it as CSV") from None
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise refuse(422, "structure", "this is no table: it needs a first line with the names of its columns, and lines below")
    if len(rows) - 1 > MOST:
        raise refuse(422, "too-costly", f"the table has over {MOST} lines: send a shorter time at once")
    return Sheet(rows[0][1], rows[1:], sign)


def _rows(text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    for row in reader:
        yield reader.line_num, row


def guessed(heading: Sequence[str]) -> dict[str, int]:
    """Which column is which, by its name: those that are known."""
    names = [name.casefold() for name in heading]
    found: dict[str, int] = {}
    for column, known in _NAMES.items():
        place = next((n for n, name in enumerate(names) if name in known and n not in found.values()), None)
        if place is not None:
            found[column] = place
    return found


def is_enough(columns: Mapping[str, int], kind: str) -> bool:
    """Whether it is known what each line measures, when, and how much."""
    return all(name in columns for name in _NEEDED) and ("kind" in columns or kind in KINDS)


def read(table: Sheet, columns: Mapping[str, int], kind: str, owner: str, now: datetime) -> Table:
    """Each line as an Observation, or why not. `kind` is that of every line where no column says it. A line sent twice is one."""
    found = Table()
    for number, cells in table.lines:
        given = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        made = _line(given, kind, owner, now)
        if isinstance(made, str):
            found.bad.append(Bad(number, made, cells))
        else:
            found.made.append(made)
    return found


def again(table: Sheet, bad: Sequence[Bad]) -> str:
    """The heading and the lines that gave nothing, to be corrected and sent once more."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.sign, lineterminator="\n")
    writer.writerows([table.heading, *(each.cells for each in bad)])
    return out.getvalue()


def _line(given: Mapping[str, str], kind: str, owner: str, now: datetime) -> Resource | str:
    named = _KINDS.get(given["kind"].casefold(), "") if "kind" in given else kind
    at, value, second = _moment(given["day"], given.get("clock", "")), number_of(given["value"]), given.get("second", "")
    lower = number_of(second) if second else None
    if named not in KINDS:
        return "kind"
    if at is None:
        return "day"
    if at > now:
        return "later"
    if value is None:
        return "value"
    if (named == "blood-pressure") != (lower is not None) or (second and lower is None):
        return "second"
    mark = sha256(f"{named} {at.isoformat()} {value} {lower}".encode()).hexdigest()[:32]
    return written(named, value, lower, at, mark, owner)


def _moment(day: str, clock: str) -> datetime | None:
    """`2026-05-01`, with the time of day in it or beside it; noon where none is said."""
    try:
        whole = datetime.fromisoformat(f"{day} {clock}".strip())
    except ValueError:
        return None
    if len(day) <= 10 and not clock:
        whole = whole.replace(hour=12)
    return whole if whole.tzinfo else whole.replace(tzinfo=ZONE)
