"""What a person asks of a unit, as FHIR R4: a time, a medicine again. Pure."""
