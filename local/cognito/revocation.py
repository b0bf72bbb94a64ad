"""Ending token sessions: RevokeToken, GlobalSignOut, and all of a user's at once."""

import hmac

from local.cognito import keys, session_tracking, tokens
from local.cognito.errors import Refused
from local.cognito.records import Client, Pool, TokenSession, User
from local.cognito.server import Call, Json, Server


def revoke(server: Server, session: TokenSession, reason: str) -> None:
    """End a session; `reason` is the name of the operation (see `tokens.is_revoked`)."""
    if not session.revoked or session.revoked_because == "RevokeToken":
        session.revoked_because = reason
    session.revoked = True
    server.store.save(session)


def sign_out(server: Server, user: User, reason: str) -> None:
    """End all sessions of a user in all clients; `reason` is the name of the operation."""
    for session in server.store.all(TokenSession, user.key):
        if session.sub == user.sub:
            revoke(server, session, reason)


def revoke_token(call: Call) -> Json:
    """Answer RevokeToken."""
    client = call.store.get(Client, call.input["ClientId"])
    secret = call.input.get("ClientSecret", "")
    if client is None or not _is_secret(client, secret):
        raise Refused("UnauthorizedException", "Invalid client or secret")
    if not client.settings.get("EnableTokenRevocation", True):
        raise Refused(
            "UnsupportedOperationException", "This feature is not enabled for this client"
        )
    token = call.input["Token"]
    if _is_signed_token(token):
        raise Refused("UnsupportedTokenTypeException", "Unsupported token type")  # text not known
    pool = call.store.get(Pool, client.pool_id)
    opened = tokens.open_refresh_token(pool, token) if pool else None
    session = call.store.get(TokenSession, opened[0]) if opened else None
    # What AWS says of another client's token is not known: like one that nobody issued.
    if opened is None or session is None or session.client_id != client.id:
        return {}
    # The sign-in's token and the newest end the session. Of one between them two measurements
    # say the opposite; the more explicit one has it end nothing.
    if opened[1] in (0, session.newest):
        revoke(call.server, session, "RevokeToken")
        if call.input.get("RevokeAssociatedSessions") == "LINKED":
            session_tracking.end_parent(call, session)
    return {}


def global_sign_out(call: Call) -> Json:
    """Answer GlobalSignOut."""
    sign_out(call.server, tokens.authorized(call).user, "GlobalSignOut")
    return {}


def _is_secret(client: Client, given: str) -> bool:
    return client.secret is None or hmac.compare_digest(client.secret.encode(), given.encode())


def _is_signed_token(token: str) -> bool:
    try:
        return "token_use" in keys.claims_of(token)
    except ValueError:
        return False


OPERATIONS = {"RevokeToken": revoke_token, "GlobalSignOut": global_sign_out}
