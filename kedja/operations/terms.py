"""What the operations on terminology have in common: which value sets and versions a request goes by."""

from __future__ import annotations

import re
from typing import Any, Final

from kedja import definitions, exactjson
from kedja.interactions.call import Call
from kedja.operations.parameters import Inputs
from kedja.outcome import OutcomeError, refuse
from kedja.terminology import Broken, View, current
from kedja.terminology.view import Versions, matches

Json = dict[str, Any]

# Inputs that bring resources along, or say which version is meant where a value set names none.
BROUGHT: Final = (
    "tx-resource",
    "system-version",
    "check-system-version",
    "force-system-version",
    "default-valueset-version",
    "useSupplement",
)
_SUPPLEMENT: Final = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"
_LANGUAGES: Final = re.compile(r"\s*(?:\*|[A-Za-z][A-Za-z0-9-]*)\s*(?:[;,][^;,]*)*")
INLINE: Final = "urn:kedja:inline"  # stands for a value set that comes without a url


async def stored(call: Call, resource_type: str, id: str) -> Json | None:
    """The resource of an operation on an instance, read through the gate; None on the type. Raises 404 and 410."""
    if not id:
        return None
    row = await call.door.read(call.actor, resource_type, id, call.request)
    return exactjson.loads(row.body.encode())


def view_of(given: Inputs, inline: Json | None = None) -> View:
    """What is here, with what the request brings along."""
    brought = [resource for resource in given.all("tx-resource") if isinstance(resource, dict)]
    if inline is not None:
        brought += [named(inline), *({**each, "url": f"#{each.get('id')}"} for each in inline.get("contained", []))]
    versions = Versions(
        _versions(given, "system-version") | _versions(given, "check-system-version"),
        _versions(given, "force-system-version"),
        _versions(given, "default-valueset-version"),
    )
    view = current() if not brought and versions == Versions() else View(definitions.current(), brought, versions)
    return _supplemented(view, [str(each) for each in given.all("useSupplement")])


def view_for(given: Inputs, inline: Json | None, wanted: str) -> View:
    """As `view_of`, with the supplements that the value set asks for."""
    view = view_of(given, inline)
    extensions: list[Json] = (view.valueset(wanted) or {}).get("extension", [])
    return _supplemented(view, [str(each.get("valueCanonical")) for each in extensions if each.get("url") == _SUPPLEMENT])


def _supplemented(view: View, canonicals: list[str]) -> View:
    try:
        return view.supplemented(canonicals)
    except Broken as missing:
        raise refuse(422, "not-found", str(missing)) from None


def named(valueset: Json) -> Json:
    """With a url, so that it can be referred to."""
    return {"url": INLINE, **valueset}


def canonical(given: Inputs, inline: Json | None, name: str = "url", version: str = "valueSetVersion") -> str:
    """The canonical that is asked about. Raises 400 where there is none."""
    if inline is not None:
        resource = named(inline)
        return f"{resource['url']}|{resource['version']}" if "version" in resource else str(resource["url"])
    url = given.text(name)
    if url is None:
        raise refuse(400, "required", f"name what is asked about: give `{name}`", f"?{name}")
    wanted = given.text(version)
    return f"{url}|{wanted}" if wanted and "|" not in url else url


def inline_of(given: Inputs, name: str, resource_type: str) -> Json | None:
    """The resource that stands in the request. Raises 400 where something else does."""
    resource = given.one(name)
    if resource is None:
        return None
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise refuse(400, "value", f"`{name}` wants a {resource_type} resource", f"?{name}")
    return resource


def language_of(given: Inputs, header: str) -> str:
    """The languages of displays, as Accept-Language has them. Raises 400 for what is no language."""
    asked = given.text("displayLanguage")
    if asked is not None and not _LANGUAGES.fullmatch(asked):
        raise refuse(400, "value", f"`displayLanguage` is `{asked[:80]}`: write a language, as `sv`", "?displayLanguage")
    return asked or header


def check_versions(given: Inputs, used: dict[str, str]) -> None:
    """Raises 422 where a system is used in another version than `check-system-version` says."""
    for url, wanted in _versions(given, "check-system-version").items():
        if not matches(used.get(url, wanted), wanted):
            raise _other_version(url, used[url], wanted)


def _other_version(url: str, version: str, wanted: str) -> OutcomeError:
    text = f"`{url}` is used in version `{version}`, and `check-system-version` asks for `{wanted}`"
    return refuse(422, "value", text, "?check-system-version")


def _versions(given: Inputs, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in given.all(name):
        url, bar, version = str(value).partition("|")
        if not bar or not version:
            raise refuse(400, "value", f"`{name}` is `{str(value)[:200]}`: write `url|version`", f"?{name}")
        found[url] = version
    return found
