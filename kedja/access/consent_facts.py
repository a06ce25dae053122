"""What a `Consent` of `consents` says, as rows for the rules. Only an active one says anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from kedja.access.consents import (
    BIOBANK_PURPOSE_SYSTEM,
    BIOBANK_PURPOSES,
    EMERGENCY,
    EXCLUDABLE,
    KIND_SYSTEM,
    LABEL_SYSTEM,
    PARTY_SYSTEM,
    PURPOSE_SYSTEM,
    QUALITY,
    Kind,
    Party,
)
from kedja.access.custody import Label
from kedja.access.instants import documented, in_force
from kedja.access.mandate import CODES, MATTER_SYSTEM, Matter
from kedja.access.rows import BlockFact, ConsentFact, FactRow, LiftFact, Representation
from kedja.access.state_facts import Number, People
from kedja.outcome import OutcomeError, refuse

Json = Mapping[str, Any]
_KINDS: Final = {kind.value: kind for kind in Kind}
_BLOCKS: Final = {Kind.INNER_BLOCK: "inner", Kind.OUTER_BLOCK: "outer", Kind.GUARDIAN_RESTRICTION: "guardian"}
_LIFTS: Final = {Kind.INNER_LIFT: "inner", Kind.OUTER_LIFT: "outer"}
_OF_NO_PROVIDER: Final = {Kind.NLL_BLOCK: "nll", Kind.SECONDARY_USE_OPT_OUT: "secondary-use"}
_OWN_OPENINGS: Final = (Kind.EMERGENCY, Kind.NLL_EMERGENCY, Kind.CERTIFICATE)
_DENYING: Final = (*_BLOCKS, *_OF_NO_PROVIDER, Kind.REGISTRY_OPPOSITION, Kind.BIOBANK_RESTRICTION)


def facts_of_consent(resource: Json, person: int, people: People | None = None, unit: str = "") -> list[FactRow]:
    """The facts of one Consent about this person; none for a Consent of another kind. `people`: whose a number is.

    `unit`: whose staff have registered it. Raises OutcomeError 422 where it does not say whom it concerns: a block that blocks
    nothing is refused, not stored; and for a mandate that staff register without saying what the person signed.
    """
    kind = kind_of(resource)
    if kind is None or resource.get("status") != "active":
        return []
    provision: Json = resource.get("provision") or {}
    wanted = "deny" if kind in _DENYING else "permit"
    if provision.get("type") != wanted:
        raise _wrong(f"a Consent of kind `{kind}` has a provision of type `{wanted}`", "Consent.provision.type")
    if kind in _BLOCKS:
        return [_block(_BLOCKS[kind], provision, person)]
    if kind in _LIFTS:
        return [_lift(_LIFTS[kind], provision, person)]
    starts, ends = in_force(provision.get("period"))
    if kind in _OF_NO_PROVIDER:
        return [BlockFact(person, _OF_NO_PROVIDER[kind], "", starts=starts, ends=ends)]
    if kind is Kind.REGISTRY_OPPOSITION:
        return [BlockFact(person, "registry", _party(provision, Party.REGISTRY) or "", starts=starts, ends=ends)]
    if kind is Kind.BIOBANK_RESTRICTION:
        provider = _party(provision, Party.PROVIDER) or ""
        return [BlockFact(person, name, provider, starts=starts, ends=ends) for name in _biobank_kinds(provision)]
    if kind is Kind.PROXY:
        if unit:
            _check_signed(resource)
        return _mandate(provision, person, people or {})
    return [_permission(name, kind, provision, person) for name in _permission_kinds(kind, provision)]


def representative(resource: Json) -> Number | None:
    """The number by which a mandate names who acts for the person: (system, value). Raises OutcomeError 422 without one."""
    if kind_of(resource) is not Kind.PROXY or resource.get("status") != "active":
        return None
    provision: Json = resource.get("provision") or {}
    identifier = _identifier(provision, Party.REPRESENTATIVE)
    if identifier is None or not isinstance(identifier.get("system"), str):
        said = "give a provision.actor with the role `representative` and a personal identity number"
        raise _wrong(f"the mandate does not say who may act: {said}", "Consent.provision.actor")
    return str(identifier["system"]), str(identifier["value"])


def kind_of(resource: Json) -> Kind | None:
    """The kind of a Consent that rules look at; None for any other."""
    for category in _dicts(resource.get("category")):
        for code in _codes(category, KIND_SYSTEM):
            if code in _KINDS:
                return _KINDS[code]
    return None


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


def _lift(kind: str, provision: Json, person: int) -> LiftFact:
    starts, ends = in_force(provision.get("period"))
    reader = _party(provision, Party.READER_PROVIDER)
    if reader is None or ends is None:
        raise _wrong("a lift is for a reader, for a time: name `reader-provider` and an end of the period", "Consent.provision")
    return LiftFact(
        person,
        kind,
        _provider(provision),
        _party(provision, Party.UNIT),
        reader,
        _party(provision, Party.READER_UNIT),
        _party(provision, Party.READER_EMPLOYEE),
        "Emergency" if (PURPOSE_SYSTEM, EMERGENCY) in _purposes(provision) else "PatientsConsent",
        starts,
        ends,
    )


def _check_signed(resource: Json) -> None:
    original: Json = resource.get("sourceAttachment") or {}
    if not original.get("title") or not original.get("creation"):
        told = "staff register what the person has signed: `sourceAttachment` says where it is (`title`) and its day (`creation`)"
        raise _wrong(told, "Consent.sourceAttachment")


def _mandate(provision: Json, person: int, people: People) -> list[FactRow]:
    starts, ends = in_force(provision.get("period"))
    matters = Matter.NONE
    for coding in _dicts(provision.get("class")):
        if coding.get("system") == MATTER_SYSTEM:
            matters |= CODES.get(str(coding.get("code")), Matter.NONE)
    if not matters or ends is None:
        told = f"a mandate says what it covers and until when: `class` ({', '.join(CODES)}) and an end of the period"
        raise _wrong(told, "Consent.provision")
    identifier = _identifier(provision, Party.REPRESENTATIVE) or {}
    who = people.get((str(identifier.get("system")), str(identifier.get("value"))))
    return [Representation(person, "proxy", who, int(matters), starts, ends)] if who is not None else []


def _permission(name: str, kind: Kind, provision: Json, person: int) -> ConsentFact:
    starts, ends = in_force(provision.get("period"))
    employee = _party(provision, Party.EMPLOYEE)
    if kind in _OWN_OPENINGS and (employee is None or ends is None):
        what = "an opening for a certificate" if kind is Kind.CERTIFICATE else "an emergency opening"
        said = "name the employee and an end of the period"
        raise _wrong(f"{what} is one employee's, for a time: {said}", "Consent.provision")
    return ConsentFact(person, name, _provider(provision), _party(provision, Party.UNIT), employee, starts, ends)


def _permission_kinds(kind: Kind, provision: Json) -> Iterator[str]:
    if kind is Kind.BIOBANK:
        yield from _biobank_kinds(provision)
        return
    yield kind.value
    if kind is Kind.WELLNESS_SHARE and (PURPOSE_SYSTEM, QUALITY) in _purposes(provision):
        yield "wellness-share-quality"


def _biobank_kinds(provision: Json) -> list[str]:
    said = [code for system, code in _purposes(provision) if system == BIOBANK_PURPOSE_SYSTEM and code in BIOBANK_PURPOSES]
    if not said:
        told = f"say for which purposes of a biobank: `purpose` of {BIOBANK_PURPOSE_SYSTEM}, {', '.join(BIOBANK_PURPOSES)}"
        raise _wrong(told, "Consent.provision.purpose")
    return [f"biobank-{code}" for code in dict.fromkeys(said)]


def _purposes(provision: Json) -> list[tuple[object, object]]:
    return [(purpose.get("system"), purpose.get("code")) for purpose in _dicts(provision.get("purpose"))]


def _wrong(told: str, where: str) -> OutcomeError:
    return refuse(422, "business-rule", told, where)


def _provider(provision: Json) -> str:
    provider = _party(provision, Party.PROVIDER)
    if not provider:
        said = "give a provision.actor with the role `provider` and an HSA-id"
        raise _wrong(f"the Consent does not say which care provider it concerns: {said}", "Consent.provision.actor")
    return provider


def _party(provision: Json, party: Party) -> str | None:
    identifier = _identifier(provision, party)
    return str(identifier["value"]) if identifier else None


def _identifier(provision: Json, party: Party) -> Json | None:
    for actor in _dicts(provision.get("actor")):
        if party.value in _codes(actor.get("role") or {}, PARTY_SYSTEM):
            reference: Json = actor.get("reference") or {}
            identifier: Json = reference.get("identifier") or {}
            value = identifier.get("value")
            if isinstance(value, str) and value:
                return identifier
            raise _wrong(f"the Consent's {party} has no identifier: give reference.identifier.value", "Consent.provision.actor")
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
