"""`_include` and `_revinclude` against the definitions (FHIR R4 3.1.1.5.5)."""

from __future__ import annotations

from collections.abc import Sequence

from kedja import spec
from kedja.outcome import OutcomeError, refuse
from kedja.search.definitions import check_type, leads_to_own, parameters_of, reference_of
from kedja.search.hashing import param_salt
from kedja.search.nodes import AskedInclude, Include, RevInclude
from kedja.search.published import has_url, is_by_url
from kedja.spec import SearchParameter


def include(types: Sequence[str], asked: AskedInclude) -> Include | RevInclude:
    """What it is to a search of these types. Raises OutcomeError 400 for what leads nowhere."""
    if asked.type != "*":
        check_type(asked.type, asked.name)
    elif asked.iterate:
        told = f"`{asked.name}:iterate=*` would follow everything: name a type, as Observation:*"
        raise refuse(400, "too-costly", told, f"?{asked.name}")
    if asked.target:
        check_type(asked.target, asked.name)
    return _backwards(types, asked) if asked.reverse else _forwards(types, asked)


def _forwards(types: Sequence[str], asked: AskedInclude) -> Include:
    sources = types if asked.type == "*" else [asked.type]
    if not asked.iterate and not set(sources) & set(types):
        told = "only references of the matches are followed; `:iterate` follows those of what is included too"
        raise _wrong(asked, f"is not about {', '.join(types[:5])}: {told}")
    found = [(source, parameter) for source in sources for parameter in _references(source, asked)]
    targets = {target for _, parameter in found for target in parameter.target}
    if asked.target and targets and asked.target not in targets:
        raise _wrong(asked, f"leads nowhere: `{asked.code}` of {asked.type} never refers to {asked.target}")
    own = sources == [*types] and all(leads_to_own(source, parameter) for source, parameter in found)
    types_of = (asked.target,) if asked.target else ()
    return Include(_salts(found), types_of, iterate=asked.iterate, by_url=_by_url(found), own=own)


def _backwards(types: Sequence[str], asked: AskedInclude) -> RevInclude:
    sources = spec.TYPES if asked.type == "*" else [asked.type]
    wanted = {asked.target} if asked.target else set(spec.TYPES) if asked.iterate else set(types)
    if asked.target and not asked.iterate and asked.target not in types:
        raise _wrong(asked, f"leads nowhere: it is not about the {', '.join(types[:5])} searched")
    found = [
        (source, parameter)
        for source in sources
        for parameter in _references(source, asked)
        if not parameter.target or wanted & set(parameter.target)
    ]
    if not found:
        raise _wrong(asked, f"leads nowhere: `{asked.code}` of {asked.type} never refers to the {', '.join(types[:5])} searched")
    from_types = tuple(dict.fromkeys(source for source, _ in found))
    by_url = _by_url(found) if any(map(has_url, wanted)) else ()
    return RevInclude(_salts(found), from_types, iterate=asked.iterate, by_url=by_url)


def _salts(found: Sequence[tuple[str, SearchParameter]]) -> tuple[int, ...]:
    return tuple(param_salt(source, parameter.code) for source, parameter in found)


def _by_url(found: Sequence[tuple[str, SearchParameter]]) -> tuple[int, ...]:
    return _salts([(source, parameter) for source, parameter in found if is_by_url(source, parameter)])


def _references(source: str, asked: AskedInclude) -> list[SearchParameter]:
    if asked.code != "*":
        return [reference_of(source, asked.code, asked.name)]
    return [parameter for parameter in parameters_of(source).values() if parameter.type == "reference"]


def _wrong(asked: AskedInclude, told: str) -> OutcomeError:
    written = ":".join(part for part in (asked.type, asked.code, asked.target) if part)
    return refuse(400, "value", f"`{asked.name}={written}` {told}", f"?{asked.name}")
