"""`python -m kedja` is the command `kedja`."""

import sys

from kedja.cli import main

sys.exit(main())
