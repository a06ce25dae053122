"""The conformance resources that this installation has beside R4's own: of added packages, and stored through the service.

A process holds one immutable snapshot of them; `kedja.gate.definitions` swaps it when the store has others.
"""

from kedja.definitions.registry import EMPTY, TYPES, Definitions, current, install, of, using

__all__ = ["EMPTY", "TYPES", "Definitions", "current", "install", "of", "using"]
