"""reference: `Type/id`, `id`, an address; `:Type`, `:identifier` (FHIR R4 3.1.1.4.12)."""

from __future__ import annotations

import re
from typing import Final

from kedja import spec
from kedja.search.escape import unescape
from kedja.search.extract_references import literal
from kedja.search.hashing import reference_hash, token_hash
from kedja.search.nodes import References, ReferenceToPatient, Tokens
from kedja.search.suggest import did_you_mean
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.token import token_text

_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_RELATIVE: Final = re.compile(r"([A-Za-z]+)/[A-Za-z0-9.-]{1,64}")
_PATIENT: Final = "Patient/"


def resolve(asking: Asking) -> References | ReferenceToPatient | Tokens:
    parameter = asking.parameter
    if parameter.modifier == "identifier":
        code = f"{asking.code}:identifier"
        return Tokens(tuple(token_hash(asking.type, code, token_text(asking, value)) for value in parameter.values))
    references = [found for value in parameter.values for found in _references(asking, unescape(value))]
    patients = tuple(text.removeprefix(_PATIENT) for text in references if text.startswith(_PATIENT))
    others = [text for text in references if not text.startswith(_PATIENT)]
    hashes = tuple(reference_hash(asking.type, asking.code, text) for text in others)
    if not patients:
        return References(hashes)
    return ReferenceToPatient(asking.type, asking.code, patients, hashes, says_whose(asking))


def says_whose(asking: Asking) -> bool:
    """Whether the parameter is the element by which the store decides whose a resource is (`Observation.subject`)."""
    strongest = spec.subject_elements(asking.type)[:1]
    path = asking.definition.expression
    return any(path == whole or path.startswith(f"{whole}.where(") for whole in (f"{asking.type}.{name}" for name in strongest))


def _references(asking: Asking, value: str) -> list[str]:
    """The references that this value can stand for, as the index keeps them."""
    known = literal(value, asking.base) or ""
    relative = _RELATIVE.fullmatch(known)
    if relative:
        _check_type(asking, value, relative[1])
        return [known]
    if _ID.fullmatch(known):
        return [f"{name}/{known}" for name in _targets(asking)]
    if ":" in known and " " not in known:
        return [known]
    raise bad_value(asking.parameter, value, "write Type/id, an id, or a whole address")


def _targets(asking: Asking) -> tuple[str, ...]:
    modifier = asking.parameter.modifier
    return (modifier,) if modifier else asking.definition.target


def _check_type(asking: Asking, value: str, name: str) -> None:
    if not spec.is_resource_type(name):
        raise bad_value(asking.parameter, value, f"`{name}` is no resource type{did_you_mean(name, spec.TYPES)}")
    targets = _targets(asking)
    if targets and name not in targets:
        raise bad_value(asking.parameter, value, f"it refers to {', '.join(targets)}, never to {name}")
