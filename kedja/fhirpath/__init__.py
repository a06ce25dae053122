"""FHIRPath: text to frozen nodes (`parser`), nodes to functions (`compiler`); functions and operators are tables.

To add to the language: a file in `functions`, or an entry in `operators`.
"""

from kedja.fhirpath.compiler import compile
from kedja.fhirpath.items import Item, Items
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.parser import parse

__all__ = ["FhirPathError", "Item", "Items", "Node", "compile", "parse"]
