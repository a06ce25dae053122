"""Who asks, for what, and what they declare."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Kind, Purpose
from kedja.access.vocabulary.predicate import About, Predicate, asks, for_purpose

PREDICATES: Final[dict[str, Predicate]] = {
    "signed-in": Predicate(
        About.ASKER,
        "Somebody is signed in.",
        "Nobody is signed in.",
        "Någon är inloggad.",
        "Ingen är inloggad.",
        conditions.signed_in,
    ),
    "citizen": asks("a person asking for themselves", "en person som frågar för egen del", Kind.CITIZEN),
    "guardian": asks("a guardian", "vårdnadshavare", Kind.GUARDIAN),
    "professional": asks("health care staff", "hälso- och sjukvårdspersonal", Kind.PROFESSIONAL),
    "care-worker": asks("social care staff", "omsorgspersonal", Kind.CARE_WORKER),
    "registry-staff": asks("registry staff", "registerpersonal", Kind.REGISTRY_STAFF),
    "system": asks("a provider's own system", "en vårdgivares eget system", Kind.SYSTEM),
    "purpose-care": for_purpose("care", "vård och behandling", Purpose.CARE),
    "purpose-administration": for_purpose("patient administration", "patientadministration", Purpose.ADMINISTRATION),
    "purpose-quality": for_purpose("quality work", "kvalitetsarbete", Purpose.QUALITY),
    "for-whole-provider": Predicate(
        About.ASKER,
        "The assignment names the whole provider.",
        "The assignment does not name the whole provider.",
        "Uppdraget omfattar hela vårdgivaren.",
        "Uppdraget omfattar inte hela vårdgivaren.",
        conditions.for_whole_provider,
    ),
    "danger": Predicate(
        About.ASKER,
        "There is danger to life or a serious risk to health.",
        "No danger to life or serious risk to health has been declared.",
        "Det finns fara för liv eller allvarlig risk för hälsan.",
        "Ingen fara för liv eller allvarlig risk för hälsan har angetts.",
        conditions.danger,
    ),
    "consent-unobtainable": Predicate(
        About.ASKER,
        "Consent cannot be obtained.",
        "It has not been declared that consent cannot be obtained.",
        "Samtycke kan inte inhämtas.",
        "Det har inte angetts att samtycke inte kan inhämtas.",
        conditions.consent_unobtainable,
    ),
}
