"""string: starts with, without regard to case and accents; `:exact`, `:contains` (FHIR R4 3.1.1.4.8)."""

from __future__ import annotations

from kedja.search.escape import unescape
from kedja.search.extract_text import fold
from kedja.search.hashing import param_hash
from kedja.search.nodes import Strings
from kedja.search.values.context import Asking, bad_value


def resolve(asking: Asking) -> Strings:
    values = tuple(_value(asking, text) for text in asking.parameter.values)
    param = param_hash(asking.type, asking.code)
    match asking.parameter.modifier:
        case "exact":
            return Strings(param, "exact", values)
        case "contains":
            return Strings(param, "contains", values)
        case _:
            return Strings(param, "starts", values)


def _value(asking: Asking, text: str) -> tuple[str, str]:
    exact = unescape(text)
    folded = fold(exact)
    if not folded:
        raise bad_value(asking.parameter, text, "give at least one letter or digit")
    return folded, exact
