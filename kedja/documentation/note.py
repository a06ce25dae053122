"""A note as FHIR R4: a Composition with a section for each part that was filled in, and entries for what is measured or coded.

A Composition, since what readers of records (NPÖ, IPS) need of a note is there as elements of its own: who wrote it and when,
who signed it and when (`attester`, mode `legal`), its parts by their codes, and the entries that stand in each part.
DocumentReference has the signer without a time and a text without parts, ClinicalImpression has no signature. Pure.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja.access.consents import HSA_SYSTEM
from kedja.access.instants import text_of
from kedja.documentation.template import Answers, Field, Template, icd, number
from kedja.exactjson import Number

Resource = dict[str, Any]
TEMPLATE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/note-template"
FIELD_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/note-field"
CORRECTION: Final = "https://kedja.example/fhir/StructureDefinition/correction-reason"
_LOINC: Final = "http://loinc.org"
_UCUM: Final = "http://unitsofmeasure.org"
_ICD: Final = "urn:oid:1.2.752.116.1.1.1.1.3"
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_XHTML: Final = '<div xmlns="http://www.w3.org/1999/xhtml">'
_VERIFIED: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_UNSIGNED: Final = {"system": _ACT_CODE, "code": "NOPATIENT"}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes or signs, under which assignment. `role`: their title, as they signed it."""

    hsa_id: str
    name: str
    role: str
    provider: str
    provider_name: str
    unit_name: str


def compose(
    template: Template, answers: Answers, author: Author, patient: str, at: datetime, new_id: Callable[[], str]
) -> list[Resource]:
    """The Composition, then its entries, each with an id; not signed. `patient`: `Patient/id`. The answers are checked before."""
    entries = _entries(template, answers, patient, author, at, {}, new_id)
    composition: Resource = {
        "resourceType": "Composition",
        "id": new_id(),
        "meta": {"security": [_UNSIGNED]},
        "language": "sv",
        "status": "preliminary",
        "type": {
            "coding": [
                {"system": template.system, "code": template.code},
                {"system": TEMPLATE_SYSTEM, "code": template.id},
            ],
            "text": template.title_sv,
        },
        "subject": {"reference": patient},
        "date": text_of(at),
        "author": [party_of(author)],
        "title": template.title_sv,
        "custodian": {
            "type": "Organization",
            "identifier": {"system": HSA_SYSTEM, "value": author.provider},
            "display": ", ".join(dict.fromkeys(each for each in (author.unit_name, author.provider_name) if each)),
        },
        "section": _sections(template, answers, entries),
    }
    return [composition, *(entry for entry, _ in entries)]


def signed(resources: Sequence[Resource], signer: Author, at: datetime) -> list[Resource]:
    """The same note, signed (PDL 3:10): from now on it stands as the record, and is shown to whom it is about."""
    return [_sign_composition(each, signer, at) if _is_composition(each) else _final(each) for each in resources]


def corrected(
    standing: Sequence[Resource],
    template: Template,
    answers: Answers,
    signer: Author,
    at: datetime,
    reason: str,
    new_id: Callable[[], str],
) -> list[Resource]:
    """The note's next version, signed by who corrects it (PDL 3:14): what stood there stays readable as the version before.

    An entry that is no longer there is marked `entered-in-error`; entries of the same part keep their ids.
    """
    composition = next(each for each in standing if _is_composition(each))
    kept = {_field_of(each): each for each in standing if not _is_composition(each)}
    entries = _entries(template, answers, composition["subject"]["reference"], signer, at, kept, new_id)
    again = {entry["id"] for entry, _ in entries}
    extensions = [each for each in composition.get("extension", ()) if each.get("url") != CORRECTION]
    changed = composition | {
        "status": "amended",
        "extension": [*extensions, {"url": CORRECTION, "valueString": reason}],
        "section": _sections(template, answers, entries),
    }
    gone = [_in_error(each) for each in kept.values() if each["id"] not in again]
    return [_sign_composition(changed, signer, at, "amended"), *(_final(entry) for entry, _ in entries), *gone]


def answers_of(template: Template, resources: Sequence[Resource]) -> dict[str, str]:
    """What was typed, from a note: `answers_of(t, compose(t, a, ...))` gives `a`, without what was empty."""
    found: dict[str, str] = {}
    for resource in resources:
        if not _is_composition(resource):
            continue
        for section in resource.get("section", ()):
            codes = _codes(section, FIELD_SYSTEM)
            if codes:
                found[codes[0]] = narrative(section)
    return {field.id: _unworded(field, found[field.id]) for field in template.fields if field.id in found}


def _codes(holder: Mapping[str, Any], system: str) -> list[str]:
    codings = holder.get("code", {}).get("coding", ())
    return [each.get("code", "") for each in codings if each.get("system") == system]


def template_of(composition: Mapping[str, Any]) -> str:
    """The id of the template that a note was written by, or ''."""
    codings = composition.get("type", {}).get("coding", ())
    return next((each.get("code", "") for each in codings if each.get("system") == TEMPLATE_SYSTEM), "")


def entry_places(composition: Mapping[str, Any]) -> list[str]:
    """`Observation/1` of each entry of a note."""
    found = (each.get("reference", "") for section in composition.get("section", ()) for each in section.get("entry", ()))
    return list(dict.fromkeys(each for each in found if each))


def author_of(composition: Mapping[str, Any]) -> str:
    """The HSA-id of who wrote a note, or ''."""
    return next((each.get("identifier", {}).get("value", "") for each in composition.get("author", ())), "")


def narrative(section: Mapping[str, Any]) -> str:
    """The words of a section, with its lines, as `compose` writes them; markup of others is left out where it stands."""
    div = str(section.get("text", {}).get("div", ""))
    return html.unescape(div.removeprefix(_XHTML).removesuffix("</div>").replace("<br/>", "\n"))


def party_of(who: Author) -> Resource:
    display = ", ".join(each for each in (who.name, who.role) if each)
    return {"type": "Practitioner", "identifier": {"system": HSA_SYSTEM, "value": who.hsa_id}, "display": display or who.hsa_id}


def _sign_composition(composition: Resource, signer: Author, at: datetime, status: str = "final") -> Resource:
    attester = {"mode": "legal", "time": text_of(at), "party": party_of(signer)}
    return _shown(composition) | {"status": status, "attester": [attester]}


def _final(entry: Resource) -> Resource:
    if entry["resourceType"] == "Condition":
        return _shown(entry) | {"verificationStatus": {"coding": [{"system": _VERIFIED, "code": "confirmed"}]}}
    return _shown(entry) | {"status": "final"}


def _in_error(entry: Resource) -> Resource:
    if entry["resourceType"] == "Condition":
        without = {name: value for name, value in entry.items() if name != "clinicalStatus"}  # con-5 of FHIR R4
        return _shown(without) | {"verificationStatus": {"coding": [{"system": _VERIFIED, "code": "entered-in-error"}]}}
    return _shown(entry) | {"status": "entered-in-error"}


def _shown(resource: Resource) -> Resource:
    """Without the mark that it is not signed yet, and so not for whom it is about."""
    meta = resource.get("meta", {})
    security = [each for each in meta.get("security", ()) if (each.get("system"), each.get("code")) != (_ACT_CODE, "NOPATIENT")]
    kept = {name: value for name, value in meta.items() if name != "security"} | ({"security": security} if security else {})
    rest = {name: value for name, value in resource.items() if name != "meta"}
    return rest | ({"meta": kept} if kept else {})


def _sections(template: Template, answers: Answers, entries: Sequence[tuple[Resource, tuple[str, ...]]]) -> list[Resource]:
    made: list[Resource] = []
    for field in template.fields:
        typed = answers.get(field.id, "").strip()
        if not typed:
            continue
        coding = [{"system": FIELD_SYSTEM, "code": field.id}]
        if field.code:
            coding.append({"system": _LOINC, "code": field.code})
        section: Resource = {
            "title": field.label_sv,
            "code": {"coding": coding},
            "text": {"status": "additional", "div": _XHTML + _escaped(_words(field, typed)) + "</div>"},
        }
        places = [f"{entry['resourceType']}/{entry['id']}" for entry, fields in entries if field.id in fields]
        made.append(section | ({"entry": [{"reference": place} for place in places]} if places else {}))
    return made


def _words(field: Field, typed: str) -> str:
    if field.kind == "number":
        return f"{typed} {field.unit_words}"
    if field.kind == "choice":
        return next((each.label_sv for each in field.choices if each.value == typed), typed)
    return icd(typed) if field.kind == "diagnosis-code" else typed


def _unworded(field: Field, words: str) -> str:
    """What was typed, of what `_words` made of it."""
    if field.kind == "number":
        return words.removesuffix(f" {field.unit_words}")
    if field.kind == "choice":
        return next((each.value for each in field.choices if each.label_sv == words), words)
    return words


def _escaped(words: str) -> str:
    return html.escape("\n".join(words.splitlines()), quote=False).replace("\n", "<br/>")


def _entries(
    template: Template,
    answers: Answers,
    patient: str,
    author: Author,
    at: datetime,
    kept: Mapping[str, Resource],
    new_id: Callable[[], str],
) -> list[tuple[Resource, tuple[str, ...]]]:
    """Each with the ids of the fields that it is of; by the id of its first field it keeps its own."""
    found: list[tuple[Resource, tuple[str, ...]]] = []
    for key, fields in _measured(template, answers).items():
        made = _observation(fields, answers) if fields[0].kind == "number" else _condition(fields, answers, at)
        standing = kept.get(key, {})
        common: Resource = {
            "id": standing.get("id") or new_id(),
            "identifier": [{"system": FIELD_SYSTEM, "value": key}],
            "subject": {"reference": patient},
        }
        when = {"effectiveDateTime": standing.get("effectiveDateTime", text_of(at)), "performer": [party_of(author)]}
        who = when if made["resourceType"] == "Observation" else {"recorder": party_of(author)}
        found.append((made | common | who | {"meta": {"security": [_UNSIGNED]}}, tuple(field.id for field in fields)))
    return found


def _measured(template: Template, answers: Answers) -> dict[str, list[Field]]:
    """The filled-in fields that become entries, those of one panel or diagnosis together."""
    found: dict[str, list[Field]] = {}
    for field in template.fields:
        if answers.get(field.id, "").strip() and field.kind in ("number", "diagnosis", "diagnosis-code"):
            key = field.panel or ("diagnosis" if field.kind.startswith("diagnosis") else field.id)
            found.setdefault(key, []).append(field)
    return found


def _observation(fields: Sequence[Field], answers: Answers) -> Resource:
    vital = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    base: Resource = {"resourceType": "Observation", "status": "preliminary", "category": [{"coding": [vital]}]}
    parts: list[Resource] = [
        {"code": _coded(field.code, field.label_sv), "valueQuantity": _quantity(field, answers[field.id])} for field in fields
    ]
    if fields[0].panel:
        return base | {"code": _coded(fields[0].panel, "Blodtryck"), "component": parts}
    return base | parts[0]


def _quantity(field: Field, typed: str) -> Resource:
    value = number(typed)
    assert value is not None  # it was checked
    plain = f"{value:f}"
    return {"value": Number(plain) if "." in plain else int(plain), "unit": field.unit_words, "system": _UCUM, "code": field.unit}


def _condition(fields: Sequence[Field], answers: Answers, at: datetime) -> Resource:
    words = next(answers[field.id].strip() for field in fields if field.kind == "diagnosis")
    code = next((icd(answers[field.id]) for field in fields if field.kind == "diagnosis-code"), "")
    coding = {"coding": [{"system": _ICD, "code": code}]} if code else {}
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": _VERIFIED, "code": "provisional"}]},
        "code": {**coding, "text": words},
        "recordedDate": text_of(at),
    }


def _coded(code: str, words: str) -> Resource:
    return {"coding": [{"system": _LOINC, "code": code}], "text": words}


def _field_of(entry: Mapping[str, Any]) -> str:
    return next((each.get("value", "") for each in entry.get("identifier", ()) if each.get("system") == FIELD_SYSTEM), "")


def _is_composition(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") == "Composition"
