"""The synthetic region: a seeded population with its courses of illness, as files that `kedja import` reads."""

from kedja.testbed.population import Manifest, population

__all__ = ["Manifest", "population"]
