"""Values go beside the text, as `$1::type`, and never into it."""

from __future__ import annotations


def bind(args: list[object], value: object, cast: str) -> str:
    """Append the value and give its place: `$3::bigint[]`. `cast` is a PostgreSQL type named in our code, never input."""
    args.append(value)
    return f"${len(args)}::{cast}"


def filled(template: str, args: list[object], cast: str, **values: object) -> str:
    """The template with the values that it names bound once each; one that it does not name is not sent."""
    used = {name: bind(args, value, cast) for name, value in values.items() if f"{{{name}}}" in template}
    return template.format(**used)
