"""`python -m bench.token clinician|system`: a bearer token for a load generator.

It is for the server that runs on this KEDJA_HOME, and signed with that installation's own secret, as the sign-in signs: whoever
can read that file could be anybody here. So this is for servers that are measured and thrown away. The clinician reads and writes
the record of one made-up clinic, and the system is that clinic's own: what it stores the clinician may read.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from dataclasses import replace
from datetime import timedelta

from bench.service import CLINICIAN
from kedja import home
from kedja.access.actor import Kind
from kedja.config import load
from kedja.signin.secret import signing_secret
from kedja.signin.tokens import mint

WHO = {
    "clinician": CLINICIAN,
    "system": replace(CLINICIAN, id="bench-system", kind=Kind.SYSTEM, name="Record system of the clinic", title="", hsa_id=""),
}


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.token", description="A bearer token for a load generator.")
    parser.add_argument("who", choices=sorted(WHO))
    given = parser.parse_args()
    config = load()
    running = home.holder(config.home)
    if running is None:
        parser.error(f"no server runs on {config.home}: start one with `kedja up`, or set KEDJA_HOME")
    print(mint(WHO[given.who], signing_secret(config.home, demo=running.demo), timedelta(hours=8)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
