"""Who somebody is: person identifiers, and the custody of what is written about them."""

from kedja.identity.custody import custody_of
from kedja.identity.numbers import (
    Identifier,
    luhn,
    parse,
    parse_any,
    parse_personnummer,
    parse_reservnummer,
    parse_samordningsnummer,
)
from kedja.identity.patient import identifiers_of, normalised

__all__ = [
    "Identifier",
    "custody_of",
    "identifiers_of",
    "luhn",
    "normalised",
    "parse",
    "parse_any",
    "parse_personnummer",
    "parse_reservnummer",
    "parse_samordningsnummer",
]
