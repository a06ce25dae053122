"""SearchParameters and CompartmentDefinitions -> tables by resource type (R4 3.1.1, 2.29)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_HEAD = re.compile(r"[(\s]*([A-Za-z]+)(.?)")
_ONLY = re.compile(r"resolve\(\) is ([A-Za-z]+)\)")
_PATH = re.compile(r"^\(?\s*([A-Za-z]+(?:\.[A-Za-z]+)+)(?:\.as\(Reference\)| as Reference)?\s*\)?$")


def parameter_table(parameters: list[Json], types: dict[str, Json]) -> dict[str, dict[str, list[Any]]]:
    """{resource type or Resource: {code: [type, expression, url, targets, [[component url, expression]...]]}}.

    Parameters without an expression (`_text`, `_content`, `_query`) are left out: no index can answer them.
    """
    table: dict[str, dict[str, list[Any]]] = {}
    codes = {parameter["url"]: parameter["code"] for parameter in parameters}
    for parameter in parameters:
        if "expression" not in parameter:
            continue
        for base in parameter["base"]:
            parts = [part for part in split_union(parameter["expression"]) if _about(part, base)]
            if not parts:
                raise ValueError(f"{parameter['url']} says nothing about {base}")
            components = [[codes[c["definition"]], c["expression"]] for c in parameter.get("component", [])]
            row = [parameter["type"], " | ".join(parts), parameter["url"], _targets(parameter, parts, types), components]
            table.setdefault(base, {})[parameter["code"]] = row
    return {base: dict(sorted(table[base].items())) for base in sorted(table)}


def compartment_table(definitions: list[Json]) -> dict[str, dict[str, list[str]]]:
    """{compartment: {resource type: [parameter code...]}}; only types that have at least one.

    `{def}`, by which a definition says that its own resource is in the compartment, is no parameter and left out.
    """
    table: dict[str, dict[str, list[str]]] = {}
    for definition in sorted(definitions, key=lambda d: d["code"]):
        codes = {entry["code"]: [code for code in entry.get("param", []) if code != "{def}"] for entry in definition["resource"]}
        table[definition["code"]] = {name: found for name, found in codes.items() if found}
    return table


def split_union(expression: str) -> Iterator[str]:
    """The operands of the outermost `|`."""
    depth, quoted, start = 0, False, 0
    for position, char in enumerate(expression):
        if char == "'":
            quoted = not quoted
        elif not quoted:
            depth += (char == "(") - (char == ")")
            if char == "|" and depth == 0:
                yield expression[start:position].strip()
                start = position + 1
    yield expression[start:].strip()


def _about(part: str, base: str) -> bool:
    head = _HEAD.match(part)
    if head is None:
        raise ValueError(part)
    return head.group(1) == base or not head.group(1)[0].isupper()


def _targets(parameter: Json, parts: list[str], types: dict[str, Json]) -> list[str]:
    """The declared targets, narrowed to what these parts can hold: a shared parameter declares those of all its types."""
    declared: list[str] = parameter.get("target", [])
    possible: set[str] = set()
    for part in parts:
        only = _ONLY.findall(part)
        if only:
            possible.update(only)
            continue
        path = _PATH.match(part)
        reachable = _reference_targets(path.group(1), types) if path else None
        if not reachable:
            return declared
        possible.update(reachable)
    return [target for target in declared if target in possible] or declared


def _reference_targets(path: str, types: dict[str, Json]) -> list[str] | None:
    """The target types of the Reference at this path; None where it may be any or the path leaves the type."""
    root = path.partition(".")[0]
    parent, _, name = path.rpartition(".")
    for row in types[root]["elements"].get(parent, []):
        if row[0].removesuffix("[x]") == name:
            targets = [entry[1:] for entry in row[1] if entry[0] == "Reference"]
            return targets[0] if targets and targets[0] else None
    return None
