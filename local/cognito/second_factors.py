"""What follows the first factor: MFA and remembered devices."""

from local.cognito.challenges import Attempt, Handler
from local.cognito.server import Call, Json


def next_step(call: Call, attempt: Attempt) -> Json | None:
    """Return the challenge that has to follow the first factor, or None."""
    return None


ANSWERS: dict[str, Handler] = {}
