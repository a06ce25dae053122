"""What a client returns of a masked resource, made whole again: the places that it was not shown stay as they stand.

`restored(mask(r), r) == r`. A client that changes something else sends what is masked back as it got it; what it puts there
instead is stored; what it leaves out is gone.
"""

from __future__ import annotations

from typing import Any, Final, cast

from kedja.access.masking import MASKED, NARRATIVE, REDACTED, mask
from kedja.access.spoken import HIDDEN
from kedja.outcome import OutcomeError, refuse

Json = dict[str, Any]
Items = list[Any]
_GONE: Final = object()


def restored(given: Json, standing: Json) -> Json:
    """`given` with what is masked in it as it is in `standing`. Raises OutcomeError 422 for a mask that cannot be placed."""
    shown = mask(standing)
    whole = cast(Json, _restored(_unmarked(given, standing), standing, _unmarked(shown, standing), given["resourceType"]))
    return _with_contained(whole, given, standing, shown)


def _unmarked(resource: Json, standing: Json) -> Json:
    """Without the mark of what is not whole, unless it was stored."""
    meta = resource.get("meta", {})
    own = standing.get("meta", {}).get("security", ())
    kept = [one for one in meta.get("security", ()) if one != REDACTED or one in own]
    rest = {name: value for name, value in meta.items() if name != "security"}
    meta = {**rest, "security": kept} if kept else rest
    bare = {name: value for name, value in resource.items() if name != "meta"}
    return {**bare, "meta": meta} if meta else bare


def _restored(given: Any, standing: Any, shown: Any, place: str) -> Any:
    if given == shown and shown is not _GONE:
        return standing
    if isinstance(given, dict):
        if given in (MASKED, NARRATIVE):
            raise _misplaced(place)
        of, seen = (cast(Json, one) if isinstance(one, dict) else Json() for one in (standing, shown))
        return _members(cast(Json, given), of, seen, place)
    if isinstance(given, list):
        of, seen = (cast(Items, one) if isinstance(one, list) else Items() for one in (standing, shown))
        return _items(cast(Items, given), of, seen, place)
    if isinstance(given, str) and HIDDEN in given:
        raise _misplaced(place)
    return given


def _members(given: Json, standing: Json, shown: Json, place: str) -> Json:
    found: Json = {}
    for name, value in given.items():
        plain = name.removeprefix("_")
        if plain != name and value in (MASKED, [MASKED]) and shown.get(name) == value:  # a primitive
            found |= {key: standing[key] for key in (plain, name) if key in standing}
        else:
            found[name] = _restored(value, standing.get(name, _GONE), shown.get(name, _GONE), f"{place}.{plain}")
    return found


def _items(given: Items, standing: Items, shown: Items, place: str) -> Items:
    if shown == [MASKED] and shown != standing:  # a list that is taken out as a whole
        return [item for one in given for item in (standing if one == MASKED else [_restored(one, _GONE, _GONE, place)])]
    free = list(range(len(standing))) if len(standing) == len(shown) else []
    found: Items = []
    for number, item in enumerate(given):
        same = next((at for at in free if shown[at] == item), None)
        if same is None and number in free and len(given) == len(shown):
            same = number
        if same is None:
            found.append(_restored(item, _GONE, _GONE, f"{place}[{number}]"))
        else:
            free.remove(same)
            found.append(_restored(item, standing[same], shown[same], f"{place}[{number}]"))
    return found


def _with_contained(whole: Json, given: Json, standing: Json, shown: Json) -> Json:
    """Contained places are not shown at all: they stay, but for those whose id the client has given to another."""
    seen = {one.get("id") for one in [*shown.get("contained", ()), *given.get("contained", ())]}
    hidden = [one for one in standing.get("contained", ()) if one.get("id") not in seen]
    if not hidden:
        return whole
    if given.get("contained") == shown.get("contained"):
        return {**whole, "contained": standing["contained"]}
    return {**whole, "contained": [*whole.get("contained", ()), *hidden]}


def _misplaced(place: str) -> OutcomeError:
    told = "this stands for what is masked, and there is nothing masked here: send it back where it stood, or give it anew"
    return refuse(422, "business-rule", told, place)
