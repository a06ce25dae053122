"""`CodeSystem/$subsumes`: whether one code is a kind of another (FHIR R4 CodeSystem-subsumes)."""

from __future__ import annotations

from typing import Any, Final

from kedja import exactjson
from kedja.interactions.call import Answer, Call
from kedja.operations.lookup import concept_of
from kedja.operations.parameters import Inputs, inputs, output
from kedja.operations.terms import BROUGHT, canonical, stored
from kedja.outcome import refuse

KNOWN: Final = ("codeA", "codeB", "codingA", "codingB", "system", "version", *BROUGHT)


async def subsumes(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with `outcome`: equivalent, subsumes, subsumed-by or not-subsumed."""
    given = inputs(call, KNOWN)
    instance = await stored(call, resource_type, id)
    url = "" if instance is None else canonical(given, instance).partition("|")[0]
    return Answer(200, exactjson.dumps(output({"name": "outcome", "valueCode": outcome(given, url)})))


def outcome(given: Inputs, url: str = "") -> str:
    """Raises 400 where a code is missing, 404 where it is not here, 422 where the hierarchy of the system says something else."""
    (system_a, code_a), (system_b, code_b) = (_asked(given, letter, url) for letter in "AB")
    if system_a != system_b:
        raise refuse(400, "value", "the codes are of two systems: ask about two codes of one", "?codingB")
    version = given.text("version") or ""
    system, one = concept_of(given, system_a, code_a, version)
    _, other = concept_of(given, system_b, code_b, version)
    if one.code == other.code:
        return "equivalent"
    if not system.subsuming:
        raise refuse(422, "not-supported", f"the hierarchy of `{system.canonical}` does not say what is a kind of what")
    if one.code in system.above(other.code):
        return "subsumes"
    return "subsumed-by" if other.code in system.above(one.code) else "not-subsumed"


def _asked(given: Inputs, letter: str, url: str) -> tuple[str, str]:
    coding: Any = given.one(f"coding{letter}")
    if isinstance(coding, dict):
        system, code = coding.get("system") or url, coding.get("code")
    else:
        system, code = url or given.text("system"), given.text(f"code{letter}")
    if not system or not code:
        raise refuse(400, "required", f"give `code{letter}` and `system`, or `coding{letter}`", f"?code{letter}")
    return str(system), str(code)
