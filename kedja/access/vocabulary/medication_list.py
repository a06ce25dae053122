"""The National Medication List (NLL): who may, what the person has said, how old it is."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Purpose
from kedja.access.asker import Asker, known
from kedja.access.custody import Label, Regime
from kedja.access.vocabulary.care import own_opening, searches_by
from kedja.access.vocabulary.predicate import About, Predicate, for_purpose, kept
from kedja.search.condition import Condition, Fact, Is, Recent

NURSES: Final = frozenset({"SSK", "SJ"})
MEDICATION_STAFF: Final = NURSES | {"DT", "AP", "RC"}  # dietitians, pharmacists
_MONTHS: Final = 24  # NLL 5:1, 5:4
KEPT_MONTHS: Final = 60  # NLL 3:10


def _prescriber(asker: Asker) -> Condition:
    return known(asker.actor.prescriber)


def _nurse(asker: Asker) -> Condition:
    return known(bool(NURSES.intersection(asker.actor.licences)))


def _medication_staff(asker: Asker) -> Condition:
    return known(bool(MEDICATION_STAFF.intersection(asker.actor.licences)))


def _blocked(asker: Asker) -> Condition:
    return Fact("block", asker.now, (Is("kind", "=", "nll"),))


def _dose_dispensed(asker: Asker) -> Condition:
    return Fact("subject_state", asker.now, (Is("kind", "=", "dose-dispensing"),))


def _within_two_years(asker: Asker) -> Condition:
    return Recent(_MONTHS, asker.now)


def _within_five_years(asker: Asker) -> Condition:
    return Recent(KEPT_MONTHS, asker.now)


PREDICATES: Final[dict[str, Predicate]] = {
    "nll": kept("the National Medication List", "den nationella läkemedelslistan", Regime.NLL),
    "purpose-dispensing": for_purpose("dispensing at a pharmacy", "expediering på apotek", Purpose.DISPENSING),
    "prescriber": Predicate(
        About.ASKER,
        "The one who asks may prescribe.",
        "The one who asks may not prescribe.",
        "Den som frågar har rätt att förskriva.",
        "Den som frågar har inte rätt att förskriva.",
        _prescriber,
    ),
    "nurse": Predicate(
        About.ASKER,
        "The one who asks is a licensed nurse.",
        "The one who asks is not a licensed nurse.",
        "Den som frågar är legitimerad sjuksköterska.",
        "Den som frågar är inte legitimerad sjuksköterska.",
        _nurse,
    ),
    "medication-staff": Predicate(
        About.ASKER,
        "The one who asks is a nurse, dietitian or pharmacist in health care.",
        "The one who asks is no nurse, dietitian or pharmacist in health care.",
        "Den som frågar är sjuksköterska, dietist eller farmaceut i vården.",
        "Den som frågar är inte sjuksköterska, dietist eller farmaceut i vården.",
        _medication_staff,
    ),
    "nll-consent": Predicate(
        About.FACT,
        "The patient consents to the reading of the medication list.",
        "The patient's consent to the reading of the medication list is missing.",
        "Patienten samtycker till att läkemedelslistan läses.",
        "Patientens samtycke till att läkemedelslistan läses saknas.",
        conditions.consent("nll"),
    ),
    "nll-reason-consent": Predicate(
        About.FACT,
        "The patient consents that the pharmacy sees why it was prescribed.",
        "The patient's consent that the pharmacy sees why it was prescribed is missing.",
        "Patienten samtycker till att apoteket ser ordinationsorsaken.",
        "Patientens samtycke till att apoteket ser ordinationsorsaken saknas.",
        conditions.consent("nll-reason"),
    ),
    "nll-opening": Predicate(
        About.FACT,
        "An emergency opening of the medication list is in force.",
        "No emergency opening of the medication list is in force.",
        "En nödöppning av läkemedelslistan gäller.",
        "Ingen nödöppning av läkemedelslistan gäller.",
        own_opening("nll-emergency"),
    ),
    "nll-blocked": Predicate(
        About.FACT,
        "The patient has blocked the medication list.",
        "The patient has not blocked the medication list.",
        "Patienten har spärrat läkemedelslistan.",
        "Patienten har inte spärrat läkemedelslistan.",
        _blocked,
    ),
    "dose-dispensed": Predicate(
        About.FACT,
        "The patient's medicines are dispensed in doses.",
        "The patient's medicines are not dispensed in doses.",
        "Patienten får dosdispenserade läkemedel.",
        "Patienten får inte dosdispenserade läkemedel.",
        _dose_dispensed,
    ),
    "narcotic": Predicate(
        About.RESOURCE,
        "It is a narcotic or other special medicine.",
        "It is no narcotic or other special medicine.",
        "Det är ett narkotiskt eller annat särskilt läkemedel.",
        "Det är inte ett narkotiskt eller annat särskilt läkemedel.",
        conditions.label(Label.NARCOTIC),
    ),
    "within-two-years": Predicate(
        About.RESOURCE,
        "It was registered within the last 24 months.",
        "It was registered more than 24 months ago.",
        "Uppgiften registrerades under de senaste 24 månaderna.",
        "Uppgiften registrerades för mer än 24 månader sedan.",
        _within_two_years,
    ),
    "within-five-years": Predicate(
        About.RESOURCE,
        "It was registered within the last five years.",
        "It was registered more than five years ago.",
        "Uppgiften registrerades under de senaste fem åren.",
        "Uppgiften registrerades för mer än fem år sedan.",
        _within_five_years,
    ),
    "by-ordination-reason": Predicate(
        About.ASKER,
        "The search is made by why something was prescribed.",
        "The search is not made by why something was prescribed.",
        "Sökningen görs på ordinationsorsak.",
        "Sökningen görs inte på ordinationsorsak.",
        searches_by("ordination-reason"),
    ),
}
