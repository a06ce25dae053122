"""Every member of a case is read as what it says, and one that is not understood is named with what it should be."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.case_facts import _BLOCKS as BLOCKS
from kedja.access.case_facts import _CONSENTS as CONSENTS
from kedja.access.casefile import _LABELS as LABELS
from kedja.access.casefile import _REGIMES as REGIMES
from kedja.access.casefile import request_of
from kedja.access.custody import Custody, Label, Regime
from kedja.access.mandate import EVERYTHING, Matter
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, LiftFact, Representation, SubjectState

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
DAY: Final = timedelta(days=1)
LAST: Final = timedelta(days=1) - timedelta(microseconds=1)


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


WHOLE: Final[dict[str, Any]] = {
    "action": "lift-outer",
    "actor": {
        "kind": "professional",
        "person_id": "me",
        "hsa_person_id": "H1",
        "prescriber": True,
        "licence": ["SSK", "LK"],
        "assignment": {"id": "a1", "purpose": "quality", "care_provider_hsa": "P1", "unit_hsa": "U1", "rights": ["Läsa;alla;VG"]},
        "authn": {"loa": "3"},
    },
    "subject": {
        "person_id": "p",
        "birth_date": "2010-05-06",
        "alive": False,
        "protected": "skyddad_folkbokforing",
        "capacity": "not_only_temporarily_unable",
        "attitude": "clarified",
        "child_maturity": "assessed_mature",
        "informed_svod": False,
        "informed_registry": False,
        "dose_dispensing": True,
        "blocks": [
            {"type": "Inner", "care_provider_hsa": "P2", "unit_hsa": "U2", "period": ["2026-01-01", "2026-01-31"],
             "exclusions": ["lak", "upp"], "start": "2026-02-01", "end": "2026-02-02"},
            {"type": "SecondaryUse", "period": [None, "2026-01-31T10:00:00Z"]},
        ],
        "lifts": [
            {"type": "Outer", "care_provider_hsa": "P3", "unit_hsa": "U3", "to_provider": "P4", "to_unit": "U4",
             "to_employee": "H4", "reason": "Emergency", "start": "2026-03-01", "end": "2026-03-02"},
            {"type": "Inner"},
        ],
    },
    "resource": {
        "type": "Observation",
        "regime": "SVOD",
        "producer": {"care_provider_hsa": "P2", "unit_hsa": "U2"},
        "info_type": "upp",
        "documented": ["2026-01-02", "2026-01-03"],
        "labels": ["NOPATIENT", "NARCOTIC"],
        "made_available_basis": "2:6",
        "source": "src",
    },
    "context": {
        "now": "2026-03-15T10:00:00",
        "purpose": "certificate",
        "patient_relation": "current",
        "omsorg_relation": "under_investigation",
        "danger_to_life_or_health": True,
        "consent_obtainable": False,
        "exactly": False,
        "search_terms": ["born-abroad"],
        "declared": ["indispensable"],
        "approved": "2026-02-03",
        "reason_text": "x",
        "consent": {"type": "Emergency", "provider": "P5", "unit": "U5", "employee": "H5",
                    "start": "2026-03-01", "end": "2026-03-02"},
        "consents": [{"type": "Certificate"}, {"type": "BiobankResearch"}, {}],
    },
    "policy": {"ruleset_date": "2026-03-01"},
}  # fmt: skip


def test_every_member_of_a_case_is_read() -> None:
    asked = request_of(WHOLE)
    rights = Assignment("a1", Purpose.QUALITY, "P1", "U1", ("Läsa;alla;VG",))
    assert asked.actor == Actor(
        "H1", Kind.PROFESSIONAL, person=2, hsa_id="H1", prescriber=True, licences=("SSK", "LK"), assignment=rights
    )
    assert (asked.action, asked.now, asked.type) == ("lift-outer", NOW, "Observation")
    marks = Label.ALERT | Label.NOPATIENT | Label.NARCOTIC | Label.INCAPACITY | Label.SHIELDED
    assert asked.custody == Custody(Regime.HEALTH, 1, "P2", "U2", on(1, 2), on(1, 3) + LAST, marks, "src")
    said = Context(True, True, True, False, frozenset({"born-abroad"}), frozenset({"indispensable"}), on(2, 3))
    assert asked.context == said


def test_every_fact_of_a_case_is_read() -> None:
    assert list(request_of(WHOLE).facts) == [
        SubjectState(1, "born", starts=datetime(2010, 5, 6, tzinfo=UTC)),
        SubjectState(1, "dead"),
        SubjectState(1, "protected"),
        SubjectState(1, "not-only-temporarily-unable", "P1", "U1"),
        SubjectState(1, "attitude-clarified", "P1", "U1"),
        SubjectState(1, "assessed-mature", "P1", "U1"),
        SubjectState(1, "not-informed-svod", "P2", "U2"),
        SubjectState(1, "not-informed-registry", "P2", "U2"),
        SubjectState(1, "dose-dispensing"),
        CareRelation(1, "P1", "U1"),
        ConsentFact(1, "emergency", "P5", "U5", "H5", on(3, 1), on(3, 2)),
        ConsentFact(1, "certificate", "P1", None, "H1"),
        ConsentFact(1, "biobank-research", "P2", "U2"),
        ConsentFact(1, "svod", "P1"),
        BlockFact(
            1, "inner", "P2", "U2", on(1, 1), on(1, 31) + LAST, Label.ORDINATION | Label.ALERT, on(2, 1), on(2, 2)
        ),
        BlockFact(1, "secondary-use", "", None, None, on(1, 31) + timedelta(hours=10)),
        LiftFact(1, "outer", "P3", "U3", "P4", "U4", "H4", "Emergency", on(3, 1), on(3, 2)),
        LiftFact(1, "inner", "P2", None, "P1", None, None, "PatientsConsent"),
    ]  # fmt: skip


def test_what_is_missing_means_none() -> None:
    asked = request_of(
        {"actor": {"kind": "authority"}, "resource": {"regime": "DIRECTORY"}, "context": {"now": "2026-03-15T10:00Z"}}
    )
    assert asked.actor == Actor("somebody", Kind.AUTHORITY)
    assert asked.custody == Custody(Regime.DIRECTORY)
    assert (asked.action, asked.now, asked.type, list(asked.facts)) == ("read", NOW, "", [])
    assert asked.context == Context(exactly=False)


def changed(*path: str, to: Any) -> dict[str, Any]:
    found = copy.deepcopy(WHOLE)
    place = found
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return found


def _without(*paths: str) -> dict[str, Any]:
    found = WHOLE
    for path in paths:
        found = copy.deepcopy(found)
        *way, last = path.split(".")
        place = found
        for step in way:
            place = place[step]
        del place[last]
    return found


def test_who_asks_is_the_person_whom_it_is_about_only_by_the_same_id() -> None:
    for person_id, kind, expected in (
        ("p", "citizen", (1, 0)), ("q", "citizen", (2, 0)), (None, "citizen", (0, 0)),
        ("p", "guardian", (2, 1)), (None, "guardian", (2, 1)), ("q", "proxy", (2, 1)),
    ):  # fmt: skip
        actor = {"kind": kind} | ({"person_id": person_id} if person_id else {})
        asked = request_of({"actor": actor, "subject": {"person_id": "p"}, "resource": {"regime": "SVOD"}})
        assert (asked.actor.person, asked.actor.acts_for) == expected, (person_id, kind)
        assert asked.custody.person == 1 and asked.context.exactly
    assert (
        request_of(
            {"actor": {"kind": "citizen"}, "subject": {"birth_date": "2000-01-01"}, "resource": {"regime": "SVOD"}}
        ).actor.person
        == 0
    )


def test_the_time_is_that_of_the_case_or_of_its_rules_or_now() -> None:
    assert request_of(changed("context", "now", to=None)).now == on(3, 1)
    before = datetime.now(UTC)
    assert before <= request_of(_without("context.now", "policy")).now <= datetime.now(UTC)
    assert request_of(changed("context", "now", to="2026-03-15T12:00:00+02:00")).now == NOW


def test_the_action_follows_from_what_is_asked() -> None:
    assert request_of(_without("action")).action == "search"
    assert request_of(_without("action", "context.search_terms")).action == "read"
    counting = changed("actor", "assignment", "purpose", to="count")
    del counting["action"], counting["context"]["search_terms"]
    assert request_of(counting).action == "count"


def test_the_purpose_is_that_of_the_assignment_or_of_the_context() -> None:
    bare = changed("actor", "assignment", to={"care_provider_hsa": "P1"})
    assert request_of(bare).actor.assignment == Assignment("assignment", Purpose.CARE, "P1", "")
    bare["context"]["purpose"] = "statistics"
    assert request_of(bare).actor.assignment == Assignment("assignment", Purpose.STATISTICS, "P1", "")
    alone = _without("actor.assignment")
    assert request_of(alone).actor.assignment is None
    alone["context"]["purpose"] = "count"
    asked = request_of(alone)
    assert asked.actor.assignment == Assignment("", Purpose.COUNT, "P2", "") and not asked.context.certificate


def test_an_omsorgsgivare_s_record_is_social_care_s() -> None:
    social = changed("resource", "producer", to={"omsorgsgivare_id": "O1"})
    assert request_of(social).custody.regime is Regime.SOCIAL
    assert request_of(social).custody.provider == "O1" and request_of(social).custody.unit == ""
    social["resource"]["regime"] = "NLL"
    assert request_of(social).custody.regime is Regime.NLL


@pytest.mark.parametrize("regime", REGIMES)
def test_each_regime_is_known_by_its_name(regime: str) -> None:
    expected = {"PDL_INTERNAL": "health", "SVOD": "health", "SIP": "health", "SOCIAL_OTHER": "social-other"}
    assert request_of(changed("resource", "regime", to=regime)).custody.regime.value == expected.get(regime, regime.lower())


def test_each_label_is_known_by_its_name() -> None:
    assert len(LABELS) == 7
    for name in LABELS:
        assert Label[name] in request_of(changed("resource", "labels", to=[name])).custody.labels


def test_each_kind_of_consent_and_block_is_known_by_its_name() -> None:
    kinds = {name: request_of(changed("context", "consent", to={"type": name})).facts[10][1] for name in CONSENTS}
    assert kinds == {
        "Consent": "svod", "Emergency": "emergency", "Certificate": "certificate", "Wellness": "wellness-share", "NLL": "nll",
        "NLLReason": "nll-reason", "NLLEmergency": "nll-emergency", "Monitoring": "monitoring",
        "GuardianAccess": "guardian-access", "ChildAccess": "child-access", "BiobankCare": "biobank-care",
        "BiobankQuality": "biobank-quality",
        "BiobankEducation": "biobank-education", "BiobankResearch": "biobank-research",
    }  # fmt: skip
    blocks = {name: request_of(changed("subject", "blocks", to=[{"type": name}])).facts[14][1] for name in BLOCKS}
    assert blocks == {
        "Inner": "inner", "Outer": "outer", "Registry": "registry", "NLL": "nll", "Guardian": "guardian",
        "SecondaryUse": "secondary-use", "BiobankQuality": "biobank-quality", "BiobankEducation": "biobank-education",
        "BiobankResearch": "biobank-research",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "of_the_list", "holder", "own"),
    [
        ("Consent", "nll", False, False),
        ("Emergency", "nll-emergency", False, True),
        ("NLLEmergency", "nll-emergency", False, True),
        ("Certificate", "certificate", False, True),
        ("GuardianAccess", "guardian-access", True, False),
        ("ChildAccess", "child-access", True, False),
        ("BiobankCare", "biobank-care", True, False),
        ("BiobankQuality", "biobank-quality", True, False),
        ("BiobankEducation", "biobank-education", True, False),
        ("Wellness", "wellness-share", False, False),
    ],
)
def test_a_consent_is_for_who_asks_or_at_who_holds(kind: str, of_the_list: str, holder: bool, own: bool) -> None:
    given = changed("context", "consent", to={"type": kind})
    given["resource"]["regime"] = "NLL"
    fact = request_of(given).facts[10]
    assert fact == ConsentFact(1, of_the_list, "P2" if holder else "P1", "U2" if holder else None, "H1" if own else None)
    del given["actor"]["hsa_person_id"]
    assert request_of(given).facts[10][4] == ("me" if own else None)


@pytest.mark.parametrize(
    ("relation", "omsorg", "fact"),
    [
        ("none", "none", None),
        ("current", "none", CareRelation(1, "P1", "U1")),
        ("none", "receives", CareRelation(1, "P1", "U1")),
        ("earlier", "none", CareRelation(1, "P1", "U1", ends=NOW - DAY)),
        ("earlier", "under_investigation", CareRelation(1, "P1", "U1")),
    ],
)
def test_the_relation_of_a_case(relation: str, omsorg: str, fact: CareRelation | None) -> None:
    given = changed("context", "patient_relation", to=relation)
    given["context"]["omsorg_relation"] = omsorg
    assert [one for one in request_of(given).facts if isinstance(one, CareRelation)] == ([fact] if fact else [])
    del given["actor"]["assignment"]
    assert not [one for one in request_of(given).facts if isinstance(one, CareRelation)]


def test_who_stands_for_somebody() -> None:
    mandate = {"matters": ["medicines", "plans"], "start": "2026-01-01", "end": "2026-12-31"}
    proxy = changed("actor", to={"kind": "proxy", "mandate": mandate})
    found = [one for one in request_of(proxy).facts if isinstance(one, Representation)]
    assert found == [Representation(1, "proxy", 2, int(Matter.MEDICINES | Matter.PLANS), on(1, 1), on(12, 31))]
    proxy["actor"]["kind"] = "guardian"
    found = [one for one in request_of(proxy).facts if isinstance(one, Representation)]
    assert found == [Representation(1, "guardian", 2, int(EVERYTHING))]
    proxy["actor"] = {"kind": "proxy"}
    assert not [one for one in request_of(proxy).facts if isinstance(one, Representation)]


def test_alive_informed_and_the_rest_are_states_only_where_they_are_said_so() -> None:
    plain = changed(
        "subject", to={"person_id": "p", "alive": True, "capacity": "able", "attitude": "unknown", "protected": "none"}
    )
    plain["subject"] |= {"child_maturity": "unknown", "informed_svod": True, "informed_registry": True, "dose_dispensing": False}
    assert not [one for one in request_of(plain).facts if isinstance(one, SubjectState)]
    assert Label.SHIELDED not in request_of(plain).custody.labels
    plain["subject"]["capacity"] = "temporarily_unable"
    assert SubjectState(1, "temporarily-unable", "P1", "U1") in request_of(plain).facts


def test_none_null_and_nothing_are_the_same() -> None:
    for empty in (None, "none"):
        given = copy.deepcopy(WHOLE)
        given["actor"]["assignment"] = given["context"]["consent"] = empty
        given["context"]["consents"] = given["subject"]["blocks"] = None
        given["resource"]["documented"] = given["actor"]["licence"] = None
        asked = request_of(given)
        assert asked.actor.assignment is None and asked.actor.licences == () and asked.custody.start is None
        assert not [one for one in asked.facts if isinstance(one, (ConsentFact, BlockFact))]
