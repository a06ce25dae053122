"""How results and measurements are told: Observation, DiagnosticReport, QuestionnaireResponse, Specimen."""

from __future__ import annotations

from typing import Final

from kedja.forms.filled import of_response
from kedja.forms.form import Form
from kedja.forms.shipped import shipped
from kedja.portals.shared import form_view, plain
from kedja.portals.shared.entry import Resource, Told, Value
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import (
    amount,
    concept,
    concepts,
    first,
    first_when,
    has_code,
    items,
    objects,
    say_when,
    text,
    value_of,
    when,
)

_SYSTOLIC: Final = ("8480-6", "NPU21692")
_DIASTOLIC: Final = ("8462-4", "NPU21693")


def observation(resource: Resource, _: Language) -> Told:
    name = plain.name(resource.get("code"), _) or concept(resource.get("code"))
    parts = tuple(_component(part, _) for part in objects(resource, "component"))
    value = value_of(resource, _) or _pressure(resource, _)
    return Told(
        kind="result",
        title=name,
        recorded=not plain.name(resource.get("code"), _),
        when=first_when(resource, "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued"),
        until=when(text(resource, "effectivePeriod", "end")),
        value=value,
        text="\n".join(each for each in items(resource, "note", "text") if isinstance(each, str)),
        details=_pairs(
            (_("Method"), concept(resource.get("method"))),
            (_("Measured with"), text(resource, "device", "display")),
            (_("Not measured because"), concept(resource.get("dataAbsentReason"))),
            (_("Status"), _unsettled(resource, _)),
        ),
        group=_group(resource),
        parts=() if value and parts and _is_pressure(resource) else parts,
        active=text(resource, "status") not in ("cancelled", "entered-in-error"),
    )


def diagnostic_report(resource: Resource, _: Language) -> Told:
    return Told(
        kind="report",
        title=concept(resource.get("code")) or _("Report"),
        when=first_when(resource, "effectiveDateTime", "effectivePeriod.start", "issued"),
        text=text(resource, "conclusion"),
        lines=tuple(sorted({reference for reference in items(resource, "result", "display") if isinstance(reference, str)})),
    )


def questionnaire_response(resource: Resource, _: Language) -> Told:
    canonical = text(resource, "questionnaire")
    form = shipped(canonical)
    if form is not None:
        return _of_form(form, resource, _)
    return Told(
        kind="form",
        title=canonical.rsplit("/", 1)[-1].split("|")[0] or _("Form"),
        when=first_when(resource, "authored"),
        parts=tuple(_answer(item, _) for item in objects(resource, "item") if item.get("answer")),
    )


def _of_form(form: Form, resource: Resource, _: Language) -> Told:
    """By the form's own words in the reader's language, with its scores and what they mean."""
    found = form_view.answers(form, of_response(form, resource), _)
    told = [each for each in found if not each.heading]
    return Told(
        kind="form",
        title=form.title.of(_.code),
        recorded=False,
        when=first_when(resource, "authored"),
        lines=tuple(
            ": ".join(filter(None, (f"{each.words} {', '.join(each.values)}", each.meaning))) for each in told if each.score
        ),
        parts=tuple(
            Told("form", each.words, value=Value(", ".join(each.values)), recorded=False) for each in told if not each.score
        ),
    )


def specimen(resource: Resource, _: Language) -> Told:
    purposes = concepts(resource.get("condition"))
    return Told(
        kind="sample",
        title=_("Stored sample: %(what)s", what=concept(resource.get("type")) or _("material not stated")),
        recorded=False,
        when=first_when(resource, "collection.collectedDateTime", "collection.collectedPeriod.start", "receivedTime"),
        lines=(_("Kept in a biobank. You decide what it may be used for."),),
        details=_pairs(
            (_("Amount"), amount(first(resource, "collection", "quantity"), _)),
            (_("Taken from"), concept(first(resource, "collection", "bodySite"))),
            (_("Container"), concept(first(resource, "container", "type"))),
            (_("Condition"), ", ".join(purposes)),
            (_("Received"), say_when(when(text(resource, "receivedTime")), _)),
        ),
        active=text(resource, "status") not in ("unavailable", "entered-in-error"),
    )


def _component(part: Resource, _: Language) -> Told:
    name = plain.name(part.get("code"), _)
    return Told(
        kind="result",
        title=name or concept(part.get("code")),
        recorded=not name,
        value=value_of(part, _),
    )


def _answer(item: Resource, _: Language) -> Told:
    answer = next(iter(objects(item, "answer")), {})
    value = value_of(answer, _)
    if value is None and "valueCoding" in answer:
        value = Value(text(answer, "valueCoding", "display") or text(answer, "valueCoding", "code"))
    if value is None and "valueDecimal" in answer:
        value = Value(_.number(answer["valueDecimal"]))
    return Told(kind="form", title=text(item, "text") or text(item, "linkId"), value=value)


def _is_pressure(resource: Resource) -> bool:
    parts = objects(resource, "component")
    return any(has_code(part.get("code"), *_SYSTOLIC) for part in parts) and any(
        has_code(part.get("code"), *_DIASTOLIC) for part in parts
    )


def _pressure(resource: Resource, _: Language) -> Value | None:
    """A blood pressure is said as one value: 134/82 mmHg."""
    if not _is_pressure(resource):
        return None
    parts = objects(resource, "component")
    upper = next(part for part in parts if has_code(part.get("code"), *_SYSTOLIC))
    lower = next(part for part in parts if has_code(part.get("code"), *_DIASTOLIC))
    over, under = value_of(upper, _), value_of(lower, _)
    if over is None or under is None or over.number is None or under.number is None:
        return None
    side = next((side for side in (over.side, under.side) if side in ("high", "low")), over.side and under.side)
    return Value(f"{over.text}/{under.text}", over.unit or "mmHg", "", side, over.number, over.low, over.high, under.number)


def _group(resource: Resource) -> str:
    """One analysis over time: values of the same code in the same unit can be compared, others cannot."""
    code = text(resource, "code", "coding", "code") or concept(resource.get("code"))
    unit = text(resource, "valueQuantity", "unit") or text(resource, "valueQuantity", "code")
    return f"{plain.same_as(code)}|{unit or text(resource, 'component', 'valueQuantity', 'unit')}"


def _unsettled(resource: Resource, _: Language) -> str:
    words = {"preliminary": _("Preliminary"), "registered": _("Ordered, no result yet"), "amended": _("Changed afterwards"),
             "corrected": _("Corrected"), "cancelled": _("Cancelled"), "entered-in-error": _("Entered in error")}  # fmt: skip
    return words.get(text(resource, "status"), "")


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[1])


TABLE: Final = {
    "Observation": observation,
    "DiagnosticReport": diagnostic_report,
    "QuestionnaireResponse": questionnaire_response,
    "Specimen": specimen,
}
