"""/me/control: what the person decides on consents, registries (PDL 7:2), samples (BBL 4:13-14), secondary use (EHDS 71)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from kedja.access.consents import (
    BIOBANK_PURPOSE_SYSTEM,
    BIOBANK_PURPOSES,
    REGISTRY_SYSTEM,
    Kind,
    Party,
    registry_opposition,
    withdrawn,
)
from kedja.access.custody import Regime
from kedja.access.wishes import biobank_restriction, secondary_use_opt_out
from kedja.care.monitoring import is_ours
from kedja.gate.seen import Seen
from kedja.outcome import refuse
from kedja.portals.shared import ask, ask_control, ask_monitoring, consents
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render, told
from kedja.portals.shared.read import items, text, when

GIVEN: Final = (Kind.SVOD, Kind.WELLNESS_SHARE, Kind.NLL, Kind.NLL_REASON, Kind.MONITORING)
_TAKEN_BACK: Final = (*GIVEN, Kind.REGISTRY_OPPOSITION, Kind.SECONDARY_USE_OPT_OUT)


@dataclass(frozen=True, slots=True)
class Given:
    """A consent in force that can be taken back."""

    id: str
    to: str
    means: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A registry or a biobank. `opposed` is the id of the opposition in force; `allowed` are a biobank's purposes."""

    key: str
    name: str
    number: int
    opposed: str = ""
    allowed: tuple[str, ...] = ()


async def control(visit: Visit) -> Response:
    standing = await _standing(visit)
    directory = await ask.directory(visit)
    seen = await ask_control.kept(visit)
    return render(
        visit,
        "citizen/control.html",
        given=given(standing, directory, visit._),
        blocks=len([each for each in standing if consents.kind_of(each) in (Kind.INNER_BLOCK, Kind.OUTER_BLOCK)]),
        registries=registries(seen, standing, directory, visit._),
        biobanks=biobanks(seen, standing, directory),
        purposes=purpose_names(visit._),
        opted_out=next((text(each, "id") for each in standing if consents.kind_of(each) == Kind.SECONDARY_USE_OPT_OUT), ""),
        done=_done(visit),
    )


async def withdraw(visit: Visit) -> Response:
    """Take a consent, an opposition or an opt-out back; it holds from the next request on."""
    form = await visit.form()
    found = next((each for each in await _standing(visit) if text(each, "id") == form.get("consent")), None)
    if found is None or consents.kind_of(found) not in _TAKEN_BACK:
        raise refuse(404, "not-found", "this is not here: it may have been taken back already")
    if is_ours(found):
        await ask_monitoring.answer(visit, text(found, "id"), "withdraw")
    else:
        await ask.put(visit, withdrawn(found))
    return redirect("/me/control?done=taken-back#done")


async def registry(visit: Visit) -> Response:
    """What it means to oppose a registry, before anything is erased."""
    place = await _registry(visit, visit.request.query_params.get("registry", ""))
    return render(visit, "citizen/registry.html", place=place) if place else told(visit, 404)


async def oppose(visit: Visit) -> Response:
    """Oppose a registry: what it holds is erased (PDL 7:2)."""
    form = await visit.form()
    place = await _registry(visit, str(form.get("registry", "")))
    if place is None:
        raise refuse(404, "not-found", "this registry holds nothing about you")
    if not place.opposed:
        now = visit.door.clock()
        await ask.put(visit, registry_opposition(await ask.own_patient(visit), place.key, dated=now, starts=now))
    return redirect("/me/control?done=opposed#done")


async def samples(visit: Visit) -> Response:
    place = await _biobank(visit, visit.request.query_params.get("biobank", ""))
    return _samples(visit, place) if place else told(visit, 404)


async def limit(visit: Visit) -> Response:
    """Say what the samples of a biobank may be used for. For nothing at all: they are destroyed, and that is asked twice."""
    form = await visit.form()
    place = await _biobank(visit, str(form.get("biobank", "")))
    if place is None:
        raise refuse(404, "not-found", "this biobank keeps no sample of yours")
    allowed = tuple(purpose for purpose in BIOBANK_PURPOSES if purpose in form.getlist("purpose"))
    if not allowed and form.get("sure") != "yes":
        said = visit._("Say that you want your samples destroyed, or choose something that they may be used for.")
        return _samples(visit, place, wrong=said)
    now, earlier = visit.door.clock(), [each for each in await _standing(visit) if _limits(each, place.key)]
    for each in earlier:
        await ask.put(visit, withdrawn(each))
    refused = [purpose for purpose in BIOBANK_PURPOSES if purpose not in allowed]
    if refused:
        patient = await ask.own_patient(visit)
        await ask.put(visit, biobank_restriction(patient, refused, dated=now, provider=place.key, starts=now))
    return redirect("/me/control?done=limited#done")


async def opt_out(visit: Visit) -> Response:
    """Say no to secondary use (EHDS 71); `withdraw` says yes again."""
    await visit.form()
    if not any(consents.kind_of(each) == Kind.SECONDARY_USE_OPT_OUT for each in await _standing(visit)):
        await ask.put(visit, secondary_use_opt_out(await ask.own_patient(visit), dated=visit.door.clock()))
    return redirect("/me/control?done=opted-out#done")


def given(standing: Iterable[Resource], directory: Mapping[str, str], _: Language) -> list[Given]:
    """The consents in force, those that end first coming first. Pure."""
    means = {
        Kind.SVOD: _("reads what other care providers have made available, when they care for you"),
        Kind.WELLNESS_SHARE: _("reads your own measurements"),
        Kind.NLL: _("reads your National Medication List"),
        Kind.NLL_REASON: _("sees why your medicines were prescribed"),
        Kind.MONITORING: _("uses technique that monitors at home"),
    }
    found: list[Given] = []
    for each in standing:
        kind = consents.kind_of(each)
        if kind in GIVEN:
            hsa = consents.party(each, Party.UNIT) or consents.party(each, Party.PROVIDER)
            until = when(text(each, "provision", "period", "end"))
            found.append(Given(text(each, "id"), directory.get(hsa, hsa), means[Kind(kind)], until.at if until else None))
    return sorted(found, key=lambda one: (one.until is None, one.until, one.to))


def registries(seen: Iterable[Seen], standing: Sequence[Resource], directory: Mapping[str, str], _: Language) -> list[Place]:
    """The registries that hold something, and those that the person opposes. Pure."""
    counts = Counter[str]()
    for each in seen:
        if each.regime == Regime.REGISTRY and each.source:
            counts[each.source] += each.number
    opposed = {_registry_of(each): text(each, "id") for each in standing if consents.kind_of(each) == Kind.REGISTRY_OPPOSITION}
    everywhere = opposed.pop("", "")
    found = [Place(key, directory.get(key, key), counts[key], opposed.get(key, "")) for key in {*counts, *opposed}]
    found.sort(key=lambda place: place.name.casefold())
    return [*found, Place("", _("All quality registries"), 0, everywhere)] if everywhere else found


def biobanks(seen: Iterable[Seen], standing: Sequence[Resource], directory: Mapping[str, str]) -> list[Place]:
    """The biobanks that keep samples, and what the person lets them be used for. Pure."""
    counts = Counter[str]()
    for each in seen:
        if each.regime == Regime.BIOBANK and each.type == "Specimen":
            counts[each.provider] += each.number
    return [Place(key, directory.get(key, key), number, "", _allowed(standing, key)) for key, number in sorted(counts.items())]


def purpose_names(_: Language) -> dict[str, str]:
    return {
        "care": _("your own care"),
        "quality": _("quality work"),
        "education": _("education"),
        "research": _("research that has been approved"),
    }


def _allowed(standing: Iterable[Resource], biobank: str) -> tuple[str, ...]:
    refused = {
        text(purpose, "code")
        for each in standing
        if consents.kind_of(each) == Kind.BIOBANK_RESTRICTION and consents.party(each, Party.PROVIDER) in ("", biobank)
        for purpose in items(each, "provision", "purpose")
        if text(purpose, "system") == BIOBANK_PURPOSE_SYSTEM
    }
    return tuple(purpose for purpose in BIOBANK_PURPOSES if purpose not in refused)


def _limits(consent: Resource, biobank: str) -> bool:
    return consents.kind_of(consent) == Kind.BIOBANK_RESTRICTION and consents.party(consent, Party.PROVIDER) == biobank


def _registry_of(consent: Resource) -> str:
    named = items(consent, "provision", "actor", "reference", "identifier")
    return next((text(each, "value") for each in named if text(each, "system") == REGISTRY_SYSTEM), "")


async def _registry(visit: Visit, key: str) -> Place | None:
    seen, directory = await ask_control.kept(visit), await ask.directory(visit)
    found = registries(seen, await _standing(visit), directory, visit._)
    return next((place for place in found if place.key == key and key), None)


async def _biobank(visit: Visit, key: str) -> Place | None:
    found = biobanks(await ask_control.kept(visit), await _standing(visit), await ask.directory(visit))
    return next((place for place in found if place.key == key), None)


def _samples(visit: Visit, place: Place, wrong: str = "") -> Response:
    return render(visit, "citizen/samples.html", 422 if wrong else 200, place=place, purposes=purpose_names(visit._), wrong=wrong)


async def _standing(visit: Visit) -> list[Resource]:
    held = await ask.own_record(visit, ["Consent"])
    return consents.in_force((each.resource for each in held), visit.door.clock())


def _done(visit: Visit) -> str:
    words = {
        "taken-back": visit._("It is taken back, from now on."),
        "opposed": visit._("You oppose the registry. What it holds about you is erased, and nothing more is taken in."),
        "limited": visit._("What your samples may be used for is changed, from now on."),
        "opted-out": visit._("You have opted out of secondary use. It holds for every permit that is given from now on."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
