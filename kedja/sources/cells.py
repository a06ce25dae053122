"""A table's cells: from text to the JSON value that FHIR wants, or a refusal that names the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kedja.exactjson import Number
from kedja.identity import parse_any
from kedja.outcome import OutcomeError, refuse

_DECIMAL: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "ja", "j", "sant"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "nej", "falskt"), False),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a table writes its values: its decimal sign, and the time zone of times that name none."""

    decimal: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the mapping declares it. `format` is of dates (strptime), `pattern` a regular expression for text."""

    name: str
    type: str = "text"
    format: str = ""
    pattern: str = ""
    optional: bool = False


def read_cell(column: Column, text: str, style: Style) -> Any:
    """The value of a cell that is not empty. Raises OutcomeError 422 `value` that names the column and what it wants."""
    return READERS[column.type](column, text, style)


def _text(column: Column, text: str, _style: Style) -> str:
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise _wrong(column, text, f"does not match the pattern {column.pattern}")
    return text


def _decimal(column: Column, text: str, style: Style) -> int | Number:
    plain = text.replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if style.decimal != ".":
        plain = plain.replace(style.decimal, ".")
    if not _DECIMAL.fullmatch(plain):
        raise _wrong(column, text, f"is no number (the mapping's decimal sign is `{style.decimal}`)")
    plain = re.sub(r"^([+-]?)0+(?=\d)", r"\1", plain).removeprefix("+")
    return int(plain) if plain.lstrip("-").isdigit() else Number(plain)


def _integer(column: Column, text: str, _style: Style) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise _wrong(column, text, "is no whole number")
    return int(text)


def _boolean(column: Column, text: str, _style: Style) -> bool:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise _wrong(column, text, "is neither yes nor no (1/0, ja/nej, true/false)")
    return value


def _date(column: Column, text: str, _style: Style) -> str:
    try:
        if column.format:
            return datetime.strptime(text, column.format).date().isoformat()
        if len(text) == 8 and text.isdigit():
            return date.fromisoformat(text).isoformat()
        if _DATE.fullmatch(text):
            date.fromisoformat(text + "-01-01"[: 10 - len(text)])
            return text
    except ValueError:
        pass
    raise _wrong(column, text, f"is no date written as {column.format or 'YYYY-MM-DD, YYYY-MM, YYYY or YYYYMMDD'}")


def _date_time(column: Column, text: str, style: Style) -> str:
    try:
        if not column.format and (_DATE.fullmatch(text) or (len(text) == 8 and text.isdigit())):
            return _date(column, text, style)
        moment = datetime.strptime(text, column.format) if column.format else datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError:
        raise _wrong(column, text, f"is no time written as {column.format or 'YYYY-MM-DD hh:mm[:ss][zone]'}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=style.zone)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def _time(column: Column, text: str, _style: Style) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text):
        raise _wrong(column, text, "is no time of day written as hh:mm or hh:mm:ss")
    return text if len(text) == 8 else f"{text}:00"


def _person(column: Column, text: str, _style: Style) -> str:
    try:
        return parse_any(text, datetime.now(UTC).date()).value
    except OutcomeError as error:
        raise refuse(422, "value", f"column `{column.name}`: {error}") from None


def _wrong(column: Column, text: str, reason: str) -> OutcomeError:
    return refuse(422, "value", f"column `{column.name}`: `{text[:60]}` {reason}")


READERS: Final[Mapping[str, Callable[[Column, str, Style], Any]]] = {
    "text": _text,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "dateTime": _date_time,
    "time": _time,
    "person": _person,
}
