"""A person's consents and blocks, as the pages say them. What they mean in law is read by `access`, not here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.access.consents import HSA_SYSTEM, KIND_SYSTEM, PARTY_SYSTEM, REASON_URL, Kind, Party
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import items, text, when

_BLOCKS: Final = (Kind.INNER_BLOCK, Kind.OUTER_BLOCK)


@dataclass(frozen=True, slots=True)
class Block:
    """A block in force. `unit` is '' where it covers the whole provider."""

    id: str
    kind: str
    provider: str
    unit: str
    where: str
    whom: str
    since: datetime | None


def kind_of(consent: Resource) -> str:
    """A code of `access.consents.Kind`, or ''."""
    return next((text(each, "code") for each in items(consent, "category", "coding") if text(each, "system") == KIND_SYSTEM), "")


def in_force(consents: Iterable[Resource], now: datetime) -> list[Resource]:
    """The active ones whose period has begun and is not over."""
    return [consent for consent in consents if text(consent, "status") == "active" and _in_period(consent, now)]


def blocks(consents: Iterable[Resource], directory: Mapping[str, str], _: Language, now: datetime) -> list[Block]:
    """The blocks in force, newest first."""
    found = [_block(each, directory, _) for each in in_force(consents, now) if kind_of(each) in _BLOCKS]
    return sorted(found, key=lambda block: (block.since is not None, block.since), reverse=True)


def summary(consents: Sequence[Resource], _: Language) -> str:
    """2 consents · 1 block"""
    now = datetime.now().astimezone()
    kinds = [kind_of(consent) for consent in in_force(consents, now)]
    given = sum(kind in (Kind.SVOD, Kind.WELLNESS_SHARE) for kind in kinds)
    blocked = sum(kind in _BLOCKS for kind in kinds)
    return " · ".join((_.count("%(n)s consent", "%(n)s consents", given), _.count("%(n)s block", "%(n)s blocks", blocked)))


def openings(consents: Iterable[Resource]) -> dict[str, str]:
    """The reason of every emergency opening, whether in force or over, by its reference (`Consent/1`)."""
    return {f"Consent/{text(each, 'id')}": _reason(each) for each in consents if kind_of(each) == Kind.EMERGENCY}


def _reason(consent: Resource) -> str:
    return next((text(each, "valueString") for each in items(consent, "extension") if text(each, "url") == REASON_URL), "")


def party(consent: Resource, wanted: Party) -> str:
    """The HSA-id of the provider or unit that a consent names, or ''."""
    for actor in items(consent, "provision", "actor"):
        roles = [text(each, "code") for each in items(actor, "role", "coding") if text(each, "system") == PARTY_SYSTEM]
        if wanted.value in roles and text(actor, "reference", "identifier", "system") == HSA_SYSTEM:
            return text(actor, "reference", "identifier", "value")
    return ""


def _block(consent: Resource, directory: Mapping[str, str], _: Language) -> Block:
    provider, unit = party(consent, Party.PROVIDER), party(consent, Party.UNIT)
    kind = kind_of(consent)
    named = directory.get(provider, provider)
    whom = _("for other units of %(provider)s", provider=named) if kind == Kind.INNER_BLOCK else _("for all other providers")
    since = when(text(consent, "provision", "period", "start") or text(consent, "dateTime"))
    return Block(text(consent, "id"), kind, provider, unit, directory.get(unit, unit) or named, whom, since.at if since else None)


def _in_period(consent: Resource, now: datetime) -> bool:
    start, end = (when(text(consent, "provision", "period", bound)) for bound in ("start", "end"))
    return (start is None or start.at <= now) and (end is None or now < end.at)
