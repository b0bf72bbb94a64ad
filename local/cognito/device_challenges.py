"""A remembered device proves itself at sign-in: SRP with the device's own password.

DEVICE_SRP_AUTH brings A, DEVICE_PASSWORD_VERIFIER the proof. The device's group stands where the
pool does for a user's password, its key where the user name does.
"""

import base64
import hmac
import secrets

from local.cognito import challenges, devices, password_sign_in, srp
from local.cognito.challenges import Attempt, Handler
from local.cognito.errors import INCORRECT, Refused, not_authorized, not_there
from local.cognito.records import Challenge, Client, Device
from local.cognito.server import Call, Json


def replaces_mfa(call: Call, attempt: Attempt) -> bool:
    """Tell whether the sign-in names a remembered device that stands for the second factor."""
    configuration = attempt.pool.settings.get("DeviceConfiguration", {})
    device = _named(call, attempt)
    remembered = device is not None and device.remembered
    return remembered and bool(configuration.get("ChallengeRequiredOnNewDevice"))


def begin(call: Call, attempt: Attempt) -> Json | None:
    """Ask a remembered device for its proof, or return None.

    A device that is confirmed but not remembered is taken at its word: the key identifies it, and
    opens nothing.
    """
    device = _named(call, attempt)
    if device is None or not device.remembered:
        return None
    return challenges.open(
        call, attempt, "DEVICE_SRP_AUTH", {"device_key": device.device_key}, _names(attempt, device)
    )


def answer_device_srp_auth(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json:
    """Answer A with B, the salt and what the proof is to be made over."""
    a_public = challenges.required(responses, "SRP_A")
    password_sign_in.check_a(a_public)
    device = _asked(call, challenge, attempt, responses)
    b = srp.new_private()
    block = base64.b64encode(secrets.token_bytes(1_000)).decode()
    answer = challenges.open(
        call,
        attempt,
        "DEVICE_PASSWORD_VERIFIER",
        {"device_key": device.device_key, "a": a_public, "b": f"{b:x}", "block": block},
        {
            "SALT": device.salt,
            "SECRET_BLOCK": block,
            "SRP_B": f"{srp.public(int(device.verifier, 16), b):x}",
            **_names(attempt, device),
        },
        handle=block,
    )
    # AWS's clients send back a Session if there is one, pycognito sends none: both name the block.
    return {**answer, "Session": block}


def answer_device_password_verifier(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> None:
    """Check the device's proof."""
    timestamp = password_sign_in.check_proof_form(responses)
    device = _asked(call, challenge, attempt, responses)
    block = responses["PASSWORD_CLAIM_SECRET_BLOCK"]
    right = srp.signature(
        device.group_key,
        device.device_key,
        int(device.verifier, 16),
        int(challenge.state["a"], 16),
        int(challenge.state["b"], 16),
        base64.b64decode(challenge.state["block"]),
        timestamp,
    )
    given = responses["PASSWORD_CLAIM_SIGNATURE"]
    is_right = right is not None and hmac.compare_digest(right.encode(), given.encode())
    if block != challenge.state["block"] or not is_right:
        raise not_authorized(INCORRECT)
    attempt.device_key = device.device_key


def waiting(call: Call, client: Client, responses: dict[str, str]) -> Challenge:
    """Return the DEVICE_SRP_AUTH that an answer is to: its Session's, else the device's newest.

    AWS announced in 2021 that it would require the Session. pycognito leaves it out to this day,
    and amazon-cognito-identity-js sends that of the MFA challenge before.
    https://github.com/aws-amplify/aws-sdk-android/pull/2337
    """
    challenge = _newest(call, client, responses)
    if "Session" in call.input:
        try:
            return challenges.find(call, client, "DEVICE_SRP_AUTH", call.input["Session"])
        except Refused:
            if challenge is None:
                raise
    if challenge is None:
        raise not_authorized("Invalid session for the user.")
    return challenge


def _newest(call: Call, client: Client, responses: dict[str, str]) -> Challenge | None:
    device_key = challenges.required(responses, "DEVICE_KEY")
    candidates = [
        challenge
        for challenge in call.store.where(
            Challenge, client.pool_id, "$.state.device_key", device_key
        )
        if challenge.name == "DEVICE_SRP_AUTH"
        and challenge.client_id == client.id
        and not challenge.used
        and call.now() < challenge.expires
    ]
    return max(candidates, key=lambda challenge: challenge.expires, default=None)


def _named(call: Call, attempt: Attempt) -> Device | None:
    """Return the device that the sign-in names, if the pool remembers devices."""
    if attempt.user is None or not attempt.device_key or not devices.are_tracked(attempt.pool):
        return None
    return devices.confirmed(call, attempt.user, attempt.device_key)


def _asked(call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]) -> Device:
    """Return the device that the challenge is for; an answer cannot put another in its place."""
    device_key = challenge.state["device_key"]
    if attempt.user is None or challenges.required(responses, "DEVICE_KEY") != device_key:
        raise not_there("Device does not exist.")
    return devices.confirmed(call, attempt.user, device_key)


def _names(attempt: Attempt, device: Device) -> dict[str, str]:
    return {"USERNAME": attempt.username, "DEVICE_KEY": device.device_key}


ANSWERS: dict[str, Handler] = {
    "DEVICE_PASSWORD_VERIFIER": answer_device_password_verifier,
    "DEVICE_SRP_AUTH": answer_device_srp_auth,
}
