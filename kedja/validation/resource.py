"""The validation of one resource: every fault in one answer."""

from __future__ import annotations

from typing import Any

from kedja.outcome import Issue
from kedja.validation.compile import whole
from kedja.validation.faults import MAX_FAULTS, Fault


def validate(resource: dict[str, Any], *, expect_type: str | None = None) -> list[Issue]:
    """What is structurally wrong with a resource (R4 2.6.2, 2.24, 4.1.5); empty where nothing is.

    `expect_type` is the type that the address or the caller names. At most 100 issues; when there were more, the last says so.
    """
    faults = whole(resource, frozenset())
    name = resource.get("resourceType")
    root = name if isinstance(name, str) and name.isalpha() else "Resource"
    if expect_type is not None and name != expect_type:
        text = f"{expect_type} is wanted here and this is {root}: send it to /{root}, or correct its resourceType"
        faults = [Fault("", "invalid", text), *(faults or [])]
    if not faults:
        return []
    issues = [Issue(fault.code, fault.text, (root + fault.path,)) for fault in faults[:MAX_FAULTS]]
    if len(faults) > MAX_FAULTS:
        issues[-1] = Issue("too-costly", f"more than {MAX_FAULTS} faults: correct these first", (root,))
    return issues
