"""quantity: `number`, `number|system|code`, `number||code`; units of UCUM are converted (FHIR R4 3.1.1.4.11)."""

from __future__ import annotations

from dataclasses import replace

from kedja.search.escape import split, unescape
from kedja.search.extract_numbers import IN_BASE_UNITS, UCUM, base_unit
from kedja.search.hashing import hash64, param_hash
from kedja.search.nodes import Criterion, NumberRange, Numbers, Or
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.number import number

Amount = tuple[NumberRange, bool]  # whether it is in base units


def resolve(asking: Asking) -> Criterion:
    amounts = [amount(asking, value) for value in asking.parameter.values]
    written = tuple(found for found, in_base in amounts if not in_base)
    based = tuple(found for found, in_base in amounts if in_base)
    places = tuple(param_hash(asking.type, f"{group.name}:{IN_BASE_UNITS}") for group in asking.groups)
    asked = [Numbers(params, ranges) for params, ranges in ((asking.params, written), (places, based)) if ranges]
    return asked[0] if len(asked) == 1 else Or(tuple(asked))


def amount(asking: Asking, value: str) -> Amount:
    """The range of a value, with its unit as written; in base units where it is of UCUM, whatever the prefix."""
    written, *unit = [unescape(part) for part in split(value, "|")]
    found = number(asking, written)
    match unit:
        case [] | ["", ""]:
            return found, False
        case ["", code]:
            return replace(found, code=hash64(code)), False
        case [system, code] if code:
            return _coded(found, system, code)
        case _:
            raise bad_value(asking.parameter, value, "write 5.4, 5.4|http://unitsofmeasure.org|mg or 5.4||mg")


def _coded(found: NumberRange, system: str, code: str) -> Amount:
    base = base_unit(code) if system == UCUM else None
    if base is None:
        return replace(found, unit=hash64(f"{system}|{code}")), False
    unit, hashed = base
    value, lo, hi = (unit.base(each) for each in (found.value, found.lo, found.hi))
    return replace(found, value=value, lo=lo, hi=hi, unit=hashed), True
