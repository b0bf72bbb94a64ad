"""`python -m walk`, which is what `make walk` runs: every operation of a running API.

It walks through an API, on this machine or deployed, as a new user, and leaves no user behind. It
deletes nobody else: it has to log in first, with a password that it made up.
"""

import sys

from walk.run import main

if __name__ == "__main__":
    sys.exit(main())
