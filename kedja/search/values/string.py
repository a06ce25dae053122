"""string: starts with, without regard to case and accents; `:exact`, `:contains` (FHIR R4 3.1.1.4.8)."""

from __future__ import annotations

from kedja.search.escape import unescape
from kedja.search.extract_text import exact_text, fold
from kedja.search.nodes import Strings
from kedja.search.values.context import Asking, bad_value


def resolve(asking: Asking) -> Strings:
    values = tuple(_value(asking, text) for text in asking.parameter.values)
    match asking.parameter.modifier:
        case "exact":
            return Strings(asking.params, "exact", values)
        case "contains":
            return Strings(asking.params, "contains", values)
        case _:
            return Strings(asking.params, "starts", values)


def _value(asking: Asking, text: str) -> tuple[str, str]:
    exact = exact_text(unescape(text))
    folded = fold(exact)
    if not folded:
        raise bad_value(asking.parameter, text, "give at least one letter or digit")
    return folded, exact
