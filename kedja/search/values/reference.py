"""reference: `Type/id`, `id`, an address; `:Type`, `:identifier`, `:below`, `:above` (FHIR R4 3.1.1.4.12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from kedja import spec
from kedja.search.definitions import says_whose
from kedja.search.escape import unescape
from kedja.search.extract_references import literal, versioned
from kedja.search.hashing import param_salt, reference_hash, self_hash, token_hash
from kedja.search.nodes import Criterion, Or, References, ReferenceToPatient, Select, Tokens, Tree
from kedja.search.suggest import did_you_mean
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.token import token

_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_RELATIVE: Final = re.compile(r"([A-Za-z]+)/[A-Za-z0-9.-]{1,64}")
_PATIENT: Final = "Patient/"


def resolve(asking: Asking) -> Criterion:
    return MODIFIERS.get(asking.parameter.modifier, _refers)(asking)


def _refers(asking: Asking) -> Criterion:
    found = references(asking)
    patients = tuple(text.removeprefix(_PATIENT) for text in found if _is_patient(text))
    others = [text for text in found if not _is_patient(text)]
    hashes = tuple(reference_hash(asking.type, asking.code, text) for text in others)
    if not patients:
        return References(hashes)
    return ReferenceToPatient(asking.type, asking.code, patients, hashes, says_whose(asking.type, asking.definition))


def _identified(asking: Asking) -> Criterion:
    return Tokens(tuple(_identifier(asking, value) for value in asking.parameter.values))


def _below(asking: Asking) -> Criterion:
    return _tree(asking, above=False)


def _above(asking: Asking) -> Criterion:
    return _tree(asking, above=True)


def _tree(asking: Asking, *, above: bool) -> Criterion:
    """One criterion for each type that is a hierarchy by itself (R4 3.1.1.5.6)."""
    plain = replace(asking, parameter=replace(asking.parameter, modifier=""))
    found: dict[str, list[int]] = {}
    for text in references(plain):
        name = text.partition("/")[0]
        if name in hierarchies():
            found.setdefault(name, []).append(self_hash(text))
    if not found:
        trees = ", ".join(sorted(hierarchies()))
        raise bad_value(asking.parameter, asking.parameter.values[0], f"only these are parts of their like: {trees}")
    salt = param_salt(asking.type, asking.code)
    trees = [
        Tree(salt, tuple(starts), above, param_salt(name, hierarchies()[name]), Select(name)) for name, starts in found.items()
    ]
    return trees[0] if len(trees) == 1 else Or(tuple(trees))


@cache
def hierarchies() -> Mapping[str, str]:
    """{type: the parameter that leads from each to what it is a part of, always of the same type}."""
    parameters = ((name, parameter) for name in spec.TYPES for parameter in spec.search_parameters(name).values())
    return {name: one.code for name, one in parameters if one.expression == f"{name}.partOf" and one.target == (name,)}


def references(asking: Asking) -> list[str]:
    """The references that are asked for, as the index keeps them."""
    return [found for value in asking.parameter.values for found in _references(asking, unescape(value))]


def _identifier(asking: Asking, value: str) -> int:
    system, code = token(asking, value)
    return token_hash(asking.type, f"{asking.code}:identifier", code if system is None else f"{system}|{code}")


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


MODIFIERS: Final[dict[str, Callable[[Asking], Criterion]]] = {
    "": _refers,
    "identifier": _identified,
    "below": _below,
    "above": _above,
}
