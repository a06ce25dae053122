"""The entries of a Bundle that is sent to be processed: taken apart, and placed when something is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from kedja.interactions.call import Call
from kedja.outcome import Issue, OutcomeError, refuse

Resource = dict[str, Any]
ORDER: Final[Mapping[str, int]] = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}
MAX_ENTRIES: Final = 5000
_CONDITIONS: Final = ("ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its request taken apart. `path` is Type, Type/id or what a read asks for; `conditions` as they came."""

    position: int
    method: str
    path: str
    pairs: tuple[tuple[str, str], ...] | None  # None: the url has no query
    full_url: str
    resource: Resource | None
    conditions: Mapping[str, str]

    @property
    def place(self) -> str:
        return f"Bundle.entry[{self.position}]"


def entries_of(bundle: Resource, call: Call) -> list[Entry]:
    """Raises OutcomeError 400 with all that is wrong, 413 for too many."""
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise refuse(400, "structure", "`entry` must be an array", "Bundle.entry")
    if len(listed) > MAX_ENTRIES:
        told = f"the bundle has {len(listed)} entries; at most {MAX_ENTRIES} are taken: split it"
        raise refuse(413, "too-long", told, "Bundle.entry")
    entries: list[Entry] = []
    issues: list[Issue] = []
    for position, item in enumerate(listed):
        try:
            entries.append(_entry(position, item, call.base))
        except OutcomeError as error:
            issues += error.issues
    issues += _twice(entries)
    if issues:
        raise OutcomeError(400, *issues)
    return entries


def _twice(entries: list[Entry]) -> list[Issue]:
    """A fullUrl names one entry (bdl-7)."""
    seen: dict[str, int] = {}
    issues: list[Issue] = []
    for entry in entries:
        if not entry.full_url or entry.method not in ("POST", "PUT"):
            continue
        first = seen.setdefault(entry.full_url, entry.position)
        if first != entry.position:
            told = f"entry {first} has the fullUrl `{entry.full_url[:120]}` too: each needs its own"
            issues.append(Issue("duplicate", told, (f"{entry.place}.fullUrl",)))
    return issues


def _entry(position: int, item: Any, base: str) -> Entry:
    place = f"Bundle.entry[{position}]"
    request = item.get("request") if isinstance(item, dict) else None
    if not isinstance(request, dict):
        raise refuse(400, "required", "each entry needs `request` with method and url", f"{place}.request")
    method, url = request.get("method"), request.get("url")
    if method not in ORDER:
        raise refuse(400, "value", f"the method `{method}` is none of {', '.join(ORDER)}", f"{place}.request.method")
    if not isinstance(url, str):
        raise refuse(400, "required", "the request needs a url such as `Patient` or `Patient/1`", f"{place}.request.url")
    resource = item.get("resource")
    if method in ("PUT", "PATCH") and not isinstance(resource, dict):
        raise refuse(400, "required", f"{method} needs a resource", f"{place}.resource")
    conditions = {name: request[name] for name in _CONDITIONS if name in request}
    for name, value in conditions.items():
        if not isinstance(value, str):
            raise refuse(400, "structure", f"`{name}` must be a string", f"{place}.request.{name}")
    path, question, query = url.removeprefix(f"{base}/").lstrip("/").partition("?")
    full_url = item.get("fullUrl")
    return Entry(
        position,
        method,
        path,
        _pairs(query, place) if question else None,
        full_url if isinstance(full_url, str) else "",
        resource if isinstance(resource, dict) else None,
        conditions,
    )


def _pairs(query: str, place: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200))
    except ValueError:
        raise refuse(400, "value", "the url's query cannot be read: percent-encode it as UTF-8", f"{place}.request.url") from None


def placed(issue: Issue, place: str) -> Issue:
    """The issue with its location inside the bundle: `Patient.name` of entry 3 is `Bundle.entry[3].resource.name`."""
    return replace(issue, expression=tuple(_placed(text, place) for text in issue.expression) or (place,))


def _placed(text: str, place: str) -> str:
    if text.startswith("Bundle."):
        return text
    if text.startswith("?"):
        return f"{place}.request.url"
    if text.startswith("patch"):
        return f"{place}.resource.data"
    return ".".join([f"{place}.resource", *text.split(".")[1:]])
