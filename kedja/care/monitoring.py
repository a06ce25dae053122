"""Technique that monitors at home (SoLPuL 9 §): what is proposed, to whom, and whether it may be used now; as FHIR R4 `Consent`s.

The person has one, of the kind `monitoring`, which the law's facts know once it is active; each relative who permanently lives
there and whose data are processed has one of their own, of the category `monitoring-cohabitant`. All have the same terms and
refer to each other. Nothing is active until everybody has said yes, and one who takes it back stops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja.access.consents import KIND_SYSTEM, Kind, add_period, consent_of, staff_parties
from kedja.access.instants import in_force

Resource = dict[str, Any]
Json = Mapping[str, Any]

COHABITANT: Final = "monitoring-cohabitant"
TERMS: Final = "https://kedja.example/fhir/StructureDefinition/monitoring-terms"
OTHERS: Final = "https://kedja.example/fhir/StructureDefinition/monitoring-cohabitant-consent"
MAIN: Final = "https://kedja.example/fhir/StructureDefinition/monitoring-consent-of-person"
MOST_MONTHS: Final = 6  # that are asked for at once; then it is asked for anew


@dataclass(frozen=True, slots=True)
class Technique:
    """What data it may process at most, and for how many days they are kept at most. `timed`: only at stated times of the day."""

    data: tuple[str, ...]
    days: int
    timed: bool


TECHNIQUES: Final[Mapping[str, Technique]] = {
    "camera": Technique(("live-image",), 0, True),
    "motion": Technique(("movement", "door"), 14, False),
    "bed": Technique(("in-bed",), 14, False),
    "position": Technique(("outside-home",), 7, False),
}
"""By its code. A camera shows a live image at stated times, and nothing of it is kept: never more than necessary (9 §)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked. `start` and `end` are times of the day (`22:00`), '' for all of it; `days`: until when data are deleted."""

    technique: str
    purpose: str
    data: tuple[str, ...]
    start: str
    end: str
    days: int
    name: str  # whose home it is


def wrong(terms: Terms) -> str:
    """What is more than is needed, or lacking: the name of a term, or ''."""
    known = TECHNIQUES.get(terms.technique)
    if known is None:
        return "technique"
    if not terms.data or not set(terms.data) <= set(known.data):
        return "data"
    if not 0 <= terms.days <= known.days:
        return "days"
    if known.timed and not (terms.start and terms.end and terms.start != terms.end):
        return "times"
    return "" if terms.purpose else "purpose"


def proposed(
    patient: str,
    provider: str,
    unit: str,
    terms: Terms,
    dated: datetime,
    ends: datetime,
    *,
    others: Sequence[str] = (),
    main: str = "",
) -> Resource:
    """A Consent that waits for its answer. `main` is the person's, for a cohabitant; `others` are the cohabitants' (ids)."""
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", dated, ends)
    provision["actor"] = staff_parties("IRCP", provider, unit)
    made = consent_of(Kind.MONITORING, patient, dated, provision, None) | {"status": "proposed"}
    links = [{"url": OTHERS, "valueReference": {"reference": f"Consent/{id}"}} for id in others]
    links += [{"url": MAIN, "valueReference": {"reference": f"Consent/{main}"}}] if main else []
    made["extension"] = [{"url": TERMS, "extension": _terms(terms)}, *links]
    return made | ({"category": [{"coding": [{"system": KIND_SYSTEM, "code": COHABITANT}]}]} if main else {})


def answered(consent: Json, status: str, dated: str) -> Resource:
    """`active` for yes, `rejected` for no, `inactive` for a yes that is taken back: by the person themselves."""
    return {**consent, "status": status, "dateTime": dated, "performer": [{"reference": consent["patient"]["reference"]}]}


def is_ours(consent: Json) -> bool:
    """Whether it is one of the two kinds, with terms."""
    codes = {coding.get("code") for each in consent.get("category", ()) for coding in each.get("coding", ())}
    return bool(codes & {Kind.MONITORING.value, COHABITANT}) and terms_of(consent) is not None


def main_of(consent: Json) -> str:
    """The id of the person's own Consent, which this one of a cohabitant refers to; '' for the person's own."""
    return next(iter(_links(consent, MAIN)), "")


def others_of(consent: Json) -> list[str]:
    """The ids of the cohabitants' Consents, of the person's own."""
    return _links(consent, OTHERS)


def holds(consent: Json, now: datetime) -> bool:
    """Whether this one says yes now."""
    starts, ends = in_force(consent.get("provision", {}).get("period"))
    return consent.get("status") == "active" and (starts is None or starts <= now) and (ends is None or now < ends)


def may_be_used(main: Json, others: Sequence[Json | None], now: datetime) -> bool:
    """Whether everybody says yes now. A Consent that is not there any more says nothing."""
    return holds(main, now) and all(each is not None and holds(each, now) for each in others)


def terms_of(consent: Json) -> Terms | None:
    found = next((each for each in consent.get("extension", ()) if each.get("url") == TERMS), None)
    if found is None:
        return None
    parts = [(str(each.get("url")), _value(each)) for each in found.get("extension", ())]
    told = dict(parts)
    data = tuple(str(value) for name, value in parts if name == "data")
    texts = {name: str(told.get(name, "")) for name in ("technique", "purpose", "start", "end", "name")}
    return Terms(data=data, days=int(told.get("days", 0)), **texts)


def _terms(terms: Terms) -> list[Resource]:
    texts = (("purpose", terms.purpose), ("start", terms.start), ("end", terms.end), ("name", terms.name))
    return [
        {"url": "technique", "valueCode": terms.technique},
        *({"url": "data", "valueCode": each} for each in terms.data),
        *({"url": name, "valueString": value} for name, value in texts if value),
        {"url": "days", "valueInteger": terms.days},
    ]


def _links(consent: Json, url: str) -> list[str]:
    found = [each for each in consent.get("extension", ()) if each.get("url") == url]
    return [str(each.get("valueReference", {}).get("reference", "")).removeprefix("Consent/") for each in found]


def _value(extension: Json) -> Any:
    return next((value for name, value in extension.items() if name.startswith("value")), "")
