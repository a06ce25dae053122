"""FHIR XML, both ways (R4 2.6.1): `loads` gives the same dict as the JSON of the resource, `dumps` writes one as XML."""

from kedja.fhirxml.reader import loads
from kedja.fhirxml.writer import dumps

__all__ = ["dumps", "loads"]
