"""Pure: whether a resource is FHIR R4, and if not, where and what to do. Checks are compiled from `kedja.spec` and profiles."""

from kedja.validation.resource import examine, validate

__all__ = ["examine", "validate"]
