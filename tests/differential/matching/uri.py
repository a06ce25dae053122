"""uri (FHIR R4 3.1.1.4.14): the whole of it, exactly; `:below` it starts with what is asked, `:above` the other way round."""

from __future__ import annotations

from typing import Any

from tests.differential.matching.escapes import plain


def matches(value: Any, modifier: str, asked: str) -> bool:
    wanted = plain(asked)
    if not isinstance(value, str):
        return False
    if modifier == "below":
        return _within(value, wanted)
    if modifier == "above":
        return _within(wanted, value)
    return value == wanted or value.partition("|")[0] == wanted  # a canonical is found with its version or without


def _within(longer: str, shorter: str) -> bool:
    """Whole segments: `http://acme.org/fhir/` and `http://acme.org/fhir/ValueSet/123` are below `http://acme.org/fhir`."""
    return longer == shorter or longer.startswith(shorter.rstrip("/") + "/")


def sort_values(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else []
