"""special: `near=latitude|longitude|distance|unit` (FHIR R4 Location, search parameter `near`)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from kedja import ucum
from kedja.search.escape import split, unescape
from kedja.search.extract_near import POSITIONS, near_params
from kedja.search.nodes import Criterion, Near, Or
from kedja.search.values.context import Asking, bad_value

DISTANCE: Final = Decimal(50)  # in UNIT, where the search says none
UNIT: Final = "km"
_DEGREES: Final = re.compile(r"-?\d{1,3}(\.\d{1,20})?", re.ASCII)
_LENGTH: Final = re.compile(r"\d{1,12}(\.\d{1,20})?", re.ASCII)


def resolve(asking: Asking) -> Criterion:
    """Raises OutcomeError 400 for a parameter that is special in another way."""
    if asking.code not in POSITIONS.get(asking.type, {}):
        raise bad_value(asking.parameter, asking.parameter.values[0], f"`{asking.code}` has no rule of its own here")
    found = tuple(_near(asking, value) for value in asking.parameter.values)
    return found[0] if len(found) == 1 else Or(found)


def _near(asking: Asking, value: str) -> Near:
    parts = [unescape(part) for part in split(value, "|")]
    north, east, distance, unit = [*parts, "", "", "", ""][:4]
    if not 2 <= len(parts) <= 4 or not all(_DEGREES.fullmatch(each) for each in (north, east)):
        raise bad_value(asking.parameter, value, "write latitude|longitude|distance|unit, as 59.33|18.07|5|km")
    if abs(Decimal(north)) > 90 or abs(Decimal(east)) > 180:
        raise bad_value(asking.parameter, value, "latitude is -90 to 90 and longitude -180 to 180, in this order")
    if distance and not _LENGTH.fullmatch(distance):
        raise bad_value(asking.parameter, value, "write the distance as a number, as 59.33|18.07|5|km")
    metres = ucum.convert(Decimal(distance) if distance else DISTANCE, unit or UNIT, "m")
    if metres is None:
        raise bad_value(asking.parameter, value, f"`{unit[:20]}` is no unit of length: take one of UCUM, as km, m or [mi_i]")
    return Near(*near_params(asking.type, asking.code), Decimal(north), Decimal(east), metres)
