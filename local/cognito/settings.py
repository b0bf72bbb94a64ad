"""What the settings of a pool and of an app client say, with AWS's defaults."""

from local.cognito.errors import Refused
from local.cognito.records import Client, Pool
from local.cognito.server import Json

# What a client allows that names no flows.
DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")


def first_factors(pool: Pool) -> list[str]:
    """Return AllowedFirstAuthFactors: PASSWORD, EMAIL_OTP, SMS_OTP, WEB_AUTHN."""
    factors: list[str] = pool.settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    return factors


def sends_codes_to(pool: Pool) -> list[str]:
    """Return AutoVerifiedAttributes: email, phone_number."""
    names: list[str] = pool.settings.get("AutoVerifiedAttributes", [])
    return names


def verified_before_update(pool: Pool) -> list[str]:
    """Return AttributesRequireVerificationBeforeUpdate."""
    names: list[str] = pool.settings["UserAttributeUpdateSettings"].get(
        "AttributesRequireVerificationBeforeUpdate", []
    )
    return names


def recovery_attributes(pool: Pool) -> list[str]:
    """Return the attributes that a password is reset by, the first choice first."""
    mechanisms = pool.settings["AccountRecoverySetting"].get("RecoveryMechanisms", [])
    return [
        one["Name"].removeprefix("verified_")
        for one in sorted(mechanisms, key=lambda one: int(one["Priority"]))
        if one["Name"] != "admin_only"
    ]


def allows(client: Client, flow: str) -> bool:
    """Tell whether the client allows a flow of ExplicitAuthFlows, as ALLOW_USER_AUTH.

    The names without ALLOW_ are older: they add to the default flows or leave the custom one alone.
    """
    listed = client.settings.get("ExplicitAuthFlows") or DEFAULT_FLOWS
    if "CUSTOM_AUTH_FLOW_ONLY" in listed:
        listed = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    elif not any(name.startswith("ALLOW_") for name in listed):
        listed = (*DEFAULT_FLOWS, *(f"ALLOW_{name}" for name in listed))
    return flow in listed


def hides_users(client: Client) -> bool:
    """Tell whether the client must not say who has an account (PreventUserExistenceErrors)."""
    return client.settings.get("PreventUserExistenceErrors") == "ENABLED"


def rotates(client: Client) -> bool:
    """Tell whether refresh tokens rotate."""
    rotation: Json = client.settings.get("RefreshTokenRotation", {})
    return rotation.get("Feature") == "ENABLED"


def unavailable_in_lite(feature: str) -> Refused:
    """Return the refusal of a feature that needs the tier Essentials; recorded for rotation."""
    return Refused("FeatureUnavailableInTierException", to_disable(feature))


def to_disable(feature: str) -> str:
    """Return what Cognito says of a feature that the tier Lite does not have."""
    return (
        "The following features need to be disabled for the LITE pricing tier configured: "
        + feature
    )
