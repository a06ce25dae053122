"""What is wrong with a case is named by its place, with what is wanted there."""

from __future__ import annotations

from typing import Any, Final

import pytest

from kedja.access.casefile import request_of
from kedja.outcome import OutcomeError
from tests.law.test_whole_case import WHOLE, changed

WRONG: Final[list[tuple[tuple[str, ...], Any, str, str]]] = [
    (("action",), "x", "action", "one of read, write"),
    (("actor",), 3, "actor", "an object"),
    (("subject",), [], "subject", "an object"),
    (("resource",), "x", "resource", "an object"),
    (("context",), "x", "context", "an object"),
    (("policy",), "x", "policy", "an object"),
    (("actor", "kind"), "x", "actor.kind", "one of citizen"),
    (("actor", "hsa_person_id"), 3, "actor.hsa_person_id", "a text"),
    (("actor", "prescriber"), "yes", "actor.prescriber", "true or false"),
    (("actor", "licence"), "SSK", "actor.licence", "a list of texts"),
    (("actor", "licence"), ["SSK", 3], "actor.licence", "a list of texts"),
    (("actor", "assignment"), "x", "assignment", "an object"),
    (("actor", "assignment", "id"), 3, "actor.assignment.id", "a text"),
    (("actor", "assignment", "purpose"), "x", "actor.assignment.purpose", "one of care"),
    (("actor", "assignment", "care_provider_hsa"), 3, "actor.assignment.care_provider_hsa", "a text"),
    (("actor", "assignment", "unit_hsa"), 3, "actor.assignment.unit_hsa", "a text"),
    (("actor", "assignment", "rights"), "x", "actor.assignment.rights", "a list of texts"),
    (("subject", "birth_date"), "x", "subject.birth_date", "a date or an instant"),
    (("subject", "protected"), "x", "subject.protected", "one of none"),
    (("subject", "capacity"), "x", "subject.capacity", "one of able"),
    (("subject", "attitude"), "x", "subject.attitude", "one of clarified"),
    (("subject", "child_maturity"), "x", "subject.child_maturity", "one of assessed_mature"),
    (("subject", "informed_svod"), "x", "subject.informed_svod", "true or false"),
    (("subject", "informed_registry"), 0, "subject.informed_registry", "true or false"),
    (("subject", "dose_dispensing"), 1, "subject.dose_dispensing", "true or false"),
    (("subject", "blocks"), "x", "subject.blocks", "a list of objects"),
    (("subject", "blocks"), [{"type": "Inner"}, 3], "subject.blocks", "a list of objects"),
    (("subject", "blocks"), [{"type": "Inner"}, {}], "subject.blocks[1].type", "one of Inner"),
    (("subject", "blocks"), [{"type": "Inner", "period": ["2026-01-01"]}], "subject.blocks[0].period", "two dates, or null"),
    (("subject", "blocks"), [{"type": "Inner", "period": "2026"}], "subject.blocks[0].period", "two dates, or null"),
    (("subject", "blocks"), [{"type": "Inner", "exclusions": ["x"]}], "subject.blocks[0].exclusions", "one of lak, upp"),
    (("subject", "blocks"), [{"type": "Inner", "start": "x"}], "subject.blocks[0].start", "a date or an instant"),
    (("subject", "blocks"), [{"type": "Inner", "end": "x"}], "subject.blocks[0].end", "a date or an instant"),
    (("subject", "blocks"), [{"type": "Inner", "care_provider_hsa": 3}], "subject.blocks[0].care_provider_hsa", "a text"),
    (("subject", "blocks"), [{"type": "Inner", "unit_hsa": 3}], "subject.blocks[0].unit_hsa", "a text"),
    (("subject", "lifts"), "x", "subject.lifts", "a list of objects"),
    (("subject", "lifts"), [{"type": "NLL"}], "subject.lifts[0].type", "one of Inner, Outer"),
    (("subject", "lifts"), [{"type": "Inner", "care_provider_hsa": 3}], "subject.lifts[0].care_provider_hsa", "a text"),
    (("subject", "lifts"), [{"type": "Inner", "unit_hsa": 3}], "subject.lifts[0].unit_hsa", "a text"),
    (("subject", "lifts"), [{"type": "Inner", "to_provider": 3}], "subject.lifts[0].to_provider", "a text"),
    (("subject", "lifts"), [{"type": "Inner", "to_unit": 3}], "subject.lifts[0].to_unit", "a text"),
    (("subject", "lifts"), [{"type": "Inner", "to_employee": 3}], "subject.lifts[0].to_employee", "a text"),
    (("subject", "lifts"), [{"type": "Inner", "reason": "x"}], "subject.lifts[0].reason", "one of PatientsConsent, Emergency"),
    (("subject", "lifts"), [{"type": "Inner", "start": 3}], "subject.lifts[0].start", "a date or an instant"),
    (("subject", "lifts"), [{"type": "Inner", "end": 3}], "subject.lifts[0].end", "a date or an instant"),
    (("resource", "type"), 3, "resource.type", "a text"),
    (("resource", "regime"), "x", "resource.regime", "one of PDL_INTERNAL"),
    (("resource", "producer"), "x", "producer", "an object"),
    (("resource", "info_type"), "x", "resource.info_type", "one of lak, upp, other"),
    (("resource", "documented"), ["x", None], "resource.documented", "a date or an instant"),
    (("resource", "labels"), ["x"], "resource.labels", "one of NOPATIENT"),
    (("resource", "made_available_basis"), "x", "resource.made_available_basis", "one of 2:4, 2:6, none"),
    (("context", "now"), "x", "context.now", "a date or an instant"),
    (("context", "purpose"), "x", "context.purpose", "one of care"),
    (("context", "patient_relation"), "x", "context.patient_relation", "one of current, earlier, none"),
    (("context", "omsorg_relation"), "x", "context.omsorg_relation", "one of receives, under_investigation, none"),
    (("context", "danger_to_life_or_health"), "x", "context.danger_to_life_or_health", "true or false"),
    (("context", "consent_obtainable"), "x", "context.consent_obtainable", "true or false"),
    (("context", "exactly"), "x", "context.exactly", "true or false"),
    (("context", "search_terms"), "x", "context.search_terms", "a list of texts"),
    (("context", "declared"), "x", "context.declared", "a list of texts"),
    (("context", "approved"), "x", "context.approved", "a date or an instant"),
    (("context", "consent"), {"type": "x"}, "context.consent[0].type", "one of Consent"),
    (("context", "consent"), {"provider": 3}, "context.consent[0].provider", "a text"),
    (("context", "consent"), {"unit": 3}, "context.consent[0].unit", "a text"),
    (("context", "consent"), {"employee": 3}, "context.consent[0].employee", "a text"),
    (("context", "consent"), {"start": "x"}, "context.consent[0].start", "a date or an instant"),
    (("context", "consent"), {"end": "x"}, "context.consent[0].end", "a date or an instant"),
    (("context", "consents"), "x", "context.consents", "a list of objects"),
    (("context", "consents"), [{"type": "x"}], "context.consent[1].type", "one of Consent"),
    (("policy", "ruleset_date"), "x", "policy.ruleset_date", "a date or an instant"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "where", "wanted"), WRONG, ids=[f"{where}-{n}" for n, (_, _, where, _) in enumerate(WRONG)]
)
def test_a_member_that_is_not_understood_is_named(path: tuple[str, ...], value: Any, where: str, wanted: str) -> None:
    given = changed(*path, to=value)
    if path[-1] == "ruleset_date":
        del given["context"]["now"]
    with pytest.raises(OutcomeError) as error:
        request_of(given)
    (issue,) = error.value.issues
    assert (
        error.value.status == 400
        and issue.code == "value"
        and issue.diagnostics.startswith(f"`{where}` in the case should be {wanted}")
    )
    assert list(issue.expression) == [where]


def test_members_that_nobody_knows_and_of_who_acts_are_named_too() -> None:
    with pytest.raises(OutcomeError, match="`whom` in the case should be one of actor, subject"):
        request_of(WHOLE | {"whom": {}})
    for mandate, where in (
        ({"matters": ["x"]}, "actor.mandate.matters"),
        ({"start": "x"}, "actor.mandate.start"),
        ({"end": "x"}, "actor.mandate.end"),
    ):
        with pytest.raises(OutcomeError, match=f"`{where}` in the case"):
            request_of(changed("actor", to={"kind": "proxy", "mandate": mandate}))
    with pytest.raises(OutcomeError, match=r"`actor\.person_id` in the case should be a text"):
        request_of(changed("actor", to={"kind": "citizen", "person_id": 3}))
