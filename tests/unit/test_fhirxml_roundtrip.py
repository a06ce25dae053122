"""Any resource that R4 allows comes back from XML as it was, whatever its texts, numbers and extensions."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kedja import exactjson, fhirxml, spec
from kedja.outcome import OutcomeError

Json = dict[str, Any]
DEEPEST = 3

_NOT_IN_XML = [chr(code) for code in range(0x20) if code not in (0x9, 0xA, 0xD)] + ["\ufffe", "\uffff"]
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=_NOT_IN_XML), min_size=1, max_size=20)
integers = st.integers(-(2**31), 2**31 - 1)
decimals = st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})\.[0-9]{1,20}([eE][+-]?[0-9]{1,2})?\Z").map(exactjson.Number)
narratives = texts.map(lambda text: f'<div xmlns="http://www.w3.org/1999/xhtml"><p title="x">{_escaped(text)}</p><br/></div>')
types = st.sampled_from(spec.TYPES)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")


def _primitive(type_name: str) -> st.SearchStrategy[Any]:
    if type_name == "boolean":
        return st.booleans()
    if type_name in ("integer", "positiveInt", "unsignedInt"):
        return integers
    return st.one_of(decimals, integers) if type_name == "decimal" else texts


@st.composite
def objects(draw: st.DrawFn, type_name: str, depth: int = 0) -> Json:
    """A few members of a type, never none; arrays of primitives with holes that extensions fill."""
    known = list(spec.elements(type_name).values())
    chosen = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda e: e.choice_of or e.name))
    made: Json = {}
    for element in chosen:
        if depth >= DEEPEST and element.type not in spec.PRIMITIVES:
            continue
        _add(draw, made, element, depth)
    return made or {"id": draw(texts)}


def _add(draw: st.DrawFn, made: Json, element: spec.Element, depth: int) -> None:
    many = draw(st.integers(1, 3)) if element.is_list else 0
    if element.type not in spec.PRIMITIVES:
        values = [draw(_value(element.type, depth + 1)) for _ in range(many or 1)]
        made[element.name] = values if many else values[0]
        return
    if element.type == "xhtml" or element.name in ("id", "url"):
        made[element.name] = draw(narratives if element.type == "xhtml" else texts)
        return
    pairs = [draw(_described(element.type, depth)) for _ in range(many or 1)]
    values, siblings = [value for value, _ in pairs], [sibling for _, sibling in pairs]
    if any(value is not None for value in values):
        made[element.name] = values if many else values[0]
    if any(siblings):
        made[f"_{element.name}"] = siblings if many else siblings[0]


@st.composite
def _described(draw: st.DrawFn, type_name: str, depth: int) -> tuple[Any, Json | None]:
    kind = draw(st.integers(0, 5))
    sibling = draw(objects(type_name, depth + 1)) if kind <= 1 else None
    return (None if kind == 0 else draw(_primitive(type_name))), sibling


def _value(type_name: str, depth: int) -> st.SearchStrategy[Json]:
    if type_name == "Resource" or spec.is_resource_type(type_name):
        return resources(depth) if type_name == "Resource" else st.just({"resourceType": type_name})
    return objects(type_name, depth)


@st.composite
def resources(draw: st.DrawFn, depth: int = 0) -> Json:
    name = draw(types)
    return {"resourceType": name, **draw(objects(name, depth))}


@settings(max_examples=100, deadline=None)
@given(resources(), st.booleans())
def test_a_resource_comes_back_from_xml_as_it_was(resource: Json, pretty: bool) -> None:
    again = fhirxml.loads(fhirxml.dumps(resource, pretty=pretty))
    assert exactjson.canonical(again) == exactjson.canonical(resource)


@settings(max_examples=100, deadline=None)
@given(resources(), st.data())
def test_damaged_xml_is_read_or_refused_never_worse(resource: Json, data: st.DataObject) -> None:
    written = bytearray(fhirxml.dumps(resource))
    for _ in range(data.draw(st.integers(1, 3))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = fhirxml.loads(bytes(written))
    except OutcomeError:
        return
    assert read["resourceType"] in spec.TYPES
