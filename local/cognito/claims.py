"""What ID and access tokens say."""

import uuid

from local.cognito import schema, triggers
from local.cognito.records import Client, Group, Pool, TokenSession, User
from local.cognito.server import Call, Json, Server
from local.cognito.settings import rotates

# What the pre token generation trigger may not change.
FIXED = frozenset(
    (
        *("acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "cognito:username"),
        *("device_key", "event_id", "exp", "iat", "identities", "iss", "jti", "nbf", "nonce"),
        *("origin_jti", "scope", "sub", "token_use", "username", "version"),
    )
)


def access_and_identity(
    call: Call,
    pool: Pool,
    client: Client,
    user: User,
    session: TokenSession,
    *,
    origin_jti: str,
    access_seconds: int,
    id_seconds: int,
) -> tuple[Json, Json]:
    """Return the claims of an access token and of an ID token, as of now."""
    now = int(call.now())
    groups = _groups(call, pool, user)
    shared: Json = {
        "sub": user.sub,
        "iss": issuer(call.server, pool),
        "event_id": session.event_id,
        "iat": now,
    }
    if groups:
        shared["cognito:groups"] = [group.name for group in groups]
    access: Json = {
        **shared,
        "token_use": "access",
        "exp": now + access_seconds,
        "jti": str(uuid.uuid4()),
        "client_id": client.id,
        "scope": session.scope,
        "auth_time": session.auth_time,
        "username": user.username,
    }
    identity: Json = {
        **shared,
        "token_use": "id",
        "exp": now + id_seconds,
        "jti": str(uuid.uuid4()),
        "aud": client.id,
        "auth_time": session.auth_time,
        "cognito:username": user.username,
        **_roles(groups),
        **_attributes(pool, client, user),
    }
    _add_origin(client, session, origin_jti, access, identity)
    if session.device_key:
        access["device_key"] = session.device_key
    if user.identities:
        identity["identities"] = user.identities
    if session.hosted:
        access["version"] = 2
    if session.extra.get("nonce"):
        identity["nonce"] = session.extra["nonce"]
    return access, identity


def issuer(server: Server, pool: Pool) -> str:
    """Return `iss`: AWS's address of the pool, not the local one, because verifiers expect it."""
    kind = pool.settings.get("IssuerConfiguration", {}).get("Type", "ORIGINAL")
    host = "cognito-idp" if kind == "ORIGINAL" else "issuer-cognito-idp"
    return f"https://{host}.{server.region}.amazonaws.com/{pool.id}"


def let_trigger_change(
    call: Call,
    pool: Pool,
    client: Client,
    user: User,
    *,
    source: str,
    metadata: Json,
    access: Json,
    identity: Json,
) -> None:
    """Run the pre token generation trigger, if the pool has one, and apply what it answers.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
    """
    if not triggers.has(pool, "PreTokenGeneration"):
        return
    version = triggers.pre_token_version(pool)
    member = "claimsOverrideDetails" if version == "1" else "claimsAndScopeOverrideDetails"
    request: Json = {
        "userAttributes": triggers.user_attributes(user),
        "groupConfiguration": {
            "groupsToOverride": identity.get("cognito:groups", []),
            "iamRolesToOverride": identity.get("cognito:roles", []),
            "preferredRole": identity.get("cognito:preferred_role"),
        },
        "clientMetadata": metadata,
    }
    if version != "1":
        request["scopes"] = access["scope"].split(" ")
    response = triggers.run(
        call, pool, client, user.username, source, request, {member: None}, version
    )
    try:
        _apply(response.get(member) or {}, version, access, identity)
    except (AttributeError, TypeError):  # something is not of the type that AWS documents
        raise triggers.unusable() from None


def _apply(details: Json, version: str, access: Json, identity: Json) -> None:
    if version == "1":
        _change(identity, details)
    else:
        _change(identity, details.get("idTokenGeneration") or {})
        for_access = details.get("accessTokenGeneration") or {}
        _change(access, for_access)
        scopes = [*access["scope"].split(" "), *(for_access.get("scopesToAdd") or [])]
        suppressed = for_access.get("scopesToSuppress") or []
        access["scope"] = " ".join(scope for scope in scopes if scope not in suppressed)
    override = details.get("groupOverrideDetails") or {}
    for name, claim, tokens in (
        ("groupsToOverride", "cognito:groups", (access, identity)),
        ("iamRolesToOverride", "cognito:roles", (identity,)),
        ("preferredRole", "cognito:preferred_role", (identity,)),
    ):
        for token in tokens:
            if override.get(name) is not None:
                token[claim] = override[name]


def _change(claims: Json, details: Json) -> None:
    for name, value in (details.get("claimsToAddOrOverride") or {}).items():
        if name not in FIXED:
            claims[name] = value
    for name in details.get("claimsToSuppress") or []:
        if name not in FIXED:
            claims.pop(name, None)


def _add_origin(
    client: Client, session: TokenSession, origin_jti: str, access: Json, identity: Json
) -> None:
    """Add origin_jti where AWS has it.

    Where revocation is off, rotation on brings it to all but the sign-in's access token; with both
    off the ID token lacks its `jti`, too.
    """
    revocable = bool(client.settings.get("EnableTokenRevocation", True))
    if revocable or session.newest > 0:
        access["origin_jti"] = origin_jti
    if revocable or rotates(client):
        identity["origin_jti"] = origin_jti
    else:
        del identity["jti"]


def _groups(call: Call, pool: Pool, user: User) -> list[Group]:
    """Return the user's groups; the recorded examples are in descending order of their names."""
    names = sorted(user.groups, reverse=True)
    groups = (call.store.get(Group, f"{pool.id}/{name}") for name in names)
    return [group for group in groups if group is not None]


def _roles(groups: list[Group]) -> Json:
    """Return the roles, and the preferred one: of the lowest precedence, if that is one role."""
    ranked = [
        (group.settings.get("Precedence", float("inf")), group.settings["RoleArn"])
        for group in groups
        if group.settings.get("RoleArn")
    ]
    if not ranked:
        return {}
    first = min(precedence for precedence, _ in ranked)
    preferred = {role for precedence, role in ranked if precedence == first}
    claims: Json = {"cognito:roles": list(dict.fromkeys(role for _, role in ranked))}
    if len(preferred) == 1:
        claims["cognito:preferred_role"] = preferred.pop()
    return claims


def _attributes(pool: Pool, client: Client, user: User) -> Json:
    claims: Json = schema.readable(pool, client, user)
    for flag in ("email_verified", "phone_number_verified"):
        if flag in claims:
            claims[flag] = claims[flag] == "true"
    return claims
