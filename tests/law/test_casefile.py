"""Cases as JSON: the golden vectors of the specification through `kedja law decide`."""

from __future__ import annotations

import copy
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from kedja import commands
from kedja.access.casefile import answer
from kedja.config import CannotRun, Config
from kedja.outcome import OutcomeError

GP: dict[str, Any] = {
    "kind": "professional",
    "hsa_person_id": "SE-GP",
    "assignment": {"purpose": "care", "care_provider_hsa": "SE-NORTH", "unit_hsa": "SE-NORTH-1", "rights": ["Läsa;alla;SJF"]},
}
NOTE = {"regime": "SVOD", "producer": {"care_provider_hsa": "SE-HOSPITAL", "unit_hsa": "SE-HOSPITAL-1"}}
CONSENT = {"type": "Consent", "scope": "NationalLevel", "start": "2026-01-01", "end": "2026-12-31"}
CASE: dict[str, Any] = {
    "actor": GP,
    "subject": {"person_id": "p"},
    "resource": NOTE,
    "context": {"now": "2026-03-15T10:00:00Z", "patient_relation": "current", "consent": CONSENT},
}


def case(**changes: Any) -> dict[str, Any]:
    """CASE with members changed: `context__consent=None`."""
    found = copy.deepcopy(CASE)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = found
        for step in way:
            place = place[step]
        place[last] = value
    return found


OUTER = {"type": "Outer", "care_provider_hsa": "SE-HOSPITAL"}
EXPECTED = {
    "T1 with relation and consent": (case(), "PERMIT", "V-7", "CONTENT"),
    "T2 the consent expired": (case(context__consent=CONSENT | {"end": "2026-03-14"}), "ASK", "V-10", "EXISTS"),
    "T3 no relation": (case(context__patient_relation="none"), "DENY", "V-14", None),
    "a block": (case(subject__blocks=[OUTER]), "DENY", "V-2", None),
    "T10 a block that overlaps in part": (
        case(
            subject__blocks=[OUTER | {"period": ["2026-03-01", "2026-03-31"]}],
            resource__documented=["2026-03-30", "2026-04-02"],
        ),
        "DENY",
        "V-2",
        None,
    ),
    "a block of another period": (
        case(
            subject__blocks=[OUTER | {"period": ["2026-03-01", "2026-03-31"]}],
            resource__documented=["2026-04-01", "2026-04-02"],
        ),
        "PERMIT",
        "V-7",
        "CONTENT",
    ),
    "T11 a block that leaves alerts open": (
        case(subject__blocks=[OUTER | {"exclusions": ["upp"]}], resource__info_type="upp"),
        "PERMIT",
        "V-7",
        "CONTENT",
    ),
    "T4 a certificate for who was a patient before": (
        case(context__patient_relation="earlier", context__purpose="certificate"),
        "PERMIT",
        "V-8",
        "CONTENT",
    ),
    "T6 what is blocked, in danger to life": (
        case(subject__blocks=[OUTER], context__danger_to_life_or_health=True, context__consent_obtainable=False),
        "DENY",
        "V-13",
        "PRODUCERS",
    ),
    "T6 once the block is lifted": (
        case(subject__blocks=[OUTER], subject__lifts=[{"type": "Outer"}]),
        "PERMIT",
        "V-7",
        "CONTENT",
    ),
    "T7 what is blocked in the medication list": (
        case(
            actor__prescriber=True,
            resource={"regime": "NLL"},
            subject__blocks=[{"type": "NLL"}],
            context__consent={"type": "Emergency", "end": "2026-03-16"},
        ),
        "PERMIT",
        "N-5",
        "CONTENT",
    ),
    "T8 home care, of who is unconscious": (
        case(
            actor__kind="care_worker",
            context__consent="none",
            context__danger_to_life_or_health=True,
            context__consent_obtainable=False,
        ),
        "DENY",
        "V-19",
        None,
    ),
    "T12 a mother blocks": (
        {
            "actor": {"kind": "guardian", "person_id": "m"},
            "subject": {"person_id": "p", "birth_date": "2018-03-01"},
            "resource": {"regime": "CONTROL", "producer": {"care_provider_hsa": "SE-NORTH"}},
            "action": "establish-outer",
        },
        "DENY",
        "I-4",
        "NONE",
    ),
    "T17 how large a cohort is": (
        {
            "actor": {"kind": "researcher"},
            "resource": {"regime": "PDL_INTERNAL", "producer": {"care_provider_hsa": "SE-NORTH"}},
            "context": {"purpose": "count"},
        },
        "PERMIT",
        "I-10",
        "EXISTS",
    ),
    "T18 born abroad and in a trade union": (
        case(context__search_terms=["born-abroad", "union-membership"]),
        "DENY",
        "I-9",
        "NONE",
    ),
    "T22 what is told of a block in 2029": (
        case(subject__blocks=[OUTER], policy={"ruleset_date": "2029-04-01"}),
        "DENY",
        "V-2",
        "NONE",
    ),
    "T22 and in 2026": (case(subject__blocks=[OUTER]), "DENY", "V-5", "EXISTS"),
    "a child who cannot consent": (
        case(subject__birth_date="2018-05-01", context__consent="none"),
        "PERMIT",
        "V-9",
        "CONTENT",
    ),
    "a child who is mature": (
        case(subject__birth_date="2010-05-01", subject__child_maturity="assessed_mature", context__consent="none"),
        "ASK",
        "V-10",
        "EXISTS",
    ),
    "one who cannot decide": (
        case(subject__capacity="not_only_temporarily_unable", subject__attitude="clarified", context__consent="none"),
        "PERMIT",
        "V-11",
        "CONTENT",
    ),
    "one who cannot decide, not asked after": (
        case(subject__capacity="not_only_temporarily_unable", context__consent="none"),
        "DENY",
        "V-11.1",
        "PRODUCERS",
    ),
    "one who was not informed": (case(subject__informed_svod=False), "DENY", "V-1", "NONE"),
    "one who receives home care": (
        case(actor__kind="care_worker", context__patient_relation="none", context__omsorg_relation="receives"),
        "PERMIT",
        "V-15",
        "CONTENT",
    ),
    "T15 what was made available under 2:6, by the person": (
        case(actor={"kind": "citizen", "person_id": "p"}, resource__made_available_basis="2:6"),
        "MASK",
        "P-2",
        "NONE",
    ),
    "the person": (case(actor={"kind": "citizen", "person_id": "p"}), "PERMIT", "P-1", "CONTENT"),
    "somebody else": (case(actor={"kind": "citizen", "person_id": "q"}), "DENY", "P-1", "NONE"),
    "T24 other social services": (case(resource__regime="SOCIAL_OTHER"), "DENY", "V-14", None),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_is_decided_as_the_specification_says(name: str):
    given, decision, rule, reveal = EXPECTED[name]
    told = answer(given)
    assert (told["decision"], rule in told["rule_ids"]) == (decision, True), told
    assert reveal is None or told["reveal"] == reveal
    assert told["citation"] and "LOG" in told["obligations"]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (case(actor__kind="doctor"), "actor.kind"),
        (case(resource__regime="XDS"), "resource.regime"),
        (case(action="reed"), "action"),
        (case(context__purpose="cure"), "context.purpose"),
        (case(context__danger_to_life_or_health="yes"), "context.danger_to_life_or_health"),
        (case(subject__capacity="unsure"), "subject.capacity"),
        (case(subject__birth_date="2018-13-01"), "subject.birth_date"),
        (case(subject__lifts=[{"type": "Both"}]), "subject.lifts[0].type"),
        (case(subject__blocks=["Outer"]), "subject.blocks"),
        (case(actor__licence="LK"), "actor.licence"),
        (case(context__now="soon"), "context.now"),
        (case(subject__blocks=[{"type": "Outre"}]), "subject.blocks[0].type"),
        (case(resource__documented="2026"), "resource.documented"),
        (case(resource="note"), "resource"),
        (case() | {"colour": {}}, "colour"),
    ],
)
def test_what_a_case_gets_wrong_is_named(wrong: dict[str, Any], place: str):
    with pytest.raises(OutcomeError) as refused:
        answer(wrong)
    assert refused.value.issues[0].expression == (place,)


def test_the_command_prints_the_decision(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE))
    assert commands.law_decide(Config(), Namespace(case=file)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["decision"], told["rule_ids"]) == ("PERMIT", ["V-7"])
    file.write_text("{")
    with pytest.raises(CannotRun, match="no case"):
        commands.law_decide(Config(), Namespace(case=file))


def test_a_case_about_who_is_protected_is_permitted_with_what_must_be_masked() -> None:
    decided = answer(case(subject__protected="sekretessmarkering"))
    assert decided["decision"] == "PERMIT"
    assert {"MASK_ADDRESS", "ALERT", "LOG"} <= set(decided["obligations"])
    assert decided["rule_ids"] == ["V-7", "SP-3", "SP-5"]


def test_a_case_that_does_not_name_who_is_protected_is_denied() -> None:
    decided = answer(case(subject__protected="skyddad_folkbokforing", context__exactly=False))
    assert decided["decision"] == "DENY"
    assert decided["rule_ids"][0] == "SP-1"
