"""What is wrong with answers before they are sent, and with a response that somebody sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kedja.forms.enable import compares, essence, shown
from kedja.forms.filled import Filled, Place, of_response, places, value_of
from kedja.forms.form import Form, Item, Resource, Value
from kedja.forms.scores import calculate

LONGEST: Final = 10_000  # characters of one answer, where the form says nothing
_NAMES: Final = {
    "boolean": ("valueBoolean",),
    "integer": ("valueInteger",),
    "decimal": ("valueDecimal", "valueInteger"),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime",),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "quantity": ("valueQuantity",),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: required | type | option | length | least | most | several; `limit` is what was passed, where there is one."""

    place: Place
    kind: str
    limit: Any = None


def faults(form: Form, filled: Filled) -> list[Fault]:
    """All that keeps these answers from being sent, in the order of the form. What is hidden asks for nothing."""
    seen = shown(form, filled)
    return [fault for item, place in places(form, filled) if place in seen for fault in _of(item, place, filled)]


def faults_of(form: Form, response: Resource) -> list[str]:
    """What is wrong with a whole response to this form, in words: what it asks not, what is hidden, false scores, `faults`."""
    told = list(_unknown(form, response.get("item", ())))
    filled = of_response(form, response)
    seen = shown(form, filled)
    told += [f"`{place[0]}` is answered but hidden by other answers" for place in filled.answers if place not in seen]
    if any(calculate(form, filled).of(place) != filled.of(place) for item, place in places(form, filled) if item.calculated):
        told.append("a score is not what the answers add up to")
    return told + [
        f"`{each.place[0]}`: {each.kind}{f' {each.limit}' if each.limit is not None else ''}" for each in faults(form, filled)
    ]


def _of(item: Item, place: Place, filled: Filled) -> Iterator[Fault]:
    given = filled.of(place)
    if item.is_group:
        if item.required and not any(filled.of((each.link_id, place[1])) for each in _questions(item)):
            yield Fault(place, "required")
        return
    if item.required and not given:
        yield Fault(place, "required")
    if len(given) > 1 and not item.repeats:
        yield Fault(place, "several")
    yield from (fault for value in given for fault in _of_value(item, place, value))


def _of_value(item: Item, place: Place, value: Value) -> Iterator[Fault]:
    name, given = next(iter(value.items()))
    if item.options and not any(essence(value_of(option.value).get(name)) == essence(given) for option in item.options):
        if item.kind == "choice" or name != "valueString":
            yield Fault(place, "option")
            return
    elif item.kind not in ("choice", "open-choice") and name not in _NAMES.get(item.kind, ()):
        yield Fault(place, "type")
        return
    longest = item.max_length or LONGEST
    if isinstance(given, str) and len(given) > longest:
        yield Fault(place, "length", longest)
    if item.least is not None and compares("<", given, item.least):
        yield Fault(place, "least", item.least)
    if item.most is not None and compares(">", given, item.most):
        yield Fault(place, "most", item.most)


def _unknown(form: Form, found: Sequence[Resource]) -> Iterator[str]:
    for each in found:
        link = each.get("linkId", "")
        if link not in form.by_link:
            yield f"`{link}` is not asked by the form"
            continue
        yield from _unknown(form, each.get("item", ()))
        for answer in each.get("answer", ()):
            yield from _unknown(form, answer.get("item", ()))


def _questions(item: Item) -> Iterator[Item]:
    for each in item.items:
        if each.is_question:
            yield each
        elif not each.repeats:
            yield from _questions(each)
