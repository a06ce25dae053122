"""Which format is asked for, and which was sent: `_format`, Accept and Content-Type (FHIR R4 3.1.0.1.9, 3.1.0.1.11).

One table of media types; `fhirVersion` may say 4.0 or 4.0.1, a charset UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from kedja.outcome import OutcomeError, refuse

Format = Literal["json", "xml"]
FHIR_JSON: Final = "application/fhir+json"
FHIR_XML: Final = "application/fhir+xml"

# what is asked for -> (format, the media type that the answer then has)
_SERVED: Final[dict[str, tuple[Format, str]]] = {
    FHIR_JSON: ("json", FHIR_JSON),
    FHIR_XML: ("xml", FHIR_XML),
    "application/json": ("json", "application/json"),
    "application/xml": ("xml", "application/xml"),
    "text/json": ("json", "text/json"),
    "text/xml": ("xml", "text/xml"),
    "text/html": ("json", FHIR_JSON),  # a browser: it shows JSON
    "application/*": ("json", FHIR_JSON),
    "*/*": ("json", FHIR_JSON),
    "text/*": ("json", "text/json"),
}
_SHORT: Final = {"json": FHIR_JSON, "xml": FHIR_XML, "html": "text/html"}
_VERSIONS: Final = ("4.0", "4.0.1")
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_ADVICE: Final = f"ask for {FHIR_JSON} or {FHIR_XML}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is written. `media` is its type with `fhirVersion` where that was asked for."""

    format: Format = "json"
    media: str = FHIR_JSON
    pretty: bool = False

    @property
    def content_type(self) -> str:
        return f"{self.media}; charset=utf-8"


@lru_cache(maxsize=512)
def wanted(accept: str, format_: str | None = None, pretty: str | None = None) -> Wanted:
    """The answer's format: `_format` goes before Accept; of Accept the highest q, then the first.

    Raises OutcomeError 406 where none of what is accepted is served, 400 for a `_pretty` that is no boolean.
    """
    if pretty not in (None, "", "true", "false"):
        raise refuse(400, "value", "`_pretty` is true or false", "?_pretty")
    chosen = _of_accept(accept) if not format_ else _of_format(format_)
    format_, media, browser = chosen
    return Wanted(format_, media, pretty == "true" or (browser and pretty != "false"))


def sent(content_type: str, served: Mapping[str, str]) -> str:
    """What `served` has for this Content-Type. Raises OutcomeError 415 for another type, charset or version of FHIR."""
    media, parameters = _parameters(content_type)
    found = served.get(media)
    if found is None:
        raise refuse(415, "not-supported", f"`{media[:80]}` is not taken here: send {_listed(served)} and say so in Content-Type")
    charset = parameters.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise refuse(415, "not-supported", f"the charset `{charset[:40]}` is not taken: send UTF-8")
    _check_version(parameters, 415)
    return found


def _listed(served: Mapping[str, str]) -> str:
    """Those that stand first for what they are: the others are taken as well."""
    return " or ".join({kind: name for name, kind in reversed(list(served.items())) if name}.values())


def _of_format(format_: str) -> tuple[Format, str, bool]:
    """`+` of a media type that nobody percent-encoded has become a space."""
    media, parameters = _parameters(format_.strip().replace("fhir ", "fhir+"))
    found = _SERVED.get(_SHORT.get(media, media))
    if found is None or "*" in media:
        raise refuse(406, "not-supported", f"`_format={format_[:80]}` is not served: {_ADVICE}", "?_format")
    _check_version(parameters, 406)
    return found[0], _versioned(found[1], parameters), media in ("html", "text/html")


def _of_accept(accept: str) -> tuple[Format, str, bool]:
    best: tuple[Format, str, bool] | None = None
    highest = 0.0
    for media, parameters, quality in _ranges(accept or "*/*"):
        found = _SERVED.get(media)
        if found is None or quality <= highest or parameters.get("fhirversion", "4.0") not in _VERSIONS:
            continue
        best = (found[0], _versioned(found[1], parameters), media == "text/html")
        highest = quality
    if best is None:
        raise _not_acceptable(accept)
    return best


def _not_acceptable(accept: str) -> OutcomeError:
    return refuse(406, "not-supported", f"nothing of `Accept: {accept[:200]}` is served: {_ADVICE}, of FHIR 4.0")


def _ranges(accept: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """(media range, its parameters, q) in their order; a q that is none counts as 0."""
    for part in accept[:2000].split(",")[:50]:
        media, parameters = _parameters(part)
        quality = parameters.get("q", "1")
        yield _SHORT.get(media, media), parameters, float(quality) if _QUALITY.fullmatch(quality) else 0.0


def _parameters(text: str) -> tuple[str, dict[str, str]]:
    """`application/fhir+json; fhirVersion=4.0` -> the type and its parameters, both in lower case."""
    media, *rest = text.split(";")
    pairs = (part.partition("=") for part in rest)
    return media.strip().lower(), {name.strip().lower(): value.strip().strip('"').lower() for name, _, value in pairs}


def _versioned(media: str, parameters: Mapping[str, str]) -> str:
    version = parameters.get("fhirversion")
    return f"{media}; fhirVersion={version}" if version else media


def _check_version(parameters: Mapping[str, str], status: int) -> None:
    version = parameters.get("fhirversion", "4.0")
    if version not in _VERSIONS:
        raise refuse(status, "not-supported", f"FHIR {version[:20]} is not served: this is FHIR 4.0 (R4)")
