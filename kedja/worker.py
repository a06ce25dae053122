"""The web server: one process that watches as many workers as there are cores, each with the application on its own loop.

Run by `kedja up` as `python -m kedja.worker SUPERVISOR`, with the settings in the environment.
"""

from __future__ import annotations

import gc
import logging
import os
import sys

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from starlette.applications import Starlette

from kedja.app import create_app
from kedja.child import end_with
from kedja.config import load


def application() -> Starlette:
    """The application of one worker process."""
    end_with(os.getppid())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app(load())
    gc.collect()
    gc.freeze()  # what stands here stays: a full collection then looks at requests alone, not at all that is known of FHIR
    return app


def main() -> None:
    end_with(int(sys.argv[1]))
    config = load()
    Granian(
        "kedja.worker:application",
        factory=True,
        interface=Interfaces.ASGI,
        address=config.host,
        port=config.port,
        workers=config.worker_count,
        loop=Loops.uvloop,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0,
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    main()
