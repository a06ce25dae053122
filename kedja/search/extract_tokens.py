"""Tokens and uris: the texts by which they are found, hashed (FHIR R4 3.1.1.4.10, 3.1.1.4.14)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

from kedja.search.extract_found import Found
from kedja.search.extract_text import fold
from kedja.search.hashing import param_hash, token_hash
from kedja.search.uris import above, canonical_texts

Action = Callable[[Any, Found], None]
Texts = tuple[tuple[int, tuple[int, str]], ...]  # (token hash, (param, folded))

_OF_THEIR_OWN: Final = (":text", ":of-type", ":below", ":identifier")  # what modifiers ask for; without texts
PRESENT: Final = ""  # the token text that says a parameter has some value, for `:missing`


class Owners:
    """The places in the index that an element is kept under. Compared by identity, so that they are a cheap key below."""

    __slots__ = ("parameters", "present", "texts", "worded")

    def __init__(self, resource_type: str, codes: tuple[str, ...]) -> None:
        self.parameters = tuple((resource_type, code) for code in codes)
        self.present = hashes(self, (PRESENT,))
        self.texts = tuple(param_hash(resource_type, f"{code}:text") for code in codes)
        self.worded = None if any(code.endswith(_OF_THEIR_OWN) for code in codes) else self.modified("text")

    def modified(self, modifier: str) -> Owners:
        """Those of the same parameters with a modifier that has tokens of its own."""
        return Owners(self.parameters[0][0], tuple(f"{code}:{modifier}" for _, code in self.parameters))


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
def _shown(owners: Owners, system: str | None, code: str | None, display: str) -> tuple[tuple[int, ...], Texts]:
    """With the text that is shown for it."""
    texts = _texts(owners, display)
    return _coded(owners, system, code) + tuple(hashed for hashed, _ in texts), texts


@lru_cache(maxsize=32768)
def _plain(owners: Owners, text: str) -> tuple[int, ...]:
    return hashes(owners, (text,)) + owners.present


@lru_cache(maxsize=8192)
def _address(owners: Owners, below: Owners, text: str) -> tuple[int, ...]:
    """Itself, and all that it is below."""
    return _plain(owners, text) + hashes(below, above(text))


@lru_cache(maxsize=8192)
def _canonical(owners: Owners, below: Owners, text: str) -> tuple[int, ...]:
    return hashes(owners, canonical_texts(text)) + owners.present + hashes(below, above(text))


def text(value: Any) -> str | None:
    """A text that is there; an empty one is not."""
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=16384)
def _texts(owners: Owners, value: str) -> Texts:
    """What stands for a text in each place."""
    folded = fold(value)
    hashed = hashes(owners.worded, (folded,)) if folded and owners.worded else ()
    return tuple((number, (param, folded)) for number, param in zip(hashed, owners.texts))


def _add_text(owners: Owners, value: Any, found: Found) -> None:
    """What `:text` looks through. The same few texts stand in very many resources: each is kept once, its hash in them."""
    if isinstance(value, str):
        texts = _texts(owners, value)
        found.texts.update(texts)
        found.tokens.update(hashed for hashed, _ in texts)


def _coding(owners: Owners) -> Action:
    def add(value: Any, found: Found) -> None:
        if isinstance(value, dict):
            holder = cast("dict[str, Any]", value)
            system, code, display = text(holder.get("system")), text(holder.get("code")), text(holder.get("display"))
            if display is None:
                found.tokens.update(_coded(owners, system, code))
            else:
                hashed, texts = _shown(owners, system, code, display)
                found.tokens.update(hashed)
                found.texts.update(texts)

    return add


def _identifier(owners: Owners) -> Action:
    of_type = owners.modified("of-type")

    def add(value: Any, found: Found) -> None:
        if not isinstance(value, dict):
            return
        holder = cast("dict[str, Any]", value)
        number = text(holder.get("value"))
        found.tokens.update(_coded(owners, text(holder.get("system")), number))
        kind: Any = holder.get("type")
        if isinstance(kind, dict):
            concept = cast("dict[str, Any]", kind)
            _add_text(owners, concept.get("text"), found)
            found.tokens.update(_typed(of_type, concept.get("coding"), number))

    return add


def _typed(of_type: Owners, codings: Any, number: str | None) -> set[int]:
    """`system|code|value` for each type that an identifier is of."""
    found: set[int] = set()
    for coding in cast("list[Any]", codings) if isinstance(codings, list) and number else []:
        if isinstance(coding, dict):
            kind = cast("dict[str, Any]", coding)
            if (system := text(kind.get("system"))) and (code := text(kind.get("code"))):
                found.update(hashes(of_type, (f"{system}|{code}|{number}",)))
    return found


def _codeable_concept(owners: Owners) -> Action:
    add_coding = _coding(owners)

    def add(value: Any, found: Found) -> None:
        if not isinstance(value, dict):
            return
        concept = cast("dict[str, Any]", value)
        codings, shown = concept.get("coding"), None
        if isinstance(codings, list):
            for coding in cast("list[Any]", codings):
                add_coding(coding, found)
                shown = cast("dict[str, Any]", coding).get("display") if isinstance(coding, dict) else None
        else:
            found.tokens.update(owners.present)
        if (words := concept.get("text")) is not None and words != shown:
            _add_text(owners, words, found)

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


def _located(owners: Owners) -> Action:
    below = owners.modified("below")

    def add(value: Any, found: Found) -> None:
        if isinstance(value, str):
            found.tokens.update(_address(owners, below, value))

    return add


def _versioned(owners: Owners) -> Action:
    below = owners.modified("below")

    def add(value: Any, found: Found) -> None:
        if isinstance(value, str):
            found.tokens.update(_canonical(owners, below, value))

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
    "uri": _located,
    "url": _located,
    "oid": _primitive,
    "uuid": _primitive,
    "canonical": _versioned,
}


def identifier_action(resource_type: str, codes: tuple[str, ...]) -> Action:
    """For the `identifier` of references: under `<parameter>:identifier`."""
    return _identifier(Owners(resource_type, tuple(f"{code}:identifier" for code in codes)))
