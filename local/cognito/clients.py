"""App clients: what a program that signs users in may do."""

import secrets

from local.cognito import paging, schema
from local.cognito.errors import invalid_parameter, not_there
from local.cognito.lookup import pool_by_id
from local.cognito.records import Client, IdentityProvider, Pool
from local.cognito.server import Call, Json
from local.cognito.settings import allows, rotates, unavailable_in_lite

ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuv"
# Whatever order the flows are sent in, Cognito answers with its own. The place of USER_AUTH and
# CUSTOM_AUTH in it is not known.
FLOWS = (
    "ALLOW_USER_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
)
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}


def create_user_pool_client(call: Call) -> Json:
    """Create an app client, with a secret if GenerateSecret says so."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    given = _settings(call.input)
    secret = call.input.get("ClientSecret")
    if secret is None and call.input.get("GenerateSecret"):
        secret = "".join(secrets.choice(ID_CHARACTERS) for _ in range(52))
    now = call.now()
    client = Client(
        id="".join(secrets.choice(ID_CHARACTERS) for _ in range(26)),
        pool_id=pool.id,
        secret=secret,
        settings={
            "AllowedOAuthFlowsUserPoolClient": False,
            "AuthSessionValidity": 3,
            "EnablePropagateAdditionalUserContextData": False,
            "EnableTokenRevocation": True,
            "RefreshTokenValidity": 30,
            "TokenValidityUnits": {},
            **given,
        },
        created=now,
        modified=now,
    )
    _check(call, pool, client, while_doing="creating")
    call.store.save(client)
    return {"UserPoolClient": _described(client)}


def describe_user_pool_client(call: Call) -> Json:
    """Describe an app client."""
    return {"UserPoolClient": _described(_client(call))}


def update_user_pool_client(call: Call) -> Json:
    """Change the settings that are sent and keep the others, as UpdateUserPool does."""
    client = _client(call)
    client.settings |= _settings(call.input)
    pool = pool_by_id(call.server, client.pool_id)
    _check(call, pool, client, while_doing="updating")
    client.modified = call.now()
    call.store.save(client)
    return {"UserPoolClient": _described(client)}


def delete_user_pool_client(call: Call) -> None:
    """Delete an app client."""
    call.store.delete(_client(call))


def list_user_pool_clients(call: Call) -> Json:
    """List a pool's app clients."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    clients, more = paging.page(
        call.store.all(Client, pool.id),
        call.input.get("MaxResults", 60),
        call.input.get("NextToken"),
    )
    return {
        "NextToken": more,
        "UserPoolClients": [
            {
                "ClientId": client.id,
                "ClientName": client.settings["ClientName"],
                "UserPoolId": pool.id,
            }
            for client in clients
        ],
    }


def set_user_pool_client_session_configuration(call: Call) -> Json:
    """Set how long a session of the hosted UI is used again."""
    client = _client(call)
    client.session_configuration = {"SSOSession": call.input["SSOSession"]}
    call.store.save(client)
    return get_user_pool_client_session_configuration(call)


def get_user_pool_client_session_configuration(call: Call) -> Json:
    """Return how long a session of the hosted UI is used again."""
    client = _client(call)
    return {
        "UserPoolId": client.pool_id,
        "ClientId": client.id,
        "SSOSession": {"MaxValidityMinutes": 60},
        **client.session_configuration,
    }


def _client(call: Call) -> Client:
    """Return the client of the pool that a control operation names, or refuse."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    client = call.store.get(Client, call.input["ClientId"])
    if client is None or client.pool_id != pool.id:
        raise not_there("User pool client does not exist.")
    return client


def _settings(given: Json) -> Json:
    """Return the settings among an operation's members, in the form that they are kept in."""
    apart = (
        *("UserPoolId", "ClientId", "GenerateSecret", "ClientSecret"),
        "PublishSecretsInAWSSecretsManager",  # there is no Secrets Manager here
    )
    settings = {name: value for name, value in given.items() if name not in apart}
    if settings.get("RefreshTokenValidity") == 0:  # AWS: the default
        settings["RefreshTokenValidity"] = 30
    flows = settings.get("ExplicitAuthFlows")
    if flows is not None:
        others = [flow for flow in flows if flow not in FLOWS]
        settings["ExplicitAuthFlows"] = [flow for flow in FLOWS if flow in flows] + others
    rotation = settings.get("RefreshTokenRotation")
    if rotation is not None:
        grace = rotation.get("RetryGracePeriodSeconds", 0)
        settings["RefreshTokenRotation"] = {
            "Feature": rotation["Feature"],
            "RetryGracePeriodSeconds": grace if rotation["Feature"] == "ENABLED" else 0,
        }
    return settings


def _check(call: Call, pool: Pool, client: Client, *, while_doing: str) -> None:
    """Refuse settings that contradict each other or the pool."""
    settings = client.settings
    if rotates(client):
        if pool.settings["UserPoolTier"] == "LITE":
            raise unavailable_in_lite("Refresh Token Rotation")
        if settings.get("ExplicitAuthFlows") and allows(client, "ALLOW_REFRESH_TOKEN_AUTH"):
            raise invalid_parameter(
                "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token"
                " rotation is enabled."
            )
    known = schema.attributes(pool)
    for kind in ("read", "write"):
        names = settings.get(f"{kind.capitalize()}Attributes", [])
        unwritable = {"sub", "email_verified", "phone_number_verified"} if kind == "write" else ()
        if any(name not in known or name in unwritable for name in names):
            raise invalid_parameter(
                f"Invalid {kind} attributes specified while {while_doing} a client"
            )
    written = settings.get("WriteAttributes")
    if written and any(name not in written for name in schema.required(pool)):
        raise invalid_parameter(f"Invalid write attributes specified while {while_doing} a client")
    for provider in settings.get("SupportedIdentityProviders", []):
        if provider != "COGNITO" and not call.store.get(IdentityProvider, f"{pool.id}/{provider}"):
            raise invalid_parameter(
                f"The provider {provider} does not exist for User Pool {pool.id}."
            )
    _check_validities(settings)


def _check_validities(settings: Json) -> None:
    """Refuse lifetimes of tokens that AWS does not offer; its sentence is not known."""
    units = settings["TokenValidityUnits"]
    for token, unit, shortest, longest in (
        ("AccessToken", "hours", 300, 86_400),
        ("IdToken", "hours", 300, 86_400),
        ("RefreshToken", "days", 3_600, 315_360_000),
    ):
        number = settings.get(f"{token}Validity")
        if number is None:
            continue
        seconds = number * UNIT_SECONDS[units.get(token, unit)]
        if not shortest <= seconds <= longest:
            raise invalid_parameter(f"Invalid range for token validity: {token}Validity.")


def _described(client: Client) -> Json:
    return {
        "ClientId": client.id,
        "ClientSecret": client.secret,
        "CreationDate": client.created,
        "LastModifiedDate": client.modified,
        "UserPoolId": client.pool_id,
        **client.settings,
    }


OPERATIONS = {
    "CreateUserPoolClient": create_user_pool_client,
    "DeleteUserPoolClient": delete_user_pool_client,
    "DescribeUserPoolClient": describe_user_pool_client,
    "GetUserPoolClientSessionConfiguration": get_user_pool_client_session_configuration,
    "ListUserPoolClients": list_user_pool_clients,
    "SetUserPoolClientSessionConfiguration": set_user_pool_client_session_configuration,
    "UpdateUserPoolClient": update_user_pool_client,
}
