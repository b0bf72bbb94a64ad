"""RespondToAuthChallenge: which function takes the answer to which challenge."""

from local.cognito import (
    challenges,
    custom_auth,
    device_challenges,
    first_factors,
    invented,
    password_sign_in,
    second_factors,
    stages,
)
from local.cognito.challenges import Attempt, Handler, required
from local.cognito.errors import INCORRECT, Refused, invalid_parameter, not_authorized
from local.cognito.lookup import check_secret_hash, client_by_id, find_user
from local.cognito.records import Challenge, Client, Pool, User
from local.cognito.server import Call, Json

FIRST_FACTORS: dict[str, Handler] = {
    "SELECT_CHALLENGE": first_factors.select,
    "PASSWORD": password_sign_in.answer_password,
    "PASSWORD_SRP": password_sign_in.answer_password_srp,
    "PASSWORD_VERIFIER": password_sign_in.verify_proof,
    "NEW_PASSWORD_REQUIRED": password_sign_in.set_new_password,
    "EMAIL_OTP": first_factors.check_code,
    "SMS_OTP": first_factors.check_code,
    "WEB_AUTHN": first_factors.check_passkey,
    "CUSTOM_CHALLENGE": custom_auth.answer,
}


def respond_to_auth_challenge(call: Call) -> Json:
    """Take the answer to a challenge; return the next one or the tokens."""
    client, pool = client_by_id(call.server, call.input["ClientId"])
    name = call.input["ChallengeName"]
    responses = call.input.get("ChallengeResponses", {})
    if not responses:
        raise invalid_parameter("Missing required parameter challenge responses.")
    username = required(responses, "USERNAME")
    user = find_user(call.server, pool, username)
    names = (username, user.username) if user else (username,)
    check_secret_hash(client, responses.get("SECRET_HASH"), *names, parameter="SECRET_HASH")
    challenge = _challenge(call, client, name, responses)
    attempt = challenges.attempt_of(call, pool, client, challenge)
    _check_same_user(pool, challenge, attempt, username, user)
    attempt.device_key = responses.get("DEVICE_KEY", attempt.device_key)
    # EMAIL_OTP is in both tables. A custom challenge may follow second factors.
    handlers = FIRST_FACTORS | (second_factors.ANSWERS if attempt.first_factor else {})
    if name not in handlers:
        raise not_authorized("Invalid session for the user.")
    answer = handlers[name](call, challenge, attempt, responses)
    # USER_SRP_AUTH's proof may be sent again until it expires; a custom challenge is gone already.
    if name != "CUSTOM_CHALLENGE" and ("Session" in call.input or name != "PASSWORD_VERIFIER"):
        challenges.use_up(call, challenge)
    return answer or stages.proceed(call, attempt, name)


def _challenge(call: Call, client: Client, name: str, responses: dict[str, str]) -> Challenge:
    """Return the challenge that Session, or the proof's SECRET_BLOCK, belongs to."""
    if name == "DEVICE_SRP_AUTH":
        return device_challenges.waiting(call, client, responses)
    if "Session" in call.input:
        return challenges.find(call, client, name, call.input["Session"])
    if name not in ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"):
        raise invalid_parameter("Missing required parameter Session")
    password_sign_in.check_proof_form(responses)
    try:
        return challenges.find(call, client, name, responses["PASSWORD_CLAIM_SECRET_BLOCK"])
    except Refused:
        raise not_authorized(INCORRECT) from None


def _check_same_user(
    pool: Pool, challenge: Challenge, attempt: Attempt, username: str, user: User | None
) -> None:
    """Refuse an answer in the name of another user than the one who began."""
    if attempt.user is None:
        names = (challenge.username, invented.username(pool, challenge.username))
        same = username in names
    else:
        same = user is not None and user.username == attempt.user.username
    if not same:
        raise not_authorized("Invalid session for the user.")
    if attempt.user is not None and not attempt.user.enabled:
        raise not_authorized("User is disabled.")


OPERATIONS = {"RespondToAuthChallenge": respond_to_auth_challenge}
