"""Refreshing: REFRESH_TOKEN_AUTH, GetTokensFromRefreshToken, and rotation.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
"""

import hmac
import uuid

from local.cognito import devices, settings, tokens
from local.cognito.challenges import required
from local.cognito.errors import Refused, invalid_parameter, not_authorized
from local.cognito.lookup import check_secret_hash, client_by_id
from local.cognito.records import Client, Pool, TokenSession, User
from local.cognito.server import Call, Json
from local.cognito.settings import rotates


def by_initiate_auth(call: Call, pool: Pool, client: Client, parameters: dict[str, str]) -> Json:
    """Answer InitiateAuth with REFRESH_TOKEN_AUTH."""
    if rotates(client):
        raise Refused(
            "UnsupportedOperationException", "This API does not support refresh token rotation"
        )
    _check_allowed(client)
    token = required(parameters, "REFRESH_TOKEN")
    given = parameters.get("SECRET_HASH")
    if given is None:
        check_secret_hash(client, None, parameter="SECRET_HASH")
    session, number = opened(call, pool, client, token)
    names = (session.username, session.sub)
    check_secret_hash(client, given, *names, parameter="SECRET_HASH")
    device_key = parameters.get("DEVICE_KEY")
    result = renew(call, pool, client, session, number, device_key=device_key)
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


def get_tokens_from_refresh_token(call: Call) -> Json:
    """Answer GetTokensFromRefreshToken."""
    client, pool = client_by_id(call.server, call.input["ClientId"])
    if not rotates(client):
        _check_allowed(client)
    if client.secret is not None:
        given = call.input.get("ClientSecret")
        if given is None:
            check_secret_hash(client, None, parameter="secret")
        elif not hmac.compare_digest(client.secret.encode(), given.encode()):
            raise not_authorized(f"Unable to verify secret hash for client {client.id}")
    session, number = opened(call, pool, client, call.input["RefreshToken"])
    device_key = call.input.get("DeviceKey")
    result = renew(call, pool, client, session, number, device_key=device_key)
    return {"AuthenticationResult": result}


def renew(
    call: Call,
    pool: Pool,
    client: Client,
    session: TokenSession,
    number: int,
    *,
    device_key: str | None,
) -> Json:
    """Return new tokens for a refresh token of the session, a new refresh token with rotation."""
    user = _user(call, session)
    _check_alive(call, client, session)
    devices.check_refresh(call, pool, session, device_key)
    now = call.now()
    session.last_active, session.ip, session.user_agent = now, call.ip, call.user_agent
    origin_jti = session.origin_jti
    rotation = rotates(client)
    if rotation:
        _rotate(now, client, session, number)
    elif number != session.newest:
        raise not_authorized("Refresh Token has been revoked")
    elif number > 0:
        # Rotation gave this token out and was switched off since.
        origin_jti = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{session.origin_jti} {number}"))
    call.store.save(session)
    result = tokens.signed(
        call,
        pool,
        client,
        user,
        session,
        source="TokenGeneration_RefreshTokens",
        metadata=call.input.get("ClientMetadata", {}),
        origin_jti=origin_jti,
    )
    return {**result, "RefreshToken": tokens.refresh_token(pool, session)} if rotation else result


def _check_allowed(client: Client) -> None:
    if not settings.allows(client, "ALLOW_REFRESH_TOKEN_AUTH"):
        raise invalid_parameter("Refresh Token flow not enabled for this client")


def opened(call: Call, pool: Pool, client: Client, token: str) -> tuple[TokenSession, int]:
    """Return the session that a refresh token belongs to and the token's number, or refuse."""
    opened = tokens.open_refresh_token(pool, token)
    session = call.store.get(TokenSession, opened[0]) if opened else None
    if opened is None or session is None:
        raise not_authorized("Invalid Refresh Token")
    if session.client_id != client.id:
        raise not_authorized("Refresh Token has different Client")
    return session, opened[1]


def _user(call: Call, session: TokenSession) -> User:
    user = call.store.get(User, session.parent)
    if user is None or user.sub != session.sub:
        raise not_authorized("The user has been deleted for the associated refresh token")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    return user


def _check_alive(call: Call, client: Client, session: TokenSession) -> None:
    if session.revoked:
        # Recorded: with rotation the answer has no message at all.
        raise Refused(
            "NotAuthorizedException",
            None if rotates(client) else "Refresh Token has been revoked",
        )
    if call.now() >= session.expires:
        raise not_authorized("Refresh Token has expired")


def _rotate(now: float, client: Client, session: TokenSession, number: int) -> None:
    """Replace the newest refresh token, or the one before it while its grace lasts.

    A retry displaces what the first use gave out, and does not extend the grace.
    """
    if number == session.newest:
        grace = client.settings["RefreshTokenRotation"].get("RetryGracePeriodSeconds", 0)
        session.previous, session.previous_until = number, now + grace
    elif number != session.previous or now >= session.previous_until:
        raise Refused("RefreshTokenReuseException", "Refresh token reuse detected")
    session.newest += 1


OPERATIONS = {"GetTokensFromRefreshToken": get_tokens_from_refresh_token}
