"""A selection of resources: type, law and criteria, the same wherever resources are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from kedja.search.assume import assume_type, persons_under, shape_for
from kedja.search.condition import Condition, Permit
from kedja.search.extract_tokens import PRESENT
from kedja.search.hashing import self_hash
from kedja.search.nodes import (
    And,
    Chain,
    Composite,
    Criterion,
    Dates,
    Has,
    Ids,
    Near,
    Not,
    Numbers,
    OfTypes,
    Or,
    Present,
    References,
    Select,
    Strings,
    Texts,
    Tokens,
    Tree,
    Updated,
    Words,
)
from kedja.search.sql import composite, condition, date, number, reference, row, string, token, words
from kedja.search.sql.bind import integers, type_names
from kedja.search.sql.writer import Writer

FEW: Final = 1000
_RENDER: Final[dict[type, Callable[[Any, str, list[object]], str]]] = {
    Tokens: token.render,
    Texts: token.render_texts,
    References: reference.render,
    Strings: string.render,
    Dates: date.render,
    Updated: date.render_updated,
    Numbers: number.render,
    Composite: composite.render,
    Near: composite.render_near,
    Ids: row.render_ids,
    Present: row.render_present,
    Words: words.render,
}


def tests(select: Select, alias: str, writer: Writer) -> str:
    """What a row `alias` of `resource` must meet: it is of the type, not deleted, the law permits it, every criterion holds."""
    return f"{asked(select, alias, writer)}\n    AND {_formed(select.law, select.types, alias, writer, condition.render)}"


def asked(select: Select, alias: str, writer: Writer) -> str:
    """As `tests`, but for what the law says, of which only whose the rows can be at all: the index is ordered by that."""
    return "\n    AND ".join([of_type(select, alias, writer), *_criteria(select, alias, writer)])


def of_type(select: Select, alias: str, writer: Writer) -> str:
    """Of what stands in an index in the order of keys."""
    parts = [f"{alias}.type IN ({type_names(select.types)})", f"NOT {alias}.deleted"]
    persons = persons_under(select.law, select.types)
    if persons:
        parts.append(f"{alias}.person = ANY ({writer.bind(sorted(persons), 'bigint[]')})")
    return "\n    AND ".join(parts)


def meets_criteria(select: Select, alias: str, writer: Writer) -> str:
    return "\n    AND ".join(_criteria(select, alias, writer)) or "TRUE"


def _criteria(select: Select, alias: str, writer: Writer) -> list[str]:
    """What says whose a row is stands last: rows are found by their person, and hardly any of them fails it."""
    return [_criterion(criterion, alias, writer) for criterion in sorted(select.criteria, key=_says_whose)]


def _says_whose(criterion: Criterion) -> bool:
    return isinstance(criterion, References) and bool(criterion.persons)


def permitted_by(law: Condition, types: Sequence[str], alias: str, writer: Writer) -> str:
    """The rule by which the law permits a row of these types, null where it does not: asked together with `asked`."""
    return _formed(law, types, alias, writer, condition.permitting)


def permitted_rows(rows: str) -> str:
    """Of these rows, with a column `rule`, those that the law permits.

    OFFSET 0 lets each rule be found once; nor can the planner guess how much the law leaves, which it does badly.
    """
    return f"  SELECT * FROM (\n{rows}\n  OFFSET 0) every_row WHERE rule IS NOT NULL"


def _formed(law: Condition, types: Sequence[str], alias: str, writer: Writer, form: condition.Form) -> str:
    """The law for rows of these types; of one type, what it says of types is known."""
    if len(types) > 1:
        return form(law, alias, writer.args)
    if isinstance(law, Permit):
        return condition.at(law, shape_for(law.shape, types[0]), alias, writer.args, form=form)
    return form(assume_type(law, types[0]), alias, writer.args)


def _criterion(criterion: Criterion, alias: str, writer: Writer) -> str:
    match criterion:
        case Chain():
            return _chain(criterion, alias, writer)
        case Tree():
            return _tree(criterion, alias, writer)
        case Has():
            return _has(criterion, alias, writer)
        case And(of):
            return _joined(of, " AND ", "TRUE", alias, writer)
        case Or(of):
            return _joined(of, " OR ", "FALSE", alias, writer)
        case OfTypes(of):
            ways = [f"{alias}.type = {type_names([name])} AND ({_criterion(each, alias, writer)})" for name, each in of]
            return f"(({') OR ('.join(ways)}))"
        case Not(of):
            return f"({_criterion(of, alias, writer)}) IS NOT TRUE"  # a chain that leads nowhere is null
        case Strings(match=match) if writer.sparing and match in string.BEGINS:
            return _few(criterion, alias, writer)
        case _:
            return _RENDER[type(criterion)](criterion, alias, writer.args)


def _few(strings: Strings, alias: str, writer: Writer) -> str:
    """What has such a text, which must be few: so it is found the same way whatever text is asked for."""
    name = f"few_{len(writer.parts) + 1}"
    writer.part(name, f"  {string.resources(strings, writer.args)} LIMIT {FEW + 1:d}", how="MATERIALIZED")
    writer.again.append(f"(SELECT count(*) > {FEW:d} FROM {name})")
    return f"{alias}.key = ANY (ARRAY(SELECT resource FROM {name}))"


def _joined(criteria: tuple[Criterion, ...], word: str, empty: str, alias: str, writer: Writer) -> str:
    parts = [f"({_criterion(criterion, alias, writer)})" for criterion in criteria]
    return f"({word.join(parts)})" if parts else empty


def _chain(chain: Chain, alias: str, writer: Writer) -> str:
    """The targets first, as one array of hashes, so that GIN finds what refers to them."""
    arms: list[str] = []
    for salt, target in chain.targets:
        other = writer.alias()
        where = tests(target, other, writer)
        salted = integers([salt], "bigint")
        arms.append(f"  SELECT {other}.self_hash # {salted} AS hash FROM resource {other}\n  WHERE {where}")
        if chain.by_url:
            names = f"resource {other}, unnest({other}.tokens) AS name (hash)"
            arms.append(f"  SELECT name.hash # {salted} AS hash FROM {names}\n  WHERE {where}")
    name = f"chain_{len(writer.parts) + 1}"
    union = "\n  UNION ALL\n".join(arms)
    writer.part(name, f"  SELECT array_agg(hash) AS hashes FROM (\n{union}\n  ) targets", how="MATERIALIZED")
    return f"{alias}.refs && (SELECT hashes FROM {name})"


def _tree(tree: Tree, alias: str, writer: Writer) -> str:
    """From the starts on, part by part; what the law hides leads no further."""
    other = writer.alias()
    where, parent = tests(tree.of, other, writer), integers([tree.parent], "bigint")
    if tree.above:
        step = (
            f"SELECT ref.hash # {parent} FROM branch JOIN resource {other} ON {other}.self_hash = branch.hash\n"
            f"    CROSS JOIN LATERAL unnest({other}.refs) AS ref (hash)"
        )
        where += f"\n    AND ref.hash # {parent} <> {integers([self_hash(PRESENT)], 'bigint')}"  # the mark of `:missing`
    else:
        step = f"SELECT {other}.self_hash FROM branch JOIN resource {other} ON {other}.refs && ARRAY[branch.hash # {parent}]"
    name = f"tree_{len(writer.parts) + 1}"
    starts = writer.bind(list(tree.starts), "bigint[]")
    writer.part(
        name,
        f"  WITH RECURSIVE branch (hash) AS (\n    SELECT unnest({starts})\n    UNION\n    {step}\n    WHERE {where}\n  )\n"
        f"  SELECT array_agg(branch.hash # {integers([tree.salt], 'bigint')}) AS hashes FROM branch",
        how="MATERIALIZED",
    )
    return f"{alias}.refs && (SELECT hashes FROM {name})"


def _has(has: Has, alias: str, writer: Writer) -> str:
    """What the sources refer to; hashes of their other references come out as numbers that stand for nothing."""
    other = writer.alias()
    where = tests(has.source, other, writer)
    salt = integers([has.salt], "bigint")
    referred = f"SELECT ref.hash # {salt} FROM resource {other}, unnest({other}.refs) AS ref (hash)\n  WHERE {where}"
    here = f"{alias}.self_hash IN (\n  {referred}\n)"
    return f"({here} OR {alias}.tokens && ARRAY({referred}))" if has.by_url else here
