"""Persons and their numbers: found, made, given a number, linked; never merged silently (spec 3.1).

Every function runs in the caller's transaction, which must be READ COMMITTED: what another importer just committed counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from asyncpg import Connection, Record

from kedja.identity import Identifier
from kedja.identity.systems import FORMER_KEY, PERSONNUMMER, RESERVNUMMER, SAMORDNINGSNUMMER
from kedja.outcome import OutcomeError, refuse
from kedja.store.protection import settle
from kedja.store.queries import sql

Number = tuple[str, str]
_TRIES: Final = 8
_OWN: Final = (PERSONNUMMER, SAMORDNINGSNUMMER)
_NAMES: Final = {PERSONNUMMER: "personnummer", SAMORDNINGSNUMMER: "samordningsnummer", RESERVNUMMER: "national reserve number"}


class _Raced(Exception):
    """Somebody else gave one of the numbers away between our look and our insert."""


class _Row(NamedTuple):
    """A row of person_identifier to be."""

    identifier: Identifier
    person: int
    status: str
    basis: str


@dataclass(slots=True)
class _Known:
    """Numbers and the persons that have them: of the store, and what this batch adds. New persons are below zero."""

    person_of: dict[Number, int] = field(default_factory=dict[Number, int])
    own: dict[int, Identifier] = field(default_factory=dict[int, Identifier])  # the current personnummer or samordningsnummer
    added: list[_Row] = field(default_factory=list["_Row"])
    new: int = 0


async def resolve_person(conn: Connection, identifiers: Sequence[Identifier], source: str, current: int | None = None) -> int:
    """The key of the person with these numbers, made at first sight. As `resolve_persons` for one."""
    return (await resolve_persons(conn, [identifiers], source, [current]))[0]


async def resolve_persons(
    conn: Connection, wanted: Sequence[Sequence[Identifier]], source: str, current: Sequence[int | None] | None = None
) -> list[int]:
    """The person key of each list of numbers. Raises the first refusal of `resolve_each`."""
    keys: list[int] = []
    for answer in await resolve_each(conn, wanted, source, current):
        if isinstance(answer, OutcomeError):
            raise answer
        keys.append(answer)
    return keys


async def resolve_each(
    conn: Connection, wanted: Sequence[Sequence[Identifier]], source: str, current: Sequence[int | None] | None = None
) -> list[int | OutcomeError]:
    """The person key of each list of numbers, or why there is none.

    `current[n]` is the person that record n is about already. A person is made for numbers that nobody has; a number
    that nobody has is added to the person that the record's other numbers tell. Refused, 409 `conflict`: numbers of two
    persons, and a second personnummer for a person who has one. Two importers that meet the same new number at once
    get one person: the second waits for the first to commit, looks again and finds it.
    """
    standing = list(current) if current is not None else [None] * len(wanted)
    for _ in range(_TRIES):
        try:
            async with conn.transaction():
                return await _attempt(conn, wanted, standing, source)
        except _Raced:
            continue
    raise refuse(409, "conflict", "others keep registering the same person's numbers: repeat the request")


async def known(conn: Connection, identifiers: Sequence[Identifier]) -> dict[Identifier, int]:
    """The persons of those of these numbers that somebody has or had."""
    kept = await _known(conn, {(i.system, i.value) for i in identifiers}, [])
    return {i: person for i in identifiers if (person := kept.person_of.get((i.system, i.value))) is not None}


async def _attempt(
    conn: Connection, wanted: Sequence[Sequence[Identifier]], standing: Sequence[int | None], source: str
) -> list[int | OutcomeError]:
    numbers = {(i.system, i.value) for identifiers in wanted for i in identifiers}
    known = await _known(conn, numbers, [person for person in standing if person])
    answers = [_resolve(known, identifiers, person, source) for identifiers, person in zip(wanted, standing)]
    touched = sorted({row.person for row in known.added if row.person > 0})
    if touched:
        await conn.execute(sql("person_lock"), touched)
        known = await _known(conn, numbers, [person for person in standing if person])
        answers = [_resolve(known, identifiers, person, source) for identifiers, person in zip(wanted, standing)]
    keys = [row["key"] for row in await conn.fetch(sql("person_new"), known.new)] if known.new else []
    if known.added:
        await _add(conn, [row._replace(person=keys[-row.person - 1]) if row.person < 0 else row for row in known.added], source)
    return [keys[-answer - 1] if isinstance(answer, int) and answer < 0 else answer for answer in answers]


async def _known(conn: Connection, numbers: Iterable[Number], persons: Sequence[int]) -> _Known:
    pairs = sorted(numbers)
    known = _Known()
    if not pairs and not persons:
        return known
    rows = await conn.fetch(sql("person_known"), [pair[0] for pair in pairs], [pair[1] for pair in pairs], list(persons))
    for row in rows:
        known.person_of[row["system"], row["value"]] = row["person"]
        if row["status"] == "current" and row["system"] in _OWN:
            known.own[row["person"]] = Identifier(row["system"], row["value"])
    return known


def _resolve(known: _Known, identifiers: Sequence[Identifier], standing: int | None, source: str) -> int | OutcomeError:
    """The person of one record, noting in `known` what is to be added."""
    found = {known.person_of[i.system, i.value]: i for i in identifiers if (i.system, i.value) in known.person_of}
    persons = {*found, *([standing] if standing else [])}
    if len(persons) > 1:
        return _two_persons(list(found.values()), standing)
    person = persons.pop() if persons else None
    fresh = [i for i in identifiers if (i.system, i.value) not in known.person_of]
    own = _own_of(identifiers)
    if len(both := [i for i in identifiers if own is not None and i.system == own.system and not i.former]) > 1:
        return refuse(
            422, "business-rule", f"the record has {_name(both[0])} and {_name(both[1])}: mark the former with use `old`"
        )
    if (clash := _second_number(known, person, own)) is not None:
        return clash
    if person is None:
        known.new += 1
        person = -known.new
    if own is not None and own in fresh:
        known.own[person] = own
    for identifier in fresh:
        known.person_of[identifier.system, identifier.value] = person
        status = "former" if identifier.former else "current" if identifier == known.own.get(person) else "linked"
        basis = "" if status == "current" else f"declared by {source or 'the record'}"
        known.added.append(_Row(identifier, person, status, basis))
    return person


def _own_of(identifiers: Sequence[Identifier]) -> Identifier | None:
    """The number that is the person's own now: the personnummer before the samordningsnummer, none that is former."""
    return next((i for system in _OWN for i in identifiers if i.system == system and not i.former), None)


def _second_number(known: _Known, person: int | None, own: Identifier | None) -> OutcomeError | None:
    standing = known.own.get(person) if person is not None else None
    if own is None or standing is None or (own.system, own.value) in known.person_of:
        return None
    return refuse(
        409,
        "conflict",
        f"the record brings {_name(own)}, and the person has another number of their own: "
        "have the change of number confirmed and recorded first, or correct the number",
    )


def _two_persons(found: list[Identifier], standing: int | None) -> OutcomeError:
    named = ", ".join(_name(identifier) for identifier in found)
    if len(found) == 1 and standing:
        return refuse(409, "conflict", f"{named} is of another person than the one that this record is about: correct the number")
    return refuse(409, "conflict", f"{named} are of different persons: correct the record, or link the numbers first")


def _name(identifier: Identifier) -> str:
    return f"{_NAMES.get(identifier.system, identifier.system)} {identifier.value}"


async def _add(conn: Connection, rows: Sequence[_Row], source: str) -> None:
    # In one order, so that two who bring the same new numbers cannot wait for each other.
    columns = sorted((row.identifier.system, row.identifier.value, row.person, row.status, row.basis) for row in rows)
    systems, values, persons, statuses, bases = (list(column) for column in zip(*columns))
    added = await conn.fetch(sql("person_identifier_add"), systems, values, persons, statuses, source, bases)
    if len(added) != len(rows):
        raise _Raced


async def link(conn: Connection, other: Identifier, number: Identifier, basis: str) -> int:
    """Say that `other` (a reserve number, say) is of the person with `number`, and by what (`basis`); gives the person's key.

    Where the two were two persons in the store, what is kept about the first becomes kept about the second, whose log
    goes on; the first's former key stays known. Raises OutcomeError: 404 unknown `number`; 422 no basis; 409 when both
    have a current personnummer or samordningsnummer of their own.
    """
    _need_basis(basis)
    known = await _locked(conn, [other, number])
    person = _person(known, number)
    standing = known.person_of.get((other.system, other.value))
    if standing is None:
        await _add(conn, [_Row(other, person, "linked", basis)], "")
    elif standing != person:
        _refuse_two_own(known, standing, person, other)
        await conn.execute(sql("person_join"), standing, person)
        await settle(conn, [person])
        await _add(conn, [_Row(Identifier(FORMER_KEY, str(standing)), person, "former", basis)], "")
    await conn.execute(sql("person_identifier_status"), other.system, other.value, "linked", basis)
    return person


async def change(conn: Connection, old: Identifier, new: Identifier, basis: str) -> int:
    """The person's number changed from `old` to `new`, as `basis` says; gives the person's key. Both stay known.

    Raises OutcomeError: 404 unknown `old`; 409 when `new` is another person's; 422 no basis.
    """
    _need_basis(basis)
    known = await _locked(conn, [old, new])
    person = _person(known, old)
    holder = known.person_of.get((new.system, new.value))
    if holder not in (None, person):
        raise refuse(409, "conflict", f"{_name(new)} is of another person already: link the two first if they are one")
    await conn.execute(sql("person_identifier_status"), old.system, old.value, "former", basis)
    if holder is None:
        await _add(conn, [_Row(new, person, "current", basis)], "")
    else:
        await conn.execute(sql("person_identifier_status"), new.system, new.value, "current", basis)
    return person


async def history(conn: Connection, person: int) -> list[Record]:
    """Every number that the person has or had: system, value, status, source, basis, since, until; oldest first."""
    return await conn.fetch(sql("person_history"), person, FORMER_KEY)


async def _locked(conn: Connection, identifiers: Sequence[Identifier]) -> _Known:
    numbers = [(i.system, i.value) for i in identifiers]
    before = await _known(conn, numbers, [])
    await conn.execute(sql("person_lock"), sorted(set(before.person_of.values())))
    return await _known(conn, numbers, [])


def _person(known: _Known, number: Identifier) -> int:
    person = known.person_of.get((number.system, number.value))
    if person is None:
        raise refuse(404, "not-found", f"nobody has {_name(number)} here")
    return person


def _need_basis(basis: str) -> None:
    if not basis.strip():
        raise refuse(422, "required", "say who or what confirmed that the numbers are of one person (spec 3.5: the register)")


def _refuse_two_own(known: _Known, first: int, second: int, other: Identifier) -> None:
    one, two = known.own.get(first), known.own.get(second)
    if one is not None and two is not None and one != other:
        raise refuse(
            409, "conflict", f"both have a number of their own, {_name(one)} and {_name(two)}: record which one is former first"
        )
