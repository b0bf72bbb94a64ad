"""Which second factors a pool has, a user has set up, and a sign-in asks for.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
"""

from local.cognito.records import Pool, User

ALL = ("SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA")
ADDRESSES = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}


def of_pool(pool: Pool) -> list[str]:
    """Return the factors that the pool has switched on."""
    switches = {
        "SMS_MFA": "SmsMfaConfiguration" in pool.mfa,
        "EMAIL_OTP": "EmailMfaConfiguration" in pool.mfa,
        "SOFTWARE_TOKEN_MFA": pool.mfa.get("SoftwareTokenMfaConfiguration", {}).get("Enabled"),
    }
    return [factor for factor in ALL if switches[factor]]


def set_up(pool: Pool, user: User) -> list[str]:
    """Return those of the pool's factors that the user has an address or an app for."""
    return [
        factor
        for factor in of_pool(pool)
        if (user.totp if factor == "SOFTWARE_TOKEN_MFA" else user.attributes.get(ADDRESSES[factor]))
    ]


def to_ask(pool: Pool, user: User) -> list[str]:
    """Return the factors of which one has to follow a password: the preferred one alone, if any."""
    mode = pool.mfa["MfaConfiguration"]
    if mode == "OFF":
        return []
    ready = set_up(pool, user)
    if user.mfa_preferred in ready:
        return [user.mfa_preferred]
    if mode == "OPTIONAL":
        return [factor for factor in ready if factor in user.mfa_enabled]
    # Where MFA is required, users cannot switch off what they have.
    recovery = _recovery(pool)
    return [factor for factor in ready if factor in user.mfa_enabled or factor not in recovery]


def to_set_up(pool: Pool) -> list[str]:
    """Return the factors that a user with none may set up where MFA is required."""
    return [factor for factor in of_pool(pool) if factor not in _recovery(pool)]


def _recovery(pool: Pool) -> list[str]:
    """Return the factor that would use the address at which passwords are reset.

    One address must not serve both: somebody who reads it would need nothing else.
    """
    mechanisms = pool.settings.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
    first = min(mechanisms, key=lambda mechanism: mechanism["Priority"], default={"Name": ""})
    names = {"verified_email": "EMAIL_OTP", "verified_phone_number": "SMS_MFA"}
    return [names[first["Name"]]] if first["Name"] in names else []
