"""/me/blocks: what is blocked, what could be, what it would mean, and the block itself (PDL 4:4, SVOD 2:3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from kedja.access.consents import block_consent, withdrawn
from kedja.access.custody import Regime
from kedja.outcome import refuse
from kedja.portals.shared import ask, consents
from kedja.portals.shared.consents import Block
from kedja.portals.shared.entry import Held
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text
from kedja.portals.shared.readings import type_names
from kedja.portals.shared.tell import TABLE

_BLOCKABLE = (Regime.HEALTH, Regime.SOCIAL)
_CHOICES = {"both": (True, False), "inner": (True,), "outer": (False,)}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that holds something about the person. `holds` says roughly what."""

    id: str
    provider_id: str
    name: str
    provider: str
    holds: str


async def blocks(visit: Visit) -> Response:
    return await _list(visit)


async def confirm(visit: Visit) -> Response:
    """What a block of this unit would mean, before anything is blocked."""
    found = await _units(visit)
    unit = next((unit for unit in found if unit.id == visit.request.query_params.get("unit")), None)
    if unit is None:
        return await _list(visit, wrong=visit._("Choose a care unit first."), status=422)
    return render(visit, "citizen/block.html", unit=unit, kinds=_kinds(unit, visit._))


async def block(visit: Visit) -> Response:
    """Set the block; it holds from the next request on."""
    form = await visit.form()
    unit = next((unit for unit in await _units(visit) if unit.id == form.get("unit")), None)
    kinds = _CHOICES.get(str(form.get("kind")))
    if unit is None or kinds is None:
        raise refuse(422, "value", "choose a care unit and for whom it is blocked")
    patient, now = await ask.own_patient(visit), visit.door.clock()
    already = {(each.kind, each.unit) for each in await _in_force(visit)}
    wanted = [
        block_consent(patient, unit.provider_id, unit=unit.id, inner=inner, dated=now, starts=now)
        for inner in kinds
        if ("inner-block" if inner else "outer-block", unit.id) not in already
    ]
    if wanted:
        await ask.put_all(visit, wanted)
    return redirect(f"/me/blocks?{urlencode({'blocked': unit.id})}#done")


async def lift(visit: Visit) -> Response:
    form = await visit.form()
    held = await ask.own_record(visit, ["Consent"])
    consent = next((each.resource for each in held if text(each.resource, "id") == form.get("block")), None)
    if consent is None or consents.kind_of(consent) not in ("inner-block", "outer-block"):
        raise refuse(404, "not-found", "this block is not here: it may have been lifted already")
    await ask.put(visit, withdrawn(consent))
    return redirect("/me/blocks?lifted=1#done")


async def _list(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    standing = await _in_force(visit)
    return render(
        visit,
        "citizen/blocks.html",
        status,
        blocks=standing,
        units=[unit for unit in await _units(visit) if len([each for each in standing if each.unit == unit.id]) < 2],
        done=await _done(visit),
        wrong=wrong,
    )


async def _done(visit: Visit) -> str:
    query = visit.request.query_params
    if "lifted" in query:
        return visit._("The block is lifted. Care can read again what the law allows.")
    unit = (await ask.directory(visit)).get(query.get("blocked", ""))
    return visit._("%(unit)s is blocked, from now on.", unit=unit) if unit else ""


async def _in_force(visit: Visit) -> list[Block]:
    held = await ask.own_record(visit, ["Consent"])
    return consents.blocks((each.resource for each in held), await ask.directory(visit), visit._, visit.door.clock())


async def _units(visit: Visit) -> list[Unit]:
    return units(await ask.own_record(visit, list(TABLE)), await ask.directory(visit), visit._)


def units(held: Iterable[Held], directory: Mapping[str, str], _: Language) -> list[Unit]:
    """The units that hold something that can be blocked, those with most first."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in held:
        if each.regime in _BLOCKABLE and each.unit:
            counts[each.provider, each.unit][text(each.resource, "resourceType")] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        Unit(unit, provider, directory.get(unit, unit), directory.get(provider, provider), _holds(kinds, _))
        for (provider, unit), kinds in ordered
    ]


def _holds(kinds: Counter[str], _: Language) -> str:
    names = type_names(_)
    common = [f"{names[kind]} ({_.number(number)})" for kind, number in kinds.most_common() if kind in names]
    return ", ".join(common[:3])


def _kinds(unit: Unit, _: Language) -> list[dict[str, str]]:
    return [
        {
            "key": "both",
            "name": _("Everyone else in health and social care"),
            "means": _("Only %(unit)s sees it.", unit=unit.name),
        },
        {
            "key": "outer",
            "name": _("Other providers"),
            "means": _("Other units of %(provider)s can still see it when they care for you.", provider=unit.provider),
        },
        {
            "key": "inner",
            "name": _("Other units of %(provider)s", provider=unit.provider),
            "means": _("Other providers can still see it with your consent."),
        },
    ]
