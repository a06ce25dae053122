"""The functions, as one table: a file here for each section of the language, added to `FUNCTIONS`."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions import (
    aggregates,
    boundaries,
    conversion,
    existence,
    fhir,
    filtering,
    math,
    patterns,
    strings,
    subsetting,
    typing,
    utility,
)
from kedja.fhirpath.functions.table import Compile, Function

FUNCTIONS: Final[dict[str, Function]] = {
    **existence.FUNCTIONS,
    **filtering.FUNCTIONS,
    **subsetting.FUNCTIONS,
    **typing.FUNCTIONS,
    **conversion.FUNCTIONS,
    **strings.FUNCTIONS,
    **patterns.FUNCTIONS,
    **math.FUNCTIONS,
    **aggregates.FUNCTIONS,
    **boundaries.FUNCTIONS,
    **utility.FUNCTIONS,
    **fhir.FUNCTIONS,
}

__all__ = ["FUNCTIONS", "Compile", "Function"]
