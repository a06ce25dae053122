"""StructureDefinitions as resources: whether a profile can be gone by at all (R4 5.3)."""

from __future__ import annotations

from typing import Any

from kedja import spec
from kedja.validation.faults import Fault
from kedja.validation.profiles.library import CORE, library, tree_of
from kedja.validation.profiles.nodes import BrokenProfile
from kedja.validation.scope import Scope

Resource = dict[str, Any]


def profile_faults(definition: Resource, scope: Scope) -> list[Fault]:
    """What keeps a profile on a type of R4 from being gone by; one whose base is not known here is not judged."""
    base = definition.get("baseDefinition")
    if (
        definition.get("derivation") != "constraint"
        or not isinstance(base, str)
        or not spec.is_known(str(definition.get("type")))
    ):
        return []
    known = library(scope.asked.definitions)
    if not spec.is_known(base.partition("|")[0].removeprefix(CORE)) and known.definition(base) is None:
        return []
    try:
        tree_of({**definition, "snapshot": None} if "differential" in definition else definition, known)
    except BrokenProfile as broken:
        return [Fault("", "invalid", f"this profile cannot be gone by: {broken}")]
    return []
