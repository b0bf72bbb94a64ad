"""The user pool of `make run`, in which every flow can be tried, and the words of POOL."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.servers.child import LocalError

INVITED, TEMPORARY_PASSWORD = "invited@example.com", "T3mporary!"
SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"]
GROUP = "readers"
FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_CUSTOM_AUTH",
]
FIRST_FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
# Nothing is called at this ARN: the local Cognito runs the functions of local/triggers.py.
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:local"
CUSTOM_AUTH = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
SMS = {
    "SnsCallerArn": "arn:aws:iam::000000000000:role/local-sms",
    "ExternalId": "local",
    "SnsRegion": "us-east-1",
}
# Cognito mails codes as a second factor only through an SES address of the pool's owner.
SES = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
    "From": "no-reply@example.com",
}


@dataclass(frozen=True)
class Pool:
    """A user pool, the API's app client, and one without a secret for browser libraries."""

    id: str
    client_id: str
    client_secret: str = field(repr=False)
    public_client_id: str = ""


@dataclass
class _Wish:
    """The requests that make a pool; the words of POOL change them."""

    pool: dict[str, Any]
    client: dict[str, Any]
    mfa: dict[str, Any]


def create_pool(
    admin: Any,
    google_issuer: str,
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
    words: Collection[str] = (),
) -> Pool:
    """Create the pool with everything that it has for trying; `words` are those of POOL."""
    wish = _Wish(_pool(), _client(callback_urls, logout_urls), _mfa())
    for word in words:
        WORDS[word](wish)
    pool_id = admin.create_user_pool(PoolName="cognito-auth-api", **wish.pool)["UserPool"]["Id"]
    admin.set_user_pool_mfa_config(UserPoolId=pool_id, **wish.mfa)
    admin.set_user_pool_session_configuration(
        UserPoolId=pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 20}
    )
    admin.create_user_pool_domain(UserPoolId=pool_id, Domain=f"local-{secrets.token_hex(4)}")
    add_google(admin, pool_id, google_issuer)
    api = _create_client(admin, pool_id, "api", {**wish.client, "GenerateSecret": True})
    public = _create_client(admin, pool_id, "browser", wish.client)
    _add_people(admin, pool_id)
    return Pool(pool_id, api["ClientId"], api["ClientSecret"], public["ClientId"])


def check_words(text: str) -> list[str]:
    """Return the words of POOL; raise LocalError for one that is not known."""
    words = text.replace(",", " ").split()
    for word in words:
        if word not in WORDS:
            raise LocalError(f"POOL does not know {word!r}; it knows: {', '.join(WORDS)}.")
    return words


def add_google(admin: Any, pool_id: str, issuer: str, kind: str = "Google") -> None:
    """Let the pool's users come from the stand-in for Google.

    `kind` is the provider's type: "OIDC" for ministack, which does not have Google's.
    """
    names = ("email", "email_verified", "name", "given_name", "family_name")
    admin.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName="Google",
        ProviderType=kind,
        ProviderDetails=_google(issuer),
        AttributeMapping={name: name for name in names},
    )


def move(
    admin: Any,
    pool: Pool,
    google_issuer: str,
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
) -> None:
    """Update a kept pool with the present URLs of the API and the stand-in for Google."""
    admin.update_identity_provider(
        UserPoolId=pool.id, ProviderName="Google", ProviderDetails=_google(google_issuer)
    )
    urls = _urls(callback_urls, logout_urls)
    for client_id in (pool.client_id, pool.public_client_id):
        # An update resets the settings that it does not name.
        client = admin.describe_user_pool_client(UserPoolId=pool.id, ClientId=client_id)
        settings = client["UserPoolClient"]
        for name in ("ClientSecret", "CreationDate", "LastModifiedDate"):
            settings.pop(name, None)
        admin.update_user_pool_client(**{**settings, **urls})


def _google(issuer: str) -> dict[str, str]:
    return {
        "client_id": "cognito",
        "client_secret": "any will do",
        "authorize_scopes": "openid email profile",
        "attributes_request_method": "GET",
        "oidc_issuer": issuer,
    }


def _urls(callback_urls: Sequence[str], logout_urls: Sequence[str]) -> dict[str, list[str]]:
    return {"CallbackURLs": list(callback_urls), "LogoutURLs": list(logout_urls)}


def _pool() -> dict[str, Any]:
    return {
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": FIRST_FACTORS},
        },
        "Schema": [{"Name": "role", "AttributeDataType": "String", "Mutable": True}],
        "EmailConfiguration": SES,
        "SmsConfiguration": SMS,
        "LambdaConfig": dict.fromkeys(CUSTOM_AUTH, FUNCTION),
        "UserPoolTier": "ESSENTIALS",
    }


def _mfa() -> dict[str, Any]:
    return {
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "SmsMfaConfiguration": {"SmsConfiguration": SMS},
        "EmailMfaConfiguration": {"Message": "Your code is {####}", "Subject": "Your code"},
        "WebAuthnConfiguration": {
            "RelyingPartyId": "localhost",
            "UserVerification": "preferred",
        },
    }


def _client(callback_urls: Sequence[str], logout_urls: Sequence[str]) -> dict[str, Any]:
    return {
        "ExplicitAuthFlows": [*FLOWS, "ALLOW_REFRESH_TOKEN_AUTH"],
        "EnableTokenRevocation": True,
        "PreventUserExistenceErrors": "LEGACY",  # "nobody has this address" helps a beginner
        "SupportedIdentityProviders": ["COGNITO", "Google"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": SCOPES,
        **_urls(callback_urls, logout_urls),
    }


def _create_client(admin: Any, pool_id: str, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    answer = admin.create_user_pool_client(UserPoolId=pool_id, ClientName=name, **settings)
    client: dict[str, Any] = answer["UserPoolClient"]
    return client


def _add_people(admin: Any, pool_id: str) -> None:
    """Invite a user, who has to change a temporary password and is in the pool's group."""
    admin.create_group(UserPoolId=pool_id, GroupName=GROUP)
    admin.admin_create_user(
        UserPoolId=pool_id,
        Username=INVITED,
        TemporaryPassword=TEMPORARY_PASSWORD,
        UserAttributes=[
            {"Name": "email", "Value": INVITED},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
    admin.admin_add_user_to_group(UserPoolId=pool_id, Username=INVITED, GroupName=GROUP)


def _remember_devices(wish: _Wish) -> None:
    """Let users decide whether a device is remembered."""
    wish.pool["DeviceConfiguration"] = {
        "ChallengeRequiredOnNewDevice": True,
        "DeviceOnlyRememberedOnUserPrompt": True,
    }


def _rotate_refresh_tokens(wish: _Wish) -> None:
    """Issue a new refresh token at every refresh; Cognito then refuses REFRESH_TOKEN_AUTH."""
    wish.client["ExplicitAuthFlows"] = FLOWS
    wish.client["RefreshTokenRotation"] = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}


def _require_mfa(wish: _Wish) -> None:
    """Require a second factor of every user.

    Cognito then accepts no codes as first factors, and passkeys only with user verification.
    """
    wish.mfa["MfaConfiguration"] = "ON"
    wish.pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] = ["PASSWORD", "WEB_AUTHN"]
    wish.mfa["WebAuthnConfiguration"]["UserVerification"] = "required"
    wish.mfa["WebAuthnConfiguration"]["FactorConfiguration"] = "MULTI_FACTOR_WITH_USER_VERIFICATION"


def _protect_from_threats(wish: _Wish) -> None:
    """Watch sign-ins and mail about them, with links that say whether it was the user."""
    wish.pool["UserPoolTier"] = "PLUS"
    wish.pool["UserPoolAddOns"] = {"AdvancedSecurityMode": "ENFORCED"}


def _hide_users(wish: _Wish) -> None:
    """Answer for unknown users as for known ones."""
    wish.client["PreventUserExistenceErrors"] = "ENABLED"


def _update_issuer(wish: _Wish) -> None:
    """Write the newer form of the issuer into tokens."""
    wish.pool["IssuerConfiguration"] = {"Type": "UPDATED"}


# The words of `make run POOL="devices rotation"`.
WORDS: dict[str, Callable[[_Wish], None]] = {
    "devices": _remember_devices,
    "rotation": _rotate_refresh_tokens,
    "mfa-required": _require_mfa,
    "threat-protection": _protect_from_threats,
    "hide-users": _hide_users,
    "updated-issuer": _update_issuer,
}
