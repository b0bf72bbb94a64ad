"""What comes next in a sign-in once something in it is passed."""

from local.cognito import custom_auth, devices, second_factors, tokens
from local.cognito.challenges import Attempt
from local.cognito.errors import INCORRECT, not_authorized
from local.cognito.server import Call, Json


def proceed(call: Call, attempt: Attempt, passed: str) -> Json:
    """Return the next challenge after the one that is passed, or the tokens.

    A sign-in on the hosted UI's page ends with an empty answer in place of tokens.
    DefineAuthChallenge decides what follows a custom challenge before that counts as passed.
    """
    if attempt.user is None:  # passes nothing; should it, this is where that ends
        raise not_authorized(INCORRECT)
    if passed != "CUSTOM_CHALLENGE":
        custom_auth.note(attempt, passed)
        if not attempt.first_factor:
            attempt.first_factor = passed
            step = second_factors.after_first_factor(call, attempt)
        else:
            step = second_factors.after_second_factor(call, attempt, passed)
        if step is not None:
            return step
        if attempt.custom is not None:
            step = custom_auth.next_step(call, attempt)
            if step is not None:
                return step
    if attempt.hosted:
        return {}
    device = devices.of_sign_in(call, attempt.pool, attempt.user, attempt.device_key)
    result = tokens.issue(
        call,
        attempt.pool,
        attempt.client,
        attempt.user,
        device_key=device.device_key if device else None,
        source=attempt.source,
        metadata=attempt.metadata,
    )
    if device and device.device_key != attempt.device_key:
        result["NewDeviceMetadata"] = {
            "DeviceGroupKey": device.group_key,
            "DeviceKey": device.device_key,
        }
    return {"AuthenticationResult": result, "ChallengeParameters": {}}
