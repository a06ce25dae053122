"""FHIR's interactions: what a client asks in REST, said to the gate. No HTTP framework here: a `Call` in, an `Answer` out."""
