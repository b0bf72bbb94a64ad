"""The guard of protected blueprints: Authorization header → verified claims, or 401."""

from typing import Any

from flask import Blueprint, g, request

from app.cognito.vocabulary import ADMIN_SCOPE
from app.errors import InsufficientScope, InvalidToken
from app.services import services


def protect(bp: Blueprint) -> None:
    """Let no request into the blueprint without a valid access token (RFC 6750, section 2.1)."""
    bp.before_request(_verify)


def verify_if_presented() -> bool:
    """Verify the access token of a request that may come without one; tell whether it has one."""
    if "Authorization" in request.headers:
        _verify()
        return True
    return False


def claims() -> dict[str, Any]:
    """Return the claims of the request's access token."""
    verified: dict[str, Any] = g.claims
    return verified


def access_token() -> str:
    """Return the request's access token for use with Cognito; raise InsufficientScope."""
    if ADMIN_SCOPE not in g.claims["scope"].split(" "):
        raise InsufficientScope(ADMIN_SCOPE)
    token: str = g.access_token
    return token


def _verify() -> None:
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token:
        if request.method == "OPTIONS":  # a CORS preflight cannot carry a token; Flask answers it
            return
        raise InvalidToken(
            "Send an access token: Authorization: Bearer <access_token>", presented=False
        )
    g.claims = services().access_tokens.verify(token)
    g.access_token = token
