"""`Encounter/$discharge-timers`: what a stay makes due, for whom, and from when the municipality pays (lag 2017:612)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kedja import exactjson
from kedja.access.instants import text_of
from kedja.discharge.case import Agreement, Case, Party
from kedja.discharge.deadlines import Deadline, State, deadlines
from kedja.discharge.liability import Liability, liability
from kedja.discharge.messages import MESSAGE_SYSTEM, NEEDS_URL, Message
from kedja.discharge.reading import case_of
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs, output
from kedja.outcome import refuse
from kedja.search.parse import parse
from kedja.search.resolve import resolve

Resource = dict[str, Any]
_INPUTS: Final = ("party", "due", "agreedDays", "agreedAmount", "dailyAmount")
_MOST: Final = "500"
_MESSAGES: Final = ",".join(f"{MESSAGE_SYSTEM}|{message}" for message in Message)


async def timers(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with a `stay` for each stay that the caller may see something of: its deadlines and the liability.

    Of Encounter `id`, or of all that are going on and all that messages were sent about. `party`: only what that party has to
    do; `due`: only what is not done. `agreedDays`, `agreedAmount`: what region and municipality have agreed (4:5);
    `dailyAmount`: else the national average for a day and night (5:6). Raises 404 for a stay that is not the caller's to see.
    """
    given = inputs(call, _INPUTS)
    agreement = Agreement(given.number("agreedDays"), _amount(given, "agreedAmount"))
    daily, party, now = _amount(given, "dailyAmount"), _party(given), call.door.clock()
    stays = await _stays(call, id)
    if id and not stays:
        raise refuse(404, "not-found", f"Encounter/{id} is not here, or you may not see it")
    parts: list[Resource] = []
    for reference, encounter, messages in stays:
        case = case_of(encounter, messages, agreement)
        if case is not None:
            found = [each for each in deadlines(case) if _wanted(each, party, given.flag("due") or False)]
            told = liability(case, now, daily)
            subject = (encounter or messages[0])["subject"]
            parts.append({"name": "stay", "part": list(_stay(reference, subject, case, found, told, now))})
    return Answer(200, exactjson.dumps(output(*parts)))


async def _stays(call: Call, id: str) -> list[tuple[str, Resource | None, list[Resource]]]:
    """(reference, the Encounter if the caller may see it, the messages) of each stay."""
    about = [("encounter", f"Encounter/{id}")] if id else []
    messages = await _search(call, "Communication", [("category", _MESSAGES), *about, ("_count", _MOST)])
    which = [("_id", id)] if id else [("class", "IMP"), ("status", "in-progress")]
    encounters = await _search(call, "Encounter", [*which, ("_count", _MOST)])
    found: dict[str, Resource | None] = {f"Encounter/{each['id']}": each for each in encounters if id or _needs(each)}
    by_stay: dict[str, list[Resource]] = {}
    for message in _once(messages):
        by_stay.setdefault(message["encounter"]["reference"], []).append(message)
    others = [reference for reference in by_stay if reference not in found]
    if others:
        ids = ",".join(reference.removeprefix("Encounter/") for reference in others)
        known = await _search(call, "Encounter", [("_id", ids), ("_count", _MOST)])
        found |= dict.fromkeys(others) | {f"Encounter/{each['id']}": each for each in known}
    return [(reference, encounter, by_stay.get(reference, [])) for reference, encounter in sorted(found.items())]


async def _search(call: Call, name: str, asked: Sequence[tuple[str, str]]) -> list[Resource]:
    query = resolve(parse(name, list(asked)), base=call.base, now=call.door.clock())
    rows = await call.door.search(call.actor, query, call.request, "$discharge-timers")
    return [exactjson.loads(row["body"].encode()) for row in rows if row["mode"] == "match"]


def _needs(encounter: Resource) -> bool:
    return any(each.get("url") == NEEDS_URL for each in encounter.get("extension", ()))


def _once(messages: Sequence[Resource]) -> Iterator[Resource]:
    """Without the copies of messages whose original is there, or that were had as several units of one caller."""
    seen = {f"Communication/{message['id']}" for message in messages}
    for message in messages:
        originals = [part.get("reference", "") for part in message.get("partOf", ())]
        if not any(original in seen for original in originals):
            seen.update(originals)
            yield message


def _wanted(deadline: Deadline, party: Party | None, open_only: bool) -> bool:
    return (party is None or deadline.by is party) and not (open_only and deadline.done is not None)


def _stay(
    reference: str, subject: Resource, case: Case, found: Iterable[Deadline], told: Liability, now: datetime
) -> Iterator[Resource]:
    yield {"name": "encounter", "valueReference": {"reference": reference}}
    yield {"name": "patient", "valueReference": subject}
    if case.estimated is not None:
        yield {"name": "estimated-discharge", "valueDateTime": text_of(case.estimated)}
    for each in found:
        yield {"name": "deadline", "part": list(_deadline(each, now))}
    yield {"name": "liability", "part": list(_liability(told))}


def _deadline(deadline: Deadline, now: datetime) -> Iterator[Resource]:
    yield {"name": "step", "valueCode": deadline.step.value}
    yield {"name": "by", "valueCode": deadline.by.value}
    if deadline.to is not None:
        yield {"name": "to", "valueCode": deadline.to.value}
    for name, at in (("since", deadline.since), ("due", deadline.due), ("done", deadline.done)):
        if at is not None:
            yield {"name": name, "valueDateTime": text_of(at)}
    state = deadline.state(now)
    yield {"name": "state", "valueCode": state.value}
    if state is State.WAITING and deadline.due is not None:
        yield {"name": "minutes-left", "valueInteger": int((deadline.due - now).total_seconds() // 60)}
    yield {"name": "citation", "valueString": deadline.cite}


def _liability(told: Liability) -> Iterator[Resource]:
    yield {"name": "standing", "valueCode": told.standing.value}
    if told.begins is not None:
        yield {"name": "begins", "valueDate": told.begins.isoformat()}
        yield {"name": "days", "valueInteger": told.days}
    if told.amount is not None:
        yield {"name": "amount", "valueMoney": {"value": exactjson.loads(str(told.amount).encode()), "currency": "SEK"}}
    for name, reasons in (("unmet", told.unmet), ("waiting", told.waiting)):
        for reason in reasons:
            yield {"name": name, "valueCode": reason.value}


def _party(given: Inputs) -> Party | None:
    text = given.text("party")
    if text is not None and text not in list(Party):
        raise refuse(400, "value", f"`party` is one of {', '.join(Party)}", "?party")
    return Party(text) if text is not None else None


def _amount(given: Inputs, name: str) -> Decimal | None:
    value = given.one(name)
    try:
        amount = None if value is None else Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if amount is not None and not 0 <= amount < 10**9:
        raise refuse(400, "value", f"`{name}` wants an amount in kronor, as 9800 or 9800.50", f"?{name}")
    return amount
