"""What has happened to a case, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kedja import exactjson
from kedja.innovation.case import Case
from kedja.innovation.intake import fields
from kedja.innovation.machine import Outcome, machines
from kedja.innovation.payment import options
from kedja.innovation.readiness import items
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


def outcomes(_: Language) -> Mapping[str, str]:
    """What each outcome of a decision is called."""
    return {
        Outcome.GO: _("Go on to"),
        Outcome.ALONGSIDE: _("Begin beside this phase:"),
        Outcome.REWORK: _("Not yet: more has to be done first"),
        Outcome.BACK: _("Back to"),
        Outcome.FINISH: _("Finish: it is part of the ordinary work"),
        Outcome.PAUSE: _("Pause"),
        Outcome.RESUME: _("Go on after the pause"),
        Outcome.STOP: _("End it"),
        Outcome.REOPEN: _("Take it up again"),
        Outcome.ACCEPT: _("Take it in"),
    }


def openness_names(_: Language) -> Mapping[str, str]:
    return {"closed": _("closed"), "shared": _("shared with care everywhere"), "published": _("published")}


def _decided(body: Mapping[str, Any], phase: str, case: Case, _: Language) -> str:
    names = {each.id: each.words.of(_.code) for each in case.runs.phases}
    what = outcomes(_).get(body["outcome"], body["outcome"])
    led = " ".join(part for part in (what, names.get(body.get("to", ""), "")) if part)
    at = _("decided at the gate of %(phase)s: %(what)s", phase=names.get(phase, phase), what=led) if phase else led
    found = (check for each in case.runs.phases if each.id == phase for check in each.checklist)
    ticked = [check.words.of(_.code) for check in found if check.id in body["checks"]]
    if body.get("authority"):
        ticked.append(_("authority's decision: %(what)s", what=body["authority"]))
    return ". ".join([at, *ticked])


def _settled(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    machine = machines().get(body["machine"])
    zone = {"green": _("Green zone"), "yellow": _("Yellow zone"), "red": _("Red zone")}.get(body["zone"], "")
    return ", ".join(part for part in (_("took it in"), machine.words.of(_.code) if machine else "", zone) if part)


def _changed(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    names = [field.words.of(_.code) for field in fields() if field.id in body["changed"]]
    return _("changed the description: %(what)s", what="; ".join(names))


def _result(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    said = _("gave a result: %(value)s", value=_.number(body["value"]))
    if not body.get("unwanted"):
        return said
    unwanted = _("Unwanted: %(what)s", what=body["unwanted"])
    return f"{said}. {unwanted}"


def _plan(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    step = next((item.words.of(_.code) for item in items("steps") if item.id == body["step"]), "")
    return _("plan of %(name)s: %(step)s", name=body["name"], step=step)


def _ready(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    gate = next((item.words.of(_.code) for item in items("gates") if item.id == body["gate"]), "")
    return _("readiness passed: %(gate)s", gate=gate) if body["passed"] else _("not ready any more: %(gate)s", gate=gate)


def _paid(body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    name = next((each.words.of(_.code) for each in options("outcomes") if each.id == body["outcome"]), "")
    return _("decided about who pays: %(what)s", what=name)


def _other(_body: Mapping[str, Any], _phase: str, _case: Case, _: Language) -> str:
    return _("did something")


# How each kind of event is told: (body, phase, case, words) -> what happened. A kind that is added gets its line here.
_KINDS: dict[str, Callable[[Mapping[str, Any], str, Case, Language], str]] = {
    "filed": lambda _body, _phase, _case, _: _("gave it"),
    "message": lambda _body, _phase, _case, _: _("wrote"),
    "decision": _decided,
    "settled": _settled,
    "changed": _changed,
    "ready": lambda _body, _phase, _case, _: _("has done what was asked for"),
    "invited": lambda body, _phase, _case, _: _("invited %(name)s", name=body["name"]),
    "opened": lambda body, _phase, _case, _: _("made it %(openness)s", openness=openness_names(_)[body["openness"]]),
    "linked": lambda body, _phase, _case, _: _("linked it with case %(number)s", number=body["number"]),
    "measure": lambda body, _phase, _case, _: _("named the measure %(name)s", name=body["name"]),
    "result": _result,
    "asked": lambda body, _phase, _case, _: _("asked for the follow-up after %(months)s months", months=body["months"]),
    "thing": lambda body, _phase, _case, _: _("says that it uses %(name)s", name=body["name"]),
    "signal-sent": lambda body, _phase, _case, _: _("told all who use %(name)s", name=body["name"]),
    "signal": lambda body, _phase, _case, _: _("signal of negative evidence about %(name)s", name=body["name"]),
    "signal-answer": lambda _body, _phase, _case, _: _("said what is done about the signal"),
    "readiness": _ready,
    "plan": _plan,
    "package": lambda body, _phase, _case, _: _("wrote the package for others, version %(version)s", version=body["version"]),
    "payment": lambda _body, _phase, _case, _: _("described who pays"),
    "payment-decided": _paid,
    "payment-result": lambda _body, _phase, _case, _: _("told what came of how it is paid"),
    "payment-asked": lambda _body, _phase, _case, _: _("asked what came of how it is paid"),
    "navigated": lambda _body, _phase, _case, _: _("asked the regulation navigator"),
}
