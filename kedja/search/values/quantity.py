"""quantity: `number`, `number|system|code`, `number||code` (FHIR R4 3.1.1.4.11)."""

from __future__ import annotations

from dataclasses import replace

from kedja.search.escape import split, unescape
from kedja.search.hashing import hash64, param_hash
from kedja.search.nodes import NumberRange, Numbers
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.number import number


def resolve(asking: Asking) -> Numbers:
    return Numbers(param_hash(asking.type, asking.code), tuple(_quantity(asking, value) for value in asking.parameter.values))


def _quantity(asking: Asking, value: str) -> NumberRange:
    amount, *unit = [unescape(part) for part in split(value, "|")]
    found = number(asking, amount)
    match unit:
        case [] | ["", ""]:
            return found
        case ["", code]:
            return replace(found, code=hash64(code))
        case [system, code] if code:
            return replace(found, unit=hash64(f"{system}|{code}"))
        case _:
            raise bad_value(asking.parameter, value, "write 5.4, 5.4|http://unitsofmeasure.org|mg or 5.4||mg")
