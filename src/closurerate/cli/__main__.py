"""`python -m closurerate.cli` is `closurerate`."""

import sys

from closurerate.cli import main

if __name__ == "__main__":
    sys.exit(main())
