"""Operations (FHIR R4 3.2): one file each; `table` lists them all."""
