"""What a user sets up for MFA: an authenticator app, the factors, the preferred one."""

from local.cognito import challenges, factors, passkeys, tokens, totp
from local.cognito.challenges import Attempt
from local.cognito.errors import Refused, invalid_parameter, not_authorized
from local.cognito.lookup import client_by_id
from local.cognito.records import Pool, User
from local.cognito.server import Call, Json

SETTINGS = {
    "SMS_MFA": "SMSMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
}


def associate_software_token(call: Call) -> Json:
    """Give the user the secret of a new authenticator app; it counts once a code was right."""
    pool, user, attempt = _user_of_call(call)
    if "SOFTWARE_TOKEN_MFA" not in factors.of_pool(pool):
        raise Refused(
            "SoftwareTokenMFANotFoundException",
            "Software Token MFA has not been enabled by the userPool",
        )
    user.pending_totp = totp.new_secret()
    call.store.save(user)
    answer = {"SecretCode": user.pending_totp}
    if attempt is not None:
        answer["Session"] = _next_session(call, attempt, verified=False)
    return answer


def verify_software_token(call: Call) -> Json:
    """Replace the user's authenticator app by the new one if it makes the right code."""
    _, user, attempt = _user_of_call(call)
    if user.pending_totp is None:
        # What AWS answers to a code without AssociateSoftwareToken is not known.
        raise no_software_token()
    step = totp.step_of(user.pending_totp, call.input["UserCode"], call.now())
    if step is None:
        raise Refused(
            "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"
        )
    name = call.input.get("FriendlyDeviceName", "")
    user.totp = {"secret": user.pending_totp, "name": name, "used_steps": [step]}
    user.pending_totp = None
    call.store.save(user)
    answer = {"Status": "SUCCESS"}
    if attempt is not None:
        answer["Session"] = _next_session(call, attempt, verified=True)
    return answer


def set_user_mfa_preference(call: Call) -> Json:
    """Switch factors on or off for the user, and prefer one; what is not sent stays as it is."""
    bearer = tokens.authorized(call)
    pool, user = bearer.pool, bearer.user
    wanted = {name: call.input[member] for name, member in SETTINGS.items() if member in call.input}
    passkey = call.input.get("WebAuthnMfaSettings")
    preferred = [name for name, settings in wanted.items() if settings.get("PreferredMfa")]
    # The sentences of the next two refusals are not known.
    if len(preferred) > 1:
        raise invalid_parameter("Only one factor can be the preferred one.")
    if any(not wanted[name].get("Enabled") for name in preferred):
        raise invalid_parameter("A factor has to be enabled to be the preferred one.")
    enabled = set(user.mfa_enabled)
    for name, settings in wanted.items():
        if not settings.get("Enabled"):
            enabled.discard(name)
            continue
        if name not in factors.set_up(pool, user):
            raise invalid_parameter(f"User does not have delivery config set to turn on {name}")
        enabled.add(name)
    if passkey and passkey.get("Enabled"):
        _check_passkey_mfa(pool, enabled)
    user.mfa_enabled = [name for name in factors.ALL if name in enabled]
    if preferred:
        user.mfa_preferred = preferred[0]
    elif user.mfa_preferred in wanted or user.mfa_preferred not in enabled:
        user.mfa_preferred = None
    if passkey is not None:
        user.passkey_mfa = bool(passkey.get("Enabled"))
    call.store.save(user)
    return {}


def set_user_settings(call: Call) -> Json:
    """Switch MFA by text message on or off, as SetUserMFAPreference's predecessor did."""
    user = tokens.authorized(call).user
    options = call.input["MFAOptions"]
    for option in options:
        given = option.get("DeliveryMedium"), option.get("AttributeName")
        if given != ("SMS", "phone_number"):  # the sentence is not known
            raise invalid_parameter("SMS to phone_number is the only option.")
    if options and not user.attributes.get("phone_number"):
        raise invalid_parameter("User does not have delivery config set to turn on SMS_MFA")
    enabled = set(user.mfa_enabled) - {"SMS_MFA"} | ({"SMS_MFA"} if options else set())
    user.mfa_options = options
    user.mfa_enabled = [name for name in factors.ALL if name in enabled]
    if user.mfa_preferred not in enabled:
        user.mfa_preferred = None
    call.store.save(user)
    return {}


def get_user_auth_factors(call: Call) -> Json:
    """Return what the user could sign in with, whatever of it the pool allows."""
    user = tokens.authorized(call).user
    has = {
        "PASSWORD": user.password is not None,
        "EMAIL_OTP": bool(user.attributes.get("email")),
        "SMS_OTP": bool(user.attributes.get("phone_number")),
        "WEB_AUTHN": bool(passkeys.of_user(call, user)),
        "SOFTWARE_TOKEN": user.totp is not None,
    }
    return {
        "ConfiguredUserAuthFactors": [factor for factor, present in has.items() if present],
        "PreferredMfaSetting": user.mfa_preferred,
        "UserMFASettingList": user.mfa_enabled or None,
        "Username": user.username,
    }


def no_software_token() -> Refused:
    """Return the refusal where a user has no authenticator app."""
    return Refused(
        "SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."
    )


def _user_of_call(call: Call) -> tuple[Pool, User, Attempt | None]:
    """Return the user of the AccessToken or of the Session, and of a Session its sign-in."""
    if ("AccessToken" in call.input) == ("Session" in call.input):  # the sentence is not known
        raise invalid_parameter("Either AccessToken or Session is required, and not both.")
    if "AccessToken" in call.input:
        bearer = tokens.authorized(call)
        return bearer.pool, bearer.user, None
    challenge = challenges.find(call, None, "MFA_SETUP", call.input["Session"])
    client, pool = client_by_id(call.server, challenge.client_id)
    attempt = challenges.attempt_of(call, pool, client, challenge)
    if attempt.user is None:
        raise not_authorized("Invalid session for the user.")
    tokens.check_user(attempt.user)
    return pool, attempt.user, attempt


def _next_session(call: Call, attempt: Attempt, *, verified: bool) -> str:
    """Return a new Session of the same MFA_SETUP; one that is verified completes it."""
    answer = challenges.open(call, attempt, "MFA_SETUP", {"verified": verified}, {})
    return str(answer["Session"])


def _check_passkey_mfa(pool: Pool, enabled: set[str]) -> None:
    """Refuse passkeys as MFA unless the pool allows them and another factor is active."""
    configuration = pool.mfa.get("WebAuthnConfiguration", {})
    if configuration.get("FactorConfiguration") != "MULTI_FACTOR_WITH_USER_VERIFICATION":
        raise invalid_parameter(
            "The user pool's FactorConfiguration is not MULTI_FACTOR_WITH_USER_VERIFICATION."
        )
    if not enabled:
        raise invalid_parameter("Another MFA factor has to be enabled first.")


OPERATIONS = {
    "AssociateSoftwareToken": associate_software_token,
    "GetUserAuthFactors": get_user_auth_factors,
    "SetUserMFAPreference": set_user_mfa_preference,
    "SetUserSettings": set_user_settings,
    "VerifySoftwareToken": verify_software_token,
}
