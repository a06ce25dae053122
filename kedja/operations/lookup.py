"""`CodeSystem/$lookup`: what is known of a code (FHIR R4 CodeSystem-lookup)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kedja import exactjson
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs, output
from kedja.operations.terms import BROUGHT, language_of, view_of
from kedja.outcome import refuse
from kedja.terminology.languages import displays
from kedja.terminology.lists import entry_of
from kedja.terminology.systems import Concept, System

Json = dict[str, Any]
KNOWN: Final = ("code", "system", "version", "coding", "displayLanguage", "property", *BROUGHT)


async def lookup(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters: name, version, display, definition, designations and properties. Raises 404 for a code that is not here."""
    given = inputs(call, KNOWN)
    return Answer(200, exactjson.dumps(looked_up(given, call.headers.get("accept-language", ""))))


def looked_up(given: Inputs, language: str = "") -> Json:
    system, concept = found(given)
    best, _ = displays(entry_of(system, concept), language_of(given, language), system)
    parts: list[Json] = [{"name": "name", "valueString": str(system.source.get("name", system.url))}]
    if system.version:
        parts.append({"name": "version", "valueString": system.version})
    parts.append({"name": "display", "valueString": best})
    if "definition" in concept.source:
        parts.append({"name": "definition", "valueString": concept.source["definition"]})
    parts += [{"name": "designation", "part": list(_parts(each))} for each in concept.source.get("designation", [])]
    wanted = set(given.all("property"))
    properties = [each for each in _properties(system, concept) if not wanted or "*" in wanted or each[0] in wanted]
    parts += [_property(name, kind, value) for name, kind, value in properties]
    return output(*parts)


def found(given: Inputs) -> tuple[System, Concept]:
    """The concept that is asked about. Raises 400 where nothing is, 404 where the system or the code is not here."""
    coding = given.one("coding")
    if isinstance(coding, dict):
        url, code, version = coding.get("system"), coding.get("code"), coding.get("version")
    else:
        url, code, version = given.text("system"), given.text("code"), given.text("version")
    if not url or not code:
        raise refuse(400, "required", "give `code` and `system`, or a `coding` with both", "?code")
    return concept_of(given, str(url), str(code), str(version or ""))


def concept_of(given: Inputs, url: str, code: str, version: str = "") -> tuple[System, Concept]:
    system = view_of(given).system(url, version)
    if system is None:
        raise refuse(404, "not-found", f"the code system `{url[:200]}` is not here: store it, or add a package that has it")
    concept = system.find(code)
    if concept is None and system.other(code):
        concept = Concept(code, code, {"code": code})
    if concept is None:
        here = "is no code of" if system.complete else "is not among the codes that are here of"
        raise refuse(404, "not-found", f"`{code[:200]}` {here} `{system.canonical}`")
    return system, concept


def _parts(designation: Json) -> Iterator[Json]:
    if "language" in designation:
        yield {"name": "language", "valueCode": designation["language"]}
    if "use" in designation:
        yield {"name": "use", "valueCoding": designation["use"]}
    yield {"name": "value", "valueString": designation["value"]}


def _properties(system: System, concept: Concept) -> Iterator[tuple[str, str, Any]]:
    """(code, value[x], value) of its own properties, and of those that its place in the hierarchy says (R4 4.8.10)."""
    yield "inactive", "valueBoolean", concept.inactive
    for each in concept.source.get("property", []):
        for name, value in each.items():
            if name.startswith("value") and each.get("code") not in ("parent", "child"):
                yield str(each.get("code")), name, value
    yield from (("parent", "valueCode", code) for code in sorted(system.parents.get(concept.code, ())))
    yield from (("child", "valueCode", code) for code in sorted(system.children.get(concept.code, ())))


def _property(name: str, kind: str, value: Any) -> Json:
    return {"name": "property", "part": [{"name": "code", "valueCode": name}, {"name": "value", kind: value}]}
