"""reference (FHIR R4 3.1.1.4.12): `Type/id`, `id`, an address; `:Type`; `:identifier` as a token of `Reference.identifier`."""

from __future__ import annotations

import re
from typing import Any

from tests.differential.matching import token
from tests.differential.matching.escapes import plain


def places(value: Any, base: str) -> list[str]:
    """What a Reference, a canonical or a whole resource leads to: `Type/id` where it is ours, without the version."""
    if isinstance(value, str):
        return [_ours(text, base) for text in dict.fromkeys((value, value.partition("|")[0]))]
    if not isinstance(value, dict):
        return []
    if "resourceType" in value:
        return [f"{value['resourceType']}/{value['id']}"] if "id" in value else []
    text = value.get("reference", "")
    return [_ours(text, base)] if text and not text.startswith("#") else []


def _ours(text: str, base: str) -> str:
    return re.sub(r"/_history/[^/]+$", "", text).removeprefix(f"{base}/")


def matches(value: Any, modifier: str, asked: str, base: str, targets: tuple[str, ...], same: dict[str, set[str]]) -> bool:
    """`same`: the Patients of one person stand for each other, as `{"Patient/1": {"Patient/1", "Patient/2"}}`."""
    if modifier == "identifier":
        held = value.get("identifier") if isinstance(value, dict) else None
        return any(token.same(one, asked) for one in token.codes(held))
    wanted = _ours(plain(asked), base)
    of = [modifier] if modifier else targets
    names = [wanted] if "/" in wanted or ":" in wanted else [f"{target}/{wanted}" for target in of]
    meant = {place for name in names for place in same.get(name, {name})}
    return any(place in meant for place in places(value, base))


def sort_values(value: Any) -> list[str]:
    """The text of the reference, as it is written."""
    text = value.get("reference") if isinstance(value, dict) else value
    return [text] if isinstance(text, str) else []
