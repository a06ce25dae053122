"""What a `Consent` of `consents` says, as rows for the rules. Only an active one says anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from kedja.access.consents import EXCLUDABLE, KIND_SYSTEM, LABEL_SYSTEM, PARTY_SYSTEM, PURPOSE_SYSTEM, QUALITY, Kind, Party
from kedja.access.custody import Label
from kedja.access.instants import documented, in_force
from kedja.access.rows import BlockFact, ConsentFact, FactRow
from kedja.outcome import refuse

Json = Mapping[str, Any]
_KINDS: Final = {kind.value: kind for kind in Kind}
_BLOCKS: Final = {Kind.INNER_BLOCK: "inner", Kind.OUTER_BLOCK: "outer"}


def facts_of_consent(resource: Json, person: int) -> list[FactRow]:
    """The facts of one Consent about this person; none for a Consent of another kind.

    Raises OutcomeError 422 where it does not say whom it concerns: a block that blocks nothing is refused, not stored.
    """
    kind = _kind(resource)
    if kind is None or resource.get("status") != "active":
        return []
    provision: Json = resource.get("provision") or {}
    wanted = "permit" if kind in (Kind.SVOD, Kind.EMERGENCY, Kind.WELLNESS_SHARE) else "deny"
    if provision.get("type") != wanted:
        raise refuse(
            422, "business-rule", f"a Consent of kind `{kind}` has a provision of type `{wanted}`", "Consent.provision.type"
        )
    if kind in _BLOCKS:
        return [_block(_BLOCKS[kind], provision, person)]
    if kind is Kind.REGISTRY_OPPOSITION:
        starts, ends = in_force(provision.get("period"))
        return [BlockFact(person, "registry", _party(provision, Party.REGISTRY) or "", starts=starts, ends=ends)]
    return [_permission(name, provision, person) for name in _permission_kinds(kind, provision)]


def _block(kind: str, provision: Json, person: int) -> BlockFact:
    starts, ends = in_force(provision.get("period"))
    info_start, info_end = documented(provision.get("dataPeriod"))
    return BlockFact(
        person,
        kind,
        _provider(provision),
        _party(provision, Party.UNIT),
        info_start,
        info_end,
        _excluded(provision),
        starts,
        ends,
    )


def _permission(kind: str, provision: Json, person: int) -> ConsentFact:
    starts, ends = in_force(provision.get("period"))
    employee = _party(provision, Party.EMPLOYEE)
    if kind == "emergency" and (employee is None or ends is None):
        said = "name the employee and an end of the period"
        raise refuse(422, "business-rule", f"an emergency opening is one employee's, for a time: {said}", "Consent.provision")
    return ConsentFact(person, kind, _provider(provision), _party(provision, Party.UNIT), employee, starts, ends)


def _permission_kinds(kind: Kind, provision: Json) -> Iterator[str]:
    yield kind.value
    purposes = [(purpose.get("system"), purpose.get("code")) for purpose in _dicts(provision.get("purpose"))]
    if kind is Kind.WELLNESS_SHARE and (PURPOSE_SYSTEM, QUALITY) in purposes:
        yield "wellness-share-quality"


def _kind(resource: Json) -> Kind | None:
    for category in _dicts(resource.get("category")):
        for code in _codes(category, KIND_SYSTEM):
            if code in _KINDS:
                return _KINDS[code]
    return None


def _provider(provision: Json) -> str:
    provider = _party(provision, Party.PROVIDER)
    if not provider:
        said = "give a provision.actor with the role `provider` and an HSA-id"
        raise refuse(
            422, "business-rule", f"the Consent does not say which care provider it concerns: {said}", "Consent.provision.actor"
        )
    return provider


def _party(provision: Json, party: Party) -> str | None:
    for actor in _dicts(provision.get("actor")):
        if party.value in _codes(actor.get("role") or {}, PARTY_SYSTEM):
            reference: Json = actor.get("reference") or {}
            identifier: Json = reference.get("identifier") or {}
            value = identifier.get("value")
            if isinstance(value, str) and value:
                return value
            said = "give reference.identifier.value"
            raise refuse(422, "business-rule", f"the Consent's {party} has no identifier: {said}", "Consent.provision.actor")
    return None


def _excluded(provision: Json) -> Label:
    excluded = Label.NONE
    for exception in _dicts(provision.get("provision")):
        if exception.get("type") == "permit":
            for label in _dicts(exception.get("securityLabel")):
                if label.get("system") == LABEL_SYSTEM:
                    excluded |= EXCLUDABLE.get(str(label.get("code")), Label.NONE)
    return excluded


def _codes(concept: Json, system: str) -> list[str]:
    return [str(coding.get("code")) for coding in _dicts(concept.get("coding")) if coding.get("system") == system]


def _dicts(value: object) -> list[dict[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
