"""The user pool that the API works with: what template.yaml makes on AWS, made by hand here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

INVITED, TEMPORARY_PASSWORD = "invited@example.com", "T3mporary!"
SCOPES = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]


@dataclass(frozen=True)
class Pool:
    """A user pool and its app client."""

    id: str
    client_id: str
    client_secret: str = field(repr=False)


def create_pool(
    admin: Any,
    google_issuer: str,
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
    prevent_user_existence_errors: str = "LEGACY",
) -> Pool:
    """Create a pool that signs in by email or by Google, and an app client with a secret.

    LEGACY lets the API say that an address is unknown; ENABLED hides it.
    """
    pool_id = admin.create_user_pool(
        PoolName="cognito-auth-api",
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        Policies={
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
            }
        },
        Schema=[{"Name": "role", "AttributeDataType": "String", "Mutable": True}],
    )["UserPool"]["Id"]
    add_google(admin, pool_id, google_issuer)
    client = admin.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="api",
        GenerateSecret=True,
        ExplicitAuthFlows=[
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_USER_AUTH",
        ],
        PreventUserExistenceErrors=prevent_user_existence_errors,
        SupportedIdentityProviders=["COGNITO", "Google"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=SCOPES,
        CallbackURLs=list(callback_urls),
        LogoutURLs=list(logout_urls),
    )["UserPoolClient"]
    return Pool(pool_id, client["ClientId"], client["ClientSecret"])


def add_google(admin: Any, pool_id: str, issuer: str) -> None:
    """Let the pool's users come from the stand-in for Google.

    The pool must have no domain: with one, ministack sends the provider to a host that only AWS
    has. That the app client allows the provider, it does not ask.
    """
    # ministack copies unmapped claims into its own ID token. There the hash of the provider's
    # access token would be taken for that of Cognito's, and not match.
    attribute = {"Name": "idp_at_hash", "AttributeDataType": "String", "Mutable": True}
    admin.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=[attribute])
    names = ("email", "name", "given_name", "family_name")
    admin.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName="Google",
        ProviderType="OIDC",  # ministack has no type Google
        ProviderDetails={
            "client_id": "cognito",
            "client_secret": "any will do",
            "authorize_scopes": "openid email profile",
            "attributes_request_method": "GET",
            "oidc_issuer": issuer,
        },
        AttributeMapping={**dict(zip(names, names, strict=True)), "custom:idp_at_hash": "at_hash"},
    )


def prepare_walks(admin: Any, pool: Pool) -> None:
    """Allow authenticator apps, and invite a user: what the walks of the README start from."""
    admin.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    admin.admin_create_user(
        UserPoolId=pool.id,
        Username=INVITED,
        TemporaryPassword=TEMPORARY_PASSWORD,
        UserAttributes=[
            {"Name": "email", "Value": INVITED},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
