"""What a person asks of a unit, as FHIR R4: a booked time. Pure."""
