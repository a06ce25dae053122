"""The forms that come with Kedja, each a Questionnaire in `library`, by the last part of its address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from kedja import exactjson
from kedja.forms.form import Form, Resource, read

BASE: Final = "https://kedja.example/fhir/Questionnaire/"


@cache
def questionnaires() -> Mapping[str, Resource]:
    """Every shipped Questionnaire by its canonical address without version."""
    folder = files("kedja.forms") / "library"
    found = [exactjson.loads(each.read_bytes()) for each in folder.iterdir() if each.name.endswith(".json")]
    return {each["url"]: each for each in sorted(found, key=lambda each: each["url"])}


@cache
def shipped(canonical: str) -> Form | None:
    """The shipped form of a canonical address, with or without its version; None where there is none."""
    found = questionnaires().get(canonical.partition("|")[0])
    form = read(found) if found else None
    return form if form and canonical in (form.canonical, form.canonical.partition("|")[0]) else None
