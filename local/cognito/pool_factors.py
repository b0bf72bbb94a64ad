"""Which factors a pool takes, and whether it tracks sessions."""

from local.cognito.errors import invalid_parameter
from local.cognito.lookup import pool_by_id
from local.cognito.records import Pool
from local.cognito.server import Call, Json
from local.cognito.settings import first_factors, unavailable_in_lite

FIRST_FACTORS = {"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"}
SECOND_FACTORS = {
    "EmailMfaConfiguration",
    "SmsMfaConfiguration",
    "SoftwareTokenMfaConfiguration",
}


def set_user_pool_mfa_config(call: Call) -> Json:
    """Replace the settings of the second factors and of passkeys."""
    given = dict(call.input)
    pool = pool_by_id(call.server, given.pop("UserPoolId"))
    given.setdefault("MfaConfiguration", "OFF")
    if given["MfaConfiguration"] == "OFF":
        if SECOND_FACTORS & given.keys():
            raise invalid_parameter(
                "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
            )
    elif not SECOND_FACTORS & given.keys():
        raise invalid_parameter(
            "Invalid MFA Configuration given."
            " SMS MFA, Email MFA, or Software Token MFA must be enabled."
        )
    if (
        given["MfaConfiguration"] == "ON"
        and "WEB_AUTHN" in first_factors(pool)
        and given.get("WebAuthnConfiguration", {}).get("FactorConfiguration") == "SINGLE_FACTOR"
    ):
        raise invalid_parameter(
            "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and"
            " WebAuthn is an allowed first auth factor"
        )
    pool.mfa = given
    pool.settings |= given.get("SmsMfaConfiguration", {})  # DescribeUserPool shows them, too
    check(pool)
    pool.modified = call.now()
    call.store.save(pool)
    return dict(pool.mfa)


def get_user_pool_mfa_config(call: Call) -> Json:
    """Return what SetUserPoolMfaConfig set."""
    return dict(pool_by_id(call.server, call.input["UserPoolId"]).mfa)


def set_user_pool_session_configuration(call: Call) -> Json:
    """Switch session tracking on or off."""
    given = dict(call.input)
    pool = pool_by_id(call.server, given.pop("UserPoolId"))
    if given["UserSessionTracking"] == "ENABLED" and pool.settings["UserPoolTier"] == "LITE":
        raise unavailable_in_lite("User Session Tracking")
    pool.session_configuration = given
    call.store.save(pool)
    return get_user_pool_session_configuration(call)


def get_user_pool_session_configuration(call: Call) -> Json:
    """Return the settings of session tracking."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    return {
        "UserPoolId": pool.id,
        "UserSessionTracking": "DISABLED",
        "TokenSession": {"MaxPerUser": 20},
        **pool.session_configuration,
    }


def check(pool: Pool) -> None:
    """Refuse first factors that do not go with the second ones, or with the tier."""
    factors = set(first_factors(pool))
    if not factors <= FIRST_FACTORS:
        raise invalid_parameter("SOFTWARE_TOKEN cannot be used as a first auth factor.")
    if factors != {"PASSWORD"} and pool.settings["UserPoolTier"] == "LITE":
        raise unavailable_in_lite("Choice-based sign-in")
    if pool.mfa["MfaConfiguration"] != "ON":
        return
    if factors & {"EMAIL_OTP", "SMS_OTP"}:
        raise invalid_parameter(
            "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA"
            " is enabled"
        )
    passkeys = pool.mfa.get("WebAuthnConfiguration", {})
    if "WEB_AUTHN" in factors and (
        passkeys.get("FactorConfiguration") != "MULTI_FACTOR_WITH_USER_VERIFICATION"
    ):
        raise invalid_parameter(
            "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for"
            " MFA."
        )


OPERATIONS = {
    "GetUserPoolMfaConfig": get_user_pool_mfa_config,
    "GetUserPoolSessionConfiguration": get_user_pool_session_configuration,
    "SetUserPoolMfaConfig": set_user_pool_mfa_config,
    "SetUserPoolSessionConfiguration": set_user_pool_session_configuration,
}
