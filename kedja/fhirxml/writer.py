"""A resource as a dict -> FHIR XML, its elements in the order of the specification (R4 2.6.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from kedja import exactjson, spec
from kedja.exactjson import Number
from kedja.fhirxml.narrative import as_xml
from kedja.fhirxml.shape import FHIR, PRIMITIVES, Form, Place, shape
from kedja.fhirxml.text import escaped, forbidden
from kedja.outcome import refuse

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'
Json = dict[str, Any]


def dumps(resource: Json, *, pretty: bool = False) -> bytes:
    """UTF-8 with an XML declaration; every decimal as it was written; narratives as they stand; `pretty` indents.

    Raises OutcomeError 400 `structure`, with its place, for what R4's XML has no form for: an element or a kind of value
    that the specification does not define, or a character that XML cannot hold.
    """
    writer = _Writer(pretty)
    try:
        writer.resource(resource, 0, f' xmlns="{FHIR}"')
    except _Unwritable as fault:
        place = "".join(reversed(fault.steps)).lstrip(".")
        raise refuse(400, "structure", f"this has no form in XML: {fault}", *((place,) if place else ())) from None
    except RecursionError:
        raise refuse(400, "structure", f"nested deeper than {exactjson.MAX_DEPTH} levels: flatten it") from None
    return "".join(writer.out).encode()


class _Unwritable(Exception):
    """`steps` are of the FHIRPath location, the innermost first."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.steps: list[str] = []

    def within(self, step: str) -> _Unwritable:
        self.steps.append(step)
        return self


class _Writer:
    __slots__ = ("out", "pretty")

    def __init__(self, pretty: bool) -> None:
        self.out: list[str] = [_HEAD]
        self.pretty = pretty

    def line(self, depth: int, text: str) -> None:
        self.out.append("\n" + "  " * depth + text if self.pretty else text)

    def resource(self, value: Any, depth: int, namespace: str = "") -> None:
        type_name = cast("Json", value).get("resourceType") if isinstance(value, dict) else None
        if not isinstance(type_name, str) or not spec.is_resource_type(type_name):
            raise _Unwritable('a resource is wanted here, with the "resourceType" of R4 that it has')
        self.line(depth, f"<{type_name}{namespace}>")
        try:
            self.members(cast("Json", value), type_name, depth + 1)
        except _Unwritable as fault:
            raise fault.within(type_name if depth == 0 else "") from None
        self.line(depth, f"</{type_name}>")

    def members(self, value: Json, type_name: str, depth: int) -> None:
        known = shape(type_name)
        found: dict[str, Place] = {}
        for member in value:
            name = member[1:] if member[:1] == "_" else member
            place = known.places.get(name)
            if place is not None:
                found[name] = place
            elif member not in known.attributes and member != "resourceType":
                raise _Unwritable(f"{type_name} has no element `{member[:64]}`").within(f".{member[:64]}")
        for name, place in sorted(found.items(), key=lambda item: item[1].index):
            self.member(place, value.get(name), value.get(f"_{name}"), depth)

    def member(self, place: Place, value: Any, sibling: Any, depth: int) -> None:
        try:
            if not place.is_list:
                self.element(place, value, sibling, depth)
                return
            for position, (one, beside) in enumerate(_paired(value, sibling)):
                try:
                    self.element(place, one, beside, depth)
                except _Unwritable as fault:
                    raise fault.within(f"[{position}]") from None
        except _Unwritable as fault:
            raise fault.within(f".{place.name}") from None

    def element(self, place: Place, value: Any, sibling: Any, depth: int) -> None:
        if place.form in PRIMITIVES:
            self.primitive(place, value, sibling, depth)
            return
        if sibling is not None:
            raise _Unwritable(f"`_{place.name}` describes what is no primitive value: remove it")
        if place.form is Form.OBJECT:
            self.object(place.name, place.type, value, "", depth)
        elif place.form is Form.RESOURCE:
            self.line(depth, f"<{place.name}>")
            self.resource(value, depth + 1)
            self.line(depth, f"</{place.name}>")
        elif isinstance(value, str):
            self.line(depth, as_xml(value))
        else:
            raise _Unwritable("a narrative is a string of XHTML")

    def primitive(self, place: Place, value: Any, sibling: Any, depth: int) -> None:
        attribute = "" if value is None else f' value="{_TEXTS[place.form](value)}"'
        if sibling is None:
            if value is None:
                raise _Unwritable("null stands alone: give a value, or an extension beside it")
            self.line(depth, f"<{place.name}{attribute}/>")
        else:
            self.object(place.name, place.type, sibling, attribute, depth)

    def object(self, name: str, type_name: str, value: Any, attribute: str, depth: int) -> None:
        if not isinstance(value, dict):
            raise _Unwritable(f"an object is wanted here, with the elements of {type_name}")
        members = cast("Json", value)
        attributes = "".join(
            f' {key}="{_text(members[key])}"' for key in shape(type_name).attributes if members.get(key) is not None
        )
        self.line(depth, f"<{name}{attributes}{attribute}>")
        self.members(members, type_name, depth + 1)
        self.line(depth, f"</{name}>")


def _paired(value: Any, sibling: Any) -> list[tuple[Any, Any]]:
    """The items of an array beside those of its `_` sibling, the shorter filled with None."""
    for part in (value, sibling):
        if part is not None and not isinstance(part, list):
            raise _Unwritable("an array is wanted here")
    values, siblings = cast("list[Any]", value or []), cast("list[Any]", sibling or [])
    length = max(len(values), len(siblings))
    return list(zip(values + [None] * (length - len(values)), siblings + [None] * (length - len(siblings))))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unwritable("a string is wanted here")
    bad = forbidden(value)
    if bad:
        raise _Unwritable(f"the character {bad}, which XML cannot hold: ask for JSON, or remove it")
    return escaped(value)


def _boolean(value: Any) -> str:
    if not isinstance(value, bool):
        raise _Unwritable("true or false is wanted here")
    return "true" if value else "false"


def _integer(value: Any) -> str:
    if type(value) is not int:
        raise _Unwritable("a whole number is wanted here")
    return str(value)


def _decimal(value: Any) -> str:
    if isinstance(value, Number):
        return value.raw
    if type(value) not in (int, float):
        raise _Unwritable("a number is wanted here")
    return exactjson.dumps(value).decode()


_TEXTS: Final[dict[Form, Callable[[Any], str]]] = {
    Form.TEXT: _text,
    Form.BOOLEAN: _boolean,
    Form.INTEGER: _integer,
    Form.DECIMAL: _decimal,
}
