"""FHIRPath: text to frozen nodes (`parser`), nodes to functions (`compiler`); functions and operators are tables.

To add to the language: a file in `functions`, or an entry in `operators`.
"""

from kedja.fhirpath.compiler import compile, compiled, strict
from kedja.fhirpath.env import Env
from kedja.fhirpath.items import Item, Items, Quantity
from kedja.fhirpath.nodes import FhirPathError, FhirPathSyntaxError, Node
from kedja.fhirpath.parser import parse

__all__ = [
    "Env",
    "FhirPathError",
    "FhirPathSyntaxError",
    "Item",
    "Items",
    "Node",
    "Quantity",
    "compile",
    "compiled",
    "parse",
    "strict",
]
