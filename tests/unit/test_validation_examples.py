"""Validation over published examples and synthetic records, and a law over places in them."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja import exactjson, spec
from kedja.validation import compile, validate

# Published examples that are not valid R4, each with the fault that it has.
NOT_VALID = {
    "Basic/referral": "Basic.modifierExtension[0]",  # a modifier extension that nobody has defined
    "Bundle/10bb101f-a121-4264-a920-67be9cb82c74": "Bundle.entry[2].fullUrl",  # the address of another Patient
    "Bundle/3a0707d3-549e-4467-b8b8-5a2ab3800efe": "Bundle.entry[3].fullUrl",  # the same
    "Bundle/hla-1": "Bundle.entry[0].resource.extension[1].extension[1]",  # a part `uri` that the extension does not have
    "Bundle/lri-example": "Bundle.entry[1].fullUrl",  # addresses of other Observations
    "CodeSystem/dicom-dcim": "CodeSystem.concept[180].extension[0]",  # an extension for value sets
    "DeviceMetric/example": "DeviceMetric.parent.reference",  # a DeviceDefinition where only a Device may stand
    "DeviceUseStatement/example": "DeviceUseStatement.reasonReference[0].reference",  # a Procedure is no reason
    "ImplementationGuide/fhir": "ImplementationGuide.name",  # no name, no status, a reference to an id of 67 characters
    "MedicationRequest/medrx0301": "MedicationRequest.dispenseRequest.performer.reference",  # only an Organization
    "Observation/clinical-gender": "Observation.performer[0].reference",  # an Encounter performs nothing
    "Questionnaire/qs1": "Questionnaire.item[0].item[0].linkId",  # display items without linkId
    "SearchParameter/questionnaireresponse-extensions-QuestionnaireResponse-item-subject": "SearchParameter.id",  # too long
    **{  # search parameters of other types than their definitions
        f"CapabilityStatement/{name}": f"CapabilityStatement.rest[0].resource[0].searchParam[{place}].type"
        for name, place in (("knowledge-repository", 5), ("measure-processor", 2), ("terminology-server", 2))
    },
    **{  # narratives without any text (txt-2)
        name: f"{name.partition('/')[0]}.text.div"
        for name in (
            "ActivityDefinition/blood-tubes-supply",
            "ActivityDefinition/heart-valve-replacement",
            "EventDefinition/example",
            "Questionnaire/zika-virus-exposure-assessment",
        )
    },
    **{  # logical models that have no base (sdf-4)
        f"StructureDefinition/{name}": "StructureDefinition" for name in ("Definition", "Event", "FiveWs", "Request")
    },
    **{  # no base
        f"SearchParameter/{name}": "SearchParameter.base"
        for system in ("codesystem-extensions-CodeSystem", "valueset-extensions-ValueSet")
        for name in (f"{system}-{part}" for part in ("author", "effective", "end", "keyword", "workflow"))
    },
}
SYNTHEA_TYPES = 16


def lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file


def test_the_published_examples_are_valid(shared: Callable[[str], Path]) -> None:
    faulty: dict[str, set[str]] = {}
    types: set[str] = set()
    for line in lines(shared("suites/r4-examples.ndjson.gz")):
        resource = exactjson.loads(line)
        types.add(resource["resourceType"])
        issues = validate(resource, expect_type=resource["resourceType"])
        if issues:
            found = faulty.setdefault(f"{resource['resourceType']}/{resource['id']}", set())
            found.update(location for issue in issues for location in issue.expression)
    assert set(faulty) == set(NOT_VALID)
    assert all(location in faulty[name] for name, location in NOT_VALID.items())
    assert len(types) == 140


def test_synthetic_records_are_valid(shared: Callable[[str], Path]) -> None:
    files = [path for path in sorted(shared("data/synthea").glob("*.ndjson.gz")) if path.name[0].isupper()]
    assert len(files) == SYNTHEA_TYPES
    for path in files:
        for line in islice(lines(path), 3000 // SYNTHEA_TYPES):
            assert validate(exactjson.loads(line)) == [], line[:80]


def test_a_transaction_of_synthetic_records_is_valid(shared: Callable[[str], Path]) -> None:
    for line in islice(lines(shared("data/synthea/transaction-bundles.ndjson.gz")), 3):
        assert validate(exactjson.loads(line)) == []


OBSERVATION = json.loads(
    """
    {"resourceType": "Observation", "id": "o", "status": "final", "meta": {"profile": ["http://example.org/p"]},
     "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>Blodtryck</div>"},
     "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
     "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blodtryck"}], "text": "Blodtryck"},
     "subject": {"reference": "Patient/p", "display": "Eva Ek"}, "effectivePeriod": {"start": "2024-02-29", "end": "2024-03-01"},
     "performer": [{"identifier": {"system": "urn:oid:1.2.752.29.4.19", "value": "SE2399999999-e", "period": {"start": "2020"}}}],
     "referenceRange": [{"low": {"value": 90, "unit": "mm[Hg]"}, "age": {"high": {"value": 80}}}],
     "component": [{"code": {"text": "Systoliskt"}, "valueQuantity": {"value": 120, "system": "http://unitsofmeasure.org"},
                    "interpretation": [{"text": "normalt"}], "extension": [{"url": "x:y", "valueRange": {"low": {"value": 1}}}]},
                   {"code": {"text": "Diastoliskt"}, "dataAbsentReason": {"text": "ej mätt"},
                    "referenceRange": [{"appliesTo": [{"text": "vuxna"}], "text": "60-90"}]}]}
    """
)


def places(value: Any, type_name: str, path: str) -> Iterator[tuple[list[Any], str, str]]:
    """(keys to an object, its FHIR type, its FHIRPath location), for every object below and including this one."""
    yield [], type_name, path
    for name, element in ((name, spec.elements(type_name).get(name)) for name in value):
        if element is None or element.type in spec.PRIMITIVES:
            continue
        label = f"{path}.{element.choice_of or name}"
        items = enumerate(value[name]) if element.is_list else [(None, value[name])]
        for position, item in items:
            step, where = ([name], label) if position is None else ([name, position], f"{label}[{position}]")
            for keys, inner, location in places(item, element.type, where):
                yield [*step, *keys], inner, location


@cache
def all_places() -> list[tuple[list[Any], str, str]]:
    return list(places(OBSERVATION, "Observation", "Observation"))


def at(resource: Any, keys: list[Any]) -> dict[str, Any]:
    for key in keys:
        resource = resource[key]
    return resource


def test_the_observation_of_the_laws_is_valid() -> None:
    assert validate(OBSERVATION) == []
    assert len(all_places()) > 25


@given(st.data())
def test_an_unknown_element_is_found_exactly_where_it_stands(data: st.DataObject) -> None:
    keys, type_name, location = data.draw(st.sampled_from(all_places()))
    resource = copy.deepcopy(OBSERVATION)
    at(resource, keys)["okänt"] = 1
    (issue,) = validate(resource)
    assert issue.expression == (f"{location}.okänt",)
    assert issue.diagnostics.startswith(f"{type_name} has no element `okänt`")


@given(st.data())
def test_a_primitive_of_the_wrong_kind_is_found_exactly_where_it_stands(data: st.DataObject) -> None:
    keys, type_name, location = data.draw(st.sampled_from(all_places()))
    elements = spec.elements(type_name)
    holder = at(OBSERVATION, keys)
    names = [
        name for name in holder if name in elements and elements[name].type in spec.PRIMITIVES and not elements[name].is_list
    ]
    if not names:
        return
    name = data.draw(st.sampled_from(names))
    resource = copy.deepcopy(OBSERVATION)
    at(resource, keys)[name] = []
    (issue,) = validate(resource)
    assert issue.expression == (f"{location}.{elements[name].choice_of or name}",)
    assert issue.diagnostics.startswith("an array stands where a")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats().map(float) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(spec.elements("Observation"))), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.data())
@settings(max_examples=300)
def test_whatever_stands_anywhere_gives_issues_and_never_an_exception(data: st.DataObject) -> None:
    keys, type_name, _ = data.draw(st.sampled_from(all_places()))
    resource = copy.deepcopy(OBSERVATION)
    name = data.draw(st.sampled_from(sorted(spec.elements(type_name))))
    at(resource, keys)[data.draw(st.sampled_from([name, f"_{name}"]))] = data.draw(anything)
    for issue in validate(resource):
        assert issue.expression[0].startswith("Observation")
        assert issue.diagnostics


@pytest.mark.parametrize("resource_type", spec.TYPES)
def test_every_type_compiles_and_names_its_required_elements(resource_type: str) -> None:
    issues = validate({"resourceType": resource_type, "id": "x"}, level="structure")
    needed = {e.path for e in spec.elements(resource_type).values() if e.min}
    assert {issue.expression[0] for issue in issues} == needed
    assert {issue.code for issue in issues} <= {"required"}


def test_threads_that_meet_a_type_for_the_first_time_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = {**OBSERVATION, "component": [{"valueQuantity": {"value": "1"}}]}
    expected = validate(faulty)
    for _ in range(5):
        monkeypatch.setattr(compile, "_ready", {})
        monkeypatch.setattr(compile, "_begun", {})
        with ThreadPoolExecutor(8) as threads:
            assert all(found == expected for found in threads.map(lambda _: validate(faulty), range(8)))
