"""What answers add up to (SDC calculatedExpression), in FHIRPath over the response; and what a score means, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from kedja import exactjson
from kedja.fhirpath import Env, FhirPathError, Item, compiled
from kedja.forms.enable import shown
from kedja.forms.filled import Filled, Place, items_of, places
from kedja.forms.form import Form, Meaning, Resource, Value
from kedja.forms.form import Item as FormItem

_ROUNDS: Final = 5  # scores of scores
_AS: Final = {"decimal": "valueDecimal", "integer": "valueInteger", "boolean": "valueBoolean", "string": "valueString"}


def calculate(form: Form, filled: Filled) -> Filled:
    """The answers with every score that the form has, made anew; a score of hidden or missing answers may be none.

    An expression that fails on these answers gives none.
    """
    scored = [item for item in form.walk() if item.calculated]
    if not scored:
        return filled
    for item, place in places(form, filled):
        filled = filled.answered(place, ()) if item.calculated else filled
    for _round in range(_ROUNDS):
        before = filled
        response = {"resourceType": "QuestionnaireResponse", "item": items_of(form, filled, shown(form, filled))}
        for item, place in places(form, filled):
            if item.calculated:
                filled = filled.answered(place, _values(item, response))
        if filled == before:
            break
    return filled


def meaning(item: FormItem, filled: Filled, place: Place) -> Meaning | None:
    """What the score at this place means; None where there is none, or it has no words."""
    for value in filled.of(place) if item.meanings else ():
        number = float(next(iter(value.values())))
        return next((each for each in item.meanings if each.least <= number <= each.most), None)
    return None


def _values(item: FormItem, response: Resource) -> list[Value]:
    name = _AS.get(item.kind)
    try:
        found = compiled(item.calculated)(Item(response, "QuestionnaireResponse"), Env(response))
    except FhirPathError:
        return []
    return [{name: _json(name, each.value)} for each in found[:1] if name and each.value is not None]


def _json(name: str, value: Any) -> Any:
    if name == "valueInteger":
        return int(value)
    return exactjson.Number(str(value)) if isinstance(value, Decimal) else value
