"""token: `code`, `system|code`, `|code`, `system|`; `:not` (FHIR R4 3.1.1.4.10)."""

from __future__ import annotations

from kedja.search.escape import split, unescape
from kedja.search.hashing import token_hash
from kedja.search.nodes import Ids, Tokens
from kedja.search.values.context import Asking, bad_value


def resolve(asking: Asking) -> Tokens | Ids:
    values = asking.parameter.values
    if asking.code == "_id":
        return Ids(tuple(unescape(value) for value in values))
    hashes = tuple(token_hash(asking.type, asking.code, token_text(asking, value)) for value in values)
    return Tokens(hashes, asking.parameter.modifier == "not")


def token_text(asking: Asking, value: str) -> str:
    """The text that the index keeps for this token."""
    parts = [unescape(part) for part in split(value, "|")]
    if len(parts) > 2 or not any(parts):
        raise bad_value(asking.parameter, value, "write code, system|code, |code or system|; a | that is meant is \\|")
    return "|".join(parts)
