"""Shapes of the FHIR resources that the region's journals hold. Plain dicts in, plain dicts out; no ids, no custody."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from kedja.testbed.body import Value
from kedja.testbed.courses import Allergy, Medicine, Variable
from kedja.testbed.region import HSA, Staff, Unit

Resource = dict[str, Any]

ICD = "https://www.icd10.se/"
ATC = "http://www.whocc.no/atc"
NPU = "urn:oid:1.2.752.108.1"
LOINC = "http://loinc.org"
KVA = "urn:oid:1.2.752.116.1.3.2.1.4"
UCUM = "http://unitsofmeasure.org"
NOTE_TYPE = "urn:oid:1.2.752.129.2.2.2.11"
SE_BASE = "http://hl7.se/fhir/ig/base"
THO = "http://terminology.hl7.org/CodeSystem"
ACT_CODE = f"{THO}/v3-ActCode"

_CLASSES = {"AMB": "Öppenvård", "IMP": "Slutenvård", "EMER": "Akut", "HH": "I hemmet"}
_CATEGORIES = {
    "vital-signs": "Vital Signs",
    "laboratory": "Laboratory",
    "survey": "Survey",
    "procedure": "Procedure",
    "activity": "Activity",
}
_NOTE_TYPES = {"bes": "Besöksanteckning", "slu": "Slutanteckning", "auf": "Anteckning utan fysiskt möte"}


def concept(system: str, code: str, display: str) -> Resource:
    """A CodeableConcept with its Swedish text; text alone where there is no code."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display} if code else {"text": display}


def reference(to: str, display: str = "") -> Resource:
    return {"reference": to, "display": display} if display else {"reference": to}


def staff_reference(staff: Staff) -> Resource:
    return {"reference": f"Practitioner/{staff.key}", "display": f"{staff.name}, {staff.title.lower()}"}


def unit_reference(unit: Unit) -> Resource:
    return {"reference": f"Organization/{unit.id}", "display": unit.name}


def encounter(subject: Resource, unit: Unit, staff: Staff, kind: str, start: str, end: str, reason: Resource) -> Resource:
    """A finished contact with care. `kind` is a v3-ActCode."""
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": ACT_CODE, "code": kind, "display": _CLASSES[kind]},
        "subject": subject,
        "participant": [{"individual": staff_reference(staff)}],
        "period": {"start": start, "end": end},
        "reasonCode": [reason],
        "serviceProvider": unit_reference(unit),
    }


def condition(subject: Resource, code: Resource, category: str, active: bool, onset: str, recorder: Resource) -> Resource:
    """`category`: problem-list-item or encounter-diagnosis."""
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": f"{THO}/condition-clinical", "code": "active" if active else "resolved"}]},
        "verificationStatus": {"coding": [{"system": f"{THO}/condition-ver-status", "code": "confirmed"}]},
        "category": [{"coding": [{"system": f"{THO}/condition-category", "code": category}]}],
        "code": code,
        "subject": subject,
        "onsetDateTime": onset[:10],
        "recordedDate": onset,
        "recorder": recorder,
    }


def variable_code(variable: Variable) -> Resource:
    coding = [{"system": NPU if variable.system == "npu" else LOINC, "code": variable.code, "display": variable.display}]
    if variable.loinc:
        coding.append({"system": LOINC, "code": variable.loinc})
    return {"coding": coding, "text": variable.display}


def quantity(variable: Variable, value: Value | float) -> Resource:
    return {"value": value, "unit": variable.shown or variable.unit, "system": UCUM, "code": variable.unit}


def observation(subject: Resource, variable: Variable, at: str, unit: Unit) -> Resource:
    """An Observation without its value."""
    category = {"system": f"{THO}/observation-category", "code": variable.category, "display": _CATEGORIES[variable.category]}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": variable_code(variable),
        "subject": subject,
        "effectiveDateTime": at,
        "performer": [unit_reference(unit)],
    }


def reference_range(variable: Variable) -> list[Resource]:
    bounds = {
        name: quantity(variable, bound) for name, bound in (("low", variable.low), ("high", variable.high)) if bound is not None
    }
    return [bounds] if bounds else []


def medication_request(subject: Resource, medicine: Medicine, at: str, staff: Staff, status: str) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": concept(ATC, medicine.code, medicine.name),
        "subject": subject,
        "authoredOn": at,
        "requester": staff_reference(staff),
        "dosageInstruction": [{"text": medicine.dose}],
    }


def procedure(subject: Resource, code: str, display: str, at: str, staff: Staff) -> Resource:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": concept(KVA, code, display),
        "subject": subject,
        "performedDateTime": at,
        "performer": [{"actor": staff_reference(staff)}],
    }


def note(subject: Resource, unit: Unit, staff: Staff, kind: str, title: str, text: str, at: str) -> Resource:
    """A Swedish note as DocumentReference, its text as a plain attachment. `kind`: a note type code, "" for a social record."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "final",
        "type": concept(NOTE_TYPE, kind, _NOTE_TYPES[kind]) if kind else {"text": "Social dokumentation"},
        "subject": subject,
        "date": at,
        "author": [staff_reference(staff), unit_reference(unit)],
        "custodian": reference(f"Organization/{unit.provider.id}", unit.provider.name),
        "description": title,
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "language": "sv",
                    "data": b64encode(text.encode()).decode(),
                    "title": title,
                    "creation": at,
                }
            }
        ],
    }


def episode(subject: Resource, unit: Unit, name: str, start: str, end: str | None) -> Resource:
    period = {"start": start} | ({"end": end} if end else {})
    return {
        "resourceType": "EpisodeOfCare",
        "status": "finished" if end else "active",
        "type": [{"text": name}],
        "patient": subject,
        "managingOrganization": unit_reference(unit),
        "period": period,
    }


def care_plan(subject: Resource, unit: Unit, staff: Staff, title: str, text: str, start: str, end: str | None) -> Resource:
    return {
        "resourceType": "CarePlan",
        "status": "completed" if end else "active",
        "intent": "plan",
        "title": title,
        "description": text,
        "subject": subject,
        "period": {"start": start} | ({"end": end} if end else {}),
        "author": staff_reference(staff),
        "contributor": [unit_reference(unit)],
    }


def immunization(subject: Resource, code: str, name: str, at: str, unit: Unit) -> Resource:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": concept(ATC, code, name),
        "patient": subject,
        "occurrenceDateTime": at,
        "primarySource": True,
        "performer": [{"actor": unit_reference(unit)}],
    }


def allergy(subject: Resource, allergy: Allergy, at: str, recorder: Resource) -> Resource:
    severity = "severe" if allergy.criticality == "high" else "mild"
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": f"{THO}/allergyintolerance-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{THO}/allergyintolerance-verification", "code": "confirmed"}]},
        "type": "allergy",
        "category": [allergy.kind],
        "criticality": allergy.criticality,
        "code": concept(ATC, allergy.code, allergy.name),
        "patient": subject,
        "recordedDate": at,
        "recorder": recorder,
        "reaction": [{"manifestation": [{"text": allergy.reaction}], "severity": severity}],
    }


def referral(subject: Resource, reason: str, at: str, staff: Staff, to: Unit) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "status": "completed",
        "intent": "order",
        "code": {"text": f"Remiss till {to.name}"},
        "subject": subject,
        "authoredOn": at,
        "requester": staff_reference(staff),
        "performer": [unit_reference(to)],
        "reasonCode": [{"text": reason}],
    }


def unit_tag(unit: Unit) -> Resource:
    """The tag that names the unit of a resource, in a source that holds several."""
    return {"system": HSA, "code": unit.hsa, "display": unit.name}
