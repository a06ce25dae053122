"""JSON Patch and FHIRPath Patch: what the published suites do not ask."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson
from kedja.outcome import OutcomeError
from kedja.patch import fhirpath_patch, json_patch, read_fhirpath_patch, read_json_patch, without_empty

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "name": [{"family": "Lind", "given": ["Åsa", "Bo"], "_given": [None, {"id": "second"}]}, {"use": "usual", "text": "Å"}],
    "birthDate": "1950",
    "_birthDate": {"extension": [{"url": "http://example.org/why", "valueString": "told"}]},
    "deceasedBoolean": False,
}


def operation(kind: str, path: str, **parts: Any) -> dict[str, Any]:
    given: list[dict[str, Any]] = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        if name in ("index", "source", "destination"):
            given.append({"name": name, "valueInteger": value})
        elif name == "name":
            given.append({"name": name, "valueString": value})
        else:
            given.append({"name": "value", **value})
    return {"name": "operation", "part": given}


def patched(*operations: dict[str, Any], resource: dict[str, Any] = PATIENT) -> dict[str, Any]:
    before = copy.deepcopy(resource)
    made = fhirpath_patch(resource, read_fhirpath_patch({"resourceType": "Parameters", "parameter": list(operations)}))
    assert resource == before, "a patch changes nothing in place"
    return made


def refused(*operations: dict[str, Any], resource: dict[str, Any] = PATIENT) -> OutcomeError:
    with pytest.raises(OutcomeError) as caught:
        patched(*operations, resource=resource)
    return caught.value


def test_one_of_several_primitives_is_replaced_and_its_neighbours_keep_their_ids() -> None:
    made = patched(operation("replace", "Patient.name[0].given[0]", value={"valueString": "Eva"}))
    assert made["name"][0]["given"] == ["Eva", "Bo"]
    assert made["name"][0]["_given"] == [None, {"id": "second"}]


def test_a_primitive_is_found_by_its_value() -> None:
    made = patched(operation("delete", "Patient.name.given.where($this = 'Bo')"))
    assert made["name"][0] == {"family": "Lind", "given": ["Åsa"]}


def test_a_boolean_is_an_element_like_others() -> None:
    assert patched(operation("replace", "Patient.active", value={"valueBoolean": False}))["active"] is False


def test_the_extension_of_a_primitive_is_replaced_and_removed() -> None:
    path = "Patient.birthDate.extension.value"
    made = patched(operation("replace", path, value={"valueString": "heard"}))
    assert made["_birthDate"]["extension"][0]["valueString"] == "heard"
    gone = patched(operation("delete", "Patient.birthDate.extension"))
    assert gone["birthDate"] == "1950"
    assert "_birthDate" not in gone


def test_an_extension_is_added_to_a_primitive_that_has_none() -> None:
    extension = {"valueExtension": {"url": "http://example.org/x", "valueCode": "y"}}
    made = patched(operation("add", "Patient.name[0].given[0]", name="extension", value=extension))
    assert made["name"][0]["_given"] == [{"extension": [extension["valueExtension"]]}, {"id": "second"}]


def test_a_choice_changes_its_type_with_its_value() -> None:
    made = patched(operation("replace", "Patient.deceased", value={"valueDateTime": "2020-02-02"}))
    assert made["deceasedDateTime"] == "2020-02-02"
    assert "deceasedBoolean" not in made


def test_a_second_type_of_a_choice_is_not_added() -> None:
    error = refused(operation("add", "Patient", name="deceased", value={"valueDateTime": "2020"}))
    assert "deceasedBoolean" in str(error)


def test_what_does_not_repeat_is_not_added_twice() -> None:
    error = refused(operation("add", "Patient", name="birthDate", value={"valueDate": "2000"}))
    assert (error.status, error.issues[0].code) == (422, "duplicate")


def test_an_insert_into_a_list_that_is_not_there_makes_it() -> None:
    made = patched(operation("insert", "Patient.telecom", index=0, value={"valueContactPoint": {"value": "1"}}))
    assert made["telecom"] == [{"value": "1"}]


def test_a_delete_of_nothing_changes_nothing() -> None:
    assert patched(operation("delete", "Patient.photo")) == PATIENT


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (operation("delete", "Patient.name"), "2 elements"),
        (operation("replace", "Patient.photo", value={"valueString": "x"}), "no element"),
        (operation("replace", "Patient.name[0].family", value={"valueHumanName": {}}), "not a `HumanName`"),
        (operation("replace", "Patient.name.count()", value={"valueInteger": 1}), "computes a value"),
        (operation("replace", "Patient.name[", value={"valueInteger": 1}), "cannot be evaluated"),
        (operation("insert", "Patient.name", index=3, value={"valueHumanName": {"text": "x"}}), "0 to 2"),
        (operation("insert", "Patient.name.where(use = 'usual')", index=0, value={"valueHumanName": {}}), "whole list"),
        (operation("insert", "Patient.gender", index=0, value={"valueCode": "male"}), "not a whole list"),
        (operation("move", "Patient.name", source=2, destination=0), "0 to 1"),
        (operation("add", "Patient", name="colour", value={"valueString": "x"}), "no element `colour`"),
        (operation("delete", "Patient"), "use DELETE"),
        (operation("swap", "Patient"), "one of add"),
        (operation("add", "Patient", name="gender"), "`value`"),
    ],
)
def test_what_cannot_be_done_says_why_and_where(wrong: dict[str, Any], told: str) -> None:
    error = refused(wrong)
    assert told in str(error)
    assert error.issues[0].expression[0].startswith("Parameters.parameter[0]")


def test_a_decimal_of_a_patch_stays_as_written() -> None:
    document = exactjson.loads(b'{"value":1.50,"other":2.0}')
    patch = read_json_patch(
        exactjson.loads(b'[{"op":"add","path":"/more","value":3.10},{"op":"test","path":"/value","value":1.5}]')
    )
    assert exactjson.dumps(json_patch(document, patch)) == b'{"value":1.50,"other":2.0,"more":3.10}'


@pytest.mark.parametrize(
    ("patch", "status", "told"),
    [
        ({"op": "add"}, 400, "array of operations"),
        ([{"op": "delete", "path": "/a"}], 400, "one of add"),
        ([{"op": "add", "path": "/a"}], 400, "needs a value"),
        ([{"op": "add", "path": "a", "value": 1}], 400, "begins with"),
        ([{"op": "add", "path": "/a~2", "value": 1}], 400, "no escape"),
        ([{"op": "remove", "path": "/none"}], 422, "/none"),
        ([{"op": "remove", "path": ""}], 422, "DELETE"),
        ([{"op": "replace", "path": "/list/01", "value": 1}], 422, "/list/01"),
        ([{"op": "add", "path": "/list/4", "value": 1}], 422, "0 to 2"),
        ([{"op": "move", "from": "/list", "path": "/list/0"}], 422, "into itself"),
        ([{"op": "test", "path": "/list/0", "value": True}], 409, "test fails"),
    ],
)
def test_a_json_patch_that_cannot_be_applied_says_why(patch: Any, status: int, told: str) -> None:
    with pytest.raises(OutcomeError) as caught:
        json_patch({"list": [1, 2], "a": {}}, read_json_patch(patch))
    assert caught.value.status == status
    assert told in str(caught.value)


def test_copies_that_double_are_stopped() -> None:
    double = [{"op": "copy", "from": "", "path": "/a"}, {"op": "copy", "from": "", "path": "/b"}] * 400
    with pytest.raises(OutcomeError, match="copies over"):
        json_patch({"x": [1, 2, 3]}, read_json_patch(double))


def test_empty_objects_and_arrays_go() -> None:
    assert without_empty({"a": [], "b": {"c": {}}, "d": [None, 1], "_d": [None, {}], "e": 0, "f": ""}) == {
        "d": [None, 1],
        "e": 0,
        "f": "",
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, st.text("ab/~", max_size=3), _JSON)
def test_what_is_added_is_there_and_removing_it_gives_the_document_back(document: Any, name: str, value: Any) -> None:
    holder = {"x": document}
    path = "/" + name.replace("~", "~0").replace("/", "~1")
    if name == "x":
        return
    added = json_patch(holder, read_json_patch([{"op": "add", "path": path, "value": value}]))
    assert added[name] == value
    back = [{"op": "test", "path": path, "value": value}, {"op": "remove", "path": path}]
    assert json_patch(added, read_json_patch(back)) == holder


_POINTERS = st.sampled_from(
    ["", "/", "/name", "/name/0", "/name/0/given/-", "/_birthDate/extension/0", "/none/x", "/active", "x"]
)
_VALUES = _JSON | st.sampled_from([1.5, {"family": "x"}, [{"text": "x"}]])
_OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"]), "path": _POINTERS},
    optional={"from": _POINTERS, "value": _VALUES},
)


@given(st.lists(_OPERATION, max_size=4) | _JSON)
def test_whatever_json_patch_is_sent_it_applies_or_is_refused(patch: Any) -> None:
    before = copy.deepcopy(PATIENT)
    with contextlib.suppress(OutcomeError):
        without_empty(json_patch(PATIENT, read_json_patch(patch)))
    assert before == PATIENT


_PATHS = st.sampled_from(
    [
        "Patient",
        "Patient.name",
        "Patient.name[0]",
        "Patient.name.given",
        "Patient.name.given[1]",
        "Patient.birthDate",
        "Patient.birthDate.extension",
        "Patient.deceased",
        "Patient.active",
        "Patient.contact",
        "Patient.name.given.where($this = 'Bo')",
        "Patient.descendants().where($this is string)",
        "Patient.name.count()",
        "name.first() | birthDate",
        "resolve()",
        "'x'",
        "Patient.",
        "%resource",
        "",
    ]
)
_GIVEN = st.one_of(
    st.fixed_dictionaries({"valueString": st.text(max_size=3)}),
    st.fixed_dictionaries({"valueHumanName": st.just({"text": "x"})}),
    st.fixed_dictionaries({"valueBoolean": st.booleans(), "_valueBoolean": st.just({"id": "x"})}),
    st.fixed_dictionaries({"part": st.lists(st.fixed_dictionaries({"name": st.just("name"), "valueString": st.just("x")}))}),
    st.fixed_dictionaries({"resource": st.just({"resourceType": "Basic"})}),
    st.dictionaries(st.text("vale", max_size=5), _JSON, max_size=2),
)
_PARTS = st.tuples(
    st.sampled_from(["add", "insert", "delete", "replace", "move"]),
    _PATHS,
    st.sampled_from(["name", "given", "extension", "deceased", "active", "contact", "id", "resourceType", "contained"]),
    _GIVEN,
    st.integers(-1, 3),
)


@given(st.lists(_PARTS, max_size=3))
def test_whatever_fhirpath_patch_is_sent_it_applies_or_is_refused(parts: list[tuple[str, str, str, dict[str, Any], int]]) -> None:
    before = copy.deepcopy(PATIENT)
    operations = [
        operation(kind, path, name=name, value=value, index=number, source=number, destination=0)
        for kind, path, name, value, number in parts
    ]
    with contextlib.suppress(OutcomeError):
        fhirpath_patch(PATIENT, read_fhirpath_patch({"resourceType": "Parameters", "parameter": operations}))
    assert before == PATIENT
