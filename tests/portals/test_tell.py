"""How resources are told: plain words first, values with their range, sources by name, odd data without an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.portals.shared.entry import Entry, Held
from kedja.portals.shared.language import language
from kedja.portals.shared.markup import plain_text
from kedja.portals.shared.read import when
from kedja.portals.shared.tell import TABLE, entry

SV, EN = language("sv"), language("en")
DIRECTORY = {"U1": "Ekbackens vårdcentral", "P1": "Region Sörvik", "ndr": "Sörviks diabetesregister"}


def told(resource: dict[str, Any], regime: str = "health", language: Any = SV, **custody: Any) -> Entry:
    found = entry(Held({"id": "1", **resource}, regime, **{"provider": "P1", "unit": "U1", **custody}), DIRECTORY, language)
    assert found is not None
    return found


def hba1c(value: Any = 58, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "urn:oid:1.2.752.108.1", "code": "NPU27300", "display": "B-HbA1c (IFCC)"}]},
        "effectiveDateTime": "2026-11-18T09:00:00+01:00",
        "valueQuantity": {"value": value, "unit": "mmol/mol"},
        "referenceRange": [{"low": {"value": 27}, "high": {"value": 42}}],
        **more,
    }


def test_an_analysis_is_called_what_people_call_it_and_its_code_is_in_the_details() -> None:
    found = told(hba1c())
    assert found.told.title == "Långtidsblodsocker (HbA1c)"
    assert told(hba1c(), language=EN).told.title == "Long-term blood sugar (HbA1c)"
    assert [(code.system, code.code) for code in found.codes] == [("NPU", "NPU27300")]
    assert "två till tre månaderna" in found.explanation


def test_a_value_says_its_range_and_on_which_side_it_lies() -> None:
    for number, side in ((58, "high"), (42, "within"), (27, "within"), (26, "low")):
        value = told(hba1c(number)).told.value
        assert value is not None
        assert (value.text, value.unit, value.reference, value.side) == (str(number), "mmol/mol", "27–42", side)


def test_the_recorded_interpretation_goes_before_our_own_comparison() -> None:
    value = told(hba1c(40, interpretation=[{"coding": [{"code": "H"}]}])).told.value
    assert value is not None
    assert value.side == "high"


def test_decimals_stand_as_they_were_written() -> None:
    from kedja.exactjson import Number

    for language_, text in ((SV, "1,50"), (EN, "1.50")):
        value = told(hba1c(Number("1.50")), language=language_).told.value
        assert value is not None
        assert value.text == text


def test_a_blood_pressure_is_one_value() -> None:
    part = {"valueQuantity": {"value": 134, "unit": "mmHg"}, "code": {"coding": [{"code": "8480-6"}]}}
    other = {"valueQuantity": {"value": 82, "unit": "mmHg"}, "code": {"coding": [{"code": "8462-4"}]}}
    found = told({"resourceType": "Observation", "code": {"coding": [{"code": "85354-9"}]}, "component": [other, part]})
    assert found.told.value is not None
    assert (found.told.value.text, found.told.value.unit) == ("134/82", "mmHg")
    assert (found.told.value.number, found.told.value.second) == (134, 82)
    assert found.told.parts == ()


def test_every_entry_says_where_it_is_from_and_under_which_law() -> None:
    source = told(hba1c(performer=[{"reference": "Practitioner/a", "display": "Maria Lind"}])).source
    assert (source.unit, source.provider, source.recorded_by) == ("Ekbackens vårdcentral", "Region Sörvik", "Maria Lind")
    assert source.law == "Patientjournal (patientdatalagen)"
    assert told(hba1c(), "registry", source="ndr").source.system == "Sörviks diabetesregister"
    own = told(hba1c(device={"display": "Min mätare"}), "wellness", provider="", unit="")
    assert (own.domain, own.source.unit) == ("own", "Min mätare")


@pytest.mark.parametrize(
    ("regime", "domain"),
    [("health", "care"), ("social", "social"), ("registry", "registry"), ("biobank", "biobank"), ("wellness", "own")],
)
def test_the_domain_follows_the_custody_and_is_said_in_words(regime: str, domain: str) -> None:
    found = told(hba1c(), regime)
    assert found.domain == domain
    assert found.domain_name


def test_consents_patients_and_provenance_are_no_entries() -> None:
    for resource_type in ("Consent", "Patient", "Provenance", "AuditEvent"):
        assert entry(Held({"resourceType": resource_type, "id": "1"}, "health"), {}, SV) is None
    assert entry(Held(hba1c() | {"id": "1"}, "control"), {}, SV) is None


def test_a_note_is_read_from_its_attachment() -> None:
    note = {
        "resourceType": "DocumentReference",
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": "SMOkbHNhIQ=="}}],
    }
    assert told(note).told.text == "Hälsa!"
    note["content"][0]["attachment"]["data"] = "%%%"
    assert told(note).told.text == ""


def test_an_allergy_that_is_ruled_out_is_no_warning() -> None:
    allergy: dict[str, Any] = {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}, "criticality": "high"}
    assert told(allergy).told.active
    assert told(allergy).told.urgent
    refuted = allergy | {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    assert not told(refuted).told.active


def test_the_same_substance_has_the_same_group_whatever_it_is_called() -> None:
    def medicine(name: str) -> dict[str, Any]:
        coding = [{"system": "http://www.whocc.no/atc", "code": "A10BA02"}]
        return {
            "resourceType": "MedicationRequest",
            "status": "active",
            "medicationCodeableConcept": {"coding": coding, "text": name},
        }

    assert told(medicine("Metformin")).told.group == told(medicine("Glucophage")).told.group


def test_narrative_is_words_without_markup() -> None:
    assert plain_text("<div><p>Ett &amp; två</p><script>alert(1)</script><ul><li>tre</li></ul></div>") == "Ett & två\ntre"


@pytest.mark.parametrize(
    ("text", "precision"), [("2026", "year"), ("2026-11", "month"), ("2026-11-18", "day"), ("2026-11-18T09:00:00Z", "time")]
)
def test_a_date_keeps_its_precision(text: str, precision: str) -> None:
    found = when(text)
    assert found is not None
    assert found.precision == precision


def test_what_is_no_date_is_no_date() -> None:
    assert [when(each) for each in ("", "2026-13", "2026-02-30", "yesterday", 5, None, {})] == [None] * 7


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_ELEMENTS = (
    ["code", "status", "component", "valueQuantity", "referenceRange", "effectiveDateTime", "category", "type", "period", "item",
     "content", "collection", "dosageInstruction", "reaction", "activity", "target", "class", "performer", "author", "name",
     "condition", "prediction", "participant", "item", "section", "telecom", "note", "detail"]
)  # fmt: skip
_NAMES = st.sampled_from(_ELEMENTS)


@pytest.mark.parametrize("odd", [False, 7, "x", [False], {"detail": 7, "code": False}], ids=repr)
@pytest.mark.parametrize("resource_type", sorted(TABLE))
def test_no_page_breaks_where_an_element_is_of_another_kind(resource_type: str, odd: Any) -> None:
    for name in _ELEMENTS:
        assert told({name: odd, "resourceType": resource_type}).told.title


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TABLE)), st.dictionaries(_NAMES, _JSON, max_size=5))
def test_odd_data_never_breaks_a_page(resource_type: str, content: dict[str, Any]) -> None:
    assert told({**content, "resourceType": resource_type}).told.title
