"""What a rule permits to be read only in part: the rest taken out of a resource before it is told.

Rules say so by an obligation: `MASK_REASON` (NLL 5:1), `ONLY_THE_FACT` (NLL 5:4), `PSEUDONYM` (PDL 7:8, EHDS 73).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from kedja.access.masking import REDACTED
from kedja.access.rule import Obligation, Ruleset
from kedja.search.uses import Use

Json = dict[str, Any]
_NONE: Final[frozenset[str]] = frozenset()
Redact = Callable[[Json], Json]

_FREE: Final = frozenset({"text", "note"})  # what is written freely repeats what was taken out
_FACT: Final = frozenset(
    {
        *("resourceType", "id", "meta", "contained", "status", "intent", "subject", "medicationCodeableConcept"),
        *("medicationReference", "code", "authoredOn", "whenHandedOver"),
    }
)
_ASKS_FACT: Final = frozenset(
    {"_id", "_lastUpdated", "_tag", "_security", "_profile", "_source", "patient", "subject", "status", "intent", "code"}
) | {"medication", "authoredon", "whenhandedover"}
"""Parameters that test nothing but what `_FACT` tells."""
_NAMES: Final = frozenset({"name", "telecom", "address", "photo", "contact", "identifier"})
_MEDICINES: Final = re.compile(r"\bMedication(?:Request|Dispense|Statement|Administration)\.")
_PERSON: Final = re.compile(rf"\b(?:Patient|Person|RelatedPerson)\.(?:{'|'.join(sorted(_NAMES))})\b")
_WHY: Final = ("reason", "ordinationsorsak")
_TOLD_WITH: Final = ("Medication", "Organization", "Practitioner", "PractitionerRole")
_PEOPLE: Final = frozenset({"Patient", "Person", "RelatedPerson"})


def redact(resource: Json, obligations: tuple[Obligation, ...]) -> Json:
    """The resource as these obligations let it be told, marked as redacted; the same object where they say nothing."""
    parts = [_REDACTS[obligation] for obligation in obligations if obligation in _REDACTS]
    if not parts:
        return resource
    for part in parts:
        resource = part(resource)
    meta = resource.get("meta", {})
    return {**resource, "meta": {**meta, "security": [*meta.get("security", ()), REDACTED]}}


@lru_cache(maxsize=4)
def redacting(law: Ruleset) -> Mapping[str, tuple[Obligation, ...]]:
    """The rules that permit a reading in part, with what they say is left out."""
    found = {rule.id: tuple(one for one in rule.obligations if one in _REDACTS) for rule in law.rules if "read" in rule.actions}
    return {id: obligations for id, obligations in found.items() if obligations}


def betrayed(law: Ruleset, uses: Iterable[Use]) -> frozenset[str]:
    """The rules that permit a reading in part and that a search made by these could get round: it would test what is left out.

    Such a search finds nothing by them, so that neither what it finds, nor how many, nor in which order, tells.
    """
    asked = tuple(uses)
    told = {obligation for obligation, tests in _TESTS.items() if any(tests(use) for use in asked)}
    return frozenset(id for id, obligations in redacting(law).items() if not told.isdisjoint(obligations)) if told else _NONE


def _tests_reason(use: Use) -> bool:
    """Free text repeats why; the parameters on reasons themselves nobody may use (N-8)."""
    return not use.expression or any(word in use.expression.lower() for word in (*_WHY, *_FREE))


def _tests_more_than_the_fact(use: Use) -> bool:
    return not use.expression or (use.code not in _ASKS_FACT and _MEDICINES.search(use.expression) is not None)


def _tests_name(use: Use) -> bool:
    by_number = use.kind == "reference" and use.modifier in ("identifier", "text")
    return not use.expression or by_number or _PERSON.search(use.expression) is not None


def without_reason(resource: Json) -> Json:
    """Without why it was prescribed, wherever it is said: elements, extensions, what is contained for it, and free text."""
    bare = cast(Json, _each(resource, _silent))
    contained = [one for one in bare.get("contained", ()) if one.get("resourceType") in _TOLD_WITH]
    bare = {name: value for name, value in bare.items() if name not in _FREE and name != "contained"}
    return bare | {"contained": contained} if contained else bare


def only_the_fact(resource: Json) -> Json:
    """That something was prescribed or dispensed: what, when, to whom."""
    kept = {name: value for name, value in resource.items() if name in _FACT}
    return without_reason(kept)


def coded(resource: Json) -> Json:
    """Without names and numbers of persons; the ids by which this service refers to them are their codes."""
    bare = cast(Json, _each(resource, _unnamed))
    hidden = _FREE | _NAMES if resource.get("resourceType") in _PEOPLE else _FREE
    return {name: value for name, value in bare.items() if name not in hidden}


def _silent(value: Json) -> Json:
    """One object without the members and extensions that say why."""
    found: Json = {}
    for name, item in value.items():
        if name.lstrip("_").startswith("reason"):
            continue
        if name in ("extension", "modifierExtension"):
            item = [one for one in item if not any(word in str(one.get("url", "")).lower() for word in _WHY)]
            if not item:
                continue
        found[name] = item
    return found


def _unnamed(value: Json) -> Json:
    """A reference to a person by its literal alone."""
    literal = value.get("reference")
    if isinstance(literal, str) and literal.partition("/")[0] in _PEOPLE:
        return {name: item for name, item in value.items() if name not in ("identifier", "display")}
    return value


def _each(value: object, change: Callable[[Json], Json]) -> object:
    if isinstance(value, list):
        return [_each(item, change) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return change({name: _each(item, change) for name, item in cast(Json, value).items()})
    return value


_REDACTS: Final[Mapping[Obligation, Redact]] = {
    Obligation.MASK_REASON: without_reason,
    Obligation.ONLY_THE_FACT: only_the_fact,
    Obligation.PSEUDONYM: coded,
}
_TESTS: Final[Mapping[Obligation, Callable[[Use], bool]]] = {
    Obligation.MASK_REASON: _tests_reason,
    Obligation.ONLY_THE_FACT: _tests_more_than_the_fact,
    Obligation.PSEUDONYM: _tests_name,
}
PARTIAL: Final = frozenset(_REDACTS)
"""The obligations that let less be told; they do not hold where another rule permits the whole."""
