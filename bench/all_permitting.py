"""The web server under a law of a single rule that permits everything to everybody: what the law costs is measured against it."""

from __future__ import annotations

import os
import sys

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from starlette.applications import Starlette

from kedja.access import check, rules
from kedja.access.rule import Ruleset
from kedja.app import create_app
from kedja.child import end_with
from kedja.config import load

_RULE = f"""
[statute]
id = "none"
number = "none"
name_sv = "Ingen lag"
name_en = "No law"
in_force = 1970-01-02

[[rule]]
number = "ALL"
title_sv = "Allt är tillåtet"
title_en = "Everything is permitted"
cite = "none"
confidence = "statute"
effect = "permit"
action = {list(check.ACTIONS)}
channel = ["own"]
when = ["signed-in"]
reveal = "content"
obligations = []
"""


def application() -> Starlette:
    """The application of one worker process; limits are those of the law as it is shipped."""
    end_with(os.getppid())
    everything = Ruleset(rules.parse({"none": _RULE}).rules, rules.standard().limits)
    rules.load = lambda deployment=None: everything
    rules.standard.cache_clear()
    return create_app(load())


def main() -> None:
    end_with(int(sys.argv[1]))
    config = load()
    Granian(
        "bench.all_permitting:application",
        factory=True,
        interface=Interfaces.ASGI,
        address=config.host,
        port=config.port,
        workers=config.worker_count,
        loop=Loops.uvloop,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
