"""Laws of value sets: asked code by code, a value set answers as its list does, and never otherwise when less is known."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja import definitions
from kedja.terminology import View, members

Json = dict[str, Any]
SYSTEMS = ("http://example.org/a", "http://example.org/b")
CODES = ("1", "11", "12", "121", "2", "3", "x")  # `12` is under `1`; `x` is of no system
LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SETS = ("http://example.org/vs/0", "http://example.org/vs/1", "http://example.org/vs/2")


def system(url: str, content: str = "complete") -> Json:
    def concept(code: str, *below: Json) -> Json:
        status = {"code": "status", "valueCode": "retired" if code == "3" else "active"}
        return {"code": code, "property": [status], **({"concept": list(below)} if below else {})}

    tree = [concept("1", concept("11"), concept("12", concept("121"))), concept("2"), concept("3")]
    return {"resourceType": "CodeSystem", "url": url, "status": "active", "content": content, "concept": tree}


conditions = st.one_of(
    st.builds(
        lambda op, value: {"property": "concept", "op": op, "value": value},
        st.sampled_from(["is-a", "descendent-of", "is-not-a", "generalizes", "child-of"]),
        st.sampled_from(CODES),
    ),
    st.builds(lambda value: {"property": "code", "op": "regex", "value": value}, st.sampled_from(["1.*", "[23]", ".2.?"])),
    st.builds(lambda value: {"property": "status", "op": "=", "value": value}, st.sampled_from(["retired", "active"])),
)


@cache
def parts(imports: tuple[str, ...]) -> st.SearchStrategy[Json]:
    """One include or exclude, which may take from the value sets before it."""
    named = st.lists(st.sampled_from(CODES), min_size=1, max_size=3).map(lambda codes: [{"code": code} for code in codes])
    of_system = st.one_of(
        st.fixed_dictionaries({"system": st.sampled_from(SYSTEMS)}),
        st.fixed_dictionaries({"system": st.sampled_from(SYSTEMS), "concept": named}),
        st.fixed_dictionaries({"system": st.sampled_from(SYSTEMS), "filter": st.lists(conditions, min_size=1, max_size=2)}),
    )
    if not imports:
        return of_system
    taken = st.lists(st.sampled_from(imports), min_size=1, max_size=2)
    return st.one_of(
        of_system,
        taken.map(lambda urls: {"valueSet": urls}),
        st.builds(lambda part, urls: {**part, "valueSet": urls}, of_system, taken),
    )


@st.composite
def worlds(draw: st.DrawFn) -> list[Json]:
    found: list[Json] = []
    for number, url in enumerate(SETS):
        compose: Json = {"include": draw(st.lists(parts(SETS[:number]), min_size=1, max_size=3))}
        if excluded := draw(st.lists(parts(SETS[:number]), max_size=2)):
            compose["exclude"] = excluded
        found.append({"resourceType": "ValueSet", "url": url, "status": "active", "compose": compose})
    return found


def answers(view: View, valueset: Json) -> dict[tuple[str, str], bool | None]:
    return {(url, code): members.member(view, valueset, url, code, ()) for url in SYSTEMS for code in CODES}


@LAW
@given(worlds())
def test_asked_code_by_code_a_value_set_answers_as_its_list_does(valuesets: list[Json]) -> None:
    view = View(definitions.of([*valuesets, *(system(url) for url in SYSTEMS)]))
    for valueset in valuesets:
        listed = view.listing(valueset["url"])
        assert answers(view, valueset) == {key: key in listed for key in answers(view, valueset)}


@LAW
@given(worlds())
def test_what_is_told_of_less_is_true_of_more(valuesets: list[Json]) -> None:
    whole = View(definitions.of([*valuesets, *(system(url) for url in SYSTEMS)]))
    less = View(definitions.of([*valuesets, system(SYSTEMS[0])]))
    for valueset in valuesets:
        known = answers(whole, valueset)
        for key, answer in answers(less, valueset).items():
            named_alone = answer is True and known[key] is False and key[0] == SYSTEMS[1] and key[1] == "x"
            assert answer is None or answer == known[key] or named_alone, key
