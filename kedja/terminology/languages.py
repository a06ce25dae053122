"""Displays by language: BCP 47 tags against the designations of a concept (R4 4.9.4)."""

from __future__ import annotations

from kedja.terminology.lists import Entry
from kedja.terminology.systems import System

DEFAULT = "en"


def displays(entry: Entry, wanted: str, system: System | None) -> tuple[str, list[str]]:
    """(the best display, those that are right): `wanted` is as Accept-Language has it, and empty for any language."""
    own = "" if system is None else str(system.source.get("language", ""))
    named = [(str(each.get("language", "")), str(each["value"])) for each in entry.designations if "value" in each]
    if not wanted:
        return entry.display, _once([entry.display, *(value for _, value in named)])
    every = [(own or DEFAULT, entry.display), *named]
    for language in preferred(wanted):
        found = [value for tag, value in every if language == "*" or matches(tag, language)]
        if found:
            return found[0], _once(found)
    return entry.display, _once([value for tag, value in every if not tag or matches(tag, own or DEFAULT)])


def preferred(wanted: str) -> list[str]:
    """The languages of an Accept-Language header, best first, without those of quality 0 (RFC 9110 12.5.4)."""
    ranked: list[tuple[float, str]] = []
    for part in wanted.split(","):
        tag, _, quality = part.partition(";")
        ranked.append((_quality(quality), tag.strip().lower()))
    return [tag for quality, tag in sorted(ranked, key=lambda each: -each[0]) if quality > 0 and tag]


def _quality(text: str) -> float:
    number = text.strip().removeprefix("q=")
    return float(number) if number.replace(".", "", 1).isdigit() else 1.0


def matches(tag: str, wanted: str) -> bool:
    """`de-CH` is of `de`; so is `de`."""
    tag, wanted = tag.lower(), wanted.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
