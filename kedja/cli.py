"""The commands; `docs/reference/commands.md` describes each."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    print("usage: kedja COMMAND", file=sys.stderr)
    return 2
