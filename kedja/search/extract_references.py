"""References: the text by which a target is known, hashed with its parameter (FHIR R4 3.1.1.4.12)."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja import spec
from kedja.search.extract_found import Found
from kedja.search.extract_tokens import PRESENT, Action, identifier_action
from kedja.search.hashing import param_salt, reference_hash, self_hash
from kedja.search.uris import canonical_texts

_VERSION: Final = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}$")


def literal(reference: str, base: str) -> str | None:
    """`Type/id` for what is ours (relative, or under `base`), any other address or urn as it is; both without version.

    None for what is contained (`#x`).
    """
    found = versioned(reference, base)
    return _VERSION.sub("", found) if found and "/_history/" in found else found


def versioned(reference: str, base: str) -> str | None:
    """As `literal`, with the version that the reference names."""
    if not reference or reference[0] == "#":
        return None
    return reference.removeprefix(f"{base}/") if base else reference


def reference_texts(value: Any, base: str) -> list[str]:
    """What a Reference, a canonical, a uri or a whole resource in its place leads to."""
    if isinstance(value, str):
        return [found for version in canonical_texts(value) if (found := literal(version, base))]
    if not isinstance(value, dict):
        return []
    holder = cast("dict[str, Any]", value)
    reference = holder.get("reference")
    if isinstance(reference, str):
        found = literal(reference, base)
        return [found] if found else []
    type_name, id = holder.get("resourceType"), holder.get("id")
    return [f"{type_name}/{id}"] if isinstance(type_name, str) and isinstance(id, str) else []


def reference_action(resource_type: str, codes: tuple[str, ...]) -> Action:
    salts = tuple(param_salt(resource_type, code) for code in codes)
    present = tuple(reference_hash(resource_type, code, PRESENT) for code in codes)
    add_identifier = identifier_action(resource_type, codes)

    def add(value: Any, found: Found) -> None:
        found.refs.update(present)
        for target in reference_texts(value, found.base):
            hashed = self_hash(target)
            for salt in salts:
                found.refs.add(hashed ^ salt)
        if type(value) is not dict:
            return
        holder = cast("dict[str, Any]", value)
        reference = holder.get("reference")
        if isinstance(reference, str) and "/_history/" in reference and (version := versioned(reference, found.base)):
            found.refs.update(self_hash(version) ^ salt for salt in salts)  # for those who ask for that version
        if "identifier" in holder and "resourceType" not in holder:
            add_identifier(holder["identifier"], found)

    return add


REFERENCES: Final = frozenset({"Reference", "canonical", "uri", "Resource", *spec.TYPES})
