"""The text of a `value` attribute -> the JSON value of a primitive type (R4 2.24.0.1)."""

from __future__ import annotations

import re
from typing import Any, Final

from kedja import exactjson
from kedja.fhirxml.shape import Form, Place
from kedja.outcome import OutcomeError

_BOOLEANS: Final = {"true": True, "false": False}
_NUMBERS: Final = {
    Form.INTEGER: re.compile(r"0|-?[1-9][0-9]*"),
    Form.DECIMAL: re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"),
}


def value_of(place: Place, text: str) -> Any:
    """str, bool, int or `exactjson.Number`, as the JSON of this type has. Raises ValueError that says what to write."""
    if place.form is Form.TEXT:
        return text
    text = text.strip(" ")
    if place.form is Form.BOOLEAN:
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        raise ValueError(f"`{text[:40]}` is no boolean: write true or false")
    if not _NUMBERS[place.form].fullmatch(text):
        kind = "a whole number" if place.form is Form.INTEGER else "a number as JSON has it, as 1.50"
        raise ValueError(f"`{text[:40]}` is no {place.type}: write {kind}")
    try:
        return exactjson.loads(text.encode())
    except OutcomeError as error:
        raise ValueError(error.issues[0].diagnostics) from None
