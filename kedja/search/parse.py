"""Names and values of a query string -> `Asked`: syntax only, no knowledge of any parameter (FHIR R4 3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.control import CONTROLS, parse_control
from kedja.search.escape import split
from kedja.search.nodes import MAX_ALTERNATIVES, Asked, AskedInclude, Pairs, Parameter

MAX_PARAMETERS: Final = 100
MAX_CHAIN: Final = 7  # resource types in one chain or `_has`
MAX_CHAINS: Final = 8  # each is a search of its own, with the law in it
MAX_INCLUDES: Final = 20
MAX_ITERATED: Final = 6
_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INCLUDES: Final = {"_include": False, "_revinclude": True}
_IGNORED: Final = ("_format", "_pretty")  # how the answer is written, not what is asked
_NOT_SERVED: Final = {
    "_contained": "contained resources are returned inside those that contain them",
    "_containedType": "contained resources are returned inside those that contain them",
    "_query": "there are no named queries",
}


def parse(
    resource_type: str,
    pairs: Iterable[tuple[str, str]],
    *,
    lenient: bool = False,
    compartment: tuple[str, str] | None = None,
) -> Asked:
    """The search as it was written. `pairs` are decoded, in order; `lenient` is for `resolve`.

    A `resource_type` "" searches all types, or those in `_type`; `compartment` is (type, id).
    Raises OutcomeError 400 with an issue for each thing that is wrong.
    """
    issues: list[Issue] = []
    warnings: list[Issue] = []
    parameters: list[tuple[Parameter, tuple[str, str]]] = []
    includes: list[tuple[AskedInclude, tuple[str, str]]] = []
    controls: list[tuple[str, str]] = []
    types: list[str] = []
    for name, value in _bounded(pairs):
        base = name.partition(":")[0]
        try:
            _refuse_odd_text(name, value)
            if not value:
                (warnings if lenient else issues).append(_empty(name, lenient))
            elif name in CONTROLS:
                controls.append((name, value))
            elif name == "_type":
                types += _types(resource_type, value, types)
            elif base in _INCLUDES:
                includes.append((_include(name, value), (name, value)))
            elif name in _NOT_SERVED:
                (warnings if lenient else issues).append(_not_served(name, lenient))
            elif name not in _IGNORED:
                parameters.append((_parameter(name, name, value, MAX_CHAIN), (name, value)))
        except OutcomeError as error:
            issues.extend(error.issues)
    issues += _too_costly(parameters, includes)
    control, sort, control_pairs = parse_control(controls, issues)
    if issues:
        raise OutcomeError(400, *issues)
    asked = (tuple(parameters), tuple(includes), sort, control, control_pairs, lenient, tuple(warnings))
    return Asked(resource_type, *asked, types=tuple(dict.fromkeys(types)), compartment=compartment)


def _bounded(pairs: Iterable[tuple[str, str]]) -> Pairs:
    found = tuple(pairs)
    if len(found) > MAX_PARAMETERS:
        raise refuse(
            400, "too-costly", f"the search has {len(found)} parameters; at most {MAX_PARAMETERS} are taken: ask for less at once"
        )
    return found


def _too_costly(parameters: Sequence[tuple[Parameter, object]], includes: Sequence[tuple[AskedInclude, object]]) -> list[Issue]:
    chains = sum(1 for parameter, _ in parameters if parameter.chain)
    iterated = sum(1 for include, _ in includes if include.iterate)
    counted = (
        ("chained parameters", chains, MAX_CHAINS),
        ("includes", len(includes), MAX_INCLUDES),
        ("includes with `:iterate`", iterated, MAX_ITERATED),
    )
    return [
        Issue("too-costly", f"the search has {number} {name}; at most {most} are taken: ask in several searches")
        for name, number, most in counted
        if number > most
    ]


def _refuse_odd_text(name: str, value: str) -> None:
    for text in (name, value):
        if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise refuse(400, "value", "a parameter has a NUL character or is not valid UTF-8: remove it", f"?{_shown(name)}")


def _empty(name: str, lenient: bool) -> Issue:
    told = "it was left out" if lenient else "give one, or leave the parameter out"
    severity = "warning" if lenient else "error"
    return Issue("value", f"`{_shown(name)}` has no value: {told}", (f"?{_shown(name)}",), severity)


def _shown(name: str) -> str:
    return name[:80].encode("utf-8", "replace").decode().replace("\x00", "?")


def _not_served(name: str, lenient: bool) -> Issue:
    severity = "warning" if lenient else "error"
    return Issue("not-supported", f"`{name}` is not served: {_NOT_SERVED[name]}", (f"?{name}",), severity)


def _types(resource_type: str, value: str, known: Sequence[str]) -> list[str]:
    if resource_type:
        told = f"`_type` is for searches of several types: this one is of {resource_type}; ask at /fhir?_type={value[:80]}"
        raise refuse(400, "value", told, "?_type")
    if known:
        raise refuse(400, "value", "`_type` stands twice: name all types in one, with commas", "?_type")
    return value.split(",")


def _listed(value: str) -> Parameter:
    """`_list=42`: is an item of that List."""
    if value.startswith("$"):
        text = f"`_list={value[:80]}` is not served: current lists are not kept; name a List by its id, or search by parameters"
        raise refuse(400, "not-supported", text, "?_list")
    ids = _alternatives("_list", value)
    return Parameter("_list", "_has", "", (), Parameter("_list", "_id", "", ids), ("List", "item"))


def _parameter(whole: str, name: str, value: str, depth: int) -> Parameter:
    """`name` is what is left of the whole name behind a chain or a `_has`."""
    if depth == 0:
        raise refuse(
            400,
            "too-costly",
            f"`{_shown(whole)}` is chained over more than {MAX_CHAIN - 1} references: ask in steps",
            f"?{_shown(whole)}",
        )
    if name.startswith("_has:"):
        return _has(whole, name, value, depth)
    if name == "_list":
        return _listed(value)
    if name == "_filter":
        return Parameter(whole, name, "", (value,))
    head, dot, rest = name.partition(".")
    code, colon, modifier = head.partition(":")
    if not _CODE.fullmatch(code) or (colon and not _CODE.fullmatch(modifier)) or (dot and not rest):
        raise refuse(
            400,
            "invalid",
            f"`{_shown(whole)}` is no parameter: write `code`, `code:modifier` or `code.code-of-target`",
            f"?{_shown(whole)}",
        )
    if dot:
        return Parameter(whole, code, modifier, (), _parameter(whole, rest, value, depth - 1))
    return Parameter(whole, code, modifier, _alternatives(whole, value))


def _has(whole: str, name: str, value: str, depth: int) -> Parameter:
    parts = name.split(":", 3)
    if len(parts) < 4 or not all(_CODE.fullmatch(part) for part in parts[1:3]):
        raise refuse(
            400, "invalid", f"`{_shown(whole)}` is no `_has`: write `_has:Observation:patient:code=...`", f"?{_shown(whole)}"
        )
    inner = _parameter(whole, parts[3], value, depth - 1)
    return Parameter(whole, "_has", "", (), inner, (parts[1], parts[2]))


def _alternatives(name: str, value: str) -> tuple[str, ...]:
    found = split(value, ",")
    if len(found) > MAX_ALTERNATIVES:
        raise refuse(
            400,
            "too-costly",
            f"`{_shown(name)}` has {len(found)} alternatives; at most {MAX_ALTERNATIVES} are taken",
            f"?{_shown(name)}",
        )
    if not all(found):
        raise refuse(
            400,
            "value",
            f"`{_shown(name)}` has an empty alternative: remove the comma, or write `\\,` for one that is meant",
            f"?{_shown(name)}",
        )
    return tuple(found)


def _include(name: str, value: str) -> AskedInclude:
    base, _, modifier = name.partition(":")
    if modifier not in ("", "iterate"):
        told = f"`{base}:{_shown(modifier)}` is no modifier: `{base}:iterate` also follows what is included"
        raise refuse(400, "not-supported", told, f"?{_shown(name)}")
    parts = ["*", "*"] if value == "*" else value.split(":")
    if not 2 <= len(parts) <= 3 or not all(parts) or (parts[0] == "*" and parts[1] != "*"):
        example = "Observation:patient" if _INCLUDES[base] else "Observation:subject or Observation:subject:Patient"
        raise refuse(400, "value", f"`{base}={value[:80]}` names no reference: write {base}={example}", f"?{base}")
    target = parts[2] if len(parts) == 3 else ""
    return AskedInclude(base, parts[0], parts[1], target, _INCLUDES[base], iterate=bool(modifier))
