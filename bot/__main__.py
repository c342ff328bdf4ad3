"""`python -m bot` and the console script `citebot`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bot import cli
from bot.allocator import share_heaps


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; `argv` defaults to the program's own. Returns the exit code."""
    # Before numpy is loaded: its second thread spins on the core that the event loop and the encoder need, and
    # makes a question no faster.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    share_heaps()
    # Before the encoder's library is loaded, which would number this machine and report its use to its makers.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return cli.run(argv)


if __name__ == "__main__":
    sys.exit(main())
