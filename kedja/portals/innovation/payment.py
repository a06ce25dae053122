"""/innovation/cases/{id}/payment: who pays for a solution and who gains, what hinders, what is decided and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from kedja.gate import innovation_payment as gate
from kedja.innovation.payment import Flow, flows, hindrances, options, paid, payers, rates, said
from kedja.innovation.payment_form import MOST_FLOWS, decided, first, followed, read
from kedja.innovation.words import Words
from kedja.portals.innovation.library_show import today
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render

Sent = Mapping[str, Sequence[str]]
_OTHERS = ("outcome", "reason", "review", "paid", "gained", "day", "text")  # fields of the forms of decision and follow-up
_SPARE = 2  # empty rows for further organisations


@dataclass(frozen=True, slots=True)
class Paid:
    """What a model pays for a year: as it is now, with the solution, and who pays the latter."""

    name: str
    called: str
    now: int
    then: int
    payers: Sequence[tuple[str, int]]

    @property
    def change(self) -> int:
        return self.then - self.now


async def payment(visit: Visit) -> Response:
    return await _page(visit, {}, {}, "", 200)


async def describe(visit: Visit) -> Response:
    """Say who pays. What is wrong stands on the form, with all that was written."""
    sent, id = await _sent(visit), visit.request.path_params["id"]
    given, wrong = read(sent)
    if wrong:
        return await _page(visit, sent, wrong, "describe", 422)
    await gate.describe(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/payment?done=described")


async def decide(visit: Visit) -> Response:
    sent, id = await _sent(visit), visit.request.path_params["id"]
    given, wrong = decided(sent, today(visit))
    if wrong:
        return await _page(visit, sent, wrong, "decide", 422)
    version = first(sent, "version")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    told = (given["outcome"], given["reason"], given["review"])
    await gate.decide(visit.door, visit.actor, id, number, *told, visit.id)
    return redirect(f"/innovation/cases/{id}/payment?done=decided")


async def result(visit: Visit) -> Response:
    sent, id = await _sent(visit), visit.request.path_params["id"]
    given, wrong = followed(sent, today(visit))
    if wrong:
        return await _page(visit, sent, wrong, "result", 422)
    await gate.follow_up(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/payment?done=followed#results")


def payer_names(_: Language) -> Mapping[str, str]:
    """Who may pay, by the ids of the catalogue `model`."""
    return {
        "region": _("the region"),
        "municipality": _("the municipality"),
        "state": _("the state"),
        "patient": _("the patient or user"),
        "home-region": _("other regions, centrally"),
        "listed-unit": _("health centres where people of other regions are listed"),
        "provider": _("the provider, without being paid"),
    }


def shown(name: str, called: str, values: Mapping[str, Any], activity: Mapping[str, Any], outside: int, _: Language) -> Paid:
    """What a model pays for an activity {"now": ..., "then": ...}."""
    amounts, names = rates(values), payer_names(_)
    parts = [(names[id], sum) for id, sum in payers(amounts, activity["then"], outside).items()]
    return Paid(name, called, paid(amounts, activity["now"]), paid(amounts, activity["then"]), parts)


async def _page(visit: Visit, sent: Sent, wrong: Mapping[str, Words], which: str, status: int) -> Response:
    found = await gate.payment(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    newest = found.versions[0] if found.versions else {}
    code = visit._.code
    standing = next((row for row in found.versions if row["outcome"]), None)
    return render(
        visit,
        "innovation/payment.html",
        status,
        case=found.case,
        found=found,
        newest=newest,
        standing=standing,
        told=_told(newest, visit._) if newest else None,
        form=_form(newest, sent if which == "describe" else {}),
        sent=dict.fromkeys(_OTHERS, "") | {name: first(sent, name) for name in sent},
        which=which,
        wrong={name: words.of(code) for name, words in wrong.items()},
        names={name: {each.id: each.words.of(code) for each in options(name)} for name in ("outcomes", "hindrances", "bearers")},
        units=options("units"),
        said=said(),
        done=visit.request.query_params.get("done", "") if not wrong else "",
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the newest description says, counted."""

    flows: Sequence[Flow]
    models: Sequence[Paid]
    hinders: Sequence[str]

    @property
    def total(self) -> Flow:
        once, yearly, gains = (sum(getattr(flow, name) for flow in self.flows) for name in ("once", "yearly", "gains"))
        return Flow("", "", once, yearly, gains, "")


def _told(newest: Mapping[str, Any], _: Language) -> _Told:
    known, activity = flows(newest["flows"]), newest["activity"]
    models = [
        shown(one["title"], one["called"], one["values"], activity, 0, _)
        for name in ("today", "chosen")
        if (one := newest["models"].get(name))
    ]
    now = rates(newest["models"]["today"]["values"]) if "today" in newest["models"] else None
    counted = hindrances(known, now, activity["now"], activity["then"])
    return _Told(known, models, [*counted, *newest["hinders"]])


def _form(newest: Mapping[str, Any], sent: Sent) -> dict[str, Any]:
    """What the form of the description shows: what was sent, else what the newest says."""
    if sent:
        values = {name: first(sent, name) for name in sent} | {"hinders": list(sent.get("hinders", ()))}
        used = [place for place in range(MOST_FLOWS) if values.get(f"who-{place}") or values.get(f"what-{place}")]
        return values | {"places": range(min(MOST_FLOWS, max(used, default=0) + 1 + _SPARE))}
    if not newest:
        return {"places": range(_SPARE + 1), "hinders": []}
    values: dict[str, Any] = {name: newest["models"].get(name, {}).get("called", "") for name in ("today", "chosen")}
    values |= {f"{when}-{unit}": n or "" for when, counts in newest["activity"].items() for unit, n in counts.items()}
    for place, flow in enumerate(newest["flows"]):
        values |= {f"{name}-{place}": value for name, value in flow.items()}
    places = range(min(MOST_FLOWS, len(newest["flows"]) + _SPARE))
    return values | {"hinders": newest["hinders"], "remedy": newest["remedy"], "places": places}


async def _sent(visit: Visit) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in (await visit.form()).multi_items():
        sent.setdefault(name, []).append(str(value))
    return sent
