"""Pure: whether a resource is FHIR R4, and if not, where and what to do. Checks are compiled from `kedja.spec`."""

from kedja.validation.resource import validate

__all__ = ["validate"]
