"""Identity numbers that are nobody's: only serials 238, 239 and 980-999, which Sweden's published test numbers use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from kedja.identity import luhn
from kedja.identity.systems import PERSONNUMMER, RESERVNUMMER, SAMORDNINGSNUMMER

SERIALS = (238, 239, *range(980, 1000))
MAX_PERSONS = 300_000
"""22 serials a birth date, 11 for each sex: beyond this the dense birth years would run out of numbers."""

_LETTERS = "ABCDEFGHJKLMNPRSTUXYZ"


@dataclass(frozen=True, slots=True)
class Number:
    """One identifier of a person: a FHIR system and a value of twelve characters."""

    system: str
    value: str

    def as_fhir(self) -> dict[str, str]:
        return {"system": self.system, "value": self.value}


@dataclass(slots=True)
class NumberBook:
    """Gives out every number once. A birth date whose serials are all taken moves to the next free day."""

    taken: dict[tuple[date, str, int], int] = field(default_factory=dict)

    def personnummer(self, born: date, sex: str) -> tuple[Number, date]:
        """A number and the birth date that it belongs to (the wished one, or a day after it)."""
        born, serial = self._next(born, sex, 0)
        return Number(PERSONNUMMER, _number(born, 0, serial)), born

    def samordningsnummer(self, born: date, sex: str) -> tuple[Number, date]:
        """As `personnummer`, with 60 added to the day."""
        born, serial = self._next(born, sex, 60)
        return Number(SAMORDNINGSNUMMER, _number(born, 60, serial)), born

    def reservnummer(self, born: date) -> Number:
        """A national reserve number: XX that is no century, the birth date, two letters, a digit and its check digit."""
        count = self.taken.get((born, "", 0), 0)
        self.taken[born, "", 0] = count + 1
        body = f"98{born:%y%m%d}{_LETTERS[count // 21 % 21]}{_LETTERS[count % 21]}0"
        return Number(RESERVNUMMER, f"{body}{luhn(body)}")

    def _next(self, born: date, sex: str, add: int) -> tuple[date, int]:
        serials = [serial for serial in SERIALS if serial % 2 == (sex == "male")]
        while True:
            used = self.taken.get((born, sex, add), 0)
            if used < len(serials):
                self.taken[born, sex, add] = used + 1
                return born, serials[used]
            born += timedelta(days=1)


def _number(born: date, add: int, serial: int) -> str:
    digits = f"{born.year:04d}{born.month:02d}{born.day + add:02d}{serial:03d}"
    return f"{digits}{luhn(digits[2:])}"
