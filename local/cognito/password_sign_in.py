"""The password as a first factor, sent as it is or proved by SRP, and the new one to set."""

import base64
import hmac
import json
import re
import secrets
import time
from datetime import UTC, datetime

from local.cognito import aliases, challenges, invented, lockout, passwords, schema, srp
from local.cognito.challenges import Attempt, required
from local.cognito.errors import INCORRECT, Refused, invalid_parameter, not_authorized
from local.cognito.records import Challenge
from local.cognito.server import Call, Json

TIMESTAMP = re.compile(
    r"(?P<weekday>[A-Za-z]{3}) (?P<month>[A-Za-z]{3}) (?P<day>\d{1,2})"
    r" (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?P<zone>UTC|GMT) (?P<year>\d{4})"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SKEW_SECONDS = 300  # between the client's clock and the machine's; AWS's width is not known
ATTRIBUTE_PREFIX = "userAttributes."


def by_password(call: Call, attempt: Attempt, password: str) -> Json | None:
    """Check a password sent as it is; return NEW_PASSWORD_REQUIRED, or None when it will do."""
    check_state(attempt)
    lockout.check(call, attempt.pool, attempt.username, "password")
    user = attempt.user
    if user is None or not passwords.is_right(attempt.pool, user, password):
        raise _wrong(call, attempt)
    return _after_right_password(call, attempt)


def by_srp(call: Call, attempt: Attempt, a_public: str, *, with_session: bool) -> Json:
    """Begin SRP with the client's A and return PASSWORD_VERIFIER."""
    check_a(a_public)
    check_state(attempt)
    kept = attempt.user.password if attempt.user else None
    if kept is None:
        kept = invented.password(attempt.pool, attempt.username)
    b = srp.new_private()
    block = base64.b64encode(secrets.token_bytes(1_000)).decode()
    name = attempt.username if attempt.user else invented.username(attempt.pool, attempt.username)
    return challenges.open(
        call,
        attempt,
        "PASSWORD_VERIFIER",
        {"a": a_public, "b": f"{b:x}", "block": block},
        {
            "SALT": kept["salt"],
            "SECRET_BLOCK": block,
            "SRP_B": f"{srp.public(int(kept['verifier'], 16), b):x}",
            "USERNAME": name,
            "USER_ID_FOR_SRP": name,
        },
        handle=None if with_session else block,
    )


def check_a(a_public: str) -> None:
    """Refuse an SRP_A that is no number."""
    if not re.fullmatch("[0-9A-Fa-f]{1,1024}", a_public):
        raise invalid_parameter("Invalid SRP_A")  # the sentence is not known


def check_proof_form(responses: dict[str, str]) -> str:
    """Refuse a proof that cannot be one, in AWS's order; return its TIMESTAMP as AWS writes it."""
    timestamp = required(responses, "TIMESTAMP")
    signature = required(responses, "PASSWORD_CLAIM_SIGNATURE")
    required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
    parsed = TIMESTAMP.fullmatch(timestamp)
    try:
        if parsed is None:
            raise ValueError
        month = MONTHS.index(parsed["month"].capitalize()) + 1
        if parsed["weekday"].capitalize() not in WEEKDAYS:
            raise ValueError
        clock = (int(parsed["hour"]), int(parsed["minute"]), int(parsed["second"]))
        moment = datetime(int(parsed["year"]), month, int(parsed["day"]), *clock, tzinfo=UTC)
    except ValueError:
        raise invalid_parameter(
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
        ) from None
    try:
        base64.b64decode(signature, validate=True)
    except ValueError:
        raise invalid_parameter(
            "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
        ) from None
    # The machine's clock, not the server's: that one may have been moved, the client's was not.
    if abs(time.time() - moment.timestamp()) > SKEW_SECONDS:
        raise not_authorized(INCORRECT)
    # A day with a leading zero or a wrong weekday can be read, but the proof over it is wrong on
    # AWS: what is compared there is a proof over the moment as AWS itself writes it.
    weekday, month_name = WEEKDAYS[moment.weekday()], MONTHS[month - 1]
    return f"{weekday} {month_name} {moment.day} {moment:%H:%M:%S} {parsed['zone']} {moment.year}"


def verify_proof(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer PASSWORD_VERIFIER."""
    timestamp = check_proof_form(responses)
    try:
        block = base64.b64decode(responses["PASSWORD_CLAIM_SECRET_BLOCK"], validate=True)
    except ValueError:
        raise not_authorized(INCORRECT) from None
    check_state(attempt)
    lockout.check(call, attempt.pool, attempt.username, "password")
    user = attempt.user
    if user is None or user.password is None:
        raise _wrong(call, attempt)
    right = srp.signature(
        attempt.pool.name_for_srp,
        user.username,
        int(user.password["verifier"], 16),
        int(challenge.state["a"], 16),
        int(challenge.state["b"], 16),
        block,
        timestamp,
    )
    given = responses["PASSWORD_CLAIM_SIGNATURE"]
    if right is None or not hmac.compare_digest(right.encode(), given.encode()):
        raise _wrong(call, attempt)
    return _after_right_password(call, attempt)


def answer_password(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer PASSWORD."""
    return by_password(call, attempt, required(responses, "PASSWORD"))


def answer_password_srp(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer PASSWORD_SRP."""
    return by_srp(call, attempt, required(responses, "SRP_A"), with_session=True)


def set_new_password(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer NEW_PASSWORD_REQUIRED: set the password and the attributes that lacked."""
    user = attempt.user
    if user is None or user.status != "FORCE_CHANGE_PASSWORD":
        # The user has set a password since; what AWS answers is not known.
        raise not_authorized("Invalid session for the user.")
    password = required(responses, "NEW_PASSWORD")
    given = {
        name.removeprefix(ATTRIBUTE_PREFIX): value
        for name, value in responses.items()
        if name.startswith(ATTRIBUTE_PREFIX)
    }
    passwords.check_policy(attempt.pool, user, password, passwords.AT_RESET)
    for name in given:
        if user.attributes.get(name):
            raise not_authorized(f"Cannot modify an already provided {name}")
    schema.check_writable(attempt.client, given)
    for name in schema.missing(attempt.pool, {**user.attributes, **given}):
        # The sentence is not known.
        raise invalid_parameter(f"Invalid attributes given, {name} is missing")
    schema.check_changes(attempt.pool, given)
    user.attributes.update(given)
    aliases.check_free(call.server, attempt.pool, user, user.attributes)
    passwords.set_password(call, attempt.pool, user, password)
    user.status = "CONFIRMED"
    call.store.save(user)
    attempt.source = "TokenGeneration_NewPasswordChallenge"
    return None


def check_state(attempt: Attempt) -> None:
    """Refuse a user who is disabled or unconfirmed, whatever the password."""
    user = attempt.user
    if user is None:
        return
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise Refused("UserNotConfirmedException", "User is not confirmed.")


def _wrong(call: Call, attempt: Attempt) -> Refused:
    lockout.failed(call, attempt.pool, attempt.username, "password")
    return not_authorized(INCORRECT)


def _after_right_password(call: Call, attempt: Attempt) -> Json | None:
    lockout.succeeded(call, attempt.pool, attempt.username, "password")
    user = attempt.user
    assert user is not None  # noqa: S101
    if user.status == "RESET_REQUIRED":
        raise Refused("PasswordResetRequiredException", "Password reset required for the user")
    if user.status != "FORCE_CHANGE_PASSWORD":
        return None
    if passwords.is_expired(call, attempt.pool, user):
        raise not_authorized(
            "Temporary password has expired and must be reset by an administrator."
        )
    missing = [ATTRIBUTE_PREFIX + name for name in schema.missing(attempt.pool, user.attributes)]
    return challenges.open(
        call,
        attempt,
        "NEW_PASSWORD_REQUIRED",
        {},
        {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": json.dumps(missing, separators=(",", ":")),
            "userAttributes": json.dumps(user.attributes, separators=(",", ":")),
        },
    )
