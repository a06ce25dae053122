"""Notes of care: templates as data, and the FHIR R4 documents that they become. Pure."""
