"""Code systems that FHIR names and does not carry: UCUM, languages, media types, currencies, countries (R4 4.3.2)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kedja import ucum
from kedja.spec.tables import verified
from kedja.terminology.systems import System, compiled, grammar

LANGUAGES: Final = "urn:ietf:bcp:47"
MEDIA_TYPES: Final = "urn:ietf:bcp:13"
UNITS: Final = "http://unitsofmeasure.org"
URIS: Final = "urn:ietf:rfc:3986"
_LISTED: Final = ("urn:iso:std:iso:4217", "urn:iso:std:iso:3166")

_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
# As the specification itself writes them: with short names for its own formats, and parameters that RFC 2045 would quote.
_MEDIA_TYPE: Final = re.compile(
    rf"xml|json|ttl|(?:application|audio|example|font|haptics|image|message|model|multipart|text|video|x-[a-z0-9-]+)/{_NAME}"
    r"(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=[^;]+)*",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extlang>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variant>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_PRIVATE: Final = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_PRIVATE_SUBTAGS: Final = {
    "language": re.compile(r"q[a-t][a-z]"),
    "script": re.compile(r"qa(?:a[a-z]|b[a-x])"),
    "region": re.compile(r"aa|q[m-z]|x[a-z]|zz"),
}


def system(url: str) -> System | None:
    """The system, where it is one of these."""
    if url in _LISTED:
        return _registry(url)
    check = _GRAMMARS.get(url)
    return None if check is None else grammar(url, check)


def same_dimension(unit: str, other: str) -> bool | None:
    """Whether both are UCUM units of one dimension: what the filter `canonical` asks of a unit."""
    one, two = ucum.canonical(unit), ucum.canonical(other)
    return None if two is None else one is not None and one.unit == two.unit


@cache
def _tables() -> dict[str, dict[str, str]]:
    raw = verified(Path(__file__).parent / "data" / "registries.json", "tools/build_registries.py")
    return {url: msgspec.json.decode(table, type=dict[str, str]) for url, table in raw.items()}


@cache
def _registry(url: str) -> System:
    concepts: list[dict[str, Any]] = [{"code": code, "display": name} for code, name in _tables()[url].items()]
    return compiled({"resourceType": "CodeSystem", "url": url, "content": "complete", "concept": concepts})


@cache
def _subtags(kind: str) -> frozenset[str]:
    return frozenset(_tables()[LANGUAGES][kind].split())


def _language(tag: str) -> bool:
    """RFC 5646 2.2: well-formed, and every subtag registered or of private use."""
    tag = tag.lower()
    if _PRIVATE.fullmatch(tag) or tag in _subtags("grandfathered"):
        return True
    found = _LANGUAGE.fullmatch(tag)
    if found is None or not all(_registered(kind, found[kind]) for kind in ("language", "extlang", "script", "region")):
        return False
    return all(variant in _subtags("variant") for variant in found["variant"].split("-")[1:])


def _registered(kind: str, subtag: str | None) -> bool:
    if subtag is None or subtag in _subtags(kind):
        return True
    private = _PRIVATE_SUBTAGS.get(kind)
    return private is not None and private.fullmatch(subtag) is not None


def _media_type(code: str) -> bool:
    return _MEDIA_TYPE.fullmatch(code) is not None


def _uri(code: str) -> bool:
    return bool(code) and not any(letter.isspace() for letter in code)


_GRAMMARS: Final = {LANGUAGES: _language, MEDIA_TYPES: _media_type, UNITS: ucum.is_valid, URIS: _uri}
