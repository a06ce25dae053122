"""`_text` and `_content`: words in the narrative, or anywhere in the resource (FHIR R4 3.1.1.4.21)."""

from __future__ import annotations

import re
from typing import Final

from kedja.outcome import refuse
from kedja.search.escape import unescape
from kedja.search.nodes import Parameter, Words

WORDS: Final = {"_text": "narrative", "_content": "all"}
_WORD: Final = re.compile(r"\w+")
_PLAIN: Final = re.compile(r"[\w\s]+")
_LETTERS_AS_THEY_ARE: Final = re.compile(r"[a-zåäöéü0-9]+")


def words(parameter: Parameter) -> Words:
    """`value` as a web search: words that must all be there, "in a row", `or`, `-not`. Raises OutcomeError 400."""
    queries: list[tuple[str, tuple[str, ...]]] = []
    for value in parameter.values:
        text = unescape(value)
        if not _WORD.search(text) or len(text) > 1000:
            told = f"`{parameter.name}={text[:80]}` has no word to look for, or over 1000 characters: give words"
            raise refuse(400, "value", told, f"?{parameter.name}")
        queries.append((text, _certain(text)))
    return Words(WORDS[parameter.code] == "narrative", tuple(queries))


def _certain(text: str) -> tuple[str, ...]:
    """Words that every match has in its text, in lower case: by them most of what is no match is left out soon."""
    found = [word.lower() for word in text.split()]
    if not _PLAIN.fullmatch(text) or "or" in found:
        return ()
    return tuple(word for word in found if _LETTERS_AS_THEY_ARE.fullmatch(word))
