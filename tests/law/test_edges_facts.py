"""Edges of what facts, cases, duties and a deployment's file are read from, and of what is told where one is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.casefile import answer, request_of
from kedja.access.check import LawError, one_of, statute_file
from kedja.access.compile import permit
from kedja.access.consent_facts import facts_of_consent, representative
from kedja.access.consents import HSA_SYSTEM, block_consent, emergency_consent, svod_consent
from kedja.access.consents import Kind as Consents
from kedja.access.custody import Custody, Regime
from kedja.access.decide import establish
from kedja.access.deployment import deployed
from kedja.access.duties import given as given_input
from kedja.access.duties import lift_answer, owner_of
from kedja.access.evaluate import evaluate
from kedja.access.facts import facts_of, named_by
from kedja.access.instants import first_instant
from kedja.access.mandate import Matter
from kedja.access.mandates import decision, mandate
from kedja.access.openings import Reader, lift
from kedja.access.redaction import betrayed
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, LiftFact, Representation, SubjectState
from kedja.access.rules import standard
from kedja.access.terms import used
from kedja.outcome import OutcomeError
from kedja.search.uses import Use
from tests.law.test_whole_case import WHOLE, changed

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
CONTROL: Final = Custody(Regime.CONTROL, 7)
HEALTH: Final = Custody(Regime.HEALTH, 7, "P1", "U1")
DOCTOR: Final = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
PERSON: Final = Actor("p", Kind.CITIZEN, person=7)
NUMBER: Final = ("urn:n", "1")
GUARDIAN: Final = {
    "resourceType": "RelatedPerson",
    "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}],
    "identifier": [{"system": "urn:n", "value": "1"}, {"system": "urn:n"}, "x"],
    "period": {"start": "2026-01-01T00:00:00Z", "end": "2026-09-01T00:00:00Z"},
}
MANDATE: Final = mandate("Patient/1", NUMBER, Matter.PLANS, dated=NOW, starts=NOW, ends=NOW + timedelta(days=9))


def test_guardians_are_named_by_their_numbers_and_for_their_period() -> None:
    assert named_by(GUARDIAN) == [NUMBER]
    assert named_by(GUARDIAN | {"relationship": []}) == []
    assert named_by(GUARDIAN | {"resourceType": "Patient"}) == []
    (fact,) = facts_of(GUARDIAN, HEALTH, people={NUMBER: 8})
    assert isinstance(fact, Representation)
    assert (fact.starts, fact.ends) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))


def test_a_patient_states_when_they_were_born() -> None:
    (born,) = facts_of({"resourceType": "Patient", "birthDate": "1958-03-14"}, HEALTH)
    assert isinstance(born, SubjectState) and born.kind == "born"
    assert facts_of({"resourceType": "Person", "birthDate": "1958-03-14"}, HEALTH) == []


@pytest.mark.parametrize("status", ["planned", "waitlist", "active", "onhold", "finished", "cancelled"])
def test_an_episode_of_care_is_a_relation_while_it_lasts(status: str) -> None:
    episode: dict[str, Any] = {"resourceType": "EpisodeOfCare", "status": status, "period": {"start": "2026-03-01T00:00:00Z"}}
    open_ended = facts_of(episode, HEALTH)
    assert [isinstance(one, CareRelation) for one in open_ended] == [True] * (status not in ("finished", "cancelled"))
    episode["period"]["end"] = "2026-03-09T00:00:00Z"
    assert len(facts_of(episode, HEALTH)) == (status != "cancelled")


def test_a_care_team_is_a_relation_for_its_period() -> None:
    period = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-09T00:00:00Z"}
    (team,) = facts_of({"resourceType": "CareTeam", "status": "active", "period": period}, HEALTH)
    assert (team.starts, team.ends) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
    assert first_instant("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


# Consents


def provision(consent: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**consent, "provision": {**consent["provision"], **more}}


EMERGENCY: Final = emergency_consent(
    "Patient/1", "P1", employee="H1", reason="okontaktbar", starts=NOW, ends=NOW + timedelta(hours=2)
)
BLOCK: Final = block_consent("Patient/1", "P1", inner=True, dated=NOW)
READER: Final = Reader("P1", "U1", "H1")
LIFT: Final = lift(
    "Patient/1", "P1", "U2", READER, inner=True, emergency=True, reason="okontaktbar", starts=NOW, ends=NOW + timedelta(hours=2)
)
UNNAMED: Final = {**BLOCK["provision"]["actor"][0], "reference": {"display": "P1"}}
BIOBANK: Final = {
    **BLOCK,
    "category": [{"coding": [{**BLOCK["category"][0]["coding"][0], "code": Consents.BIOBANK.value}]}],
    "provision": {**BLOCK["provision"], "type": "permit"},
}


@pytest.mark.parametrize(
    ("consent", "where"),
    [
        (provision(BLOCK, type="permit"), "Consent.provision.type"),
        (provision(BLOCK, actor=[]), "Consent.provision.actor"),
        (provision(MANDATE, period={}), "Consent.provision"),
        (provision(LIFT, period={}), "Consent.provision"),
        (provision(LIFT, actor=LIFT["provision"]["actor"][:1]), "Consent.provision"),
        (provision(BLOCK, actor=[UNNAMED]), "Consent.provision.actor"),
        (provision(EMERGENCY, period={}), "Consent.provision"),
        (BIOBANK, "Consent.provision.purpose"),
    ],
)
def test_what_a_consent_lacks_is_told_at_its_place(consent: dict[str, Any], where: str) -> None:
    with pytest.raises(OutcomeError) as error:
        facts_of_consent(consent, 7, {NUMBER: 8})
    (issue,) = error.value.issues
    assert (error.value.status, issue.code, list(issue.expression)) == (422, "business-rule", [where])


def test_a_lift_says_whether_it_is_an_emergency_and_a_kind_is_of_its_own_system() -> None:
    (fact,) = facts_of_consent(LIFT, 7)
    assert isinstance(fact, LiftFact) and fact.reason == "Emergency"
    (fact,) = facts_of_consent(provision(LIFT, purpose=[]), 7)
    assert isinstance(fact, LiftFact) and fact.reason == "PatientsConsent"
    elsewhere = [{"coding": [{"system": "urn:other", "code": "inner-lift"}]}]
    assert facts_of_consent({**LIFT, "category": elsewhere}, 7) == []
    with pytest.raises(OutcomeError) as error:
        facts_of_consent(MANDATE, 7, {NUMBER: 8}, "U1")
    assert list(error.value.issues[0].expression) == ["Consent.sourceAttachment"]


def test_who_represents_is_asked_of_an_active_mandate_alone() -> None:
    assert representative(MANDATE) == NUMBER
    assert representative({**MANDATE, "status": "inactive"}) is None
    assert representative(BLOCK) is None
    actor = MANDATE["provision"]["actor"][0]
    unsaid = {**actor, "reference": {**actor["reference"], "identifier": {"value": "1"}}}
    with pytest.raises(OutcomeError, match="does not say who may act"):
        representative(provision(MANDATE, actor=[unsaid]))
    with pytest.raises(OutcomeError) as error:
        representative(provision(MANDATE, actor=[]))
    assert list(error.value.issues[0].expression) == ["Consent.provision.actor"]
    assert representative(provision(MANDATE, actor=["x", actor])) == NUMBER


def test_a_restriction_of_a_biobank_that_names_none_is_of_all() -> None:
    restricted = {
        **BIOBANK,
        "category": [{"coding": [{**BLOCK["category"][0]["coding"][0], "code": Consents.BIOBANK_RESTRICTION.value}]}],
        "provision": {
            "type": "deny",
            "purpose": [{"system": "https://kedja.example/fhir/CodeSystem/biobank-purpose", "code": "research"}],
        },
    }
    (fact,) = facts_of_consent(restricted, 7)
    assert (fact.kind, fact.provider) == ("biobank-research", "")  # pyright: ignore[reportAttributeAccessIssue]


# Decisions


def test_what_follows_from_a_record_may_be_brought_about_and_a_mandate_by_whose_it_is() -> None:
    assert establish(DOCTOR, CareRelation(7, "P1", "U1"), NOW).permitted
    given = Representation(7, "proxy", 8, 1, NOW, NOW + timedelta(days=9))
    assert establish(PERSON, given, NOW).permitted
    assert not establish(PERSON, given._replace(person=8), NOW).permitted
    assert not establish(PERSON, given._replace(kind="guardian"), NOW).permitted
    assert establish(DOCTOR, ConsentFact(7, "svod", "P1"), NOW).permitted
    lifted = LiftFact(7, "inner", "P1", None, "P1", "U1", None, "PatientsConsent", NOW, NOW + timedelta(days=90))
    assert establish(DOCTOR, lifted, NOW).permitted  # with consent it has no limit of hours
    head = replace(DOCTOR, assignment=Assignment("a", Purpose.CARE, "P1", "U1", ("Läsa;alla;SJF", "Besluta;alla;VE")))
    for unit, may in (("U1", True), ("U2", False)):
        assert establish(head, ConsentFact(7, "guardian-access", "P1", unit), NOW).permitted is may
    hasty = lifted._replace(reason="Emergency", to_employee="H1")
    assert not establish(DOCTOR, hasty, NOW).permitted


@pytest.mark.parametrize("provider", ["P1", "P2"])
def test_a_rule_that_is_off_at_a_provider_holds_at_the_others(provider: str) -> None:
    law = deployed(standard(), {"off-at": {"P1": ["P-1"]}})
    assert evaluate(permit(PERSON, "read", NOW, ruleset=law), replace(HEALTH, provider=provider)) is (provider != "P1")


# Cases


def test_what_a_case_leaves_out_is_nothing() -> None:
    bare = request_of(changed("actor", "assignment", to={"purpose": "care"}))
    assert bare.actor.assignment is not None
    assert (bare.actor.assignment.id, bare.actor.assignment.provider, bare.actor.assignment.unit) == ("assignment", "", "")
    alone = {"actor": {"kind": "citizen"}, "subject": {"capacity": "temporarily_unable"}, "resource": WHOLE["resource"]}
    asked = request_of({**WHOLE, **alone})
    (state,) = [fact for fact in asked.facts if isinstance(fact, SubjectState) and fact.kind == "temporarily-unable"]
    assert (state.provider, state.unit) == ("", "")


def test_facts_are_read_of_the_subject_and_of_the_context_each_alone() -> None:
    bare: dict[str, Any] = {name: WHOLE[name] for name in ("actor", "resource", "action")}
    assert request_of(bare).facts == [] or list(request_of(bare).facts) == []
    for more in ({"subject": {"alive": False}}, {"context": {"patient_relation": "current"}}):
        assert len(list(request_of({**bare, **more}).facts)) == 1, more


def test_an_answer_gives_its_reasons() -> None:
    given = answer(changed("subject", "blocks", to=[{"type": "Inner", "care_provider_hsa": "P1"}]))
    assert isinstance(given["reasons"], list)


# What is searched by


def _use(kind: str, value: str, *, modifier: str = "", code: str = "code", expression: str = "Observation.code") -> Use:
    return Use(code, expression, kind, modifier, (value,))


@pytest.mark.parametrize(
    ("use", "found"),
    [
        (_use("token", "http://loinc.org|32624-9"), True),
        (_use("token", "|32624-9"), True),  # without a system: in each
        (_use("token", "http://terminology.hl7.org/ValueSet/v3-Race", modifier="not-in"), True),
        (_use("token", "http://terminology.hl7.org/ValueSet/v3-Race", modifier="in"), True),
        (_use("token", "http://terminology.hl7.org/ValueSet/v3-Race"), False),
        (_use("string", "http://loinc.org|32624-9"), False),
    ],
)
def test_a_code_is_a_term_as_its_kind_of_parameter_reads_it(use: Use, found: bool) -> None:
    assert ("ethnicity" in used([use])) is found


@pytest.mark.parametrize(("modifier", "found"), [("", False), ("identifier", True), ("text", True), ("type", False)])
def test_a_reference_tests_a_name_where_it_is_asked_by_number_or_words(modifier: str, found: bool) -> None:
    use = Use("performer", "Observation.performer", "reference", modifier, ("x",))
    assert ("Q-5" in betrayed(standard(), [use])) is found


# Duties


def test_an_answer_to_a_request_repeats_the_first_note_and_nothing_where_there_is_none() -> None:
    decision: dict[str, Any] = {"resourceType": "Task", "status": "rejected", "for": {"reference": "Patient/1"}}
    assert lift_answer(decision, DOCTOR, NOW)["payload"] == [{"contentString": "Spärren hävs inte."}]
    noted = decision | {"note": ["x", {"text": "Inte aktuellt."}, {"text": "Senare."}]}
    assert lift_answer(noted, DOCTOR, NOW)["payload"] == [{"contentString": "Spärren hävs inte. Inte aktuellt."}]
    unsaid = decision | {"note": [{"authorString": "x"}]}
    assert lift_answer(unsaid, DOCTOR, NOW)["payload"] == [{"contentString": "Spärren hävs inte."}]


def test_an_input_is_known_by_any_of_its_codes() -> None:
    task = {"input": [{"type": {"coding": [{"code": "other"}, {"code": "employee"}]}, "valueString": "H1"}]}
    assert owner_of({"owner": {"identifier": {"system": HSA_SYSTEM}}}) == ""
    assert given_input(task, "employee") == "H1" and given_input(task, "unit") == ""


# A deployment's file


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            {"limit": [{"name": "emergency-hour", "value": 30, "basis": "SVOD 3 kap. 6 §"}]},
            "limit: unknown name `emergency-hour`",
        ),
        ({"permit": [{"rule": "P-133", "basis": "SVOD 3 kap. 6 §"}]}, "permit: unknown rule `P-133`"),
        ({"limit": [{"value": 30, "basis": "SVOD 3 kap. 6 §"}]}, "limit 1: `name` is missing"),
        ({"limit": [{"name": "emergency-hours", "value": 30, "basis": "123456789"}]}, "`basis` names the statute"),
    ],
)
def test_what_is_wrong_in_a_deployment_s_file_is_told_at_its_place(table: dict[str, Any], says: str) -> None:
    with pytest.raises(LawError, match=says):
        deployed(standard(), table)


def test_a_basis_of_ten_characters_is_one() -> None:
    row = {"name": "emergency-hours", "value": 30, "basis": "1234567890"}
    assert deployed(standard(), {"limit": [row]}).limits["emergency-hours"].value == 30


def test_ages_from_which_a_child_reads_are_narrower_when_they_are_higher() -> None:
    read = standard().limits["child-reading-age"]
    assert read.narrower == "higher" and standard().limits["guardian-age"].narrower == "lower"
    assert deployed(standard(), {"limits": {"child-reading-age": read.value + 1}}).limits["child-reading-age"].value == 17
    with pytest.raises(LawError, match="give a whole number from 16"):
        deployed(standard(), {"limits": {"child-reading-age": 15}})
    row = {"name": "n", "value": 1, "unit": "days", "cite": "x", "confidence": "high"}
    statute = {"id": "x", "number": "1", "name_sv": "x", "name_en": "x", "in_force": datetime(2026, 1, 1, tzinfo=UTC).date()}
    statute_file("x", {"statute": statute, "limit": [row]})


def test_a_word_that_is_nearly_known_is_suggested_and_one_alone() -> None:
    with pytest.raises(LawError, match=r"x: unknown key `inne`; did you mean `inner`\?$"):
        one_of("x", "key", "inne", ("inner", "innen", "outer"))


def test_what_is_closed_to_guardians_and_to_registries_is_a_block_of_its_own_kind() -> None:
    closed = decision(Consents.GUARDIAN_RESTRICTION, "Patient/1", "P1", "U1", dated=NOW)
    assert [(fact.kind, fact.provider) for fact in facts_of_consent(closed, 7) if isinstance(fact, BlockFact)] == [
        ("guardian", "P1")
    ]
    for inner, kind in ((True, "inner"), (False, "outer")):
        (fact,) = facts_of_consent(block_consent("Patient/1", "P1", inner=inner, dated=NOW), 7)
        assert isinstance(fact, BlockFact) and fact.kind == kind


def test_consents_between_providers_are_told_from_those_of_nobody() -> None:
    (fact,) = facts_of_consent(svod_consent("Patient/1", "P1", dated=NOW), 7)
    assert fact == ConsentFact(7, "svod", "P1")
