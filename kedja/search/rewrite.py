"""Query -> query: small passes over the nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kedja.search.condition import Condition
from kedja.search.hashing import reference_hash
from kedja.search.nodes import (
    And,
    Chain,
    Criterion,
    Dates,
    Has,
    Not,
    OfTypes,
    Or,
    Query,
    References,
    ReferenceToPatient,
    Select,
    Tree,
)

People = Mapping[str, tuple[int, tuple[str, ...]]]
About = tuple[int, Callable[[Condition], Condition]]  # a person, and the law for rows about them alone


def patient_references(query: Query) -> tuple[str, ...]:
    """The ids of Patients that the query refers to anywhere, sorted: whose persons `with_person` needs."""
    found: set[str] = set()

    def note(criterion: Criterion) -> Criterion:
        if isinstance(criterion, ReferenceToPatient):
            found.update(criterion.ids)
        return criterion

    _each_criterion(query.select, note)
    return tuple(sorted(found))


def with_person(query: Query, people: People) -> Query:
    """References to a Patient become references to every Patient of the same person.

    `people`: {Patient id: (person key, the ids of all Patients of that person)}; an id that is not there stays alone.
    Where the parameter says whose a resource is, the person's key is asked for too, which is what the store is ordered by.
    """

    def widen(criterion: Criterion) -> Criterion:
        return _widened(criterion, people) if isinstance(criterion, ReferenceToPatient) else criterion

    code, id = query.compartment or ("", "")
    named = (people[id][0],) if code == "Patient" and id in people else ()
    return replace(query, select=_each_criterion(query.select, widen), named=named)


def _widened(asked: ReferenceToPatient, people: People) -> References:
    known = [people[id] for id in asked.ids if id in people]
    ids = dict.fromkeys([*asked.ids, *(id for _, same in known for id in same)])
    hashes = tuple(reference_hash(asked.type, asked.code, f"Patient/{id}") for id in ids)
    certain = asked.subject and not asked.others and len(known) == len(asked.ids)
    persons = tuple(dict.fromkeys(person for person, _ in known)) if certain else ()
    return References((*hashes, *asked.others), persons)


def together(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """`date=ge2024-05&date=lt2024-06` of an element that does not repeat is one look at one value, not two."""
    found: list[Criterion] = []
    places: dict[tuple[int, ...], int] = {}
    for criterion in criteria:
        if isinstance(criterion, Dates) and criterion.single:
            place = places.setdefault(criterion.params, len(found))
            known = found[place] if place < len(found) else None
            if isinstance(known, Dates):
                found[place] = replace(known, every=known.every + criterion.every)
                continue
        found.append(criterion)
    return tuple(found)


def bound_to(select: Select) -> int:
    """The one person whom all results are about, as a reference of theirs says; 0 where there may be others."""
    named = [one.persons for one in select.criteria if isinstance(one, References) and len(one.persons) == 1]
    return named[0][0] if named else 0


def under(query: Query, law: Condition, unnamed: Condition, places: Condition, about: About | None = None) -> Query:
    """The law in every part that reads resources: results, chain targets, sources of `_has`, includes, revincludes.

    `unnamed` is the law on what is asked for without naming its person exactly, `places` that on places of the protected,
    `about` what becomes of the law on results that are about one person, and on what is included of that person alone.
    """
    select = _under(query.select, law, unnamed)
    narrow = about[1] if about and bound_to(select) == about[0] else None
    others = narrow(law) if narrow and _brings_own(query) else law
    return replace(
        query,
        select=replace(select, law=narrow(select.law)) if narrow else select,
        includes=tuple(replace(include, law=others, places=places) for include in query.includes),
        revincludes=tuple(replace(include, law=law, places=places) for include in query.revincludes),
    )


def _brings_own(query: Query) -> bool:
    """Whether what comes along is of the persons of the matches, and of nobody else."""
    return not query.revincludes and all(include.own and not include.iterate for include in query.includes)


def _under(select: Select, law: Condition, unnamed: Condition) -> Select:
    inside = _through(select, lambda inner: _under(inner, law, unnamed), lambda criterion: criterion)
    return replace(inside, law=law if select.exact else unnamed)


def _each_criterion(select: Select, change: Callable[[Criterion], Criterion]) -> Select:
    """The selection with every criterion changed, those of chains and `_has` too."""
    return _through(select, lambda inner: _each_criterion(inner, change), change)


def _through(select: Select, inner: Callable[[Select], Select], leaf: Callable[[Criterion], Criterion]) -> Select:
    """The selection with `inner` done to the selections of its chains and `_has`, and `leaf` to all other criteria."""

    def follow(criterion: Criterion) -> Criterion:
        match criterion:
            case Chain(targets):
                return replace(criterion, targets=tuple((salt, inner(target)) for salt, target in targets))
            case Tree():
                return replace(criterion, of=inner(criterion.of))
            case Has(_, source):
                return replace(criterion, source=inner(source))
            case And(of):
                return And(tuple(follow(each) for each in of))
            case Or(of):
                return Or(tuple(follow(each) for each in of))
            case Not(of):
                return Not(follow(of))
            case OfTypes(of):
                return OfTypes(tuple((name, follow(each)) for name, each in of))
            case _:
                return leaf(criterion)

    return replace(select, criteria=tuple(follow(criterion) for criterion in select.criteria))
