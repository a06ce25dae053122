"""The schema can be spread by person: what is asked often says whose rows it is about, or is named here with why not.

docs/how-to/scale-out.md tells what each reason means where the rows are on several machines.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kedja.search.condition import EVERYTHING
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import restrict
from kedja.search.rewrite import with_person
from kedja.search.sql.statement import statement
from kedja.store import queries
from tests.store.searching.asking import BASE, LOG, Pairs
from tests.store.searching.world import NOW
from tests.store.sharding import columns, unkeyed

# Tables that hold what is of persons without the key, and why that is so.
LACKING = {
    "search_string": "found by `resource`, which its row in `resource` knows the person of",
    "search_date": "found by `resource`, which its row in `resource` knows the person of",
    "search_number": "found by `resource`, which its row in `resource` knows the person of",
    "search_composite": "found by `resource`, which its row in `resource` knows the person of",
    "note_draft": "its author's alone, few and short-lived; names a Patient, whose person may come to be another",
    "person": "is the key: one row for each person",
}
# Tables of nobody, of staff, of the service, or of cases of innovation, which are no health data.
OF_NO_PERSON = {
    *("assignment", "log_actor", "session", "sign_in_log", "reading", "source", "import_progress", "system_state"),
    *("audit_leaf", "audit_node", "audit_checkpoint", "audit_sealed", "audit_pruned"),
    *("package", "package_definition", "search_order", "search_text"),
}

BY_ID = "asked by type and id, or by a key that was found so: an address tells not whose it is"
BY_NUMBER = "asked by the number that the person is found by"
BY_OTHER = "asked by who acts, by a unit and its days, or by what a task says, not by the person"
SEALING = "the log in the order in which it was written, which the tree is over; in the background"
OVER_ALL = "over everybody by its nature: a check, a review, a definition, a re-index, a night's work"

FANS_OUT = {
    BY_ID: (
        *(
            "history",
            "known",
            "lock",
            "made",
            "meta",
            "patients",
            "patients_of_sources",
            "persons_of_patients",
            "protection_labelled",
        ),
        *("read", "readable", "refused", "standing", "supersede", "timeline", "vread", "write", "log_extract"),
        "overview",
    ),
    BY_NUMBER: ("person_identifier_status", "person_known", "person_of"),
    BY_OTHER: ("booked", "drafts", "duties", "representations_of"),
    SEALING: (
        *("audit_added", "audit_adopt", "audit_from", "audit_prunable", "audit_prune", "audit_unsealed"),
        *("reconcile_unlogged", "reconcile_unsealed", "reconcile_unstored"),
    ),
    OVER_ALL: (
        *("check_batch", "check_blocks", "check_consents", "check_history", "check_imports", "check_lifts", "check_log"),
        *("check_orphans", "check_persons", "check_protection", "check_relations", "check_representations", "check_sample"),
        *("check_states", "check_superseded", "definitions_listed", "definitions_stored", "erase", "erase_texts", "erasure_due"),
        *("erasure_shared", "expire", "history_of_types", "index_batch", "index_lock", "index_store", "index_types"),
        *("inform_due", "remind_due", "stays_due", "review_looks", "review_providers"),
    ),
}
PERSONAL = {table for table, names in columns().items() if "person" in names} | {"resource_version"}


def test_every_table_has_the_key_or_says_why_not() -> None:
    without = {table for table in columns() if table not in PERSONAL and not table.startswith("innovation_")}
    assert without == {
        *LACKING,
        *OF_NO_PERSON,
    }


def test_every_statement_names_whose_rows_or_stands_here_with_its_reason() -> None:
    files = sorted(Path(queries.__path__[0]).glob("*.sql"))
    found = {file.stem for file in files if unkeyed(file.read_text(encoding="utf-8"), PERSONAL)}
    told = [name for names in FANS_OUT.values() for name in names]
    assert len(told) == len(set(told))
    assert found <= set(told), "compare `person` in these, or give them a reason above (docs/how-to/scale-out.md)"
    assert set(told) <= found, "these name the person, or are gone: they need no reason"


@pytest.mark.parametrize(
    ("resource_type", "pairs"),
    [
        ("Observation", [("patient", "1"), ("code", "http://loinc.org|4548-4"), ("date", "ge2020")]),
        ("Observation", [("patient", "1"), ("_sort", "-date")]),
        ("Observation", [("patient", "1"), ("_summary", "count")]),
        ("Condition", [("subject", "Patient/1"), ("_include", "Condition:patient")]),
        ("MedicationRequest", [("patient", "1"), ("_total", "accurate"), ("_count", "5")]),
    ],
)
def test_a_search_about_a_person_looks_for_matches_among_their_rows_alone(resource_type: str, pairs: Pairs) -> None:
    """What is then fetched by the keys of a page, which were found so, is at most a page."""
    for said, persons in ((True, {"1": (7, ("1",))}), (False, {})):
        query = with_person(resolve(parse(resource_type, pairs), base=BASE, now=NOW), persons)
        text, values = statement(restrict(query, EVERYTHING), LOG)
        assert f"r.person = ANY (${values.index([7]) + 1}::bigint[])" in text if said else "r.person =" not in text


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT body FROM resource WHERE id = $1", {"resource"}),
        ("SELECT body FROM resource WHERE person = $1", set()),
        ("SELECT person, body FROM resource r WHERE r.type = 'Patient'", {"resource"}),
        ("SELECT p.id FROM resource p JOIN consent c ON c.person = p.person WHERE p.person = ANY ($1)", set()),
        ("SELECT p.id FROM resource p JOIN consent c ON c.resource = p.key WHERE p.person = ANY ($1)", {"consent"}),
        ("UPDATE resource r SET person = $2 WHERE r.key = $1", {"resource"}),
        ("UPDATE resource SET person = $2 WHERE person = $1", set()),
        ("INSERT INTO consent (person, resource) SELECT person, key FROM resource WHERE person = $1", set()),
        ("WITH a AS (SELECT key FROM resource WHERE id IN (SELECT id FROM block WHERE (person = $1))) SELECT 1", {"resource"}),
        ("DELETE FROM block WHERE resource = $1 -- person = $1", {"block"}),
    ],
)
def test_the_check_itself_tells_one_from_the_other(text: str, tables: set[str]) -> None:
    assert unkeyed(text, {"resource", "consent", "block"}) == tables
