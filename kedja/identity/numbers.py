"""Personnummer, samordningsnummer and reserve numbers: read, check and bring to their one form (spec 2.1, 3.1).

Pure. A number says who somebody is and nothing else: birth date and legal sex are never derived from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kedja.identity.systems import (
    LMA_NUMMER,
    LOCAL_RESERVE,
    PERSONNUMMER,
    RESERVNUMMER,
    SAMORDNINGSNUMMER,
    STOCKHOLM_RESERVE,
    canonical_system,
)
from kedja.outcome import OutcomeError, refuse

_DATED: Final = re.compile(r"(\d{2})?(\d{2})(\d{2})(\d{2})([-+]?)(\d{3})(\d)")
_RESERVE: Final = re.compile(r"(\d{2})(\d{6})-?([A-HJ-NPR-UX-Z]{2})([\dA-HJ-NPR-UX-Z])(\d)")
_STOCKHOLM: Final = re.compile(r"\d{8}[A-Z0-9]\d{3}|99\d{10}")
_LOCAL: Final = re.compile(r"[A-Z]{2}\d{10}-[A-Z0-9]+:\S+")
_LMA: Final = re.compile(r"\d{2}-?\d{6}-?\d?")


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One number in its normal form. `former`: the record says that it is no longer used (Identifier.use `old`)."""

    system: str
    value: str
    former: bool = False


def luhn(digits: str) -> int:
    """The check digit of these digits (weights 2, 1, 2, 1 ... from the left).

    A letter counts with its ASCII value, as in national reserve numbers; the sum is of the digits of each product.
    """
    total = 0
    for position, character in enumerate(digits):
        product = (int(character) if character.isdigit() else ord(character)) * (2 - position % 2)
        total += sum(map(int, str(product)))
    return -total % 10


def parse_personnummer(text: str, today: date) -> Identifier:
    """12 digits YYYYMMDDNNNC from 10 or 12 digits, with `-` or `+` or neither. Raises OutcomeError 422 `value`."""
    return Identifier(PERSONNUMMER, _dated(text, "personnummer", 0, today))


def parse_samordningsnummer(text: str, today: date) -> Identifier:
    """As a personnummer, with 60 added to the day. Raises OutcomeError 422 `value`."""
    return Identifier(SAMORDNINGSNUMMER, _dated(text, "samordningsnummer", 60, today))


def parse_reservnummer(text: str, today: date) -> Identifier:
    """A national reserve number, XXYYMMDDNNGC: XX is 22-99 or 00, NN letters, C by `luhn` over the eleven before it."""
    value = _plain(text).upper()
    match = _RESERVE.fullmatch(value)
    if match is None:
        raise _wrong("national reserve number", text, f"has not the form XXYYMMDDNNGC{_reserve_hint(value)}")
    century, date_part, serial, sex, check = match.groups()
    if century != "00" and int(century) < 22:
        raise _wrong("national reserve number", text, "starts with a century under 22, which only personnummer have")
    body = century + date_part + serial + sex
    if luhn(body) != int(check):
        raise _wrong("national reserve number", text, "has a check digit that does not match: look for a mistyped character")
    return Identifier(RESERVNUMMER, body + check)


def parse(system: str, text: str, today: date) -> Identifier | None:
    """The normal form of a number that tells who somebody is; None when the system is not one of those.

    `system` may be an alias (RIV-TA OID). Raises OutcomeError 422 `value` with the precise reason.
    """
    parser = _PARSERS.get(canonical_system(system))
    return parser(text, today) if parser else None


def parse_any(text: str, today: date) -> Identifier:
    """A personal number whose kind is told by its form alone, as a table's column often has it."""
    value = _plain(text)
    match = _DATED.fullmatch(value)
    if match is not None:
        return (parse_samordningsnummer if int(match[4]) > 60 else parse_personnummer)(value, today)
    if _RESERVE.fullmatch(value.upper()):
        return parse_reservnummer(value, today)
    return parse_personnummer(value, today)


def _dated(text: str, kind: str, offset: int, today: date) -> str:
    match = _DATED.fullmatch(_plain(text))
    if match is None:
        raise _wrong(kind, text, _shape_of(text))
    century, year, month, day, separator, serial, check = match.groups()
    _check_day(kind, text, int(day), offset)
    full_year = int(century + year) if century else _full_year(int(year), separator, today)
    try:
        born = date(full_year, int(month), int(day) - offset)
    except ValueError:
        raise _wrong(kind, text, f"has no possible date: {full_year:04}-{month}-{day}") from None
    if born > today:
        raise _wrong(kind, text, f"has a date in the future: {born}")
    if serial == "000":
        raise _wrong(kind, text, "has the serial number 000, which is never given")
    if luhn(year + month + day + serial) != int(check):
        raise _wrong(kind, text, "has a check digit that does not match: look for a mistyped or swapped digit")
    return f"{full_year:04}{month}{day}{serial}{check}"


def _check_day(kind: str, text: str, day: int, offset: int) -> None:
    if offset == 0 and 61 <= day <= 91:
        raise _wrong(
            kind, text, f"is a samordningsnummer (day {day} is {day - 60} + 60): send it with system {SAMORDNINGSNUMMER}"
        )
    if offset == 60 and 1 <= day <= 31:
        raise _wrong(
            kind, text, f"is a personnummer (a samordningsnummer has 60 added to the day): send it with system {PERSONNUMMER}"
        )


def _full_year(year: int, separator: str, today: date) -> int:
    """The latest such year that is not in the future; with `+`, the latest in which the person turns 100 this year or before."""
    latest = today.year - 100 if separator == "+" else today.year
    return latest - (latest - year) % 100


def _plain(text: str) -> str:
    return text.strip().replace(" ", "").replace("\u2013", "-").replace("\u2212", "-")


def _shape_of(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    if any(character.isalpha() for character in text):
        return "has letters: a personnummer has digits only, a reserve number has a system of its own"
    if digits not in (10, 12):
        return f"has {digits} digits: write YYYYMMDDNNNC or YYMMDD-NNNC"
    return "is not written as YYYYMMDDNNNC or YYMMDD-NNNC"


def _reserve_hint(value: str) -> str:
    return (
        f": it looks like a Stockholm reserve number, whose system is {STOCKHOLM_RESERVE}" if _STOCKHOLM.fullmatch(value) else ""
    )


def _wrong(kind: str, text: str, reason: str) -> OutcomeError:
    return refuse(422, "value", f"the {kind} `{text[:40]}` {reason}")


def _patterned(system: str, kind: str, pattern: re.Pattern[str], form: str) -> Callable[[str, date], Identifier]:
    def parser(text: str, today: date) -> Identifier:
        value = _plain(text).upper()
        if pattern.fullmatch(value) is None:
            raise _wrong(kind, text, f"has not the form {form}")
        return Identifier(system, value)

    return parser


_PARSERS: Final[dict[str, Callable[[str, date], Identifier]]] = {
    PERSONNUMMER: parse_personnummer,
    SAMORDNINGSNUMMER: parse_samordningsnummer,
    RESERVNUMMER: parse_reservnummer,
    STOCKHOLM_RESERVE: _patterned(STOCKHOLM_RESERVE, "Stockholm reserve number", _STOCKHOLM, "YYYYMMDDKNNN or 99NNNNNNNNNN"),
    LOCAL_RESERVE: _patterned(LOCAL_RESERVE, "local reserve number", _LOCAL, "HSA-id:number"),
    LMA_NUMMER: _patterned(LMA_NUMMER, "LMA number", _LMA, "NN-NNNNNN"),
}
