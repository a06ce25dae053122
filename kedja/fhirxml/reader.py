"""FHIR XML -> the dict that the JSON of the same resource gives (R4 2.6.1, 2.6.2).

Read by expat, element by element; document types and with them entities are refused, nothing outside is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final, cast
from xml.parsers import expat

from kedja import exactjson, spec
from kedja.fhirxml.div import Div
from kedja.fhirxml.frames import Frame, Json, location
from kedja.fhirxml.shape import FHIR, PRIMITIVES, XHTML, Form, Place, Shape, shape
from kedja.fhirxml.values import value_of
from kedja.outcome import Issue, OutcomeError, refuse

MAX_FAULTS: Final = 100
MAX_OPEN: Final = 256  # XML elements open at once, those of narratives too
_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema-instance"
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_UNDEFINED_ENTITY: Final = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


def loads(data: bytes, *, max_bytes: int = exactjson.MAX_BYTES, ordered: bool = True) -> Json:
    """The resource; decimals are `exactjson.Number` with their text, narratives the XHTML as it was written.

    The order of elements is part of FHIR's XML; without `ordered` any order is taken, for documents of others.

    Raises OutcomeError: 413 `too-long`; 400 `structure` or `value` with line and column for what is not well-formed or has a
    document type, and for everything that is not in FHIR's namespace, stands where R4 has no place for it or in another
    order than R4 has, or is nested over 64 levels deep as JSON. Cardinalities, codes and the like are for validation.
    """
    if len(data) > max_bytes:
        text = f"the body has {len(data)} bytes; at most {max_bytes} are taken: split it into several requests"
        raise refuse(413, "too-long", text)
    if data.startswith(_MARKS):
        raise refuse(400, "structure", "the body is UTF-16: FHIR is sent as UTF-8")
    return _Reader(data.removeprefix(b"\xef\xbb\xbf"), ordered).read()


class _Reader:
    def __init__(self, data: bytes, ordered: bool) -> None:
        self.data = data
        self.ordered = ordered
        self.frames: list[Frame] = []
        self.open = 0
        self.skipped = 0  # how many were open with the faulty element that is being passed over; 0: none is
        self.issues: list[Issue] = []
        self.div: Div | None = None
        self.declared = -1  # the byte of the element that declares a default namespace
        self.root: Json | None = None
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartNamespaceDeclHandler = self.namespace
        parser.StartDoctypeDeclHandler = self.doctype
        parser.XmlDeclHandler = self.declaration

    def read(self) -> Json:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            advice = "close every element and escape & and <"
            if error.code == _UNDEFINED_ENTITY:
                advice = "write the character itself, or its number as &#160;"
            place = f"at line {error.lineno}, column {error.offset + 1}"
            raise refuse(400, "structure", f"the body is not XML: {expat.ErrorString(error.code)} {place}: {advice}") from None
        if self.issues:
            raise OutcomeError(400, *self.issues)
        return cast("Json", self.root)

    def told(self, fault: OutcomeError) -> None:
        """Remember what is wrong and read on, so that everything is told at once."""
        self.issues += fault.issues
        if len(self.issues) >= MAX_FAULTS:
            raise OutcomeError(400, *self.issues)

    def wrong(self, code: str, text: str, tag: str = "") -> OutcomeError:
        """A refusal at the place that is being read; `tag` is a child of the open element."""
        place = f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"
        steps = location(self.frames, tag)
        return refuse(400, code, f"{text} ({place})", *((steps,) if steps else ()))

    def doctype(self, *_: object) -> None:
        raise self.wrong("structure", "the body declares a document type: leave it out, with its entities")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise self.wrong("structure", f"the body says that it is {encoding[:40]}: FHIR is sent as UTF-8")

    def namespace(self, prefix: str | None, _uri: str) -> None:
        if prefix is None:
            self.declared = self.parser.CurrentByteIndex

    def text(self, text: str) -> None:
        if self.skipped:
            return
        if self.div is not None:
            self.div.text(text)
        elif text.strip(" \t\r\n"):
            advice = f"text stands between the elements: write values as `value=` (`{text.strip()[:40]}`)"
            self.told(self.wrong("structure", advice))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.open += 1
        if self.open > MAX_OPEN:
            raise self.wrong("structure", f"nested deeper than {MAX_OPEN} elements: flatten it")
        if self.skipped:
            return
        opened = len(self.frames)
        try:
            self.child(name, attributes)
        except OutcomeError as fault:
            self.told(fault)
            del self.frames[opened:]
            self.skipped = self.open
            if self.frames:
                self.frames[-1].faulty = True

    def child(self, name: str, attributes: dict[str, str]) -> None:
        uri, tag, prefix = [*name.split(" "), "", ""][:3] if " " in name else ("", name, "")
        if self.div is not None:
            self.in_narrative(uri, tag, prefix, attributes)
            return
        parent = self.frames[-1] if self.frames else None
        if parent is None or parent.shape is None:
            self.start_resource(uri, tag, attributes, parent)
        else:
            self.start_element(uri, tag, attributes, parent)

    def in_narrative(self, uri: str, tag: str, prefix: str, attributes: dict[str, str]) -> None:
        div = cast("Div", self.div)
        if uri != XHTML:
            raise self.wrong("structure", f"<{tag[:40]}> in a narrative is not of XHTML: its namespace is {XHTML}")
        div.start(tag, prefix, attributes)

    def start_resource(self, uri: str, tag: str, attributes: dict[str, str], parent: Frame | None) -> None:
        self.check_namespace(uri, tag)
        if not spec.is_resource_type(tag):
            near = _nearest(tag, spec.TYPES)
            raise self.wrong("structure", f"FHIR R4 has no resource type `{tag[:64]}`{near}")
        if parent is not None and parent.members:
            raise self.wrong("structure", f"<{parent.tag}> holds one resource: give each one a <{parent.tag}> of its own")
        for name in attributes:
            if not name.startswith(_SCHEMA):
                raise self.wrong(
                    "structure", f"a resource has no attribute `{_local(name)}`: write an element with `value=`", tag
                )
        members: Json = {"resourceType": tag}
        if parent is not None:
            parent.members["resource"] = members
        self.push(Frame(tag, shape(tag), members, type=tag, levels=1 if parent is None else parent.levels))

    def start_element(self, uri: str, tag: str, attributes: dict[str, str], parent: Frame) -> None:
        place = self.place_of(uri, tag, parent)
        if place.form is Form.NARRATIVE:
            self.div = Div(self.data, self.parser.CurrentByteIndex, self.declared == self.parser.CurrentByteIndex)
            self.div.start(tag, "", attributes)
            parent.last = place
            return
        levels = parent.levels + (2 if place.is_list else 1)
        if place.form is Form.RESOURCE:
            self.push(Frame(tag, None, {}, place, levels=levels))
            if attributes:
                raise self.wrong("structure", f"<{tag}> has no attributes: it holds one resource")
            return
        frame = Frame(tag, shape(place.type), {}, place, type=place.type, levels=levels)
        self.push(frame)
        self.read_attributes(frame, place, attributes)
        parent.last = place

    def place_of(self, uri: str, tag: str, parent: Frame) -> Place:
        """Where this child stands in its parent. Raises where it may not stand, here or at all."""
        known = cast("Shape", parent.shape)
        place = known.places.get(tag)
        if place is None:
            self.check_namespace(uri, tag)
            if tag in known.attributes:
                raise self.wrong("structure", f"`{tag}` of {parent.type} is an attribute in XML: write <{parent.tag} {tag}=…>")
            raise self.wrong("structure", f"{parent.type} has no element `{tag[:64]}`{_nearest(tag, known.places)}")
        if place.form is Form.NARRATIVE:
            if uri != XHTML:
                raise self.wrong("structure", f'a narrative is XHTML: write <div xmlns="{XHTML}">', tag)
        else:
            self.check_namespace(uri, tag)
        last = parent.last
        if self.ordered and last is not None and place.index < last.index:
            raise self.wrong(
                "structure", f"`{tag}` stands after `{last.name}`: in {parent.type} it comes before it, move it", tag
            )
        if not place.is_list and (tag in parent.members or f"_{tag}" in parent.members):
            raise self.wrong("structure", f"`{tag}` stands twice: {parent.type} has it once at most", tag)
        return place

    def check_namespace(self, uri: str, tag: str) -> None:
        if uri != FHIR:
            said = f"in the namespace `{uri[:80]}`" if uri else "in no namespace"
            raise self.wrong("structure", f'<{tag[:64]}> is {said}: FHIR\'s is xmlns="{FHIR}"')

    def push(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame.levels > exactjson.MAX_DEPTH:
            raise self.wrong("structure", f"nested deeper than {exactjson.MAX_DEPTH} levels of JSON: flatten it")

    def read_attributes(self, frame: Frame, place: Place, attributes: dict[str, str]) -> None:
        attributes_of = cast("Shape", frame.shape).attributes
        for name, text in attributes.items():
            if not text:
                raise self.wrong("value", f"the attribute `{_local(name)}` is empty: leave it out, or write something")
            if name == "value" and place.form in PRIMITIVES:
                try:
                    frame.value = value_of(place, text)
                except ValueError as error:
                    raise self.wrong("value", str(error)) from None
            elif name in attributes_of:
                frame.members[name] = text
            else:
                raise self.wrong("structure", f"{place.type} has no attribute `{_local(name)}`: write an element, or remove it")

    def end(self, name: str) -> None:
        self.open -= 1
        if self.skipped:
            self.skipped = self.skipped if self.open >= self.skipped else 0
            return
        if self.div is not None:
            if self.div.end(_local(name), self.parser.CurrentByteIndex):
                self.end_narrative(self.div)
            return
        self.told_empty(self.frames[-1])
        frame = self.frames.pop()
        frame.close()
        self.place(frame)

    def told_empty(self, frame: Frame) -> None:
        if frame.members or frame.faulty or frame.value is not None or frame.place is None:
            return
        what = "holds no resource: put one in" if frame.shape is None else "is empty: give it a value"
        self.told(self.wrong("structure", f"<{frame.tag}> {what}, or leave it out"))

    def place(self, frame: Frame) -> None:
        """The finished element into its parent."""
        place = frame.place
        if place is None:
            if not self.frames:
                self.root = frame.members
            return
        parent = self.frames[-1]
        if place.form in PRIMITIVES:
            parent.add_primitive(place, frame.value, frame.members)
        else:
            parent.add(place, frame.members.get("resource") if frame.shape is None else frame.members)
            parent.last = place

    def end_narrative(self, div: Div) -> None:
        parent = self.frames[-1]
        parent.add(cast("Place", parent.last), div.source())
        self.div = None


def _local(name: str) -> str:
    """The name without the namespace that expat puts before it and the prefix after it."""
    return name.split(" ")[1][:64] if " " in name else name[:64]


def _nearest(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name[:64], list(known), 1)
    return f": did you mean `{found[0]}`?" if found else ": remove it, or carry it in an extension"
