"""Pools that take passkeys."""

from typing import Any

from tests.support.local_cognito import Json, Pools

FLOWS = ("USER_PASSWORD_AUTH", "USER_AUTH")


def make_pool(
    admin: Any, mode: str = "OFF", *, factors: Json | None = None, **web_authn: str
) -> str:
    """Make a pool that takes passkeys of localhost."""
    pool = Pools(admin).pool(
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    )
    configuration = {"RelyingPartyId": "localhost", **web_authn}
    admin.set_user_pool_mfa_config(
        UserPoolId=pool,
        MfaConfiguration=mode,
        WebAuthnConfiguration=configuration,
        **(factors or {}),
    )
    return pool
