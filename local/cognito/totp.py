"""Time-based one-time passwords (RFC 6238) as Cognito takes them: SHA-1, 30 seconds, six digits."""

import base64
import hmac
import secrets

import pyotp

STEP_SECONDS = 30


def new_secret() -> str:
    """Return 32 random bytes in base32, which is as long as AWS's secrets are."""
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")


def step_of(secret: str, code: str, now: float) -> int | None:
    """Return the 30-second step that the code belongs to, if it is this one or a neighbour.

    AWS takes a code for a short while after its time; how long is not known.
    """
    present = int(now) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        right = pyotp.TOTP(secret).at(step * STEP_SECONDS)
        if hmac.compare_digest(right.encode(), code.encode()):
            return step
    return None


def used_steps(earlier: list[int], step: int) -> list[int]:
    """Return the steps whose codes are spent, without those that are too old to be accepted."""
    return [number for number in earlier if number >= step - 2] + [step]
