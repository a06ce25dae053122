"""References of a transaction's entries to each other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kedja.gate.links import conditional_references, relink

PLACES = {"urn:uuid:a": "Patient/1", "http://x.example/fhir/Patient/7": "Patient/2"}


def reference(text: str, full_url: str = "") -> str:
    return relink({"resourceType": "Basic", "subject": {"reference": text}}, PLACES, full_url)["subject"]["reference"]


def test_a_version_goes_and_a_fragment_stays() -> None:
    assert reference("urn:uuid:a") == "Patient/1"
    assert reference("urn:uuid:a#part") == "Patient/1#part"
    assert reference("http://x.example/fhir/Patient/7/_history/3") == "Patient/2"


def test_a_relative_reference_counts_from_the_entrys_own_root() -> None:
    assert reference("Patient/7", "http://x.example/fhir/Basic/1") == "Patient/2"
    assert reference("Patient/7", "http://y.example/fhir/Basic/1") == "Patient/7"
    assert reference("Patient/7") == "Patient/7"


def test_narrative_links_are_followed_and_its_text_is_not() -> None:
    div = '<div><a href="urn:uuid:a">urn:uuid:a</a><img src="urn:uuid:a"/><b title="urn:uuid:a"/></div>'
    made = relink({"text": {"div": div}}, PLACES)["text"]["div"]
    assert made == '<div><a href="Patient/1">urn:uuid:a</a><img src="Patient/1"/><b title="urn:uuid:a"/></div>'


def test_references_that_are_searches_are_found_with_their_places() -> None:
    resource = {"subject": {"reference": "Patient?a=1"}, "performer": [{"reference": "x?y"}, {"reference": "Group?b=2"}]}
    assert list(conditional_references(resource, "Basic")) == [
        ("Patient?a=1", "Basic.subject.reference"),
        ("Group?b=2", "Basic.performer[1].reference"),
    ]


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["reference", "div", "x"]), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["reference", "div", "x"]), _TREES))
def test_what_refers_to_no_entry_is_given_back_as_it_is(resource: dict[str, Any]) -> None:
    assert relink(resource, PLACES) is resource
