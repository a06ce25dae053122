"""What is asked for goes beside the text, as `$1::type`, and never into it.

What comes from the definitions (types, parameters, limits) stands in the text, so that the planner knows it in a plan that
it keeps for all values: how many rows a type or a parameter has is what it most needs to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from kedja import spec


def bind(args: list[object], value: object, cast: str) -> str:
    """Append the value and give its place: `$3::bigint[]`. `cast` is a PostgreSQL type named in our code, never input."""
    args.append(value)
    return f"${len(args)}::{cast}"


def type_names(resource_types: Sequence[str]) -> str:
    """`'Patient', 'Group'`. Raises ValueError for what is no type of FHIR R4: nothing else gets into the text."""
    for name in resource_types:
        if not spec.is_resource_type(name):
            raise ValueError(f"{name!r} is no resource type")
    return ", ".join(f"'{name}'" for name in resource_types)


def integers(values: Sequence[int], cast: str) -> str:
    """`'-7'::bigint, '5'::bigint`, of hashes of definitions and of limits."""
    return ", ".join(f"'{int(value)}'::{cast}" for value in values)


def filled(template: str, args: list[object], cast: str, **values: object) -> str:
    """The template with the values that it names bound once each; one that it does not name is not sent."""
    used = {name: bind(args, value, cast) for name, value in values.items() if f"{{{name}}}" in template}
    return template.format(**used)
