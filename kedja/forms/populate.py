"""What a form is filled with before anybody answers (SDC initialExpression, itemPopulationContext), and which resources the
answers become (SDC itemExtractionContext with `definition`). Both in the smallest part that the forms here use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kedja.fhirpath import Env, FhirPathError, compiled
from kedja.fhirpath.items import Item, of_resource
from kedja.forms.enable import shown
from kedja.forms.filled import Filled, instances, places
from kedja.forms.form import Form, Resource, Value
from kedja.forms.form import Item as FormItem

_STARTED: Final = {"string": "valueString", "text": "valueString", "date": "valueDate", "integer": "valueInteger"}
_DEFINITIONS: Final = "http://hl7.org/fhir/StructureDefinition/"


def populated(form: Form, known: Mapping[str, Sequence[Resource]]) -> Filled:
    """The answers that the form starts with: a repeating group stands once for each resource that its context gives.

    `known` are resources by the variable that the form calls them by, `%goals`.
    """
    filled = Filled()
    env = Env({"resourceType": "Basic"}, variables={name: [of_resource(each) for each in some] for name, some in known.items()})
    for group in form.items:
        for item in (group, *group.items):
            if item.populated and item.repeats and not item.holders:
                found = _selected(item.populated, of_resource({"resourceType": "Basic"}), env)
                filled = _with_instances(item, found, filled, env)
    return filled


def extracted(form: Form, filled: Filled, authored: datetime) -> Iterator[Resource]:
    """A resource for each shown instance of a group that becomes one, where something of it is answered."""
    seen = shown(form, filled)
    for item, place in places(form, filled):
        if item.extracts and place in seen:
            made: Resource = {}
            for each in item.items:
                for value in filled.of((each.link_id, place[1])):
                    _put(made, item.extracts, each.definition, value)
            if made:
                complete = _COMPLETED.get(item.extracts)
                yield {"resourceType": item.extracts, **made, **(complete(authored) if complete else {})}


def _goal(authored: datetime) -> Resource:
    return {"lifecycleStatus": "active", "startDate": authored.date().isoformat()}


_COMPLETED: Final[Mapping[str, Callable[[datetime], Resource]]] = {"Goal": _goal}
"""What a resource of this type must have and no answer says."""


def _with_instances(group: FormItem, found: Sequence[Item], filled: Filled, env: Env) -> Filled:
    if not found:
        return filled
    filled = Filled(filled.answers, {**filled.counts, (group.link_id, ()): len(found)})
    for at, one in zip(instances(group, filled, ()), found):
        for each in group.items:
            name = _STARTED.get(each.kind)
            values: list[Value] = [{name: value.value} for value in _selected(each.initial, one, env)[:1]] if name else []
            filled = filled.answered((each.link_id, at), values)
    return filled


def _selected(expression: str, start: Item, env: Env) -> list[Item]:
    if not expression:
        return []
    try:
        return [each for each in compiled(expression)(start, env) if each.value is not None]
    except FhirPathError:
        return []


def _put(made: Resource, type_name: str, definition: str, value: Value) -> None:
    """Set the element that the definition names: `.../StructureDefinition/Goal#Goal.description.text`."""
    _, mark, path = definition.partition(f"{_DEFINITIONS}{type_name}#{type_name}.")
    if not mark:
        return
    *way, last = path.split(".")
    place: Any = made
    for name in way:
        place = place.setdefault(name, [{}] if name in _LISTS else {})
        place = place[-1] if isinstance(place, list) else place
    place[last] = next(iter(value.values()))


_LISTS: Final = ("target", "note")
