"""Which settings of MFA go together."""

from typing import Any

from walk.recorded.expect import (
    answered,
    includes,
    invalid,
)
from walk.recorded.given import (
    pool,
)
from walk.recorded.row import Row
from walk.recorded.scene import Call, Steps, call

MFA_POOL = pool(fresh=True, UserPoolTier="ESSENTIALS")
TOTP_BLOCK = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def passkey_pool(*factors: str) -> Steps:
    """A pool with these first factors."""
    return pool(
        fresh=True,
        UserPoolTier="ESSENTIALS",
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}},
    )


def set_mfa(state: str | None, **blocks: Any) -> Call:
    """SetUserPoolMfaConfig."""
    members = {"UserPoolId": "$pool", **blocks}
    return call(
        "SetUserPoolMfaConfig", members if state is None else {**members, "MfaConfiguration": state}
    )


SINGLE = {"WebAuthnConfiguration": {"FactorConfiguration": "SINGLE_FACTOR"}}
ROWS = (
    Row(
        "MFA/off-with-a-block",
        MFA_POOL,
        set_mfa("OFF", **TOTP_BLOCK),
        invalid(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
        ),
    ),
    *(
        Row(
            f"MFA/{state.lower()}-without-a-block",
            MFA_POOL,
            set_mfa(state),
            invalid(
                "Invalid MFA Configuration given. "
                "SMS MFA, Email MFA, or Software Token MFA must be enabled."
            ),
        )
        for state in ("ON", "OPTIONAL")
    ),
    Row(
        "MFA/passkeys-as-single-factor-with-required-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("ON", **TOTP_BLOCK, **SINGLE),
        invalid(
            "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and "
            "WebAuthn is an allowed first auth factor"
        ),
    ),
    Row(
        "MFA/email-code-with-required-mfa",
        passkey_pool("EMAIL_OTP"),
        set_mfa("ON", **TOTP_BLOCK),
        invalid(
            "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor "
            "if MFA is enabled"
        ),
    ),
    Row(
        "MFA/passkeys-added-to-required-mfa",
        (MFA_POOL, set_mfa("ON", **TOTP_BLOCK)),
        call(
            "UpdateUserPool",
            {
                "UserPoolId": "$pool",
                "MfaConfiguration": "ON",
                "Policies": {
                    "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
                },
            },
        ),
        invalid(
            "WEB_AUTHN cannot be used as an auth factor when MFA is enabled "
            "if not configured for MFA."
        ),
    ),
    Row(
        "MFA/passkeys-as-single-factor-with-optional-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("OPTIONAL", **TOTP_BLOCK, **SINGLE),
        includes({"MfaConfiguration": "OPTIONAL"}),
    ),
    Row(
        "MFA/passkeys-without-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("OFF", **SINGLE),
        includes({"MfaConfiguration": "OFF"}),
    ),
    Row(
        "MFA/absent-is-off",
        (MFA_POOL, set_mfa("OPTIONAL", **TOTP_BLOCK), set_mfa(None)),
        call("GetUserPoolMfaConfig", {"UserPoolId": "$pool"}),
        answered({"MfaConfiguration": "OFF"}),
    ),
    Row(
        "MFA/only-what-is-configured",
        (MFA_POOL, set_mfa("OPTIONAL", **TOTP_BLOCK)),
        call("GetUserPoolMfaConfig", {"UserPoolId": "$pool"}),
        answered({"MfaConfiguration": "OPTIONAL", **TOTP_BLOCK}),
    ),
    Row(
        "MFA/required-at-creation-without-sms",
        (),
        call("CreateUserPool", {"PoolName": "recorded", "MfaConfiguration": "ON"}),
        invalid(
            "SMS configuration and Auto verification for phone_number are required "
            "when MFA is required/optional"
        ),
    ),
)
