"""What a person has chosen to see of their timeline: read off the address, asked of the gate, and offered as a form. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from kedja.gate.timeline import Facet, Wanted, Word
from kedja.portals.shared import plain
from kedja.portals.shared.entry import Entry
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.tell import DOMAIN_OF_REGIME, DOMAINS, domain_name

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts": ("Encounter", "Appointment", "EpisodeOfCare"),
    "notes": ("DocumentReference", "Composition", "ClinicalImpression", "Communication"),
    "results": ("Observation", "DiagnosticReport", "Specimen"),
    "medicines": ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"),
    "diagnoses": ("Condition", "AllergyIntolerance", "Flag", "RiskAssessment", "FamilyMemberHistory"),
    "vaccinations": ("Immunization",),
    "treatments": ("Procedure",),
    "plans": ("CarePlan", "Goal", "ServiceRequest", "Task"),
    "forms": ("QuestionnaireResponse",),
    "people": ("RelatedPerson", "CareTeam"),
}
_MOST_WORDS: Final = 5
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """The form as it was sent. `until` is a day that is included; `before` is where a page goes on, `begun` its month."""

    domains: tuple[str, ...] = DOMAINS
    kind: str = ""
    place: str = ""
    start: date | None = None
    until: date | None = None
    words: tuple[str, ...] = ()
    fresh: bool = False
    before: datetime | None = None
    begun: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether more is chosen than domains, so that the rest of the form is shown."""
        return bool(self.kind or self.place or self.start or self.until or self.words or self.fresh)

    def query(self, older: datetime, begun: str) -> str:
        """The query of the page that goes on from this one."""
        pairs = [("domain", domain) for domain in self.domains] if len(self.domains) < len(DOMAINS) else []
        days = [(name, day.isoformat()) for name, day in (("from", self.start), ("until", self.until)) if day]
        chosen = {"kind": self.kind, "place": self.place, "q": " ".join(self.words), "new": "1" if self.fresh else ""}
        pairs += [*days, *((name, value) for name, value in chosen.items() if value)]
        return urlencode([*pairs, ("before", older.astimezone(ZONE).date().isoformat()), ("begun", begun)])


@dataclass(frozen=True, slots=True)
class Option:
    """One of a list. `number` is how many entries there are, `chosen` whether it is picked."""

    key: str
    name: str
    number: int
    chosen: bool


def choice(query: QueryParams) -> Choice:
    """What cannot be understood is left out: an old address shows more, never an error."""
    before = _day(query.get("before"))
    return Choice(
        domains=tuple(domain for domain in DOMAINS if domain in query.getlist("domain")) or DOMAINS,
        kind=query.get("kind", "") if query.get("kind") in KINDS else "",
        place=_said(query.get("place")),
        start=_day(query.get("from")),
        until=_day(query.get("until")),
        words=tuple(_said(query.get("q")).split()[:_MOST_WORDS]),
        fresh=query.get("new") == "1",
        before=_midnight(before) if before else None,
        begun=_said(query.get("begun"))[:7] if before else "",
    )


def wanted(chosen: Choice, directory: Mapping[str, str], _: Language) -> Wanted:
    """The choice as the gate takes it. A word also stands for the codes and the units whose names have it."""
    ends = _midnight(chosen.until + timedelta(days=1)) if chosen.until and chosen.until < date.max else None
    bounds = [bound for bound in (ends, chosen.before) if bound]
    regimes = tuple(regime for regime, domain in DOMAIN_OF_REGIME.items() if domain in chosen.domains)
    return Wanted(
        regimes=None if len(chosen.domains) == len(DOMAINS) else regimes,
        types=KINDS[chosen.kind] if chosen.kind else None,
        place=chosen.place,
        fresh=chosen.fresh,
        start=_midnight(chosen.start) if chosen.start else None,
        before=min(bounds) if bounds else None,
        words=tuple(_word(word, directory, _) for word in chosen.words),
    )


def found_in(entry: Entry, words: Sequence[str]) -> bool:
    """Whether every word stands in what the page says of the entry: what is not shown is not found."""
    told, source = entry.told, entry.source
    said = [told.title, told.text, *told.lines, entry.kind_name, entry.domain_name, entry.explanation]
    said += [source.unit, source.provider, source.system, source.recorded_by]
    said += [part for pair in told.details for part in pair]
    said += [part for one in (told, *told.parts) for part in (one.title, one.value.text if one.value else "")]
    said += [part for code in entry.codes for part in (code.code, code.display)]
    text = "\n".join(said).casefold()
    return all(word.casefold() in text for word in words)


def kinds(facets: Iterable[Facet], chosen: Choice, _: Language) -> list[Option]:
    names = {
        "contacts": _("Contacts and booked times"),
        "notes": _("Notes and messages"),
        "results": _("Results and samples"),
        "medicines": _("Medicines"),
        "diagnoses": _("Diagnoses, allergies and alerts"),
        "vaccinations": _("Vaccinations"),
        "treatments": _("Treatments"),
        "plans": _("Plans, referrals and decisions"),
        "forms": _("Forms"),
        "people": _("Relatives and contacts in care"),
    }
    kind_of = {type_name: kind for kind, types in KINDS.items() for type_name in types}
    counts = Counter[str]()
    for facet in facets:
        counts[kind_of.get(facet.type, "")] += facet.number
    return [Option(kind, names[kind], counts[kind], kind == chosen.kind) for kind in KINDS if counts[kind] or kind == chosen.kind]


def places(facets: Iterable[Facet], chosen: Choice, directory: Mapping[str, str]) -> list[Option]:
    """Where entries are kept, by name. A person's own account is not a place: it is a domain."""
    counts = Counter[str]()
    for facet in facets:
        if facet.place:
            counts[facet.place] += facet.number
    found = [Option(place, directory.get(place, place), number, place == chosen.place) for place, number in counts.items()]
    return sorted(found, key=lambda one: one.name.casefold())


def chips(chosen: Choice, _: Language) -> list[Option]:
    return [Option(domain, domain_name(domain, _), 0, domain in chosen.domains) for domain in DOMAINS]


def _word(word: str, directory: Mapping[str, str], _: Language) -> Word:
    folded = word.casefold()
    units = tuple(id for id, name in directory.items() if folded in name.casefold())
    return Word((word, *plain.codes_named(word, _)), units)


def _said(text: str | None) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in (text or "")[:_LONGEST]).strip()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZONE)
