"""How each resource type is told: one table. `entry` adds source, law, codes and plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

from kedja.access.correspondence import kind_of
from kedja.gate.contest import CATEGORY_SYSTEM, CONTESTED
from kedja.portals.shared import plain, tell_care, tell_clinical, tell_medicines, tell_results
from kedja.portals.shared.entry import Annotation, Entry, Held, Resource, Source, Told
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.read import codes, first, items, text, when

Teller = Callable[[Resource, Language], Told]
TABLE: Final[Mapping[str, Teller]] = {
    **tell_clinical.TABLE,
    **tell_results.TABLE,
    **tell_medicines.TABLE,
    **tell_care.TABLE,
}
DOMAINS: Final = ("care", "social", "registry", "biobank", "own")
DOMAIN_OF_REGIME: Final = {
    "health": "care",
    "social": "social",
    "social-other": "social",
    "registry": "registry",
    "biobank": "biobank",
    "nll": "care",
    "wellness": "own",
}
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_PEOPLE: Final = ("Practitioner/", "PractitionerRole/", "RelatedPerson/")
_CODED: Final = ("code", "medicationCodeableConcept", "vaccineCode", "type", "category")


@cache
def domain_name(domain: str, _: Language) -> str:
    names = {
        "care": _("Care"),
        "social": _("Social care"),
        "registry": _("Quality registry"),
        "biobank": _("Biobank"),
        "own": _("Own measurement"),
    }
    return names[domain]


@cache
def law_name(regime: str, _: Language) -> str:
    """The law that a regime's information is kept under."""
    names = {
        "health": _("Health record (Patient Data Act)"),
        "social": _("Social care record (Social Services Act)"),
        "social-other": _("Social services record (Social Services Act)"),
        "registry": _("Quality registry (Patient Data Act, chapter 7)"),
        "biobank": _("Sample (Biobanks Act)"),
        "nll": _("National Medication List (Act on the National Medication List)"),
        "wellness": _("Your own account (your consent)"),
    }
    return names.get(regime, "")


@cache
def kind_name(kind: str, _: Language) -> str:
    names = {
        "result": _("Result"),
        "report": _("Report"),
        "form": _("Form"),
        "sample": _("Sample"),
        "medicine": _("Medicine"),
        "renewal": _("Renewal"),
        "collected": _("Collected medicine"),
        "given": _("Given medicine"),
        "vaccination": _("Vaccination"),
        "diagnosis": _("Diagnosis"),
        "allergy": _("Allergy"),
        "alert": _("Alert"),
        "limit": _("Limit of care"),
        "procedure": _("Treatment"),
        "family": _("Family history"),
        "risk": _("Risk assessment"),
        "contact": _("Contact"),
        "note": _("Note"),
        "message": _("Message"),
        "plan": _("Plan"),
        "goal": _("Goal"),
        "order": _("Referral or decision"),
        "booking": _("Booked time"),
        "episode": _("Period of care"),
        "relative": _("Relative"),
        "team": _("Contact in care"),
    }
    return names[kind]


def entry(held: Held, directory: Mapping[str, str], _: Language) -> Entry | None:
    """The entry of a resource; None for a type that is not told by itself (Patient, Provenance, AuditEvent ...).

    `directory` gives the name of an HSA-id and the title of a source.
    """
    resource = held.resource
    teller = TABLE.get(text(resource, "resourceType"))
    domain = DOMAIN_OF_REGIME.get(held.regime)
    if teller is None or domain is None or _is_set_aside(resource):
        return None
    told = teller(resource, _)
    if not told.title:
        told = replace(told, title=kind_name(told.kind, _), recorded=False)
    return Entry(
        id=f"{resource['resourceType']}/{text(resource, 'id')}",
        domain=domain,
        domain_name=domain_name(domain, _),
        kind_name=kind_name(told.kind, _),
        told=told,
        source=source_of(held, directory, _),
        codes=tuple(code for name in _CODED for each in items(resource, name) for code in codes(each)),
        explanation=plain.explanation(first(resource, "code"), _),
        visit=_visit(resource),
        regime=held.regime,
        documented=held.documented.astimezone(ZONE) if held.documented else None,
        fresh=held.fresh,
    )


def source_of(held: Held, directory: Mapping[str, str], _: Language) -> Source:
    """Unit, provider and source by name; what the directory does not know is said as it is recorded."""
    unit = directory.get(held.unit, held.unit)
    provider = directory.get(held.provider, held.provider)
    if held.regime == "wellness":
        unit = text(held.resource, "device", "display") or _("Your own account")
        provider = ""
    system = directory.get(held.source, "")
    return Source(unit, provider if provider != unit else "", law_name(held.regime, _), _recorded_by(held.resource), system)


def entries(held: Iterable[Held], directory: Mapping[str, str], _: Language) -> list[Entry]:
    """Entries newest first; what has no date comes last. What the person has had noted stands with what it is about."""
    kept = list(held)
    beside = noted(each.resource for each in kept)
    found = (entry(each, directory, _) for each in kept if not _is_annotation(each.resource))
    whole = (with_annotations(each, beside) for each in found if each)
    return sorted(whole, key=sort_key, reverse=True)


def with_annotations(each: Entry, beside: Mapping[str, Sequence[Annotation]]) -> Entry:
    """The entry with what stands beside it; `beside` as `noted` gives it."""
    return replace(each, annotations=tuple(beside[each.id])) if each.id in beside else each


def noted(resources: Iterable[Resource]) -> dict[str, list[Annotation]]:
    """What a person holds to be wrong, oldest first, by the reference of what it is about (`Condition/1`)."""
    found: dict[str, list[Annotation]] = {}
    for each in sorted((one for one in resources if _is_annotation(one)), key=lambda one: text(one, "sent")):
        note = Annotation(text(each, "payload", "contentString"), when(each.get("sent")))
        found.setdefault(text(each, "about", "reference"), []).append(note)
    return found


def _is_annotation(resource: Resource) -> bool:
    if resource.get("resourceType") != "Communication":
        return False
    codings = items(resource, "category", "coding")
    return any(text(each, "system") == CATEGORY_SYSTEM and text(each, "code") == CONTESTED for each in codings)


def _is_set_aside(resource: Resource) -> bool:
    """What has a page of its own and is nothing that was done: answers that are not sent, a Task to answer or to handle."""
    if resource.get("resourceType") == "QuestionnaireResponse":
        return text(resource, "status") == "in-progress"
    return resource.get("resourceType") == "Task" and bool(kind_of(resource))


def sort_key(each: Entry) -> tuple[datetime, str]:
    return (each.told.when.at if each.told.when else _BEGINNING, each.id)


def _visit(resource: Resource) -> str:
    """An Encounter belongs to itself, so that what happened there can stand with it."""
    if resource.get("resourceType") == "Encounter":
        return f"Encounter/{text(resource, 'id')}"
    return (
        text(resource, "encounter", "reference")
        or text(resource, "context", "encounter", "reference")
        or (text(resource, "context", "reference"))
    )


def _recorded_by(resource: Resource) -> str:
    """The person who recorded it; organisations are named by unit and provider."""
    for name in ("recorder", "author", "requester", "assessor", "performer", "participant", "asserter"):
        for each in items(resource, name):
            who = each.get("individual") or each.get("actor") or each if isinstance(each, dict) else {}
            if text(who, "reference").startswith(_PEOPLE) and text(who, "display"):
                return text(who, "display")
    return ""
