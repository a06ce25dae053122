"""Every kind of parameter that is served, with values drawn from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from kedja import spec
from tests.differential import filtering, words, writing
from tests.differential.extras import COLOURS
from tests.differential.matching import terminology, token
from tests.differential.world import Held, World
from tests.differential.writing import Write, one_in, pick

Pair = tuple[str, str]
OF_THE_ROW = ("_id", "_lastUpdated")


@dataclass(frozen=True)
class Kind:
    """One kind of parameter: of which search type, with which modifier, written how. `make` instead where that is not all."""

    name: str
    type: str = ""
    modifier: str = ""
    write: Write | None = None
    make: Callable[[Random, World, Held], Pair | None] | None = None
    often: int = 1

    def pair(self, random: Random, world: World, focus: Held) -> Pair | None:
        if self.make is not None:
            return self.make(random, world, focus)
        assert self.write is not None
        code = _code(random, world, focus, self.type)
        if code is None:
            return None
        texts = [self.write(random, value) for value in _values(random, world, focus, code)]
        known = [text for text in texts if text]
        return (code + self.modifier, ",".join(known)) if known else None


def _code(random: Random, world: World, focus: Held, kind: str) -> str | None:
    """A parameter of this search type that the resource has a value of."""
    known = [code for code, of in world.codes[focus.type].items() if of == kind and code not in OF_THE_ROW]
    filled = [code for code in known if world.values(focus, code)]
    return pick(random, filled) if filled else None


def _values(random: Random, world: World, focus: Held, code: str) -> list[Any]:
    """One value of the resource, and now and then alternatives of others of its type."""
    found = [pick(random, world.values(focus, code))]
    while one_in(random, 4) and len(found) < 3:
        found += world.values(pick(random, world.of_type[focus.type]), code)[:1]
    return found


def _composite(random: Random, world: World, focus: Held) -> Pair | None:
    codes = [code for code, of in world.codes[focus.type].items() if of == "composite"]
    ways = [(code, place) for code in codes for place in world.composed(focus, code) if all(values for _, values in place)]
    if not ways:
        return None
    code, place = pick(random, ways)
    parts = [writing.BY_TYPE[kind](random, pick(random, values)) for kind, values in place]
    return (code, "$".join(part for part in parts if part)) if all(parts) else None


def _of_colours(random: Random, value: Any) -> bool:
    return any(one.system in HIERARCHIES for one in token.codes(value))


def _write_set(random: Random, value: Any) -> str | None:
    return pick(random, SETS) if _of_colours(random, value) else None


def _write_in_tree(random: Random, value: Any) -> str | None:
    return writing.write_coded(random, value) if _of_colours(random, value) else None


def _missing(random: Random, world: World, focus: Held) -> Pair | None:
    known = [
        code for code, of in world.codes[focus.type].items() if of not in ("composite", "special") and code not in OF_THE_ROW
    ]
    return f"{pick(random, known)}:missing", pick(random, ("true", "false"))


def _id(random: Random, world: World, focus: Held) -> Pair | None:
    others = [pick(random, world.of_type[focus.type]).id for _ in range(random.randint(0, 6))]
    return "_id", ",".join([focus.id, *others, "none"][: 1 + len(others)])


def _last_updated(random: Random, world: World, focus: Held) -> Pair | None:
    text = writing.write_date(random, focus.updated.isoformat(timespec="milliseconds"))
    return ("_lastUpdated", text) if text and not text.startswith("ap") else None


def _to_type(random: Random, world: World, focus: Held) -> Pair | None:
    found = step(random, world, focus)
    return (f"{found[0]}:{found[1].type}", found[1].id) if found else None


def _listed(random: Random, world: World, focus: Held) -> Pair | None:
    lists = world.referring("List", "item").get(focus.reference)
    return ("_list", pick(random, lists).id) if lists else None


def _words(random: Random, world: World, focus: Held) -> Pair | None:
    found = words.narrative_words(focus.resource) if focus.type == "DocumentReference" else []
    if not found:
        return None
    some = [pick(random, found) for _ in range(random.randint(1, 2))]
    return pick(random, ("_text", "_content")), " ".join(pick(random, (word, word.upper(), f"{word}x")) for word in some)


def step(random: Random, world: World, focus: Held) -> tuple[str, Held] | None:
    """A reference parameter of the resource, and what it leads to."""
    known = [code for code, of in world.codes[focus.type].items() if of == "reference"]
    ways = [
        (code, target)
        for code in known
        for target in world.targets(focus, code)
        if target.type in spec.search_parameters(focus.type)[code].target
    ]
    return pick(random, ways) if ways else None


def chain(random: Random, world: World, focus: Held, depth: int = 0) -> Pair | None:
    found = step(random, world, focus)
    if found is None:
        return None
    code, target = found
    inner = _inner(random, world, target, depth)
    if inner is None:
        return None
    return f"{code}:{target.type}.{inner[0]}", inner[1]


def has(random: Random, world: World, focus: Held, depth: int = 0) -> Pair | None:
    ways = [
        (name, code, one)
        for name, codes in world.codes.items()
        for code, of in codes.items()
        if of == "reference" and focus.type in spec.search_parameters(name)[code].target
        for one in world.referring(name, code).get(focus.reference, ())[:2]
    ]
    if not ways:
        return None
    name, code, source = pick(random, ways)
    inner = _inner(random, world, source, depth)
    return (f"_has:{name}:{code}:{inner[0]}", inner[1]) if inner else None


def _inner(random: Random, world: World, held: Held, depth: int) -> Pair | None:
    """What a chain or a `_has` asks in the end, or a further one."""
    if depth < DEPTH and one_in(random, 3):
        further = pick(random, (chain, has))(random, world, held, depth + 1)
        if further:
            return further
    return pick(random, [kind for kind in KINDS if kind.type or kind.name in ("_id", ":missing")]).pair(random, world, held)


def untyped_chain(random: Random, world: World, focus: Held) -> Pair | None:
    """`patient.name`: the type follows from the parameter."""
    found = chain(random, world, focus, DEPTH)
    if found is None:
        return None
    head, _, rest = found[0].partition(".")
    code = head.split(":")[0]
    inner = rest.split(":")[0]
    with_it = [t for t in spec.search_parameters(focus.type)[code].target if inner in spec.search_parameters(t)]
    return (f"{code}.{rest}", found[1]) if len(with_it) == 1 else None


DEPTH = 3
SETS = ("http://sets.example/x-warm", "http://sets.example/x-every", "http://sets.example/x-red")
HIERARCHIES = (COLOURS, *terminology.BUILT_IN)
KINDS: list[Kind] = [
    Kind("string", "string", "", writing.write_string, often=2),
    Kind("string:exact", "string", ":exact", writing.write_exact),
    Kind("string:contains", "string", ":contains", writing.write_string),
    Kind("token", "token", "", writing.write_token, often=4),
    Kind("token:not", "token", ":not", writing.write_token),
    Kind("token:text", "token", ":text", writing.write_text_of, often=2),
    Kind("token:of-type", "token", ":of-type", writing.write_of_type, often=2),
    Kind("token:in", "token", ":in", _write_set, often=2),
    Kind("token:not-in", "token", ":not-in", _write_set, often=2),
    Kind("token:below", "token", ":below", _write_in_tree, often=2),
    Kind("token:above", "token", ":above", _write_in_tree, often=2),
    Kind("reference", "reference", "", writing.write_reference, often=3),
    Kind("reference:identifier", "reference", ":identifier", writing.write_identifier),
    Kind("reference:Type", make=_to_type),
    Kind("date", "date", "", writing.write_date, often=4),
    Kind("number", "number", "", writing.write_number, often=2),
    Kind("quantity", "quantity", "", writing.write_quantity, often=3),
    Kind("quantity in another unit", "quantity", "", writing.write_converted, often=2),
    Kind("uri", "uri", "", writing.write_uri, often=2),
    Kind("uri:below", "uri", ":below", writing.write_below_uri),
    Kind("uri:above", "uri", ":above", writing.write_above_uri),
    Kind("composite", make=_composite, often=3),
    Kind(":missing", make=_missing),
    Kind("_id", make=_id),
    Kind("_lastUpdated", make=_last_updated),
    Kind("_list", make=_listed),
    Kind("_text and _content", make=_words, often=2),
    Kind("_filter", make=filtering.filter_pair, often=3),
    Kind("chain", make=chain, often=2),
    Kind("chain without a type", make=untyped_chain),
    Kind("_has", make=has, often=2),
]
