"""How an answer is shown, apart from what was asked: `_format`, `_pretty`, `_summary`, `_elements` (FHIR R4 3.1.0.1, 3.1.1.5).

They are taken out of a request before its interaction runs, and stand in the links of the Bundle that it answers with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from kedja import exactjson
from kedja.interactions.call import Answer, Call
from kedja.interactions.summary import WHOLE, View, each_resource, subset, view_of
from kedja.outcome import refuse

_SHOWING: Final = frozenset(("_format", "_pretty", "_summary", "_elements"))
_ENTRIES: Final = b',"entry":['


@dataclass(frozen=True, slots=True)
class Presentation:
    """`pairs` as they were given, for the links."""

    view: View = WHOLE
    pairs: tuple[tuple[str, str], ...] = ()


_PLAIN: Final = Presentation()


def taken_out(call: Call, resource_type: str) -> tuple[Call, Presentation]:
    """(the call without what is about showing, how to show); `_summary=count` is left to the search.

    Raises OutcomeError 400 for a value or an element that there is not.
    """
    pairs = tuple(pair for pair in call.params if pair[0] in _SHOWING and pair != ("_summary", "count"))
    if not pairs:
        return call, _PLAIN
    for name in _SHOWING:
        if sum(1 for pair in pairs if pair[0] == name) > 1:
            raise refuse(400, "value", f"`{name}` stands twice: keep one", f"?{name}")
    view = view_of(dict(pairs), resource_type)
    params = tuple(pair for pair in call.params if pair not in pairs)
    if view.summary == "text" and any(name.startswith(("_include", "_revinclude")) for name, _ in params):
        raise refuse(400, "not-supported", "`_summary=text` and includes exclude each other: leave one out", "?_summary")
    return replace(call, params=params), Presentation(view, pairs)


def presented(answer: Answer, presentation: Presentation, *, itself: bool) -> Answer:
    """The answer as it is to be shown, in JSON still. `itself`: a Bundle is the resource that was read, not what holds others.

    Without `_summary` and `_elements` no resource is parsed: links stand before the entries.
    """
    if not presentation.pairs or answer.status >= 300 or not answer.body:
        return answer
    body = answer.body
    if not presentation.view.is_whole:
        body = exactjson.dumps(_part(exactjson.loads(body, max_bytes=len(body)), presentation.view, itself))
    if not itself and body.startswith(b'{"resourceType":"Bundle"'):
        body = _linked(body, presentation.pairs)
    return replace(answer, body=body)


def _part(resource: dict[str, Any], view: View, itself: bool) -> dict[str, Any]:
    if resource.get("resourceType") == "Bundle" and not itself:
        return each_resource(resource, lambda one: subset(one, view))
    return subset(resource, view)


def _linked(body: bytes, pairs: Sequence[tuple[str, str]]) -> bytes:
    """The Bundle with these parameters in its links; its entries are passed on as they are."""
    at = body.find(_ENTRIES)
    head = exactjson.loads(body if at < 0 else body[:at] + b"}", max_bytes=len(body))
    query = urlencode(pairs, quote_via=quote, safe=":/,")
    for link in head.get("link", []):
        link["url"] += f"{'&' if '?' in link['url'] else '?'}{query}"
    text = exactjson.dumps(head)
    return text if at < 0 else text[:-1] + body[at:]
