"""A FHIR resource written in a mapping file with places for cells, compiled to a function of a row (docs: sources.md).

In a template, a table with one of these keys is a place; every other value stands for itself:
`column` (with `codes`, `split` with `each` or `part`, `default`), `item` (inside `each` or a repeated resource) and `to`.
A place without a value vanishes, and with it every object that has places of which none has a value, its constants too:
a Quantity without its value, an extension with only its url. A list without items vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from kedja import spec
from kedja.exactjson import Number
from kedja.outcome import refuse
from kedja.sources.cells import Column

_PLACES: Final = ("column", "item", "to")
_OPTIONS: Final = {
    "column": {"column", "codes", "split", "each", "part", "default"},
    "item": {"item", "codes"},
    "to": {"to", "display"},
}


@dataclass(slots=True)
class Row:
    """What a template is filled with: cells by column (None: empty), references by name, and the item of a repetition."""

    cells: Mapping[str, Any]
    references: Mapping[str, str]
    item: Any = None


Filled = Callable[[Row], Any]


@dataclass(slots=True)
class Context:
    """What templates may name; faults are gathered so that all are told at once."""

    columns: Mapping[str, Column]
    codes: Mapping[str, Mapping[str, Any]]
    names: tuple[str, ...]
    faults: list[str] = field(default_factory=list[str])


def compile_template(template: Any, context: Context, where: str) -> Filled:
    """The function that fills this template; names that are unknown become faults of the context."""
    if isinstance(template, dict):
        place = _place_of(template)
        if place is not None:
            return _place(place, template, context, where)
        members = {key: compile_template(value, context, f"{where}.{key}") for key, value in template.items()}
        return _object(template, members)
    if isinstance(template, list):
        return _list([compile_template(item, context, f"{where}[{n}]") for n, item in enumerate(template)])
    value = Number(repr(template)) if isinstance(template, float) else template
    return lambda _: value


def check_elements(template: Any, type_name: str, where: str, faults: list[str]) -> None:
    """Add a fault for each name in the template that is no element of this FHIR type."""
    if isinstance(template, list):
        for item in template:
            check_elements(item, type_name, where, faults)
    if not isinstance(template, dict) or type_name in ("Resource", "Element"):
        return
    if _place_of(template) is not None:
        check_elements(template.get("each"), type_name, where, faults)
        return
    known = spec.elements(type_name)
    for key, value in template.items():
        if key in known:
            check_elements(value, known[key].type, f"{where}.{key}", faults)
        elif key != "resourceType" and not key.startswith("_"):
            faults.append(f"{where} has no element `{key}`{near(key, known)}")


def near(name: str, names: Iterable[str]) -> str:
    """`; did you mean ...?` with up to three names that are like this one, whatever their case, or nothing."""
    folded: dict[str, str] = {one.lower(): one for one in names}
    wanted = name.lower()
    found = (
        get_close_matches(wanted, folded, 3, 0.6) or [one for one in folded if wanted and (wanted in one or one in wanted)][:3]
    )
    return "; did you mean " + " or ".join(f"`{folded[one]}`" for one in found) + "?" if found else ""


def code_of(codes: Mapping[str, Any], name: str, text: str, column: str) -> Any:
    """What the code map gives for this text, `*` for any other. Raises OutcomeError 422 `code-invalid`."""
    if text in codes:
        return codes[text]
    if "*" in codes:
        return codes["*"]
    known = ", ".join(f"`{key}`" for key in list(codes)[:12])
    raise refuse(422, "code-invalid", f"column `{column}`: the code map `{name}` does not know `{text[:60]}`; it knows {known}")


def _place_of(node: Mapping[str, Any]) -> str | None:
    """The key that makes this table a place; a place names something, where an element of that name holds tables."""
    return next((key for key in _PLACES if isinstance(node.get(key), (str, bool))), None)


def _object(template: dict[str, Any], members: Mapping[str, Filled]) -> Filled:
    placed = [key for key, value in template.items() if has_place(value)]

    def fill(row: Row) -> dict[str, Any] | None:
        filled = {key: value for key, member in members.items() if (value := member(row)) is not None}
        return filled if not placed or any(key in filled for key in placed) else None

    return fill


def has_place(template: Any) -> bool:
    """Whether a template has a place somewhere inside."""
    if isinstance(template, dict):
        return any(place in template for place in _PLACES) or any(map(has_place, template.values()))
    return isinstance(template, list) and any(map(has_place, template))


def _list(items: list[Filled]) -> Filled:
    def fill(row: Row) -> list[Any] | None:
        filled: list[Any] = []
        for item in items:
            value = item(row)
            if isinstance(value, list):
                filled += value
            elif value is not None:
                filled.append(value)
        return filled or None

    return fill


def _place(place: str, node: dict[str, Any], context: Context, where: str) -> Filled:
    for option in node.keys() - _OPTIONS[place]:
        context.faults.append(f"{where}: `{place}` takes no `{option}`{near(option, _OPTIONS[place])}")
    if place == "to":
        return _reference(node, context, where)
    codes = _codes(node.get("codes"), context, where)
    if place == "item":
        return lambda row: codes(str(row.item)) if row.item is not None else None
    return _cell(node, codes, context, where)


def _reference(node: dict[str, Any], context: Context, where: str) -> Filled:
    name, display = node["to"], node.get("display")
    if name not in context.names:
        context.faults.append(f"{where}: nothing here is named `{name}`{near(str(name), context.names)}")

    def fill(row: Row) -> dict[str, Any] | None:
        if name not in row.references:
            return None
        return {"reference": row.references[name]} | ({"display": display} if display else {})

    return fill


def _codes(name: Any, context: Context, where: str) -> Callable[[Any], Any]:
    if name is None:
        return lambda value: value
    if name not in context.codes:
        context.faults.append(f"{where}: there is no code map `{name}`{near(str(name), context.codes)}")
        return lambda value: value
    codes = context.codes[name]
    return lambda value: code_of(codes, name, str(value), where)


def _cell(node: dict[str, Any], codes: Callable[[Any], Any], context: Context, where: str) -> Filled:
    column, default = node["column"], node.get("default")
    if column not in context.columns:
        context.faults.append(f"{where}: [columns] does not declare `{column}`{near(str(column), context.columns)}")
    separator, part = node.get("split"), node.get("part")
    each = compile_template(node["each"], context, f"{where}.each") if "each" in node else None
    if (each is not None or part is not None) and not separator:
        context.faults.append(f"{where}: `each` and `part` need `split`, the separator")

    def fill(row: Row) -> Any:
        value = row.cells.get(column)
        if value is None:
            return default
        if separator is None:
            return codes(value)
        parts = [text for text in (piece.strip() for piece in str(value).split(separator)) if text]
        if part is not None:
            return codes(parts[part]) if part < len(parts) else None
        if each is None:
            return [codes(text) for text in parts]
        return [each(Row(row.cells, row.references, text)) for text in parts]

    return fill
