"""`python -m bot` and the console script `citebot`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; `argv` defaults to the program's own. Returns the exit code."""
    return cli.run(argv)


if __name__ == "__main__":
    sys.exit(main())
