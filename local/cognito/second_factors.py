"""What follows the first factor: MFA and remembered devices."""

import hmac
import json

from local.cognito import (
    aliases,
    challenges,
    codes,
    device_challenges,
    factors,
    lockout,
    mfa,
    schema,
    totp,
)
from local.cognito.challenges import Attempt, Handler
from local.cognito.errors import Refused
from local.cognito.messages import Medium
from local.cognito.records import Challenge, User
from local.cognito.server import Call, Json

# After these no second factor is asked: the address or the passkey is something that the user has,
# and a custom challenge is what its author wants it to be.
WITHOUT_MFA = ("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "CUSTOM_CHALLENGE")
MEDIUMS: dict[str, Medium] = {"SMS_MFA": "SMS", "EMAIL_OTP": "EMAIL"}


def after_first_factor(call: Call, attempt: Attempt) -> Json | None:
    """Return the challenge that has to follow the first factor, or None."""
    if attempt.user is None:
        return None
    if device_challenges.replaces_mfa(call, attempt):
        return device_challenges.begin(call, attempt)
    if attempt.first_factor not in WITHOUT_MFA:
        step = _ask_for_mfa(call, attempt, attempt.user)
        if step is not None:
            return step
    return device_challenges.begin(call, attempt)


def after_second_factor(call: Call, attempt: Attempt, passed: str) -> Json | None:
    """Return the challenge that has to follow a second factor, or None.

    A remembered device proves itself even where it does not replace MFA: that it does so last is
    what amazon-cognito-identity-js expects.
    """
    if passed == "DEVICE_PASSWORD_VERIFIER":
        return None
    return device_challenges.begin(call, attempt)


def _ask_for_mfa(call: Call, attempt: Attempt, user: User) -> Json | None:
    choice = factors.to_ask(attempt.pool, user)
    if len(choice) == 1:
        return _challenge(call, attempt, user, choice[0])
    if choice:
        parameters = {"MFAS_CAN_CHOOSE": json.dumps(choice, separators=(",", ":"))}
        return _open(call, attempt, "SELECT_MFA_TYPE", {"choice": choice}, parameters)
    if attempt.pool.mfa["MfaConfiguration"] != "ON":
        return None
    possible = factors.to_set_up(attempt.pool)
    if not possible:
        # Which error AWS has for this is not known; this one is in the operations' lists.
        raise Refused(
            "InvalidUserPoolConfigurationException",
            "The user pool requires MFA and has no factor that does not also reset passwords.",
        )
    parameters = {"MFAS_CAN_SETUP": json.dumps(possible, separators=(",", ":"))}
    return _open(call, attempt, "MFA_SETUP", {"verified": False}, parameters)


def _challenge(call: Call, attempt: Attempt, user: User, factor: str) -> Json:
    """Begin the challenge of one factor; a code is sent unless an app makes it."""
    if factor == "SOFTWARE_TOKEN_MFA":
        name = (user.totp or {}).get("name", "")
        return _open(call, attempt, factor, {}, {"FRIENDLY_DEVICE_NAME": name} if name else {})
    to = user.attributes[factors.ADDRESSES[factor]]
    return _send_code(call, attempt, user, factor, to, is_new=False)


def _send_code(
    call: Call, attempt: Attempt, user: User, factor: str, to: str, *, is_new: bool
) -> Json:
    """Send a code to an address, which `is_new` when the user gave it in answer to MFA_SETUP."""
    code = call.server.new_code()
    details = codes.deliver(call, attempt.pool, user, MEDIUMS[factor], to, code, "mfa")
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": details["Destination"],
    }
    return _open(call, attempt, factor, {"code": code, "to": to, "is_new": is_new}, parameters)


def _open(call: Call, attempt: Attempt, name: str, state: Json, parameters: dict[str, str]) -> Json:
    return challenges.open(
        call, attempt, name, state, {**parameters, "USER_ID_FOR_SRP": attempt.username}
    )


def answer_sms_mfa(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> None:
    """Check the code of a text message."""
    _check_code(call, challenge, attempt, challenges.required(responses, "SMS_MFA_CODE"))


def answer_email_mfa(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> None:
    """Check the code of a mail that was sent as a second factor."""
    _check_code(call, challenge, attempt, challenges.required(responses, "EMAIL_OTP_CODE"))


def _check_code(call: Call, challenge: Challenge, attempt: Attempt, given: str) -> None:
    """Refuse a wrong code; a right one verifies the address that it went to."""
    lockout.check(call, attempt.pool, attempt.username, "mfa")
    if not hmac.compare_digest(challenge.state["code"].encode(), given.encode()):
        lockout.failed(call, attempt.pool, attempt.username, "mfa")
        raise Refused("CodeMismatchException", "Invalid code or auth state for the user.")
    lockout.succeeded(call, attempt.pool, attempt.username, "mfa")
    user = _user(attempt)
    attribute = factors.ADDRESSES[challenge.name]
    if challenge.state["is_new"]:
        user.attributes[attribute] = challenge.state["to"]
        _switch_on(user, challenge.name)
    aliases.note_reached(call.server, attempt.pool, user, attribute, challenge.state["to"])
    call.store.save(user)


def answer_software_token_mfa(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> None:
    """Check the code of the user's authenticator app, which is good for one time."""
    given = challenges.required(responses, "SOFTWARE_TOKEN_MFA_CODE")
    user = _user(attempt)
    if user.totp is None:
        raise mfa.no_software_token()
    lockout.check(call, attempt.pool, attempt.username, "mfa")
    step = totp.step_of(user.totp["secret"], given, call.now())
    if step is None:
        lockout.failed(call, attempt.pool, attempt.username, "mfa")
        raise Refused("CodeMismatchException", "Invalid code received for user")
    if step in user.totp["used_steps"]:
        raise Refused("ExpiredCodeException", "Your software token has already been used once.")
    lockout.succeeded(call, attempt.pool, attempt.username, "mfa")
    user.totp["used_steps"] = totp.used_steps(user.totp["used_steps"], step)
    call.store.save(user)


def answer_select_mfa_type(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json:
    """Begin the challenge of the factor that the user chose."""
    chosen = challenges.required(responses, "ANSWER")
    if chosen not in challenge.state["choice"]:  # the exception and its sentence are not known
        raise Refused("MFAMethodNotFoundException", f"{chosen} is not one of MFAS_CAN_CHOOSE.")
    return _challenge(call, attempt, _user(attempt), chosen)


def answer_mfa_setup(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Complete the set-up of an app with VerifySoftwareToken's Session, or begin that of email."""
    user = _user(attempt)
    if challenge.state["verified"]:
        _switch_on(user, "SOFTWARE_TOKEN_MFA")
        call.store.save(user)
        return None
    email = responses.get("EMAIL")
    if not email or "EMAIL_OTP" not in factors.to_set_up(attempt.pool):
        raise mfa.no_software_token()  # what AWS answers to a set-up that is not done is not known
    schema.check_changes(attempt.pool, {"email": email})
    aliases.check_free(call.server, attempt.pool, user, {"email": email, "email_verified": "true"})
    return _send_code(call, attempt, user, "EMAIL_OTP", email, is_new=True)


def _switch_on(user: User, factor: str) -> None:
    """Let the user have what MFA_SETUP set up, as SetUserMFAPreference would."""
    enabled = {*user.mfa_enabled, factor}
    user.mfa_enabled = [name for name in factors.ALL if name in enabled]


def _user(attempt: Attempt) -> User:
    """Return the user, whom these challenges always have: no invented user gets this far."""
    if attempt.user is None:
        raise LookupError("a second factor of nobody")
    return attempt.user


ANSWERS: dict[str, Handler] = {
    "EMAIL_OTP": answer_email_mfa,
    "MFA_SETUP": answer_mfa_setup,
    "SELECT_MFA_TYPE": answer_select_mfa_type,
    "SMS_MFA": answer_sms_mfa,
    "SOFTWARE_TOKEN_MFA": answer_software_token_mfa,
    **device_challenges.ANSWERS,
}
