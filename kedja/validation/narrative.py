"""The XHTML of a narrative (R4 2.4.0): one well-formed `div` of formatting, links and images; nothing that acts."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

_NAMESPACE: Final = "http://www.w3.org/1999/xhtml"
_TAGS: Final = frozenset(
    """
    a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img
    kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
    """.split()  # noqa: SIM905
)
_ATTRIBUTES: Final = frozenset(
    """
    abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset cite class colspan compact coords
    dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start
    style summary tabindex title type valign value vspace width xml:lang xml:space xmlns
    """.split()  # noqa: SIM905
)
EMPTY: Final = "the narrative has no text and no image (txt-2): write what the resource says, or leave the text out"
_ACTIVE: Final = re.compile(r"\s*(?:javascript|vbscript|data:text|urn:)", re.IGNORECASE)


class _Refused(Exception):
    pass


def narrative_fault(text: str) -> str | None:
    """What is wrong with this XHTML and what to do; None where nothing is."""
    if "<!DOCTYPE" in text:
        return "the narrative declares a document type: leave it out and write one <div>"
    parser = expat.ParserCreate("utf-8")
    parser.UseForeignDTD(True)  # so that the named entities of XHTML (&nbsp;) are let through
    depth = 0
    told = False

    def text_found(text: str) -> None:
        nonlocal told
        told = told or not text.isspace()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, told
        told = told or tag == "img"
        if depth == 0:
            _check_root(tag, attributes)
        depth += 1
        _check_tag(tag, attributes)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text_found
    parser.SkippedEntityHandler = lambda _name, _parameter: text_found("entity")
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        return f"the narrative is not well-formed XHTML ({error}): close every element and escape & and <"
    except UnicodeEncodeError:
        return "the narrative is not well-formed XHTML (half of a surrogate pair): remove it"
    except _Refused as refused:
        return str(refused)
    return None if told else EMPTY


def _check_root(tag: str, attributes: dict[str, str]) -> None:
    if tag != "div" or attributes.get("xmlns") != _NAMESPACE:
        raise _Refused(f'the narrative starts with <{tag[:20]}>: wrap it in <div xmlns="{_NAMESPACE}">')


def _check_tag(tag: str, attributes: dict[str, str]) -> None:
    if tag not in _TAGS:
        raise _Refused(f"the narrative has the element <{tag[:20]}>: use only text formatting, tables, links and images")
    for name, value in attributes.items():
        if name not in _ATTRIBUTES:
            raise _Refused(f"the narrative has the attribute `{name[:20]}` on <{tag}>: remove it")
        if name in ("href", "src") and _ACTIVE.match(value):
            raise _Refused(f"the narrative has a link in `{name}` on <{tag}> that is no page and no image: link to one")
