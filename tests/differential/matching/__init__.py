"""Whether a value of a resource matches a value that is asked for: one file per search type (FHIR R4 3.1.1.4)."""
