"""`_include` and `_revinclude` against the definitions (FHIR R4 3.1.1.5.5)."""

from __future__ import annotations

from kedja import spec
from kedja.outcome import refuse
from kedja.search.definitions import check_type, reference_of
from kedja.search.hashing import param_salt
from kedja.search.nodes import AskedInclude, Include, RevInclude


def include(resource_type: str, asked: AskedInclude) -> Include | RevInclude:
    """Raises OutcomeError 400 for what leads nowhere."""
    check_type(asked.type, asked.name)
    if asked.target:
        check_type(asked.target, asked.name)
    return _backwards(resource_type, asked) if asked.reverse else _forwards(resource_type, asked)


def _forwards(resource_type: str, asked: AskedInclude) -> Include:
    if asked.type != resource_type:
        raise refuse(
            400,
            "value",
            f"`_include={asked.type}:{asked.code}` is not about {resource_type}: only references of the matches are followed",
            "?_include",
        )
    targets = {target for code in _codes(asked) for target in spec.search_parameters(asked.type)[code].target}
    if asked.target and targets and asked.target not in targets:
        raise refuse(400, "value", f"`{asked.code}` of {asked.type} never refers to {asked.target}", "?_include")
    return Include(_salts(asked), (asked.target,) if asked.target else ())


def _backwards(resource_type: str, asked: AskedInclude) -> RevInclude:
    codes = _codes(asked)
    definitions = [spec.search_parameters(asked.type)[code] for code in codes]
    leads_here = any(not found.target or resource_type in found.target for found in definitions)
    if not leads_here or asked.target not in ("", resource_type):
        raise refuse(400, "value", f"`{asked.code}` of {asked.type} never refers to the {resource_type} searched", "?_revinclude")
    return RevInclude(_salts(asked), asked.type)


def _codes(asked: AskedInclude) -> tuple[str, ...]:
    if asked.code != "*":
        return (reference_of(asked.type, asked.code, asked.name).code,)
    return tuple(code for code, found in spec.search_parameters(asked.type).items() if found.type == "reference")


def _salts(asked: AskedInclude) -> tuple[int, ...]:
    return tuple(param_salt(asked.type, code) for code in _codes(asked))
