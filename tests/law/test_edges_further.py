"""Further edges of the law's parts: what a fact is read from, what a deployment may say, how long somebody is of an age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Asker, Context
from kedja.access.check import LawError, statute_file
from kedja.access.consents import block_consent
from kedja.access.custody import Custody, Regime
from kedja.access.decide import establish
from kedja.access.deployment import deployed
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact, ConsentFact, SubjectState, facts_of
from kedja.access.mandate import EVERYTHING as EVERY_MATTER
from kedja.access.masking import mask
from kedja.access.predicates import PREDICATES
from kedja.access.redaction import betrayed
from kedja.access.rows import Representation
from kedja.access.rules import standard
from kedja.access.state_facts import STATE_SYSTEM
from kedja.access.unmasking import restored
from kedja.access.wishes import biobank_consent
from kedja.outcome import OutcomeError
from kedja.search.condition import EVERYTHING, NOTHING, Aged, Fact
from kedja.search.uses import Use

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
CONTROL: Final = Custody(Regime.CONTROL, 1)
HEALTH: Final = Custody(Regime.HEALTH, 1, "P1", "U1")
DOCTOR: Final = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
GUARDIAN: Final = {
    "resourceType": "RelatedPerson",
    "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}],
    "identifier": [{"system": "urn:n", "value": "1"}],
}
FLAG: Final = {
    "resourceType": "Flag",
    "status": "active",
    "code": {"coding": [{"system": STATE_SYSTEM, "code": "dose-dispensing"}]},
}


def test_facts_are_of_a_person_and_what_is_judged_is_of_a_care_record_alone() -> None:
    assert facts_of(FLAG, HEALTH) == [SubjectState(1, "dose-dispensing", "P1", "U1")]
    for held in (replace(HEALTH, person=0), replace(HEALTH, regime=Regime.WELLNESS), replace(HEALTH, provider="")):
        assert facts_of(FLAG, held) == []
    assert facts_of({"resourceType": "Observation", "status": "final"}, HEALTH) == []
    said = block_consent("Patient/p", "P1", inner=False, dated=NOW)
    assert facts_of(said, CONTROL) == [BlockFact(1, "outer", "P1")] and facts_of(said, HEALTH) == []


def test_a_related_person_who_is_active_and_known_is_a_guardian() -> None:
    people = {("urn:n", "1"): 8}
    found = [Representation(1, "guardian", 8, int(EVERY_MATTER))]
    assert facts_of(GUARDIAN, HEALTH, people=people) == facts_of(GUARDIAN | {"active": True}, HEALTH, people=people) == found
    assert facts_of(GUARDIAN | {"active": False}, HEALTH, people=people) == []
    assert facts_of(GUARDIAN, HEALTH, people={("urn:n", "2"): 8}) == []
    assert facts_of(GUARDIAN | {"relationship": []}, HEALTH, people=people) == []


def test_purposes_of_a_biobank_are_those_of_its_own_system() -> None:
    consent = biobank_consent("Patient/p", "P1", ["research"], dated=NOW)
    (purpose,) = consent["provision"]["purpose"]
    consent["provision"]["purpose"] = [purpose, purpose | {"code": "sale"}, {"system": "urn:other", "code": "quality"}]
    assert facts_of(consent, CONTROL) == [ConsentFact(1, "biobank-research", "P1")]
    consent["provision"]["purpose"] = [{"system": "urn:other", "code": "quality"}]
    with pytest.raises(OutcomeError, match="say for which purposes of a biobank"):
        facts_of(consent, CONTROL)


@pytest.mark.parametrize("value", ["", 3, None])
def test_a_party_of_a_consent_has_an_identifier(value: Any) -> None:
    consent = block_consent("Patient/p", "P1", inner=False, dated=NOW)
    consent["provision"]["actor"][0]["reference"]["identifier"]["value"] = value
    with pytest.raises(OutcomeError, match=r"has no identifier: give reference\.identifier\.value"):
        facts_of(consent, CONTROL)


def test_what_is_wrong_with_an_opening_is_nothing_that_other_facts_can_have() -> None:
    other = establish(DOCTOR, BlockFact(1, "inner", "P1"), NOW)
    assert other.outcome.name in ("PERMIT", "DENY")
    long = ConsentFact(1, "emergency", "P1", "U1", "H1", NOW, datetime(2026, 3, 17, tzinfo=UTC))
    assert not establish(DOCTOR, long, NOW).permitted
    assert establish(DOCTOR, long._replace(ends=datetime(2026, 3, 16, 10, tzinfo=UTC)), NOW).permitted
    assert not establish(DOCTOR, long._replace(ends=datetime(2026, 3, 16, tzinfo=UTC), employee="H2"), NOW).permitted
    assert not establish(DOCTOR, long._replace(ends=None), NOW).permitted


@pytest.mark.parametrize(
    ("born", "least", "below", "holds"),
    [
        (None, None, None, True),
        (None, 13, None, False),
        (None, None, 13, False),
        (datetime(2013, 3, 15, tzinfo=UTC), 13, None, True),
        (datetime(2013, 3, 16, tzinfo=UTC), 13, None, False),
        (datetime(2013, 3, 15, tzinfo=UTC), None, 13, False),
        (datetime(2013, 3, 16, tzinfo=UTC), None, 13, True),
        (datetime(2010, 3, 15, tzinfo=UTC), 13, 16, False),
        (datetime(2010, 3, 16, tzinfo=UTC), 13, 16, True),
    ],
)
def test_an_age_counts_from_the_birthday(born: datetime | None, least: int | None, below: int | None, holds: bool) -> None:
    asked = Fact("subject_state", NOW, (Aged(least, below),), ever=True)
    assert evaluate(asked, HEALTH, [SubjectState(1, "born", starts=born)]) is holds


@pytest.mark.parametrize(
    ("rights", "reviews"),
    [
        ((), False),
        (("Läsa;alla;VG",), False),
        (("Granska;logg;VE",), False),
        (("Granska;logg;VG",), True),
        (("Läsa;alla;VG", " granska ; Logg;sjf"), True),
    ],
)
def test_who_reviews_the_log_has_the_right_by_name(rights: tuple[str, ...], reviews: bool) -> None:
    actor = replace(DOCTOR, assignment=Assignment("a", Purpose.PLANNING, "P1", "U1", rights))
    assert PREDICATES["log-reviewer"].build(Asker(actor, Context(), NOW, standard())) == (EVERYTHING if reviews else NOTHING)


def test_nobody_is_a_representative_without_being_a_person() -> None:
    for name in ("mandate-covers", "custody-of-child", "trustee"):
        found = [
            PREDICATES[name].build(Asker(Actor("x", Kind.PROXY, person=person, acts_for=7), Context(), NOW, standard()))
            != NOTHING
            for person in (0, 1)
        ]
        assert found == [False, True], name


# Files


@pytest.mark.parametrize("providers", [["P1"], ["P1", 3], ["P1", ""], []])
def test_a_region_is_of_at_least_two_authorities_that_are_named(providers: list[Any]) -> None:
    row = {"name": "Region Nord", "providers": providers, "basis": "PDL (2008:355) 5 kap. 4 § andra stycket"}
    with pytest.raises(LawError, match="principal Region Nord: `providers` are the HSA-ids of at least two authorities"):
        deployed(standard(), {"principal": [row]})


def _statute(**more: Any) -> dict[str, Any]:
    statute = {
        "id": "x",
        "number": "SFS 1:1",
        "name_sv": "x",
        "name_en": "x",
        "in_force": datetime(2026, 1, 1, tzinfo=UTC).date(),
    }
    limit = {"name": "n", "value": 1, "unit": "days", "cite": "x", "confidence": "high"}
    return {"statute": statute, "limit": [limit, {**limit, **more}]}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"narrower": "smaller"}, "x.toml limit n: unknown narrower `smaller`"),
        ({"confidence": "sure"}, "x.toml limit n: unknown confidence `sure`"),
        ({"value": "1"}, "x.toml limit n: `value` is '1'; it should be a int"),
        ({"name": 3}, "x.toml limit 3: `name` is 3; it should be a str"),
    ],
)
def test_a_limit_that_is_wrong_is_refused_with_its_place(more: dict[str, Any], says: str) -> None:
    with pytest.raises(LawError) as error:
        statute_file("x", _statute(**more))
    assert str(error.value).startswith(says)
    statute_file("x", _statute(narrower="higher"))


def test_what_has_no_name_is_told_by_its_place() -> None:
    table = _statute()
    del table["limit"][1]["name"]
    with pytest.raises(LawError, match=r"x\.toml limit 2: `name` is missing"):
        statute_file("x", table)


# What is hidden


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("MedicationRequest.reasonCode", True),
        ("MedicationRequest.note.text", True),
        ("MedicationRequest.extension('urn:Ordinationsorsak').value", True),
        ("MedicationRequest.status", False),
    ],
)
def test_free_text_and_reasons_are_tested_by_whatever_parameter_looks_at_them(expression: str, found: bool) -> None:
    use = Use("status" if not found else "why", expression, "token", "", ("x",))
    assert ("N-7" in betrayed(standard(), [use])) is found


def test_places_are_masked_in_extensions_and_contained_resources_and_put_back() -> None:
    geolocation = {
        "url": "http://hl7.org/fhir/StructureDefinition/geolocation",
        "extension": [{"url": "latitude", "valueDecimal": 1}],
    }
    standing = {
        "resourceType": "Encounter",
        "meta": {"security": [{"code": "N"}], "profile": ["urn:p"]},
        "contained": [
            {
                "resourceType": "Patient",
                "id": "c",
                "address": [{"city": "Ekholm", "extension": [geolocation]}],
                "gender": "female",
            },
            {"resourceType": "Location", "id": "l", "name": "Rum 3"},
        ],
        "extension": [geolocation, {"url": "urn:kept", "valueString": "x"}],
        "status": "finished",
        "location": [{"location": {"reference": "#l"}}],
    }
    shown = mask(standing)
    for word in ("Ekholm", "Rum 3", "latitude"):
        assert word not in str(shown)
    assert shown["extension"][0]["url"] == geolocation["url"] and shown["extension"][1] == standing["extension"][1]
    assert [one["id"] for one in shown["contained"]] == ["c"] and shown["contained"][0]["gender"] == "female"
    assert restored(shown, standing) == standing
    plain = {name: value for name, value in standing["contained"][0].items() if name != "address"}
    known = standing | {"contained": [plain, standing["contained"][1]]}
    more = restored(mask(known) | {"contained": [plain, {"resourceType": "Device", "id": "d"}]}, known)
    assert [one["id"] for one in more["contained"]] == ["c", "d", "l"] and more["contained"][2]["name"] == "Rum 3"
    bare = restored(shown | {"meta": {"security": shown["meta"]["security"], "tag": [{"code": "t"}]}}, standing)
    assert bare["meta"] == {"security": [{"code": "N"}], "tag": [{"code": "t"}]}


def test_a_mark_that_was_stored_is_kept() -> None:
    standing: dict[str, Any] = {"resourceType": "Patient", "address": [{"city": "Ekholm"}]}
    redacted = mask(standing)["meta"]["security"]
    assert "meta" not in restored(mask(standing), standing)
    marked = standing | {"meta": {"security": redacted}}
    assert restored(mask(marked), marked) == marked


def test_a_masked_primitive_is_put_back_under_its_own_name() -> None:
    standing = {"resourceType": "Patient", "meta": {"source": "urn:ekbacken"}, "gender": "female", "_gender": {"id": "g"}}
    shown = mask(standing)
    assert "ekbacken" not in str(shown)
    assert restored(shown, standing) == standing
