"""Facts about the person: relations, consents, blocks."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.vocabulary.predicate import About, Predicate

PREDICATES: Final[dict[str, Predicate]] = {
    "care-relation": Predicate(
        About.FACT,
        "The unit has a current care relation with the person.",
        "The unit has no current care relation with the person.",
        "Enheten har en aktuell vårdrelation till personen.",
        "Enheten saknar en aktuell vårdrelation till personen.",
        conditions.care_relation,
    ),
    "inner-blocked": Predicate(
        About.FACT,
        "The person has blocked it from other units.",
        "The person has not blocked it from other units.",
        "Personen har spärrat uppgiften för andra enheter.",
        "Personen har inte spärrat uppgiften för andra enheter.",
        conditions.block("inner"),
    ),
    "outer-blocked": Predicate(
        About.FACT,
        "The person has blocked it from other providers.",
        "The person has not blocked it from other providers.",
        "Personen har spärrat uppgiften för andra vårdgivare.",
        "Personen har inte spärrat uppgiften för andra vårdgivare.",
        conditions.block("outer"),
    ),
    "svod-consent": Predicate(
        About.FACT,
        "The person consents to shared documentation.",
        "The person's consent to shared documentation is missing.",
        "Personen samtycker till sammanhållen dokumentation.",
        "Personens samtycke till sammanhållen dokumentation saknas.",
        conditions.consent("svod"),
    ),
    "emergency-opening": Predicate(
        About.FACT,
        "An emergency opening is in force.",
        "No emergency opening is in force.",
        "En nödöppning gäller.",
        "Ingen nödöppning gäller.",
        conditions.emergency_opening,
    ),
    "wellness-shared": Predicate(
        About.FACT,
        "The person shares their own measurements for care.",
        "The person does not share their own measurements with the unit for care.",
        "Personen delar sina egna mätningar för vård.",
        "Personen delar inte sina egna mätningar med enheten för vård.",
        conditions.consent("wellness-share"),
    ),
    "wellness-shared-for-quality": Predicate(
        About.FACT,
        "The person shares their own measurements for quality work.",
        "The person does not share their own measurements with the unit for quality work.",
        "Personen delar sina egna mätningar för kvalitetsarbete.",
        "Personen delar inte sina egna mätningar med enheten för kvalitetsarbete.",
        conditions.consent("wellness-share-quality"),
    ),
    "registry-opposed": Predicate(
        About.FACT,
        "The person opposes being in the registry.",
        "The person does not oppose being in the registry.",
        "Personen motsätter sig att finnas i registret.",
        "Personen motsätter sig inte att finnas i registret.",
        conditions.registry_opposition,
    ),
}
