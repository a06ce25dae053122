"""The functions, as one table: a file here for each section of the language, added to `FUNCTIONS`."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions import existence, fhir, filtering, subsetting, typing
from kedja.fhirpath.functions.table import Compile, Function

FUNCTIONS: Final[dict[str, Function]] = {
    **existence.FUNCTIONS,
    **filtering.FUNCTIONS,
    **subsetting.FUNCTIONS,
    **typing.FUNCTIONS,
    **fhir.FUNCTIONS,
}

__all__ = ["FUNCTIONS", "Compile", "Function"]
