"""Waiting for what another process does."""

import time
from collections.abc import Callable


def wait_for(what: Callable[[], object], seconds: float = 20) -> bool:
    """Poll until it is true; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return False
