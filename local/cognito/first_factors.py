"""The choice among first factors (USER_AUTH), the codes and passkeys that stand for a password.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html
"""

import hmac
import json

from local.cognito import aliases, challenges, codes, invented, passkeys, password_sign_in, settings
from local.cognito.challenges import Attempt, required
from local.cognito.errors import INCORRECT, Refused, invalid_parameter, not_authorized
from local.cognito.messages import Medium
from local.cognito.records import Challenge, User
from local.cognito.server import Call, Json

MEDIUMS: dict[str, Medium] = {"EMAIL_OTP": "EMAIL", "SMS_OTP": "SMS"}
CODE_DIGITS = 8


def available(call: Call, attempt: Attempt) -> list[str]:
    """Return AvailableChallenges: what the pool allows and the user has, in the pool's order.

    AWS's order is not known. An unconfirmed user is offered codes: AWS's guide says that one
    confirms the user, its clients expect a refusal; which of them is right is not known.
    """
    allowed = settings.first_factors(attempt.pool)
    user = attempt.user
    if user is None:
        factors = [invented.first_factor(attempt.pool, attempt.username, allowed)]
    else:
        factors = [factor for factor in allowed if _has(call, attempt, user, factor)]
    names: list[str] = []
    for factor in factors:
        names += ["PASSWORD_SRP", "PASSWORD"] if factor == "PASSWORD" else [factor]
    return names


def _has(call: Call, attempt: Attempt, user: User, factor: str) -> bool:
    """Tell whether this factor can be the user's first one.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
    """
    if factor == "PASSWORD":
        return user.password is not None
    if user.status in ("FORCE_CHANGE_PASSWORD", "RESET_REQUIRED", "EXTERNAL_PROVIDER"):
        return False
    if not _is_enough_without_mfa(attempt, user, factor):
        return False
    if factor == "EMAIL_OTP":
        return bool(user.attributes.get("email"))
    if factor == "SMS_OTP":
        return bool(user.attributes.get("phone_number"))
    return factor == "WEB_AUTHN" and bool(passkeys.usable(call, attempt.pool, user))


def _is_enough_without_mfa(attempt: Attempt, user: User, factor: str) -> bool:
    """Tell whether a factor other than the password may sign in, which no second one follows."""
    mfa = attempt.pool.mfa.get("MfaConfiguration", "OFF")
    if mfa == "OFF" or (mfa == "OPTIONAL" and not user.mfa_enabled):
        return True
    return factor == "WEB_AUTHN" and passkeys.satisfy_mfa(attempt.pool, user)


def offer(call: Call, attempt: Attempt) -> Json:
    """Return SELECT_CHALLENGE."""
    return challenges.open(
        call, attempt, "SELECT_CHALLENGE", {}, {}, available=available(call, attempt)
    )


def begin(call: Call, attempt: Attempt, factor: str, parameters: dict[str, str]) -> Json | None:
    """Begin an available factor; return its challenge, or None when it is passed already."""
    if factor == "PASSWORD":
        return password_sign_in.by_password(call, attempt, required(parameters, "PASSWORD"))
    if factor == "PASSWORD_SRP":
        answer = password_sign_in.by_srp(
            call, attempt, required(parameters, "SRP_A"), with_session=True
        )
        return {**answer, "AvailableChallenges": available(call, attempt)}
    if factor == "WEB_AUTHN":
        return _ask_for_passkey(call, attempt)
    return _send_code(call, attempt, factor)


def _send_code(call: Call, attempt: Attempt, factor: str) -> Json:
    medium = MEDIUMS[factor]
    if attempt.user is None:
        destination = invented.destination(attempt.pool, attempt.username, medium)
    else:
        destination = attempt.user.attributes[codes.ATTRIBUTES[medium]]
    code = call.server.new_code(CODE_DIGITS)
    details = codes.deliver(call, attempt.pool, attempt.user, medium, destination, code, "sign-in")
    return challenges.open(
        call,
        attempt,
        factor,
        {"code": code, "to": destination},
        {
            "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
            "CODE_DELIVERY_DESTINATION": details["Destination"],
        },
        available=available(call, attempt),
    )


def _ask_for_passkey(call: Call, attempt: Attempt) -> Json:
    options = passkeys.request_options(call, attempt.pool, attempt.user)
    if attempt.user is None:
        options["allowCredentials"] = [invented.passkey(attempt.pool, attempt.username)]
    return challenges.open(
        call,
        attempt,
        "WEB_AUTHN",
        {"challenge": options["challenge"]},
        {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(options, separators=(",", ":"))},
        available=available(call, attempt),
    )


def select(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer SELECT_CHALLENGE."""
    factor = required(responses, "ANSWER")
    if factor not in available(call, attempt):
        # AWS's sentence is not known.
        raise invalid_parameter(f"{factor} is not an available challenge.")
    if factor == "PASSWORD" and "PASSWORD" not in responses:
        return challenges.open(call, attempt, "PASSWORD", {}, {})
    if factor == "PASSWORD_SRP" and "SRP_A" not in responses:
        return challenges.open(call, attempt, "PASSWORD_SRP", {}, {})
    return begin(call, attempt, factor, responses)


def check_code(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer EMAIL_OTP or SMS_OTP as a first factor.

    AWS was seen to take six wrong codes without a lock; from which number on it locks is not
    known: here never. The right code verifies its address, and confirms a user who was not.
    """
    given = required(responses, f"{challenge.name}_CODE")
    user = attempt.user
    if user is None or not hmac.compare_digest(challenge.state["code"].encode(), given.encode()):
        raise Refused("CodeMismatchException", "Invalid code or auth state for the user.")
    attribute = codes.ATTRIBUTES[MEDIUMS[challenge.name]]
    aliases.note_reached(call.server, attempt.pool, user, attribute, challenge.state["to"])
    if user.status == "UNCONFIRMED":
        user.status = "CONFIRMED"
    call.store.save(user)
    return None


def check_passkey(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer WEB_AUTHN."""
    credential = required(responses, "CREDENTIAL")
    if attempt.user is None or not passkeys.verify_assertion(
        call, attempt.pool, attempt.user, credential, challenge.state
    ):
        raise not_authorized(INCORRECT)  # AWS's sentence is not known
    return None
