"""What a leaf is, and what is signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kedja.audit.checkpoint import Checkpoint, is_signed, sign
from kedja.audit.event import Entry, audit_event, leaf_of
from kedja.audit.tree import leaf_hash
from kedja.validation import validate

ENTRY = Entry(
    7, datetime(2026, 11, 21, 20, 0, 0, 123456, UTC), 12, "search", "permit", ["I-1.2"], ["Observation/1", "Patient/2"], "r-1",
    "Observation?patient=2", "anna", "professional", "Anna", "Läkare", "care", "SE1-1", "Provider", "SE1-2", "Unit",
)  # fmt: skip


@pytest.mark.parametrize("decision", ["permit", "deny", "not-found"])
@pytest.mark.parametrize("action", ["read", "create", "import", "open", "ask"])
def test_a_row_is_a_valid_audit_event(action: str, decision: str):
    assert validate(audit_event(ENTRY._replace(action=action, decision=decision)), expect_type="AuditEvent") == []
    bare = ENTRY._replace(person=0, rules=[], resources=[], request="", detail="", name="", title="", provider="", unit="")
    assert validate(audit_event(bare), expect_type="AuditEvent") == []


@given(st.sampled_from(Entry._fields), st.text(min_size=1, max_size=5), st.integers(1, 10**12))
def test_nothing_of_a_row_changes_unseen(field: str, text: str, number: int):
    was = getattr(ENTRY, field)
    other: object = text
    if isinstance(was, datetime):
        other = was.replace(microsecond=number % 10**6)
    elif isinstance(was, int):
        other = number
    elif isinstance(was, list):
        other = [*was, text]
    elif field == "decision":
        other = "deny"
    if other != was:
        assert leaf_of(ENTRY._replace(**{field: other})) != leaf_of(ENTRY)


def test_a_checkpoint_is_good_for_what_it_says_alone():
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signed = sign(key, 7, leaf_hash(b"x"), "2026-11-21T20:00:00.000Z")
    assert is_signed(signed, key.public_key())
    assert (signed.size, signed.root, signed.at) == (7, leaf_hash(b"x"), "2026-11-21T20:00:00.000Z")
    assert not is_signed(signed, other.public_key())
    assert not is_signed(replace(signed, text=signed.text.replace("\n7\n", "\n8\n")), key.public_key())
    assert not is_signed(Checkpoint("kedja access log\n7\n", key.sign(b"kedja access log\n7\n"), signed.key), key.public_key())
