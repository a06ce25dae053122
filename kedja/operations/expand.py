"""`ValueSet/$expand`: the codes of a value set (FHIR R4 ValueSet-expand)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs
from kedja.operations.terms import BROUGHT, canonical, check_versions, inline_of, language_of, stored, view_for
from kedja.terminology.expansion import Wanted, expansion

Json = dict[str, Any]
_FLAGS: Final = (
    "activeOnly",
    "includeDesignations",
    "includeDefinition",
    "excludeNested",
    "excludeNotForUI",
    "excludePostCoordinated",
)
KNOWN: Final = (
    "url",
    "valueSet",
    "valueSetVersion",
    "filter",
    "offset",
    "count",
    "displayLanguage",
    "designation",
    *_FLAGS,
    *BROUGHT,
)


async def expand(call: Call, resource_type: str, id: str) -> Answer:
    """The ValueSet with its expansion, flat. Raises 404 for a value set that is not here, 422 where it cannot be expanded."""
    given = inputs(call, KNOWN, bare="valueSet")
    found = expanded(given, await stored(call, resource_type, id), call.door.clock(), call.headers.get("accept-language", ""))
    return Answer(200, exactjson.dumps(found))


def expanded(given: Inputs, instance: Json | None, now: datetime, language: str = "") -> Json:
    """The ValueSet of these inputs; `instance` is the one that the operation was called on."""
    inline = instance if instance is not None else inline_of(given, "valueSet", "ValueSet")
    wanted = Wanted(
        words=tuple((given.text("filter") or "").lower().split()),
        offset=given.number("offset") or 0,
        count=given.number("count"),
        active=given.flag("activeOnly") is True,
        designations=given.flag("includeDesignations") is True or bool(given.all("designation")),
        kinds=tuple(str(each) for each in given.all("designation")),
        definition=given.flag("includeDefinition") is True,
        language=language_of(given, language),
        parameters=tuple(_told(given)),
    )
    asked = canonical(given, inline)
    found = expansion(view_for(given, inline, asked), asked, wanted, now)
    check_versions(given, _used(found))
    return found


def _told(given: Inputs) -> list[Json]:
    """The inputs that shaped the answer."""
    told: list[Json] = [{"name": name, "valueBoolean": given.flag(name)} for name in _FLAGS if given.flag(name) is not None]
    told += [{"name": name, "valueInteger": given.number(name)} for name in ("offset", "count") if given.number(name) is not None]
    told += [{"name": name, "valueString": given.text(name)} for name in ("filter", "displayLanguage") if given.text(name)]
    return told + [{"name": name, "valueUri": value} for name in BROUGHT[1:] for value in given.all(name)]


def _used(found: Json) -> dict[str, str]:
    named = [str(each["valueUri"]) for each in found["expansion"].get("parameter", []) if each["name"] == "used-codesystem"]
    return {url: version for url, _, version in (one.partition("|") for one in named)}
