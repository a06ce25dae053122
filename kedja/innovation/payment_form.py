"""Reading who pays from a form: every field that is wrong is named, and nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kedja.innovation.entries import called
from kedja.innovation.payment import options, said
from kedja.innovation.words import Words

Sent = Mapping[str, Sequence[str]]
MOST_FLOWS: Final = 8
_MOST: Final = 10**12
_SUMS: Final = ("once", "yearly", "gains")
_LINE: Final = 200


def read(sent: Sent) -> tuple[dict[str, Any], dict[str, Words]]:
    """(a description of who pays as the gate takes it, what is wrong by field)."""
    wrong: dict[str, Words] = {}
    given: dict[str, Any] = {name: _model(sent, name, wrong) for name in ("today", "chosen")}
    given["activity"] = {
        when: {unit.id: whole(sent, f"{when}-{unit.id}", wrong) for unit in options("units")} for when in ("now", "then")
    }
    given["flows"] = [flow for place in range(MOST_FLOWS) if (flow := _flow(sent, place, wrong))]
    known = {each.id for each in said()}
    given["hinders"] = [each for each in dict.fromkeys(sent.get("hinders", ())) if each in known]
    given["remedy"] = first(sent, "remedy")[:2000]
    if not given["flows"] and not wrong:
        wrong["who-0"] = Words("Ange minst en som betalar eller har nytta.", "Name at least one who pays or gains.")
    return given, wrong


def decided(sent: Sent, today: date) -> tuple[dict[str, Any], dict[str, Words]]:
    """(a decision: outcome, reason, review; what is wrong by field)."""
    wrong: dict[str, Words] = {}
    outcome, reason = first(sent, "outcome"), first(sent, "reason")[:2000]
    if outcome not in {each.id for each in options("outcomes")}:
        wrong["outcome"] = Words("Välj vad du beslutar.", "Choose what you decide.")
    if not reason:
        wrong["reason"] = Words("Skriv skälet: beslutet står kvar med det.", "Write the reason: the decision is kept with it.")
    review = _day(sent, "review", wrong)
    if review and review <= today:
        wrong["review"] = Words("Välj en dag som inte har varit än.", "Choose a day that is still to come.")
    if outcome == "try" and not review and "review" not in wrong:
        wrong["review"] = Words("Ett prov har en dag för omprövning.", "A trial has a day of review.")
    return {"outcome": outcome, "reason": reason, "review": review}, wrong


def followed(sent: Sent, today: date) -> tuple[dict[str, Any], dict[str, Words]]:
    """(a follow-up: day, paid, gained, text; what is wrong by field)."""
    wrong: dict[str, Words] = {}
    sums = {name: whole(sent, name, wrong) for name in ("paid", "gained")}
    day = _day(sent, "day", wrong) or today
    if day > today:
        wrong["day"] = Words("Dagen har inte varit än.", "That day is still to come.")
    text = first(sent, "text")[:2000]
    if not text:
        wrong["text"] = Words("Skriv vad som lärdes.", "Write what was learnt.")
    return {**sums, "day": day, "text": text}, wrong


def first(sent: Sent, name: str) -> str:
    """What was written in a field, without control characters."""
    return "".join(sign for sign in next(iter(sent.get(name, ())), "") if sign.isprintable() or sign in "\r\n\t").strip()


def whole(sent: Sent, name: str, wrong: dict[str, Words], most: int = _MOST) -> int:
    """A whole number, 0 where nothing was written."""
    text = "".join(first(sent, name).split()).removesuffix("kr")
    if not text:
        return 0
    if text.isascii() and text.isdecimal() and len(text) < 14 and int(text) <= most:
        return int(text)
    wrong[name] = Words("Skriv ett helt tal, som 1200.", "Write a whole number, as 1200.")
    return 0


def _model(sent: Sent, name: str, wrong: dict[str, Words]) -> str:
    text = first(sent, name)
    one = called(text) if text else None
    if text and (one is None or one.kind.id != "model"):
        wrong[name] = Words("Välj en modell i listan.", "Choose a model of the list.")
    return str(one) if one else ""


def _flow(sent: Sent, place: int, wrong: dict[str, Words]) -> dict[str, Any] | None:
    who, what = first(sent, f"who-{place}")[:_LINE], first(sent, f"what-{place}")[:_LINE]
    sums = {name: whole(sent, f"{name}-{place}", wrong) for name in _SUMS}
    if not who:
        if what or any(sums.values()):
            wrong[f"who-{place}"] = Words("Skriv vem det gäller.", "Write whom it is about.")
        return None
    kind = first(sent, f"kind-{place}")
    known = {each.id for each in options("bearers")}
    return {"who": who, "kind": kind if kind in known else "unit", **sums, "what": what}


def _day(sent: Sent, name: str, wrong: dict[str, Words]) -> date | None:
    text = first(sent, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong[name] = Words("Skriv dagen som 2026-05-17.", "Write the day as 2026-05-17.")
        return None
