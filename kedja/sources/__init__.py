"""What comes in: sources are registered once, read as streams, brought to FHIR, and handed to the gate in batches."""
