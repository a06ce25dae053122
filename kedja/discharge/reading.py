"""A case, read from an `Encounter` and the messages about it; who has only had messages knows what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from kedja.access.consents import HSA_SYSTEM
from kedja.access.instants import first_instant, in_force
from kedja.discharge.case import Agreement, Case, Party, Span, day_of
from kedja.discharge.messages import (
    ESTIMATE_URL,
    FIELD_URL,
    FIELDS,
    LACKING_URL,
    MESSAGE_SYSTEM,
    NEEDS_URL,
    NO_PLAN_URL,
    PARTY_URL,
    PROVIDER_URL,
    READY_URL,
    WITHHELD_URL,
    Message,
    Recipient,
)
from kedja.outcome import OutcomeError, refuse

Json = Mapping[str, Any]
_PARTIES: Final = {party.value: party for party in Party}
_MESSAGES: Final = {message.value: message for message in Message}
_STATUTE: Final = Agreement()


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message that was sent: what, when, by which party, to which."""

    kind: Message
    at: datetime
    by: Party | None
    to: frozenset[Party]
    estimated: datetime | None


def kind_of(communication: Json) -> Message | None:
    """Which of the statute's messages this is, or None."""
    for category in _dicts(communication.get("category")):
        for coding in _dicts(category.get("coding")):
            if coding.get("system") == MESSAGE_SYSTEM and coding.get("code") in _MESSAGES:
                return _MESSAGES[coding["code"]]
    return None


def recipients_of(communication: Json) -> list[Recipient]:
    """The units that a message is to. Raises OutcomeError 422 for one that does not say whose it is and as what."""
    return [_recipient(each, place) for place, each in enumerate(_dicts(communication.get("recipient")))]


def sender_of(communication: Json) -> Recipient | None:
    """The unit that a message is from; None where it does not say whose it is and as what."""
    try:
        return _recipient(communication.get("sender") or {}, 0)
    except OutcomeError:
        return None


def estimate_of(communication: Json) -> datetime | None:
    """The new time of discharge that a message tells (2:4), or None."""
    return _instant(_value(_extensions(communication), ESTIMATE_URL))


def check(communication: Json) -> None:
    """Raises OutcomeError 422 for a message without a time or a stay, and an admission notice that says more than 2:2 names."""
    kind = kind_of(communication)
    if kind is None:
        return
    if not communication.get("sent") or not communication.get("encounter"):
        told = "a message about a stay says when it was sent and about which Encounter (2017:612)"
        raise refuse(422, "required", told, "Communication.sent")
    recipients_of(communication)
    if kind is Message.ADMISSION_NOTICE:
        _check_fields(communication)


def case_of(encounter: Json | None, messages: Iterable[Json], agreement: Agreement = _STATUTE) -> Case | None:
    """What is known of a stay from its Encounter and its messages; None where there is neither a stay nor a notice of one."""
    sent = sorted(_sent(messages), key=lambda each: each.at)
    told = _told(sent, Message.ADMISSION_NOTICE)
    start, end = in_force((encounter or {}).get("period"))
    admitted = start or min(told.values(), default=None)
    if admitted is None:
        return None
    said = {} if encounter is None else _extensions(encounter)
    needs, parties = _needs(said, told)
    ready_told = _since_withdrawn(sent)
    return Case(
        admitted=admitted,
        needs=needs,
        parties=parties,
        notified=told,
        estimated=_estimated(said, sent),
        estimate_changed=_instant(_within(said, ESTIMATE_URL, "changed")),
        estimate_told=_told(sent, Message.ESTIMATE, first=False),
        contact_named=_first(sent, Message.CARE_CONTACT),
        planning_begun={each.by: each.at for each in reversed(sent) if each.kind is Message.PLANNING and each.by is not None},
        ready=_instant(_value(said, READY_URL)) or min(ready_told.values(), default=None),
        ready_told=ready_told,
        informed=_told(sent, Message.INFORMATION),
        withheld=frozenset(_PARTIES[code] for code in _values(said, WITHHELD_URL) if code in _PARTIES),
        invited=_first([each for each in sent if not ready_told or each.at >= min(ready_told.values())], Message.INVITATION),
        no_plan=_value(said, NO_PLAN_URL) is True or _no_plan(sent),
        discharged=end if (encounter or {}).get("status") == "finished" else None,
        lacking=tuple(_lacking(said)),
        agreement=agreement,
    )


def _sent(messages: Iterable[Json]) -> Iterator[_Sent]:
    for message in messages:
        kind = kind_of(message)
        if kind is None or message.get("status") != "completed" or not message.get("sent"):
            continue
        to = frozenset(recipient.party for recipient in recipients_of(message))
        told = estimate_of(message) or _instant(fields_of(message).get("estimated-discharge"))
        by = _PARTIES.get(str(_value(_extensions(message.get("sender") or {}), PARTY_URL)))
        yield _Sent(kind, first_instant(message["sent"]), by, to, told)


def _told(sent: Sequence[_Sent], kind: Message, *, first: bool = True) -> dict[Party, datetime]:
    """When each party was told it the first time, or the last."""
    found: dict[Party, datetime] = {}
    for each in sent:
        for party in each.to if each.kind is kind else ():
            if not first or party not in found:
                found[party] = each.at
    return found


def _since_withdrawn(sent: Sequence[_Sent]) -> dict[Party, datetime]:
    """The notices of readiness since the last time that it was taken back."""
    withdrawn = max((each.at for each in sent if each.kind is Message.READY_WITHDRAWN), default=None)
    return _told([each for each in sent if withdrawn is None or each.at > withdrawn], Message.READY_NOTICE)


def _no_plan(sent: Sequence[_Sent]) -> bool:
    """Whether it was told that the patient does not consent, and nobody has been called to a planning since."""
    said = [each.kind for each in sent if each.kind in (Message.NO_PLAN, Message.INVITATION)]
    return bool(said) and said[-1] is Message.NO_PLAN


def _first(sent: Sequence[_Sent], kind: Message) -> datetime | None:
    return next((each.at for each in sent if each.kind is kind), None)


def _needs(said: Mapping[str, list[Json]], told: Mapping[Party, datetime]) -> tuple[datetime | None, frozenset[Party]]:
    """When services were judged to be needed, and whose; who has only had the notice knows that it is concerned."""
    for extension in said.get(NEEDS_URL, ()):
        parts = _extensions(extension)
        at = _instant(_value(parts, "at"))
        return at, frozenset(_PARTIES[code] for code in _values(parts, "party") if code in _PARTIES)
    return min(told.values(), default=None), frozenset(told)


def _estimated(said: Mapping[str, list[Json]], sent: Sequence[_Sent]) -> datetime | None:
    own = _instant(_within(said, ESTIMATE_URL, "time"))
    return own or next((each.estimated for each in reversed(sent) if each.estimated is not None), None)


def _lacking(said: Mapping[str, list[Json]]) -> Iterator[Span]:
    for extension in said.get(LACKING_URL, ()):
        start, end = in_force(extension.get("valuePeriod"))
        if start is not None:
            yield Span(day_of(start), day_of(end) if end is not None else None)


def _recipient(reference: Json, place: int) -> Recipient:
    said = _extensions(reference)
    party = _PARTIES.get(str(_value(said, PARTY_URL)))
    provider = next((each.get("valueIdentifier", {}).get("value", "") for each in said.get(PROVIDER_URL, ())), "")
    identifier: Json = reference.get("identifier") or {}
    unit = str(identifier.get("value", "")) if identifier.get("system") == HSA_SYSTEM else ""
    if party is None or not provider or not unit:
        told = "a message about a stay names each unit by HSA-id, with the extensions `discharge-party` and `provider`"
        raise refuse(422, "required", told, f"Communication.recipient[{place}]")
    return Recipient(party, str(provider), unit, str(reference.get("display", "")))


def _check_fields(communication: Json) -> None:
    payload = _dicts(communication.get("payload"))
    said = [_value(_extensions(each), FIELD_URL) for each in payload]
    if any(field not in FIELDS for field in said) or len(said) != len(set(map(str, said))):
        told = f"an admission notice contains {', '.join(FIELDS)} and nothing else (2017:612 2 kap. 2 §)"
        raise refuse(422, "business-rule", told, "Communication.payload")
    if any("contentString" not in each for each in payload) or communication.get("note") or communication.get("contained"):
        told = "an admission notice has no attachments, notes or further resources (2017:612 2 kap. 2 §)"
        raise refuse(422, "business-rule", told, "Communication.payload")


def fields_of(message: Json) -> dict[str, str]:
    """What an admission notice says, by `messages.FIELDS`."""
    return {
        str(_value(_extensions(each), FIELD_URL)): str(each.get("contentString", "")) for each in _dicts(message.get("payload"))
    }


def _extensions(holder: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for extension in _dicts(holder.get("extension")):
        found.setdefault(str(extension.get("url")), []).append(extension)
    return found


def _values(said: Mapping[str, Sequence[Json]], url: str) -> list[Any]:
    return [value for each in said.get(url, ()) for name, value in each.items() if name.startswith("value")]


def _value(said: Mapping[str, Sequence[Json]], url: str) -> Any:
    return next(iter(_values(said, url)), None)


def _within(said: Mapping[str, Sequence[Json]], url: str, name: str) -> Any:
    return next((_value(_extensions(each), name) for each in said.get(url, ())), None)


def _instant(value: Any) -> datetime | None:
    return first_instant(value) if isinstance(value, str) and value else None


def _dicts(value: object) -> list[dict[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
