"""The access log as a person reads it: who, when, what, why and by which right, in plain words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from kedja.access.rules import standard
from kedja.portals.shared.language import ZONE, Language

_TOGETHER: Final = timedelta(minutes=10)  # one look at a record is many requests
# The right that says most about a look comes first: what was opened before what was only told of.
_WEIGHTS: Final = ("V-12", "V-7", "I-1", "S-1", "S-2", "S-3", "B-1", "W-1", "Q-6", "V-4", "V-5", "I-3.2", "V-10", "V-14")
_LOOKS: Final = frozenset({"read", "vread", "search", "history", "preview", "identify"})  # what changes nothing is one look
_FOR_SOMEBODY: Final = ("guardian", "proxy")
_NOTHING_TO_SAY: Final = frozenset({"log"})  # asking for this log is not a reading of the record


@dataclass(frozen=True, slots=True)
class RuleWords:
    id: str
    words: str
    cite: str


@dataclass(frozen=True, slots=True)
class Line:
    """One look at a record. `resources` counts what was seen, by kind."""

    seq: int
    at: datetime
    who: str
    where: str
    what: str
    why: str
    cite: str
    denied: bool
    reason: str
    rules: tuple[RuleWords, ...]
    resources: tuple[tuple[str, int], ...]
    key: tuple[str, str, bool, str]
    action: str
    seen: frozenset[str]

    @property
    def looked(self) -> bool:
        """Somebody looked or acted: not a delivery from a source."""
        return self.action != "import"


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    lines: tuple[Line, ...]


def lines(rows: Iterable[Mapping[str, Any]], openings: Mapping[str, str], _: Language) -> list[Line]:
    """Rows of the log, newest first, those of one look together.

    `openings` gives the reason of each emergency opening by its reference (`Consent/1`).
    """
    found: list[Line] = []
    for row in rows:
        if row["action"] in _NOTHING_TO_SAY:
            continue
        line = _line(row, openings, _)
        if found and found[-1].key == line.key and found[-1].at - line.at < _TOGETHER:
            found[-1] = _join(found[-1], line, _)
        else:
            found.append(line)
    return found


def days(lines: Sequence[Line], _: Language) -> list[Day]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(_.day(line.at), []).append(line)
    return [Day(name, tuple(group)) for name, group in groups.items()]


def rule_words(id: str, _: Language) -> RuleWords:
    """A rule's title in this language, and its citation."""
    rule = standard().by_id.get(id)
    if rule is None:
        return RuleWords(id, id, "")
    return RuleWords(id, rule.title_sv if _.code == "sv" else rule.title_en, rule.cite)


def _line(row: Mapping[str, Any], openings: Mapping[str, str], _: Language) -> Line:
    rules = tuple(rule_words(id, _) for id in sorted(row["rules"], key=_weight))
    denied = row["decision"] != "permit"
    seen = frozenset("/".join(each.split("/")[:2]) for each in row["resources"] if "/" in each)
    opened = next((each for each in seen if each in openings and row["action"] == "create"), "")
    action = "open" if opened else row["action"]
    return Line(
        seq=row["seq"],
        at=row["at"].astimezone(ZONE),
        who=_who(row, _),
        where="" if action == "import" else row["unit_name"] or row["provider_name"],
        what=_what(action, seen, _),
        why=rules[0].words if rules else _("The law did not allow it.") if denied else "",
        cite=rules[0].cite if rules else "",
        denied=denied,
        reason=openings[opened] if opened else "",
        rules=rules,
        resources=_counted(seen, _),
        key=(row["actor"], row["unit"], denied, "" if action in _LOOKS else f"{action} {row['detail']}"),
        action=action,
        seen=seen,
    )


def _join(newer: Line, older: Line, _: Language) -> Line:
    """One look of two rows. What was read says more than that it was looked for."""
    seen = newer.seen | older.seen
    rules = tuple(sorted({rule.id: rule for rule in newer.rules + older.rules}.values(), key=lambda rule: _weight(rule.id)))
    return replace(
        newer,
        seen=seen,
        rules=rules,
        resources=_counted(seen, _),
        why=rules[0].words if rules else newer.why or older.why,
        cite=rules[0].cite if rules else "",
        what=_what("read" if seen and newer.key[3] == "" else newer.action, seen, _),
    )


def _weight(rule: str) -> tuple[int, str]:
    return (_WEIGHTS.index(rule) if rule in _WEIGHTS else len(_WEIGHTS), rule)


def _who(row: Mapping[str, Any], _: Language) -> str:
    if row["kind"] == "citizen":
        return _("You")
    if row["kind"] in _FOR_SOMEBODY:
        return f"{row['name'] or row['actor']}, {_('as guardian') if row['kind'] == 'guardian' else _('as proxy')}"
    if row["kind"] == "system":
        return row["name"] or _("A system")
    return ", ".join(part for part in (row["name"], row["title"]) if part) or row["actor"]


def _what(action: str, seen: frozenset[str], _: Language) -> str:
    deeds = {
        "create": _("wrote"),
        "update": _("changed"),
        "delete": _("removed"),
        "import": _("delivered"),
        "export": _("took out a copy"),
        "preview": _("asked what there is"),
        "identify": _("looked you up"),
        "ask": _("asked a question that your information is part of the answer to"),
        "write": _("tried to write"),
        "log": _("asked who has read"),
        "support": _("let decision support look at"),
        "draft": _("worked on a note about you"),
        "review": _("reviewed who has read"),
    }
    if action == "open":
        return _("opened in an emergency")
    if action in deeds:
        counted = ", ".join(f"{name} ({_.number(number)})" for name, number in _counted(seen, _))
        return f"{deeds[action]}: {counted}" if counted else deeds[action]
    return _.count("read %(n)s entry", "read %(n)s entries", len(seen)) if seen else _("searched, found nothing")


def _counted(seen: Iterable[str], _: Language) -> tuple[tuple[str, int], ...]:
    names = type_names(_)
    counts = Counter(names.get(each.split("/")[0], each.split("/")[0]) for each in seen)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@cache
def type_names(_: Language) -> Mapping[str, str]:
    """What a resource type is called when several are counted."""
    return {
        "Observation": _("results and measurements"),
        "Condition": _("diagnoses"),
        "AllergyIntolerance": _("allergies"),
        "MedicationRequest": _("prescriptions"),
        "MedicationStatement": _("medicines"),
        "MedicationDispense": _("collected medicines"),
        "Encounter": _("contacts"),
        "EpisodeOfCare": _("periods of care"),
        "DocumentReference": _("notes"),
        "Composition": _("notes"),
        "ClinicalImpression": _("assessments"),
        "Procedure": _("treatments"),
        "Immunization": _("vaccinations"),
        "CarePlan": _("plans"),
        "Goal": _("goals"),
        "ServiceRequest": _("referrals and decisions"),
        "Specimen": _("samples"),
        "Consent": _("consents and blocks"),
        "Patient": _("name and number"),
        "QuestionnaireResponse": _("forms"),
        "DiagnosticReport": _("reports"),
        "RelatedPerson": _("relatives"),
        "Flag": _("alerts"),
        "Task": _("tasks"),
    }
