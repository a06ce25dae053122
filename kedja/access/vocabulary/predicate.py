"""What a predicate is, and the ones that are all of one shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kedja.access import asker as conditions
from kedja.access.actor import Kind, Purpose
from kedja.access.asker import Build
from kedja.access.custody import Regime


class About(StrEnum):
    """What a predicate looks at."""

    ASKER = "asker"  # who asks, for what, and what they declare
    REGIME = "regime"  # under which law the resource is kept
    HOLDER = "holder"  # by whom it is kept
    RESOURCE = "resource"  # what it is, whose it is, whether the assignment reaches it
    FACT = "fact"  # relations, consents, blocks


@dataclass(frozen=True, slots=True)
class Predicate:
    """`en`/`sv` say in a sentence that it holds, `not_en`/`not_sv` that it does not: the words of a decision's reasons."""

    about: About
    en: str
    not_en: str
    sv: str
    not_sv: str
    build: Build


def kept(en: str, sv: str, regime: Regime) -> Predicate:
    return Predicate(
        About.REGIME,
        f"It is kept in {en}.",
        f"It is not kept in {en}.",
        f"Uppgiften finns i {sv}.",
        f"Uppgiften finns inte i {sv}.",
        conditions.regime(regime),
    )


def asks(en: str, sv: str, kind: Kind) -> Predicate:
    return Predicate(
        About.ASKER,
        f"The one who asks is {en}.",
        f"The one who asks is not {en}.",
        f"Den som frågar är {sv}.",
        f"Den som frågar är inte {sv}.",
        conditions.kind(kind),
    )


def for_purpose(en: str, sv: str, purpose: Purpose) -> Predicate:
    return Predicate(
        About.ASKER,
        f"The assignment is for {en}.",
        f"The assignment is not for {en}.",
        f"Uppdraget gäller {sv}.",
        f"Uppdraget gäller inte {sv}.",
        conditions.purpose(purpose),
    )
