"""What a search asks, as frozen nodes: first as it was written (`Asked`), then against the definitions (`Query`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Union

from kedja.outcome import Issue
from kedja.search.condition import NOTHING, Condition
from kedja.search.uses import Use

Pairs = tuple[tuple[str, str], ...]
MAX_ALTERNATIVES: Final = 1000  # of one parameter
Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]

# ---- as it was written ----


@dataclass(frozen=True, slots=True)
class Parameter:
    """`code:modifier=values`; with `chain` the values are of the target's parameter.

    `reverse` is (resource type, reference parameter) of a `_has`. Alternatives in `values` keep their escapes.
    """

    name: str  # the whole name as written, for messages
    code: str
    modifier: str
    values: tuple[str, ...]
    chain: Parameter | None = None
    reverse: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AskedInclude:
    """`_include=type:code:target`; `reverse` for `_revinclude`. `code` may be `*`, and `type` with it.

    `iterate`: also of what is included.
    """

    name: str
    type: str
    code: str
    target: str
    reverse: bool
    iterate: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """How to answer. `total`: count the matches, `at_most` so many of them (0: all); `count_only`: and nothing else."""

    count: int = 20
    total: bool = False
    at_most: int = 0
    count_only: bool = False
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was written. `type` is "" where it is of several: of `types`, or of all where none are named.

    `compartment`: (type, id) of whose compartment alone is searched.
    """

    type: str
    parameters: tuple[tuple[Parameter, tuple[str, str]], ...]
    includes: tuple[tuple[AskedInclude, tuple[str, str]], ...]
    sort: tuple[str, ...]  # codes, with `-` before those that go downwards
    control: Control
    control_pairs: Pairs
    lenient: bool = False
    warnings: tuple[Issue, ...] = ()
    types: tuple[str, ...] = ()
    compartment: tuple[str, str] | None = None


# ---- against the definitions ----


@dataclass(frozen=True, slots=True)
class Tokens:
    """Has one of these tokens (token and uri parameters); `negated`: has none of them."""

    hashes: tuple[int, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """Has a code of which a text begins with one of these (folded). `params`: whose texts they are."""

    params: tuple[int, ...]
    beginnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class References:
    """Refers to one of these. `persons`, when not empty, is whose the resource must be: it follows from the hashes."""

    hashes: tuple[int, ...]
    persons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceToPatient:
    """Refers to one of these Patients, whose persons are not known yet (`rewrite.with_person`), or to `others`.

    `subject`: the parameter says whose the resource is.
    """

    type: str
    code: str
    ids: tuple[str, ...]
    others: tuple[int, ...]
    subject: bool


@dataclass(frozen=True, slots=True)
class Strings:
    """One of `values`, each (folded, exact). `params`: the places in the index that it may stand in."""

    params: tuple[int, ...]
    match: Literal["starts", "exact", "contains", "equals", "ends", "differs"]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DateRange:
    """[lo, hi) of the search value; for `ap` already widened."""

    prefix: Prefix
    lo: datetime
    hi: datetime


@dataclass(frozen=True, slots=True)
class Dates:
    """One value meets, of each group in `every`, at least one range.

    `single`: a resource has at most one value, so that groups asked for one by one may be asked of the same value.
    """

    params: tuple[int, ...]
    every: tuple[tuple[DateRange, ...], ...]
    single: bool = False


@dataclass(frozen=True, slots=True)
class Updated:
    """`_lastUpdated`: an instant against the ranges."""

    ranges: tuple[DateRange, ...]


@dataclass(frozen=True, slots=True)
class NumberRange:
    """`value` exactly, and [lo, hi) of its implied precision (for `ap`: a tenth to both sides).

    `unit` is hash64("system|code"), `code` hash64(code or unit text); None: any.
    """

    prefix: Prefix
    value: Decimal
    lo: Decimal
    hi: Decimal
    unit: int | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    params: tuple[int, ...]
    ranges: tuple[NumberRange, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """One element has a token of each of `tokens`, and its parts are in `ranges`: each (param, which part, range)."""

    tokens: tuple[tuple[int, ...], ...]
    ranges: tuple[tuple[int, int, NumberRange], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Stands at most `metres` from this point; `latitude` and `longitude` are where its degrees are kept."""

    latitude: int
    longitude: int
    north: Decimal
    east: Decimal
    metres: Decimal


@dataclass(frozen=True, slots=True)
class Ids:
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Has the words in its narrative, or else anywhere. Each query with words that every match has in its text."""

    narrative: bool
    queries: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Present:
    """`:missing`. `index` names where the parameter is kept; one of `marks` stands there."""

    index: Literal["token", "reference", "string", "date", "number"]
    marks: tuple[int, ...]
    missing: bool


@dataclass(frozen=True, slots=True)
class Select:
    """Resources of one type that meet every criterion and that the law lets through. No law set: nothing.

    `others` are further types that it is of. `exact`: whom they are about is named exactly (`search.exactly`).
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    law: Condition = NOTHING
    others: tuple[str, ...] = ()
    exact: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        return (self.type, *self.others)


@dataclass(frozen=True, slots=True)
class Chain:
    """Refers, by the parameter with this salt, to a resource in one of the selections. `by_url`: also by its canonical url."""

    targets: tuple[tuple[int, Select], ...]  # (param_salt, what the target must be)
    by_url: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """Refers, by the parameter with this salt, to one of `starts` (self hashes), or to what lies `above` or below it.

    What is a part of what is said by the parameter of `of` with the salt `parent`.
    """

    salt: int
    starts: tuple[int, ...]
    above: bool
    parent: int
    of: Select


@dataclass(frozen=True, slots=True)
class Has:
    """Is referred to, by the parameter with this salt, from a resource in the selection. `by_url`: also by its canonical url."""

    salt: int
    source: Select
    by_url: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """Meets every one; `And(())` is met by all."""

    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Meets at least one; `Or(())` is met by none."""

    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Does not meet it."""

    of: Criterion


@dataclass(frozen=True, slots=True)
class OfTypes:
    """What is of this type meets this criterion: the same question of several types."""

    of: tuple[tuple[str, Criterion], ...]


Criterion = Union[
    Tokens,
    Texts,
    References,
    ReferenceToPatient,
    Strings,
    Dates,
    Updated,
    Numbers,
    Composite,
    Near,
    Ids,
    Present,
    Chain,
    Tree,
    Has,
    And,
    Or,
    Not,
    OfTypes,
    Words,
]


@dataclass(frozen=True, slots=True)
class Include:
    """What the matches refer to by these parameters (salts), of these types (empty: any), as the law lets through.

    `by_url`: those of the salts that refer by canonical urls. `places`: of whose resources with protected identity places are
    included too. `own`: what they refer to is of the person whose the match is.
    """

    salts: tuple[int, ...]
    types: tuple[str, ...]
    law: Condition = NOTHING
    places: Condition = NOTHING
    iterate: bool = False
    by_url: tuple[int, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class RevInclude:
    """What of these types refers to the matches by one of these parameters, as the law lets through."""

    salts: tuple[int, ...]
    types: tuple[str, ...]
    law: Condition = NOTHING
    places: Condition = NOTHING
    iterate: bool = False
    by_url: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """`kind` names where the value is kept: `params` in the index, `paths` in the resource, none for `updated` and `id`."""

    kind: Literal["string", "date", "number", "text", "updated", "id"]
    params: tuple[int, ...]
    descending: bool
    paths: tuple[tuple[str, str], ...] = ()  # (resource type, SQL/JSON path)


@dataclass(frozen=True, slots=True)
class After:
    """Go on after the row with these sort values (as SQL text, None for no value) and this key.

    `snapshot` (as PostgreSQL writes a `pg_snapshot`) and `began` are of the first page; `total` is what it counted.
    `kept`: the number of the order that is kept of this search, and how many of its keys stand before the page.
    """

    sort: tuple[str | None, ...]
    key: int
    snapshot: str
    began: datetime
    total: int | None = None
    kept: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A search that is understood. `pairs` say it in canonical form, for links and the log; `warnings` what was left out.

    `path` is where it was asked, "" at the whole service. `compartment` as it was asked; `named` are the persons that it names.
    `uses` is what it is made by, also in chains, `_has` and `_filter`.
    """

    select: Select
    sort: tuple[Sort, ...] = ()
    includes: tuple[Include, ...] = ()
    revincludes: tuple[RevInclude, ...] = ()
    control: Control = field(default_factory=Control)
    after: After | None = None
    pairs: Pairs = ()
    warnings: tuple[Issue, ...] = ()
    path: str | None = None
    compartment: tuple[str, str] | None = None
    named: tuple[int, ...] = ()
    uses: frozenset[Use] = frozenset()
