"""What the law lets a member of staff be told, step by step, spoken like a human. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kedja.access.actor import Kind
from kedja.access.custody import Regime
from kedja.access.disclosure import Step
from kedja.portals.shared.language import Language

_LIFTS: Final = ("inner-lift", "inner-lift-emergency")  # what the form beside a block leads to


@dataclass(frozen=True, slots=True)
class Panel:
    """One step on the page. `tone`: good, info, warn. `form`: which form stands in it, or ''."""

    key: str
    tone: str
    heading: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    rule: str
    cite: str
    form: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # HSA-id and name of each provider that can be asked


def panels(steps: Iterable[Step], directory: Mapping[str, str], kind: Kind, _: Language) -> list[Panel]:
    """The steps in the order of the law, for staff of this kind. What may be read stands together."""
    found: list[Panel] = []
    told = list(steps)
    may_lift = any(step.key in _LIFTS for step in told)
    for step in told:
        if step.key in _LIFTS or not tells_of_care(step):
            continue
        panel = _panel(step, directory, kind, _)
        if panel.form == "inner" and not may_lift:
            panel = replace(panel, form="")
        last = found[-1] if found else None
        if last and last.key == panel.key == "content":
            found[-1] = Panel(last.key, last.tone, last.heading, last.words + panel.words, _both(last.names, panel.names), "", "")
        else:
            found.append(panel)
    return found


def tells_of_care(step: Step) -> bool:
    """Not that the unit's own register of consents can be read: that is no part of the record."""
    return not step.holdings or any(holding.regime is not Regime.CONTROL for holding in step.holdings)


def blocked_of(panels: Iterable[Panel]) -> list[Panel]:
    """What is told of blocked information; that it exists is said already where it is told who has blocked."""
    found = [panel for panel in panels if panel.key in ("blocked", "inner-blocked", "blockers")]
    return [panel for panel in found if panel.key != "blocked" or not any(other.key == "blockers" for other in found)]


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


def _panel(step: Step, directory: Mapping[str, str], kind: Kind, _: Language) -> Panel:
    tone, heading, words, form = _spoken(step, kind, _)
    choices = tuple((id, directory.get(id, id)) for id in step.providers)
    return Panel(step.key, tone, heading, words, _names(step, directory), _title(step, _), step.rule.cite, form, choices)


def _spoken(step: Step, kind: Kind, _: Language) -> tuple[str, str, tuple[str, ...], str]:
    match step.key:
        case "content":
            return "good", _("You may read"), (f"{_title(step, _)} ({step.rule.cite}).",), ""
        case "exists":
            return (
                "info",
                _("There is more at other providers"),
                (_("Unblocked information exists. What it is, and where, you may not be told yet."),),
                "",
            )
        case "ask-consent":
            return "info", _("Ask the patient"), (_("With the patient's consent you may read it."),), "consent"
        case "refused":
            return _refused(kind, _)
        case "emergency":
            return (
                "warn",
                _("In an emergency"),
                (_("If there is danger to life or health and the patient cannot be asked, you can open it, with a reason."),),
                "emergency",
            )
        case "certificate":
            words = (_("To issue a certificate you can open what others hold, with the patient's consent."),)
            return "info", _("For a certificate"), words, "certificate"
        case "producers":
            words = (_("In danger to life or health you may be told who holds unblocked information."),)
            return "info", _("Who holds it"), words, ""
        case "blocked":
            return "warn", _("Blocked information exists at another provider"), _blocked(_), ""
        case "blockers":
            words = (_("Only the provider that has blocked can lift the block. If it may matter now, ask them."),)
            return "warn", _("Who has blocked"), words, "lift"
        case "inner-blockers":
            return "warn", _("Which units have blocked"), (), ""
        case _:
            return "warn", _("Blocked information exists at another unit here"), _inner_blocked(_), "inner"


def _blocked(_: Language) -> tuple[str, ...]:
    return (
        _("The patient has blocked it. You may know that it exists, not what it is nor where."),
        _("The patient can lift the block at any time. In an emergency only the provider that holds it can (SFS 2022:913 3:5)."),
    )


def _inner_blocked(_: Language) -> tuple[str, ...]:
    return (
        _("The patient has blocked it for other units of your provider. You may know that it exists, not what it is."),
        _("The patient can lift the block at any time."),
    )


def _refused(kind: Kind, _: Language) -> tuple[str, str, tuple[str, ...], str]:
    """For staff in health care it is the care relation that is missing: with one, the law says to ask for consent (V-10)."""
    heading = _("You may not read it now")
    if kind is Kind.PROFESSIONAL:
        return "warn", heading, (_("There is no current care relation between the patient and your unit."),), "contact"
    return "warn", heading, (_("The law gives social care staff no right to read it here."),), ""


def _title(step: Step, _: Language) -> str:
    return step.rule.title_sv if _.code == "sv" else step.rule.title_en


def _names(step: Step, directory: Mapping[str, str]) -> tuple[str, ...]:
    units: Sequence[str] = [holding.unit or holding.provider for holding in step.holdings]
    return tuple(dict.fromkeys(directory.get(id, id) for id in (*units, *step.providers) if id))
