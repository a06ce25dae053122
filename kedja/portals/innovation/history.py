"""What has happened to a case, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kedja import exactjson
from kedja.innovation.case import Case
from kedja.portals.shared.language import Language


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: when, who, what, and the words that were written."""

    at: datetime
    who: str
    what: str
    text: str
    open: bool


def told(event: Mapping[str, Any], case: Case, _: Language) -> Told:
    """An event of a case. Who gave the case is not named to whom sees only what is open."""
    body = exactjson.loads(event["body"].encode())
    what = _KINDS.get(event["kind"], _other)(body, event["phase"], case, _)
    hidden = not case.whole and event["actor"] == case.row["giver"]
    who = _("who gave it") if hidden else ", ".join(part for part in (event["name"], event["title"], event["org_name"]) if part)
    return Told(event["at"], who, what, str(body.get("text", "")), event["open"])


def _other(_body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    return _("did something")


# How each kind of event is told: (body, phase, case, words) -> what happened. A kind that is added gets its line here.
_KINDS: dict[str, Callable[[Mapping[str, Any], str, Case, Language], str]] = {
    "filed": lambda _body, _phase, _case, _: _("gave it"),
    "message": lambda _body, _phase, _case, _: _("wrote"),
}
