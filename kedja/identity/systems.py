"""The identifier systems of Swedish persons and organisations, and the aliases that are met (spec 2.1)."""

from __future__ import annotations

from typing import Final

PERSONNUMMER: Final = "http://electronichealth.se/identifier/personnummer"
SAMORDNINGSNUMMER: Final = "http://electronichealth.se/identifier/samordningsnummer"
RESERVNUMMER: Final = "http://electronichealth.se/identifier/nationelltReservnummer"
LMA_NUMMER: Final = "http://electronichealth.se/identifier/LMA-nummer"
STOCKHOLM_RESERVE: Final = "urn:oid:1.2.752.97.3.1.3"
LOCAL_RESERVE: Final = "urn:oid:1.2.752.129.2.1.2.1"
HSA_ID: Final = "urn:oid:1.2.752.29.4.19"
ORGANISATION_NUMBER: Final = "urn:oid:2.5.4.97"

FORMER_KEY: Final = "https://kedja.example/fhir/sid/person-key"
"""A person key that was given up when two records proved to be of one person."""

# RIV-TA OIDs, with the misspelling of one published profile set. The older Carelink `reservnummer` (1.2.752.129.2.1.3.2)
# is left as it is: it is unique only within its issuer, so that it must not decide who somebody is.
_ALIASES: Final = {
    "1.2.752.129.2.1.3.1": PERSONNUMMER,
    "1.2.752.129.2.1.3.3": SAMORDNINGSNUMMER,
    "1.2.752.74.9.1": RESERVNUMMER,
    "1.2.752.97.3.1.3": STOCKHOLM_RESERVE,
    "1.2.752.129.2.1.2.1": LOCAL_RESERVE,
    "1.2.752.129.2.1.4.1": HSA_ID,
    "1.2.752.29.4.19": HSA_ID,
    "2.5.4.97": ORGANISATION_NUMBER,
    "http://electronichealth.se/identifier/nationelltReservnumer": RESERVNUMMER,
}


def canonical_system(system: str) -> str:
    """The FHIR system that this system, OID or `urn:oid:` stands for; itself where it is no alias."""
    return _ALIASES.get(system.removeprefix("urn:oid:"), system)
