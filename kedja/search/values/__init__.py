"""Search values to criteria, one file per search type (FHIR R4 3.1.1.4). Adding a type: a file here and one in `sql`."""
