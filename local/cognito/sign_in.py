"""InitiateAuth: every flow that a sign-in may begin with."""

from collections.abc import Callable

from local.cognito import (
    challenges,
    custom_auth,
    first_factors,
    migration,
    password_sign_in,
    refresh,
    settings,
    stages,
)
from local.cognito.challenges import Attempt, required
from local.cognito.errors import Refused, invalid_parameter, not_authorized
from local.cognito.lookup import check_secret_hash, client_by_id, find_user
from local.cognito.records import Client, Pool
from local.cognito.server import Call, Json

Parameters = dict[str, str]


def initiate_auth(call: Call) -> Json:
    """Begin a sign-in, or refresh one."""
    client, pool = client_by_id(call.server, call.input["ClientId"])
    flow = call.input["AuthFlow"]
    parameters = call.input.get("AuthParameters", {})
    if flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        return refresh.by_initiate_auth(call, pool, client, parameters)
    if flow not in FLOWS:
        raise invalid_parameter("Initiate Auth method not supported.")
    if not settings.allows(client, f"ALLOW_{flow}"):
        if flow == "USER_PASSWORD_AUTH":
            raise invalid_parameter("USER_PASSWORD_AUTH flow not enabled for this client")
        raise invalid_parameter(f"{flow} is not enabled for the client.")
    if flow == "USER_AUTH" and pool.settings.get("UserPoolTier") == "LITE":
        # The sentence is not known.
        raise Refused(
            "FeatureUnavailableInTierException", "USER_AUTH is not available in the LITE tier."
        )
    if flow == "CUSTOM_AUTH":
        custom_auth.check_configured(pool)  # whether AWS looks for the user first is not known
    attempt = _attempt(call, pool, client, parameters)
    begin, passed = FLOWS[flow]
    return begin(call, attempt, parameters) or stages.proceed(call, attempt, passed)


def _attempt(call: Call, pool: Pool, client: Client, parameters: Parameters) -> Attempt:
    """Return the sign-in of the user that USERNAME names, or refuse."""
    name = required(parameters, "USERNAME")
    user = find_user(call.server, pool, name)
    names = (name, user.username) if user else (name,)
    check_secret_hash(client, parameters.get("SECRET_HASH"), *names, parameter="SECRET_HASH")
    if user is None and call.input["AuthFlow"] == "USER_PASSWORD_AUTH":
        user = migration.at_sign_in(call, pool, client, name, required(parameters, "PASSWORD"))
    if user is None and not settings.hides_users(client):
        raise Refused("UserNotFoundException", "User does not exist.")
    return Attempt(
        pool=pool,
        client=client,
        user=user,
        username=user.username if user else name,
        device_key=parameters.get("DEVICE_KEY"),
    )


def _user_password(call: Call, attempt: Attempt, parameters: Parameters) -> Json | None:
    return password_sign_in.by_password(call, attempt, required(parameters, "PASSWORD"))


def _user_srp(call: Call, attempt: Attempt, parameters: Parameters) -> Json | None:
    return password_sign_in.by_srp(call, attempt, required(parameters, "SRP_A"), with_session=False)


def _user_auth(call: Call, attempt: Attempt, parameters: Parameters) -> Json | None:
    """Begin with PREFERRED_CHALLENGE if the user has it, else offer what there is.

    A preference that is no challenge's name leads to the choice, too (what AWS does is not known).
    """
    if attempt.user is not None and not attempt.user.enabled:
        password_sign_in.check_state(attempt)
    preferred = parameters.get("PREFERRED_CHALLENGE", "")
    if "Session" in call.input and _signed_up_just_now(call, attempt, preferred):
        return None
    if preferred in first_factors.available(call, attempt):
        return first_factors.begin(call, attempt, preferred, parameters)
    return first_factors.offer(call, attempt)


def _signed_up_just_now(call: Call, attempt: Attempt, preferred: str) -> bool:
    """Tell whether the Session of ConfirmSignUp stands for the code of a first factor.

    It does once, for a user who could sign in with a code to the address that was just confirmed.
    """
    challenge = challenges.find(
        call, attempt.client, challenges.FIRST_SIGN_IN, call.input["Session"]
    )
    user = attempt.user
    if user is None or challenge.username != user.username:
        raise not_authorized("Invalid session for the user.")
    verified = {
        "EMAIL_OTP": user.attributes.get("email_verified") == "true",
        "SMS_OTP": user.attributes.get("phone_number_verified") == "true",
    }
    allowed = settings.first_factors(attempt.pool)
    eligible = [factor for factor in allowed if verified.get(factor)]
    if not eligible or (preferred and preferred not in eligible):
        return False
    challenges.use_up(call, challenge)
    attempt.first_factor = "SIGN_UP"  # no second factor follows
    return True


# What begins a flow, and the challenge that is passed if no other follows.
FLOWS: dict[str, tuple[Callable[[Call, Attempt, Parameters], Json | None], str]] = {
    "USER_PASSWORD_AUTH": (_user_password, "PASSWORD"),
    "USER_SRP_AUTH": (_user_srp, "PASSWORD_VERIFIER"),
    "USER_AUTH": (_user_auth, "PASSWORD"),
    "CUSTOM_AUTH": (custom_auth.begin, "CUSTOM_CHALLENGE"),
}

OPERATIONS = {"InitiateAuth": initiate_auth}
