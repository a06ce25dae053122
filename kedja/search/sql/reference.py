"""reference: hashes in `resource.refs`, which GIN indexes; and the person, where the reference says whose the resource is."""

from __future__ import annotations

from kedja.search.nodes import References
from kedja.search.sql.bind import bind


def render(references: References, alias: str, args: list[object]) -> str:
    refers = f"{alias}.refs && {bind(args, list(references.hashes), 'bigint[]')}"
    if not references.persons:
        return refers
    return f"{alias}.person = ANY ({bind(args, list(references.persons), 'bigint[]')}) AND {refers}"
