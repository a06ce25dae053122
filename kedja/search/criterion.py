"""One parameter against its definition: which criterion it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from kedja import spec
from kedja.outcome import refuse
from kedja.search.chain import chain, has
from kedja.search.definitions import definition_of, parameters_of
from kedja.search.extract_near import near_params
from kedja.search.hashing import reference_hash, token_hash
from kedja.search.nodes import MAX_ALTERNATIVES, And, Criterion, Or, Parameter, Present
from kedja.search.suggest import did_you_mean
from kedja.search.uses import LINK, Use
from kedja.search.values import composite, date, near, number, quantity, reference, string, token, uri
from kedja.search.values.context import Asking, bad_value
from kedja.spec import SearchParameter

Index = Literal["token", "reference", "string", "date", "number"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a search type needs: how its values are read, which index keeps it, its modifiers.

    `alternatives` is how many values one parameter may have: hashes are one array, ranges are a test each.
    """

    resolve: Callable[[Asking], Criterion]
    index: Index
    modifiers: tuple[str, ...] = ()
    alternatives: int = 50


KINDS: Final = {
    "string": Kind(string.resolve, "string", ("exact", "contains")),
    "token": Kind(token.resolve, "token", tuple(token.MODIFIERS)[1:], MAX_ALTERNATIVES),
    "reference": Kind(reference.resolve, "reference", tuple(reference.MODIFIERS)[1:], MAX_ALTERNATIVES),
    "uri": Kind(uri.resolve, "token", ("below", "above"), MAX_ALTERNATIVES),
    "date": Kind(date.resolve, "date"),
    "number": Kind(number.resolve, "number"),
    "quantity": Kind(quantity.resolve, "number"),
    "composite": Kind(lambda asking: composite.resolve(asking, _plainly), "token"),
    "special": Kind(near.resolve, "number"),
}
_OF_THE_ROW: Final = {
    "_id": ("missing", "not"),
    "_lastUpdated": ("missing",),
}  # kept in columns, with these modifiers; never missing


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads parameters into criteria. `base` is our own address, `now` what `ap` is measured from.

    `uses` gathers what the search is made by.
    """

    base: str
    now: datetime
    uses: set[Use] = field(default_factory=set[Use], compare=False)

    def criterion(self, resource_type: str, parameter: Parameter) -> Criterion:
        """Raises OutcomeError 400 (UnknownParameter when the name is not known)."""
        if parameter.reverse:
            self.beside(LINK, *parameter.reverse)
            return has(resource_type, parameter, self.criterion)
        if parameter.chain:
            self.beside(LINK, resource_type, parameter.code)
            return chain(resource_type, parameter, self.criterion)
        definition = definition_of(resource_type, parameter.code, parameter.name)
        self.uses.add(Use(definition.code, definition.expression, definition.type, parameter.modifier, parameter.values))
        asking = Asking(resource_type, parameter, definition, self.base, self.now)
        if parameter.modifier == "missing":
            return _present(asking)
        _check_modifier(parameter, definition)
        _check_alternatives(parameter, KINDS[definition.type].alternatives)
        return _plainly(asking)

    def beside(self, kind: str, resource_type: str, code: str) -> None:
        """Gather what is used without a value. `*` stands for every parameter of the type; unknown names are told elsewhere."""
        if not spec.is_resource_type(resource_type):
            return
        known = parameters_of(resource_type)
        for name in known if code == "*" else (code,):
            if (definition := known.get(name)) is not None:
                self.uses.add(Use(name, definition.expression, kind, "", ()))


def _check_modifier(parameter: Parameter, definition: SearchParameter) -> None:
    modifier = parameter.modifier
    if not modifier:
        return
    served = _OF_THE_ROW.get(definition.code, ("missing", *KINDS[definition.type].modifiers))
    if definition.type == "reference" and spec.is_resource_type(modifier):
        if definition.target and modifier not in definition.target:
            raise refuse(400, "value", f"`{definition.code}` never refers to {modifier}", f"?{parameter.name}")
    elif modifier not in served:
        choices = ", ".join(f"`:{name}`" for name in served) or "none"
        close = did_you_mean(modifier, (*served, *definition.target))
        raise refuse(
            400,
            "not-supported",
            f"`:{modifier}` is no modifier of `{definition.code}` that is served{close}; there are: {choices}",
            f"?{parameter.name}",
        )


def _check_alternatives(parameter: Parameter, most: int) -> None:
    if len(parameter.values) > most:
        text = f"`{parameter.name}` has {len(parameter.values)} alternatives; at most {most} are taken: ask in several searches"
        raise refuse(400, "too-costly", text, f"?{parameter.name}")


def _present(asking: Asking) -> Criterion:
    parameter, definition = asking.parameter, asking.definition
    if parameter.values not in (("true",), ("false",)):
        raise bad_value(parameter, ",".join(parameter.values), "`:missing` is true or false")
    missing = parameter.values == ("true",)
    if definition.code in _OF_THE_ROW:
        return Or(()) if missing else And(())
    if definition.type == "composite":
        return composite.present(asking, missing, _present)
    index = KINDS[definition.type].index
    return Present(index, _marks(index, asking), missing)


def _marks(index: Index, asking: Asking) -> tuple[int, ...]:
    """What stands in the index wherever the parameter has any value."""
    if asking.definition.type == "special":
        return near_params(asking.type, asking.code)
    match index:
        case "token":
            return tuple(token_hash(asking.type, group.name, "") for group in asking.groups)
        case "reference":
            return (reference_hash(asking.type, asking.code, ""),)
        case _:
            return asking.params


def _plainly(asking: Asking) -> Criterion:
    return KINDS[asking.definition.type].resolve(asking)
