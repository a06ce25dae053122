"""Patches of a resource, pure: JSON Patch (RFC 6902) and FHIRPath Patch (FHIR R4 2.1.0.9).

Both take a document and give a new one; what was given is never changed. Decimals stay as they were written.
"""

from kedja.patch.fhirpath_patch import fhirpath_patch
from kedja.patch.json_patch import JsonPatch, json_patch
from kedja.patch.json_patch import read as read_json_patch
from kedja.patch.parameters import FhirPathPatch
from kedja.patch.parameters import read as read_fhirpath_patch
from kedja.patch.tree import without_empty

__all__ = [
    "FhirPathPatch",
    "JsonPatch",
    "fhirpath_patch",
    "json_patch",
    "read_fhirpath_patch",
    "read_json_patch",
    "without_empty",
]
