"""Tokens and uris: the texts by which they are found, hashed (FHIR R4 3.1.1.4.10, 3.1.1.4.14)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

from kedja.search.extract_found import Found
from kedja.search.hashing import token_hash

Action = Callable[[Any, Found], None]

PRESENT: Final = ""  # the token text that says a parameter has some value, for `:missing`


class Owners:
    """The parameters that share an element. Compared by identity, so that they are a cheap key of the memory below."""

    __slots__ = ("parameters", "present")

    def __init__(self, resource_type: str, codes: tuple[str, ...]) -> None:
        self.parameters = tuple((resource_type, code) for code in codes)
        self.present = hashes(self, (PRESENT,))


def coding_texts(system: str | None, code: str | None) -> tuple[str, ...]:
    """`system|code`, `code`, `system|`; without a system `|code`, `code`."""
    if code is None:
        return () if system is None else (f"{system}|",)
    return (f"|{code}", code) if system is None else (f"{system}|{code}", code, f"{system}|")


def hashes(owners: Owners, texts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple([token_hash(resource_type, code, text) for resource_type, code in owners.parameters for text in texts])


@lru_cache(maxsize=32768)
def _coded(owners: Owners, system: str | None, code: str | None) -> tuple[int, ...]:
    return hashes(owners, coding_texts(system, code)) + owners.present


@lru_cache(maxsize=32768)
def _plain(owners: Owners, text: str) -> tuple[int, ...]:
    return hashes(owners, (text,)) + owners.present


@lru_cache(maxsize=8192)
def _canonical(owners: Owners, text: str) -> tuple[int, ...]:
    return hashes(owners, canonical_texts(text)) + owners.present


def canonical_texts(text: str) -> tuple[str, ...]:
    """With its version, and without."""
    bare = text.partition("|")[0]
    return (text,) if bare == text or not bare else (text, bare)


def text(value: Any) -> str | None:
    """A text that is there; an empty one is not."""
    return value if isinstance(value, str) and value else None


def _coding(owners: Owners) -> Action:
    return _pair(owners, "code")


def _identifier(owners: Owners) -> Action:
    return _pair(owners, "value")


def _pair(owners: Owners, name: str) -> Action:
    def add(value: Any, found: Found) -> None:
        if isinstance(value, dict):
            holder = cast("dict[str, Any]", value)
            found.tokens.update(_coded(owners, text(holder.get("system")), text(holder.get(name))))

    return add


def _codeable_concept(owners: Owners) -> Action:
    add_coding = _coding(owners)

    def add(value: Any, found: Found) -> None:
        if not isinstance(value, dict):
            return
        codings = cast("dict[str, Any]", value).get("coding")
        if isinstance(codings, list):
            for coding in cast("list[Any]", codings):
                add_coding(coding, found)
        else:
            found.tokens.update(owners.present)

    return add


def _contact_point(owners: Owners) -> Action:
    def add(value: Any, found: Found) -> None:
        number = text(cast("dict[str, Any]", value).get("value")) if isinstance(value, dict) else None
        found.tokens.update(owners.present if number is None else _plain(owners, number))

    return add


def _primitive(owners: Owners) -> Action:
    def add(value: Any, found: Found) -> None:
        if isinstance(value, str):
            found.tokens.update(_plain(owners, value))

    return add


def _boolean(owners: Owners) -> Action:
    def add(value: Any, found: Found) -> None:
        if isinstance(value, bool):
            found.tokens.update(_plain(owners, "true" if value else "false"))

    return add


def _versioned(owners: Owners) -> Action:
    def add(value: Any, found: Found) -> None:
        if isinstance(value, str):
            found.tokens.update(_canonical(owners, value))

    return add


TOKENS: Final[dict[str, Callable[[Owners], Action]]] = {
    "CodeableConcept": _codeable_concept,
    "Coding": _coding,
    "Identifier": _identifier,
    "ContactPoint": _contact_point,
    "code": _primitive,
    "id": _primitive,
    "string": _primitive,
    "uri": _primitive,
    "boolean": _boolean,
    "System.Boolean": _boolean,
}
URIS: Final[dict[str, Callable[[Owners], Action]]] = {
    "uri": _primitive,
    "url": _primitive,
    "oid": _primitive,
    "uuid": _primitive,
    "canonical": _versioned,
}


def identifier_action(resource_type: str, codes: tuple[str, ...]) -> Action:
    """For the `identifier` of references: under `<parameter>:identifier`."""
    return _identifier(Owners(resource_type, tuple(f"{code}:identifier" for code in codes)))
