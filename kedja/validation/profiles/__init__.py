"""Profiles (R4 5.1): StructureDefinitions to trees of what they add to a type, and those to checks."""
