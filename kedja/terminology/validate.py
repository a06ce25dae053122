"""Whether a coding is of a value set or a code system, and under which display (R4 4.9.13, 4.8.16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kedja.terminology.languages import displays
from kedja.terminology.lists import Entry, entry_of
from kedja.terminology.systems import Untold
from kedja.terminology.view import View, matches

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coding:
    """What is asked about. Without a system: whichever of the value set has the code."""

    code: str
    system: str | None = None
    version: str = ""
    display: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How to look. `lenient`: another display is told, not refused."""

    language: str = ""
    abstract: bool = True
    active: bool = False
    lenient: bool = False
    infer: bool = True  # the system, where none is named and only one of the value set has the code


@dataclass(frozen=True, slots=True)
class Verdict:
    """`result` is None where it cannot be told here; `message` says what is wrong or missing, and what to do.

    `partly`: it cannot be told since only a fragment of the code system is here.
    """

    result: bool | None
    message: str = ""
    display: str | None = None
    code: str | None = None
    system: str | None = None
    version: str = ""
    partly: bool = False


ANY = Asked()


def in_valueset(view: View, canonical: str, coding: Coding, asked: Asked = ANY) -> Verdict:
    """Whether the coding is of the value set. Raises Untold where the value set itself is not here."""
    if view.valueset(canonical) is None:
        raise Untold(f"the value set `{canonical}` is not here: store it, or add a package that has it")
    if coding.system is None and not asked.infer:
        return Verdict(False, f"the coding `{coding.code}` has no `system`: a code means nothing without one", None, coding.code)
    system = coding.system if coding.system is not None else _only_system(view, canonical, coding.code)
    if system is None:
        return Verdict(_no_system(view, canonical, coding.code), _whence(view, canonical, coding.code), None, coding.code)
    if coding.version and _versions(view, canonical, system):
        view = view.preferring(system, coding.version)
    stands = view.member(canonical, system, coding.code)
    entry = _entry(view, canonical, system, coding)
    if stands:
        return _other_version(coding, entry) or _judged(view, entry, coding, asked, system)
    known = in_system(view, Coding(coding.code, system, coding.version))
    if stands is None:
        why = known.message if known.partly else _unsure(view, canonical, system)
        return replace(_with(None, why, coding, system, entry), partly=known.partly)
    why = f"`{_shown(coding, system)}` is not in the value set `{canonical}`"
    return _with(False, why if known.result is not False else f"{why}; {known.message}", coding, system, entry)


def _versions(view: View, canonical: str, system: str) -> bool:
    """Whether a part of the value set takes several versions of the system, as `1.x`."""
    parts: list[Json] = (view.valueset(canonical) or {}).get("compose", {}).get("include", [])
    return any(part.get("system") == system and "x" in str(part.get("version", "")).split(".") for part in parts)


def _other_version(coding: Coding, entry: Entry | None) -> Verdict | None:
    """A verdict where the coding is of one version of its system, and the value set takes another."""
    if entry is None or not coding.version or not entry.version or matches(entry.version, coding.version):
        return None
    why = f"`{entry.system}|{entry.code}` is taken from version `{entry.version}`, not from `{coding.version}`"
    return Verdict(False, why, entry.display, entry.code, entry.system, entry.version)


def in_system(view: View, coding: Coding, asked: Asked = ANY) -> Verdict:
    """Whether the code is of its system. Raises Untold where no system is named."""
    if coding.system is None:
        raise Untold("no code system is named: give `url`, or a coding with its `system`")
    system = view.system(coding.system, coding.version)
    if system is None:
        name = f"{coding.system}|{coding.version}" if coding.version else coding.system
        return _with(
            None, f"the code system `{name}` is not here: store it, or add a package that has it", coding, coding.system, None
        )
    stands = system.has(coding.code)
    if stands:
        concept = system.find(coding.code)
        return _judged(view, None if concept is None else entry_of(system, concept), coding, asked, coding.system)
    if stands is None:
        why = f"it cannot be told: only a part of the code system `{system.url}` is here, without `{coding.code}`"
        partly = system.source.get("content") == "fragment"
        return Verdict(None, why, None, coding.code, system.url, system.version, partly)
    where = f"`{coding.code}` is no code of `{system.canonical}`"
    return Verdict(False, where, None, coding.code, system.url, system.version)


def _entry(view: View, canonical: str, system: str, coding: Coding) -> Entry | None:
    """What is known of the code: from the value set where it is listed, else from its system."""
    try:
        found = view.listing(canonical).get((system, coding.code))
    except Untold:
        found = None
    if found is not None and (found.concept is not None or found.display != found.code):
        return found
    known = view.system(system)
    concept = None if known is None else known.find(coding.code)
    return found if known is None or concept is None else entry_of(known, concept)


def _judged(view: View, entry: Entry | None, coding: Coding, asked: Asked, system: str) -> Verdict:
    """A code that is there: whether it may be selected, and whether its display is one of its own."""
    if entry is None:
        return Verdict(True, "", None, coding.code, system, coding.version)
    if entry.abstract and not asked.abstract:
        return _with(False, f"`{_shown(coding, system)}` is abstract: choose one of the codes under it", coding, system, entry)
    if entry.inactive and asked.active:
        return _with(False, f"`{_shown(coding, system)}` is inactive, and only active codes are asked for", coding, system, entry)
    best, right = displays(entry, asked.language, view.system(system, coding.version))
    if coding.display is None or not right or _folded(coding.display) in {_folded(each) for each in right}:
        told = f"`{_shown(coding, system)}` is inactive" if entry.inactive else ""
        return Verdict(True, told, best, coding.code, system, entry.version)
    choices = " or ".join(f"`{each}`" for each in right[:5])
    wrong = f"`{coding.display[:200]}` is not the display of `{_shown(coding, system)}`: write {choices}"
    return Verdict(asked.lenient, wrong, best, coding.code, system, entry.version)


def _folded(text: str) -> str:
    return text.strip().lower()


def _with(result: bool | None, message: str, coding: Coding, system: str, entry: Entry | None) -> Verdict:
    if entry is None:
        return Verdict(result, message, None, coding.code, system)
    return Verdict(result, message, entry.display, coding.code, system, entry.version)


def _shown(coding: Coding, system: str) -> str:
    return f"{system}|{coding.code}"


def _having(view: View, canonical: str, code: str) -> list[str]:
    return sorted(system for system in view.systems(canonical) if view.member(canonical, system, code))


def _only_system(view: View, canonical: str, code: str) -> str | None:
    having = _having(view, canonical, code)
    return having[0] if len(having) == 1 else None


def _no_system(view: View, canonical: str, code: str) -> bool | None:
    return False if _having(view, canonical, code) else view.member(canonical, None, code)


def _whence(view: View, canonical: str, code: str) -> str:
    having = _having(view, canonical, code)
    if having:
        return f"`{code}` is a code of {' and of '.join(f'`{each}`' for each in having)}: say which is meant"
    if view.member(canonical, None, code) is None:
        return _unsure(view, canonical, "")
    return f"`{code}` is not in the value set `{canonical}`"


def _unsure(view: View, canonical: str, system: str) -> str:
    if system and view.system(system) is None:
        return f"it cannot be told: the code system `{system}` is not here; store it, or add a package that has it"
    try:
        view.listing(canonical)
    except Untold as reason:
        return f"it cannot be told: {reason}"
    return "it cannot be told"


def coding_of(value: Json) -> Coding:
    """The Coding of a Coding's JSON. Raises Untold when it has no code."""
    if not isinstance(value.get("code"), str):
        raise Untold("the coding has no `code`")
    system, display = value.get("system"), value.get("display")
    return Coding(
        value["code"],
        system if isinstance(system, str) else None,
        str(value.get("version", "")),
        display if isinstance(display, str) else None,
    )


def first_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Of the codings of one concept: the first that is right, else why none is."""
    found = next((each for each in verdicts if each.result), None)
    if found is not None:
        return found
    if not verdicts:
        return Verdict(False, "there is no coding with a code: give one")
    result = None if any(each.result is None for each in verdicts) else False
    return replace(verdicts[0], result=result, message="; ".join(each.message for each in verdicts))
