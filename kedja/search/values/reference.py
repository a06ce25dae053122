"""reference: `Type/id`, `id`, an address; `:Type`, `:identifier` (FHIR R4 3.1.1.4.12)."""

from __future__ import annotations

import re
from typing import Final

from kedja import spec
from kedja.search.escape import unescape
from kedja.search.extract_references import literal, versioned
from kedja.search.hashing import reference_hash, token_hash
from kedja.search.nodes import References, ReferenceToPatient, Tokens
from kedja.search.suggest import did_you_mean
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.token import token

_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_RELATIVE: Final = re.compile(r"([A-Za-z]+)/[A-Za-z0-9.-]{1,64}")
_PATIENT: Final = "Patient/"


def resolve(asking: Asking) -> References | ReferenceToPatient | Tokens:
    parameter = asking.parameter
    if parameter.modifier == "identifier":
        return Tokens(tuple(_identifier(asking, value) for value in parameter.values))
    found = references(asking)
    patients = tuple(text.removeprefix(_PATIENT) for text in found if _is_patient(text))
    others = [text for text in found if not _is_patient(text)]
    hashes = tuple(reference_hash(asking.type, asking.code, text) for text in others)
    if not patients:
        return References(hashes)
    return ReferenceToPatient(asking.type, asking.code, patients, hashes, says_whose(asking))


def references(asking: Asking) -> list[str]:
    """The references that are asked for, as the index keeps them."""
    return [found for value in asking.parameter.values for found in _references(asking, unescape(value))]


def _identifier(asking: Asking, value: str) -> int:
    system, code = token(asking, value)
    return token_hash(asking.type, f"{asking.code}:identifier", code if system is None else f"{system}|{code}")


def says_whose(asking: Asking) -> bool:
    """Whether the parameter is the element by which the store decides whose a resource is (`Observation.subject`)."""
    strongest = spec.subject_elements(asking.type)[:1]
    path = asking.definition.expression
    return any(path == whole or path.startswith(f"{whole}.where(") for whole in (f"{asking.type}.{name}" for name in strongest))


def _is_patient(text: str) -> bool:
    """Any version of one: who asks for a version of a Patient means that one alone."""
    return text.startswith(_PATIENT) and "/" not in text[len(_PATIENT) :]


def _references(asking: Asking, value: str) -> list[str]:
    """The references that this value can stand for, as the index keeps them."""
    known = literal(value, asking.base) or ""
    version = (versioned(value, asking.base) or "").removeprefix(known)  # `/_history/3`
    relative = _RELATIVE.fullmatch(known)
    if relative:
        _check_type(asking, value, relative[1])
        return [known + version]
    if _ID.fullmatch(known):
        return [f"{name}/{known}{version}" for name in _targets(asking) or spec.TYPES]
    if ":" in known and " " not in known:
        return [known + version]
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
