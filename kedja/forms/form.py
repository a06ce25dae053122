"""A Questionnaire read to frozen items. What cannot be filled in here is refused, so that no page shows half a form.

FHIR R4 Questionnaire; SDC 3.0 (calculatedExpression, itemExtractionContext, itemPopulationContext, initialExpression).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kedja.outcome import refuse

Resource = dict[str, Any]
Value = dict[str, Any]
"""One answer as FHIR has it, `{"valueInteger": 3}`: one member."""

QUESTIONS: Final = (
    "boolean", "choice", "date", "dateTime", "decimal", "integer", "open-choice", "quantity", "string", "text", "time", "url",
)  # fmt: skip
OPERATORS: Final = ("exists", "=", "!=", ">", "<", ">=", "<=")
_KINDS: Final = ("group", "display", *QUESTIONS)
_FHIR: Final = "http://hl7.org/fhir/StructureDefinition/"
_SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
TRANSLATION: Final = f"{_FHIR}translation"
ORDINAL: Final = f"{_FHIR}ordinalValue"
MEANING: Final = "https://kedja.example/fhir/StructureDefinition/score-meaning"
"""Of a calculated item: what a score `from`..`to` means, in words."""
_MOST_DEEP: Final = 12

Expand = Callable[[str], Sequence[Mapping[str, Any]]]
"""The codings of a ValueSet by its canonical address; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the language of the form, and its translations by language code."""

    text: str
    others: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, language: str) -> str:
        return self.others.get(language) or self.text


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose: the value that is kept, and its words."""

    value: Value
    words: Words


@dataclass(frozen=True, slots=True)
class When:
    """A condition: the question, `exists`, `=`, `>=` ..., and the value that is compared with."""

    question: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a score from `least` to `most`, both included, means."""

    least: float
    most: float
    words: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `holders` are the link ids above it that repeat, outermost first: an answer has one number for each."""

    link_id: str
    kind: str
    words: Words
    holders: tuple[str, ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    max_length: int = 0
    least: Any = None
    most: Any = None
    unit: str = ""
    options: tuple[Option, ...] = ()
    when: tuple[When, ...] = ()
    any_of: bool = False
    calculated: str = ""
    meanings: tuple[Meaning, ...] = ()
    definition: str = ""
    extracts: str = ""  # the type of resource that each instance of this group becomes
    populated: str = ""  # FHIRPath: what there is an instance of this group for
    initial: str = ""  # FHIRPath: what the answer is at first
    items: tuple[Item, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.kind == "group"

    @property
    def is_question(self) -> bool:
        return self.kind in QUESTIONS


@dataclass(frozen=True, slots=True)
class Form:
    """`canonical` is `url|version`, as a response names its form."""

    canonical: str
    title: Words
    about: Words
    language: str
    items: tuple[Item, ...]
    by_link: Mapping[str, Item]
    above: Mapping[str, tuple[str, ...]]  # the link ids above each item, outermost first
    copyright: str = ""

    def walk(self) -> Iterator[Item]:
        return _walk(self.items)


def read(questionnaire: Resource, expand: Expand = lambda _canonical: ()) -> Form:
    """The form of a Questionnaire.

    Raises OutcomeError 422 for a type of question that is not answered here (attachment, reference), link ids that are missing or
    stand twice, conditions on what is not asked or in a ring, and choices without any answer.
    """
    sets = {f"#{each.get('id')}": each for each in questionnaire.get("contained", ()) if each.get("resourceType") == "ValueSet"}
    reading = _Reading(sets, expand)
    items = reading.items(questionnaire.get("item", ()), (), ())
    if not items:
        raise _wrong("the form asks nothing")
    url, version = questionnaire.get("url", ""), questionnaire.get("version", "")
    form = Form(
        canonical=f"{url}|{version}" if version else url,
        title=_words(questionnaire, "title"),
        about=_words(questionnaire, "description"),
        language=questionnaire.get("language", "sv"),
        items=items,
        by_link=reading.by_link,
        above=reading.above,
        copyright=questionnaire.get("copyright", ""),
    )
    _check_conditions(form)
    return form


class _Reading:
    def __init__(self, sets: Mapping[str, Resource], expand: Expand) -> None:
        self.sets, self.expand = sets, expand
        self.by_link: dict[str, Item] = {}
        self.above: dict[str, tuple[str, ...]] = {}

    def items(self, found: Sequence[Resource], above: tuple[str, ...], holders: tuple[str, ...]) -> tuple[Item, ...]:
        if len(above) > _MOST_DEEP:
            raise _wrong(f"the form is nested deeper than {_MOST_DEEP} levels")
        return tuple(self.item(each, above, holders) for each in found)

    def item(self, found: Resource, above: tuple[str, ...], holders: tuple[str, ...]) -> Item:
        link, kind = found.get("linkId", ""), found.get("type", "")
        if not link or link in self.above or "~" in link:
            raise _wrong(f"the link id `{link}` is missing, stands twice, or has a `~`")
        if kind not in _KINDS:
            raise _wrong(f"`{link}` is of the type `{kind}`, which is not answered here")
        self.above[link] = above
        repeats = found.get("repeats") is True
        inside = (*holders, link) if kind == "group" and repeats else holders
        options = self._options(found) if kind in ("choice", "open-choice") else ()
        if kind == "choice" and not options:
            raise _wrong(f"`{link}` has no answers to choose between")
        self.by_link[link] = item = Item(
            link_id=link,
            kind=kind,
            words=_words(found, "text"),
            holders=holders,
            required=found.get("required") is True,
            repeats=repeats,
            read_only=found.get("readOnly") is True or bool(_expression(found, "calculatedExpression")),
            max_length=found.get("maxLength", 0),
            least=_extended(found, f"{_FHIR}minValue"),
            most=_extended(found, f"{_FHIR}maxValue"),
            unit=(_extended(found, f"{_FHIR}questionnaire-unit") or {}).get("display", ""),
            options=options,
            when=tuple(_when(each, link) for each in found.get("enableWhen", ())),
            any_of=found.get("enableBehavior") == "any",
            calculated=_expression(found, "calculatedExpression"),
            meanings=tuple(_meaning(each) for each in found.get("extension", ()) if each.get("url") == MEANING),
            definition=found.get("definition", ""),
            extracts=str(_extended(found, f"{_SDC}itemExtractionContext") or ""),
            populated=_expression(found, "itemPopulationContext"),
            initial=_expression(found, "initialExpression"),
            items=self.items(found.get("item", ()), (*above, link), inside),
        )
        return item

    def _options(self, found: Resource) -> tuple[Option, ...]:
        options = [_option(each) for each in found.get("answerOption", ())]
        return tuple(options or [_coded(each) for each in self._codings(found.get("answerValueSet", ""))])

    def _codings(self, canonical: str) -> Sequence[Mapping[str, Any]]:
        if not canonical.startswith("#"):
            return self.expand(canonical) if canonical else ()
        held = self.sets.get(canonical, {})
        expanded = held.get("expansion", {}).get("contains")
        if expanded:
            return expanded
        parts = held.get("compose", {}).get("include", ())
        return [{"system": part.get("system", ""), **concept} for part in parts for concept in part.get("concept", ())]


def _coded(coding: Mapping[str, Any]) -> Option:
    value = {name: coding[name] for name in ("extension", "system", "code", "display") if coding.get(name)}
    return Option({"valueCoding": value}, Words(str(coding.get("display", coding.get("code", "")))))


def _option(found: Resource) -> Option:
    name, value = next(((name, value) for name, value in found.items() if name.startswith("value")), ("", {}))
    if name == "valueCoding":
        words = _words(value, "display")
        kept = {key: each for key, each in value.items() if key != "_display"}
        return Option({name: kept}, words if words.text else Words(str(value.get("code", ""))))
    if name in ("valueString", "valueInteger", "valueDate", "valueTime"):
        return Option({name: value}, Words(str(value), _translations(found.get(f"_{name}", {}))))
    raise _wrong(f"an answer to choose is a code, a number, a text, a date or a time, not `{name}`")


def _when(found: Resource, link: str) -> When:
    operator = found.get("operator", "")
    value = next((value for name, value in found.items() if name.startswith("answer")), None)
    if operator not in OPERATORS or value is None:
        raise _wrong(f"a condition of `{link}` compares by `{operator}` with {value}")
    return When(str(found.get("question", "")), operator, value)


def _meaning(found: Resource) -> Meaning:
    parts = {each["url"]: each for each in found.get("extension", ())}
    text = parts.get("text", {})
    words = Words(text.get("valueString", ""), _translations(text.get("_valueString", {})))
    return Meaning(float(parts["from"]["valueDecimal"]), float(parts["to"]["valueDecimal"]), words)


def _words(found: Mapping[str, Any], name: str) -> Words:
    return Words(str(found.get(name, "")), _translations(found.get(f"_{name}", {})))


def _translations(sibling: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in sibling.get("extension", ()):
        if each.get("url") == TRANSLATION:
            parts = {part.get("url"): part for part in each.get("extension", ())}
            content = parts.get("content", {})
            found[parts.get("lang", {}).get("valueCode", "")] = content.get("valueString", content.get("valueMarkdown", ""))
    return found


def _extended(found: Resource, url: str) -> Any:
    for each in found.get("extension", ()):
        if each.get("url") == url:
            return next((value for name, value in each.items() if name.startswith("value")), None)
    return None


def _expression(found: Resource, name: str) -> str:
    value = _extended(found, f"{_SDC}{name}")
    return value.get("expression", "") if isinstance(value, dict) else ""


def _check_conditions(form: Form) -> None:
    for item in form.walk():
        for when in item.when:
            asked = form.by_link.get(when.question)
            if asked is None or not asked.is_question:
                raise _wrong(f"`{item.link_id}` depends on `{when.question}`, which is no question of the form")
        _check_ring(form, item.link_id, item.link_id, set())


def _check_ring(form: Form, first: str, link: str, seen: set[str]) -> None:
    """An item depends on what it asks for, and on what those and the groups around them depend on."""
    for each in (link, *form.above[link]):
        for when in form.by_link[each].when:
            if when.question == first or first in form.above[when.question]:
                raise _wrong(f"`{first}` depends on itself")
            if when.question not in seen:
                seen.add(when.question)
                _check_ring(form, first, when.question, seen)


def _walk(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)


def _wrong(why: str) -> Exception:
    return refuse(422, "business-rule", f"this form cannot be filled in here: {why}")
