"""`python -m local`, which `make run` runs."""

import sys

from local.run import main

if __name__ == "__main__":
    sys.exit(main())
