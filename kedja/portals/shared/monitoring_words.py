"""How technique that monitors at home is said: what it is, what data it uses, when, and until when these are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kedja.access.consents import Party
from kedja.gate.monitoring import Asked
from kedja.portals.shared import consents
from kedja.portals.shared.entry import When
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import text, when


@dataclass(frozen=True, slots=True)
class Shown:
    """One question, in words. `status` is that of the Consent; `cohabitant`: it is asked of one who lives there."""

    id: str
    technique: str
    purpose: str
    data: tuple[str, ...]
    start: str
    end: str
    days: int
    name: str
    unit: str
    status: str
    until: When | None
    over: bool
    used: bool
    cohabitant: bool
    others: tuple[str, ...] = ()


def shown(one: Asked, directory: Mapping[str, str], _: Language, *, cohabitant: bool, over: bool) -> Shown:
    """In the reader's language. `over`: its time is out."""
    unit = one.unit or consents.party(one.consent, Party.UNIT) or ""
    said = said_names(_)
    return Shown(
        id=text(one.consent, "id"),
        technique=technique_names(_).get(one.terms.technique, one.terms.technique),
        purpose=one.terms.purpose,
        data=tuple(data_names(_).get(each, each) for each in one.terms.data),
        start=one.terms.start,
        end=one.terms.end,
        days=one.terms.days,
        name=one.terms.name,
        unit=directory.get(unit, unit),
        status=text(one.consent, "status"),
        until=when(text(one.consent, "provision", "period", "end")),
        over=over,
        used=one.used,
        cohabitant=cohabitant,
        others=tuple(said.get(each, each) for each in one.others),
    )


def technique_names(_: Language) -> Mapping[str, str]:
    return {
        "camera": _("Camera that is looked at"),
        "motion": _("Sensor of movement"),
        "bed": _("Sensor in the bed"),
        "position": _("Alarm with position"),
    }


def data_names(_: Language) -> Mapping[str, str]:
    return {
        "live-image": _("the image, only while somebody looks"),
        "movement": _("that somebody moves in the home"),
        "door": _("that the outer door is opened"),
        "in-bed": _("whether somebody is in the bed"),
        "outside-home": _("the place, only outside of the home"),
    }


def said_names(_: Language) -> Mapping[str, str]:
    return {
        "proposed": _("has not answered"),
        "active": _("has said yes"),
        "rejected": _("has said no"),
        "inactive": _("has taken it back"),
        "ended": _("the time is out"),
    }
