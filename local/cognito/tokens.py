"""Tokens: what a completed sign-in is given, and who comes back with it."""

import hashlib
import json
import os
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local.cognito import claims, keys, session_tracking, threat_protection
from local.cognito.errors import Refused, not_authorized
from local.cognito.lookup import client_by_id
from local.cognito.records import Client, Pool, TokenSession, User
from local.cognito.server import Call, Json

API_SCOPE = "aws.cognito.signin.user.admin"
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
# Of each kind of token: the default validity and the default unit.
VALIDITIES = {"Access": (1, "hours"), "Id": (1, "hours"), "Refresh": (30, "days")}
# What the header of AWS's refresh tokens says. Nobody but their maker can open one.
REFRESH_HEADER = keys.encoded(b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}')


@dataclass(frozen=True)
class Authorized:
    """Who presented an access token, and through which app client."""

    pool: Pool
    client: Client
    user: User
    session: TokenSession


def issue(
    call: Call,
    pool: Pool,
    client: Client,
    user: User,
    *,
    scope: str = API_SCOPE,
    device_key: str | None = None,
    hosted: bool = False,
    nonce: str | None = None,
    sso_id: str | None = None,
    source: str = "TokenGeneration_Authentication",
    metadata: Json | None = None,
) -> Json:
    """End a sign-in: start its token session and return the members of AuthenticationResult.

    `source` and `metadata` (the ClientMetadata) are for the pre token generation trigger.
    """
    session_tracking.make_room(call, pool, user)
    now = call.now()
    session = TokenSession(
        origin_jti=str(uuid.uuid4()),
        pool_id=pool.id,
        client_id=client.id,
        username=user.username,
        sub=user.sub,
        event_id=call.request_id,
        auth_time=int(now),
        scope=scope,
        created=now,
        expires=now + validity(client, "Refresh"),
        device_key=device_key,
        hosted=hosted,
        sso_id=sso_id,
        session_id=session_tracking.new_id("tkn") if session_tracking.is_on(pool) else "",
        last_active=now,
        ip=call.ip,
        user_agent=call.user_agent,
        extra={"nonce": nonce} if nonce else {},
    )
    result = signed(call, pool, client, user, session, source=source, metadata=metadata or {})
    call.store.save(session)
    threat_protection.note_sign_in(call, pool, user)
    return {**result, "RefreshToken": refresh_token(pool, session)}


def signed(
    call: Call,
    pool: Pool,
    client: Client,
    user: User,
    session: TokenSession,
    *,
    source: str,
    metadata: Json,
    origin_jti: str | None = None,
) -> Json:
    """Return AccessToken, ExpiresIn, IdToken and TokenType of a session, as of now.

    `origin_jti` stands in for the session's.
    """
    access, identity = claims.access_and_identity(
        call,
        pool,
        client,
        user,
        session,
        origin_jti=origin_jti or session.origin_jti,
        access_seconds=validity(client, "Access"),
        id_seconds=validity(client, "Id"),
    )
    claims.let_trigger_change(
        call,
        pool,
        client,
        user,
        source=source,
        metadata=metadata,
        access=access,
        identity=identity,
    )
    access_token = keys.sign(call.server, pool, "access", access)
    if session.hosted:
        identity["at_hash"] = keys.half_hash(access_token)
    return {
        "AccessToken": access_token,
        "ExpiresIn": validity(client, "Access"),
        "IdToken": keys.sign(call.server, pool, "id", identity),
        "TokenType": "Bearer",
    }


def validity(client: Client, kind: str) -> int:
    """Return the seconds that the client's tokens of a kind live: "Access", "Id", "Refresh"."""
    default, default_unit = VALIDITIES[kind]
    unit = client.settings.get("TokenValidityUnits", {}).get(f"{kind}Token", default_unit)
    value = client.settings.get(f"{kind}TokenValidity")
    if not value:  # 0 is AWS's word for the default
        return default * UNIT_SECONDS[default_unit]
    return int(value) * UNIT_SECONDS[unit]


def refresh_token(pool: Pool, session: TokenSession) -> str:
    """Return the session's newest refresh token."""
    content = json.dumps({"origin_jti": session.origin_jti, "number": session.newest})
    nonce = os.urandom(12)
    # As long as AWS's, about: who keeps tokens in cookies and columns should notice here.
    padded = content.ljust(940).encode()
    sealed = _cipher(pool).encrypt(nonce, padded, REFRESH_HEADER.encode())
    filling = keys.encoded(os.urandom(256))  # where AWS's has its encrypted key
    parts = (nonce, sealed[:-16], sealed[-16:])
    return ".".join([REFRESH_HEADER, filling, *map(keys.encoded, parts)])


def open_refresh_token(pool: Pool, token: str) -> tuple[str, int] | None:
    """Return the `origin_jti` and the number of a refresh token of this pool, else None."""
    parts = token.split(".")
    if len(parts) != 5 or parts[0] != REFRESH_HEADER:
        return None
    try:
        nonce, text, tag = (keys.decoded(part) for part in parts[2:])
        content = _cipher(pool).decrypt(nonce, text + tag, REFRESH_HEADER.encode())
    except (ValueError, InvalidTag):
        return None
    members = json.loads(content)
    return members["origin_jti"], members["number"]


def authorized(call: Call, scope: str = API_SCOPE) -> Authorized:
    """Return who presented the call's AccessToken, or refuse; the order of checks is AWS's."""
    token = str(call.input.get("AccessToken", ""))
    try:
        content = keys.claims_of(token)
    except ValueError:
        raise not_authorized("Invalid Access Token") from None
    issued_for = str(content.get("iss", "")).rpartition("/")[2]
    pool = call.store.get(Pool, issued_for) if issued_for.isascii() else None
    if pool is None or content.get("token_use") != "access":
        raise not_authorized("Invalid Access Token")
    if not keys.is_signed(call.server, pool, "access", token):
        raise not_authorized("Could not verify signature for Access Token")
    if call.now() >= content["exp"]:
        raise not_authorized("Access Token has expired")
    if scope not in content["scope"].split(" "):
        raise not_authorized("Access Token does not have required scopes")
    client, _ = client_by_id(call.server, content["client_id"])
    user = call.store.get(User, f"{pool.id}/{content['username']}")
    check_user(user)
    if user is None or user.sub != content["sub"]:
        raise not_authorized("Invalid access token.")
    session = session_of(call, pool, content)
    if session is None or is_revoked(session, content.get("origin_jti")):
        raise not_authorized("Access Token has been revoked")
    return Authorized(pool, client, user, session)


def check_user(user: User | None) -> None:
    """Refuse a user who is gone, disabled, unconfirmed, or has to reset the password."""
    if user is None:
        raise Refused("UserNotFoundException", "User does not exist.")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise Refused("UserNotConfirmedException", "User is not confirmed.")
    # Not known to happen to a bearer; the exception is in the list of every such operation.
    if user.status == "RESET_REQUIRED":
        raise Refused("PasswordResetRequiredException", "Password reset required for the user")


def session_of(call: Call, pool: Pool, claims: Json) -> TokenSession | None:
    """Return the session that a token's claims belong to.

    Every token names the sign-in's `event_id`; not every one has an `origin_jti`.
    """
    sessions = call.store.where(
        TokenSession, f"{pool.id}/{claims['username']}", "$.event_id", claims["event_id"]
    )
    return sessions[0] if sessions else None


def is_revoked(session: TokenSession, origin_jti: str | None) -> bool:
    """Tell whether an access token of the session is dead.

    A token that was refreshed after rotation had been switched off has an origin_jti of its own,
    which RevokeToken does not reach; signing the user out does.
    """
    reached = session.revoked_because != "RevokeToken" or origin_jti == session.origin_jti
    return session.revoked and reached


def _cipher(pool: Pool) -> AESGCM:
    return AESGCM(hashlib.sha256(f"refresh {pool.secret}".encode()).digest())
