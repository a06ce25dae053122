"""Codes by meaning, for tokens: of a value set (`:in`, `:not-in`), over and under a code (`:above`, `:below`) (R4 3.1.1.4.10)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from kedja import definitions, terminology
from kedja.outcome import OutcomeError, refuse
from kedja.search.escape import unescape
from kedja.search.values.context import Asking

MOST: Final = 10_000  # codes of one parameter
_CODED: Final = frozenset({"CodeableConcept", "Coding", "code"})
Code = tuple[str, str]  # system, code


def of_valuesets(asking: Asking) -> list[Code]:
    """The codes of the value sets that the values name. Raises OutcomeError 400 where they cannot be listed, or are too many."""
    _check_coded(asking)
    return _bounded(asking, [code for value in asking.parameter.values for code in _of_valueset(asking, unescape(value))])


def _of_valueset(asking: Asking, value: str) -> Iterator[Code]:
    canonical = _canonical(asking, value)
    try:
        entries = terminology.expand(canonical)
    except terminology.Untold as reason:
        raise _cannot(asking, f"the codes of `{value[:200]}` cannot be listed: {reason}") from None
    return ((entry.system, entry.code) for entry in entries)


def _canonical(asking: Asking, value: str) -> str:
    """Of `ValueSet/id`, also with our own address, the canonical; any other value is one."""
    local = value.removeprefix(f"{asking.base}/") if asking.base else value
    kind, slash, id = local.partition("/")
    if kind != "ValueSet" or not slash or "/" in id:
        return value
    for resource in definitions.current().all("ValueSet"):
        if resource.get("id") == id:
            version = resource.get("version")
            return f"{resource['url']}|{version}" if version else str(resource["url"])
    raise _cannot(asking, f"ValueSet/{id[:64]} is not here, has no `url`, or is retired")


def above(asking: Asking, codes: Collection[tuple[str | None, str]]) -> list[Code]:
    """The codes, and all that they are kinds of."""
    return _related(asking, codes, terminology.ancestors)


def below(asking: Asking, codes: Collection[tuple[str | None, str]]) -> list[Code]:
    """The codes, and all that are kinds of them."""
    return _related(asking, codes, terminology.descendants)


def _related(
    asking: Asking, codes: Collection[tuple[str | None, str]], relation: Callable[[str, str], frozenset[str] | None]
) -> list[Code]:
    _check_coded(asking)
    found: list[Code] = []
    for system, code in codes:
        if not system or not code:
            raise _cannot(asking, f"`:{asking.parameter.modifier}` wants a code with its system: write system|code")
        related = relation(system, code)
        if related is None:
            raise _cannot(asking, f"what is over and under `{system[:200]}|{code[:80]}` is not known here: store its CodeSystem")
        found += [(system, each) for each in sorted(related)]
    return _bounded(asking, found)


def _bounded(asking: Asking, codes: list[Code]) -> list[Code]:
    if len(codes) > MOST:
        text = f"`{asking.parameter.name}` stands for {len(codes)} codes; at most {MOST} are taken: name a smaller value set"
        raise refuse(400, "too-costly", text, f"?{asking.parameter.name}")
    return codes


def _check_coded(asking: Asking) -> None:
    if not any(group.types & _CODED for group in asking.groups):
        raise _cannot(asking, f"`{asking.code}` has no codes of code systems: leave `:{asking.parameter.modifier}` out")


def _cannot(asking: Asking, text: str) -> OutcomeError:
    return refuse(400, "not-supported", text, f"?{asking.parameter.name}")
