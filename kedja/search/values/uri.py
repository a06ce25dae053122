"""uri: the whole of it, exactly (FHIR R4 3.1.1.4.14)."""

from __future__ import annotations

from kedja.search.escape import unescape
from kedja.search.hashing import token_hash
from kedja.search.nodes import Tokens
from kedja.search.values.context import Asking


def resolve(asking: Asking) -> Tokens:
    return Tokens(tuple(token_hash(asking.type, asking.code, unescape(value)) for value in asking.parameter.values))
