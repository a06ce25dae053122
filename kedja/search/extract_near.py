"""Places on the earth: degrees of latitude and longitude (FHIR R4 Location, `near`)."""

from __future__ import annotations

from typing import Any, Final, cast

from kedja.search.extract_found import Found
from kedja.search.extract_numbers import number_of
from kedja.search.extract_tokens import Action
from kedja.search.hashing import param_hash

POSITIONS: Final = {"Location": {"near": "position"}}  # {type: {parameter: element}}


def near_params(resource_type: str, code: str) -> tuple[int, int]:
    """Where latitude and longitude are kept."""
    return param_hash(resource_type, f"{code}:latitude"), param_hash(resource_type, f"{code}:longitude")


def near_action(resource_type: str, code: str) -> Action:
    latitude, longitude = near_params(resource_type, code)

    def add(value: Any, found: Found) -> None:
        if not isinstance(value, dict):
            return
        position = cast("dict[str, Any]", value)
        north, east = number_of(position.get("latitude")), number_of(position.get("longitude"))
        if north and east and abs(north[0]) <= 90 and abs(east[0]) <= 180:
            found.add_number(latitude, *north, 0, 0)
            found.add_number(longitude, *east, 0, 0)

    return add
