"""The time that the local Cognito goes by, which tests and learners may move forward."""

import time


class Clock:
    """The machine's clock plus an offset."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """Return seconds since 1970, rounded to milliseconds as Cognito's timestamps are."""
        return round(time.time() + self._offset, 3)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; raise ValueError for a step back."""
        if not 0 <= seconds < 20 * 365 * 86_400:
            raise ValueError("the clock moves forward only, by less than 20 years")
        self._offset += seconds
