"""What comes next in a sign-in once something in it is passed."""

from local.cognito import second_factors, tokens
from local.cognito.challenges import Attempt
from local.cognito.errors import not_authorized
from local.cognito.server import Call, Json

INCORRECT = "Incorrect username or password."


def proceed(call: Call, attempt: Attempt, passed: str) -> Json:
    """Return the next challenge after the one that is passed, or the tokens."""
    if not attempt.first_factor:
        attempt.first_factor = passed
        step = second_factors.next_step(call, attempt)
        if step is not None:
            return step
    return _completed(call, attempt)


def _completed(call: Call, attempt: Attempt) -> Json:
    """Return the answer of a sign-in that is complete."""
    if attempt.user is None:  # an invented user passes nothing; should one, this is the last gate
        raise not_authorized(INCORRECT)
    result = tokens.issue(
        call,
        attempt.pool,
        attempt.client,
        attempt.user,
        device_key=attempt.device_key,
        source=attempt.source,
        metadata=attempt.metadata,
    )
    return {"AuthenticationResult": result, "ChallengeParameters": {}}
