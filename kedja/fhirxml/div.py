"""The narrative of a document that is being read: verbatim where its source can stand alone, else written anew."""

from __future__ import annotations

import re
from typing import Final

from kedja.fhirxml.shape import XHTML
from kedja.fhirxml.text import escaped

_TAG: Final = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")


class Div:
    """Fed with the events inside a <div>. `begin` is its byte in `data`; `declares` whether it declares its namespace itself."""

    def __init__(self, data: bytes, begin: int, declares: bool) -> None:
        self.data = data
        self.begin = begin
        self.depth = 0
        self.alone = declares and data.startswith(b"<div", begin)
        self.until = begin
        self.parts: list[str] = []

    def start(self, tag: str, prefix: str, attributes: dict[str, str]) -> None:
        if prefix:
            self.alone = False
        namespace = f' xmlns="{XHTML}"' if self.depth == 0 else ""
        written = "".join(f' {_named(name)}="{escaped(value)}"' for name, value in attributes.items())
        self.parts.append(f"<{tag}{namespace}{written}>")
        self.depth += 1

    def text(self, text: str) -> None:
        self.parts.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

    def end(self, tag: str, at: int) -> bool:
        """An element ends: the byte of its end tag, or, where it is empty, behind it. Whether it is the <div> itself."""
        self.depth -= 1
        self.parts.append(f"</{tag}>")
        self.until = at
        return self.depth == 0

    def source(self) -> str:
        """The whole element as a string."""
        if not self.alone:
            return "".join(self.parts)
        first = _TAG.match(self.data, self.begin)
        empty = first is not None and first.end() == self.until and first[0].endswith(b"/>")
        last = None if empty else _TAG.match(self.data, self.until)
        return self.data[self.begin : last.end() if last else self.until].decode()


def _named(attribute: str) -> str:
    """`xml:lang` for what expat gives as `http://www.w3.org/XML/1998/namespace lang xml`."""
    parts = attribute.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]
