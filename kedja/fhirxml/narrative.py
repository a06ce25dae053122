"""XHTML between a JSON string and the XML around it (R4 2.4.0, 2.6.1: XML has no named entities of HTML)."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import Final
from xml.parsers import expat

from kedja.fhirxml.shape import XHTML
from kedja.fhirxml.text import escaped

_ENTITY: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_OWN: Final = frozenset(("amp", "lt", "gt", "quot", "apos"))


class _Unfit(Exception):
    pass


def as_xml(text: str) -> str:
    """This narrative as one XHTML element that can stand in any XML: as it is, with entities of HTML as numbers.

    What is no well-formed <div> stands as plain text inside one, so that it cannot break the document around it.
    """
    found = _ENTITY.sub(_numbered, text) if "&" in text else text
    if not _is_div(found):
        return f'<div xmlns="{XHTML}">{escaped(text)}</div>'
    return found.strip()


def _numbered(match: re.Match[str]) -> str:
    code = None if match[1] in _OWN else name2codepoint.get(match[1])
    return match[0] if code is None else f"&#{code};"


def _is_div(text: str) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    root = ""

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal root
        root = root or name

    def unfit(*_: object) -> None:
        raise _Unfit

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.XmlDeclHandler = unfit
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, UnicodeEncodeError, _Unfit):
        return False
    return root == f"{XHTML} div"
