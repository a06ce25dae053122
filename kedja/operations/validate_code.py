"""`$validate-code` of ValueSet and CodeSystem (FHIR R4 ValueSet-validate-code, CodeSystem-validate-code)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from kedja import exactjson
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs, output
from kedja.operations.terms import BROUGHT, canonical, check_versions, inline_of, language_of, stored, view_for, view_of
from kedja.outcome import OutcomeError, refuse
from kedja.terminology import Asked, Broken, Coding, Untold, Verdict, View
from kedja.terminology.validate import coding_of, first_of, in_system, in_valueset

Json = dict[str, Any]
_BOTH: Final = (
    "code",
    "display",
    "coding",
    "codeableConcept",
    "abstract",
    "displayLanguage",
    "lenient-display-validation",
    *BROUGHT,
)
OF_VALUESET: Final = ("url", "valueSet", "valueSetVersion", "system", "systemVersion", "inferSystem", "activeOnly", *_BOTH)
OF_SYSTEM: Final = ("url", "codeSystem", "version", "activeOnly", *_BOTH)


async def of_valueset(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with `result`, `message`, `display`: whether a code is of the value set. Raises 404 where that is not here."""
    given = inputs(call, OF_VALUESET)
    return _answer(in_set(given, await stored(call, resource_type, id), call.headers.get("accept-language", "")))


async def of_system(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with `result`, `message`, `display`: whether a code is of the code system."""
    given = inputs(call, OF_SYSTEM)
    return _answer(in_code_system(given, await stored(call, resource_type, id), call.headers.get("accept-language", "")))


def in_set(given: Inputs, instance: Json | None, language: str = "") -> Verdict:
    inline = instance if instance is not None else inline_of(given, "valueSet", "ValueSet")
    wanted = canonical(given, inline)
    view = view_for(given, inline, wanted)
    if view.valueset(wanted) is None:
        raise refuse(404, "not-found", f"the value set `{wanted[:200]}` is not here: store it, or add a package that has it")
    try:
        view.check(wanted)
    except Broken as fault:
        raise refuse(422, "invalid", str(fault)) from None
    codings = _codings(given, "system", "systemVersion")
    verdict = first_of([in_valueset(view, wanted, coding, _asked(given, language)) for coding in codings])
    try:
        check_versions(given, {verdict.system: verdict.version} if verdict.system and verdict.version else {})
    except OutcomeError as error:
        return replace(verdict, result=False, message=str(error))
    return verdict


def in_code_system(given: Inputs, instance: Json | None, language: str = "") -> Verdict:
    inline = instance if instance is not None else inline_of(given, "codeSystem", "CodeSystem")
    view = view_of(given, inline)
    codings = _codings(given, "url", "version")
    if inline is not None:
        url, _, version = canonical(given, inline).partition("|")
        codings = [Coding(coding.code, url, version, coding.display) for coding in codings]
    return first_of([_judged(view, coding, _asked(given, language)) for coding in codings])


def _judged(view: View, coding: Coding, asked: Asked) -> Verdict:
    try:
        return in_system(view, coding, asked)
    except Untold as reason:
        raise refuse(400, "required", str(reason)) from None


def _asked(given: Inputs, language: str) -> Asked:
    return Asked(
        language=language_of(given, language),
        abstract=given.flag("abstract") is not False,
        active=given.flag("activeOnly") is True,
        lenient=given.flag("lenient-display-validation") is True,
        infer=given.one("code") is not None,
    )


def _codings(given: Inputs, system: str, version: str) -> Sequence[Coding]:
    """What is asked about: a code, a coding, or the codings of a concept. Raises 400 where there is none of them, or more."""
    code, coding, concept = given.text("code"), given.one("coding"), given.one("codeableConcept")
    if [code, coding, concept].count(None) != 2:
        raise refuse(400, "required", "give one of `code`, `coding` and `codeableConcept`", "?code")
    if code is not None:
        return [Coding(code, given.text(system), given.text(version) or "", given.text("display"))]
    values: list[Any] = [coding] if coding is not None else concept.get("coding", []) if isinstance(concept, dict) else []
    try:
        return [coding_of(each) for each in values if isinstance(each, dict)]
    except Untold as reason:
        raise refuse(400, "required", str(reason), "?coding") from None


def _answer(verdict: Verdict) -> Answer:
    return Answer(200, exactjson.dumps(parameters(verdict)))


def parameters(verdict: Verdict) -> Json:
    """`result` is false where it cannot be told, and true where a fragment may lack the code; the message says so."""
    parts: list[Json] = [{"name": "result", "valueBoolean": verdict.result is True or verdict.partly}]
    texts = (("message", "String", verdict.message), ("display", "String", verdict.display))
    which = (("code", "Code", verdict.code), ("system", "Uri", verdict.system), ("version", "String", verdict.version))
    return output(*parts, *({"name": name, f"value{kind}": value} for name, kind, value in (*texts, *which) if value))
