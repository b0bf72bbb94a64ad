"""What comes next in a sign-in once something in it is passed."""

from local.cognito import custom_auth, second_factors, tokens
from local.cognito.challenges import Attempt
from local.cognito.errors import INCORRECT, not_authorized
from local.cognito.server import Call, Json


def proceed(call: Call, attempt: Attempt, passed: str) -> Json:
    """Return the next challenge after the one that is passed, or the tokens.

    DefineAuthChallenge decides what follows a custom challenge before that counts as passed.
    """
    if attempt.user is None:  # passes nothing; should it, this is where that ends
        raise not_authorized(INCORRECT)
    if passed != "CUSTOM_CHALLENGE":
        custom_auth.note(attempt, passed)
        if not attempt.first_factor:
            attempt.first_factor = passed
            step = second_factors.next_step(call, attempt)
            if step is not None:
                return step
        if attempt.custom is not None:
            step = custom_auth.next_step(call, attempt)
            if step is not None:
                return step
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
