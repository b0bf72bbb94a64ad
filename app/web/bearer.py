"""Protects blueprints: verifies the access token in the Authorization header, or raises a 401."""

from typing import Any

from flask import Blueprint, g, request

from app.cognito.vocabulary import ADMIN_SCOPE
from app.errors import InsufficientScope, InvalidToken
from app.services import services


def protect(bp: Blueprint) -> None:
    """Require a valid access token for every view of a blueprint (RFC 6750, section 2.1)."""
    bp.before_request(_verify)


def verify_if_presented() -> bool:
    """Verify the access token if the request has one; tell whether it has.

    Raises InvalidToken for a token that is not valid, so that it is never ignored.
    """
    if "Authorization" in request.headers:
        _verify()
        return True
    return False


def claims() -> dict[str, Any]:
    """Return the claims of the request's access token, which has been verified."""
    verified: dict[str, Any] = g.claims
    return verified


def access_token() -> str:
    """Return the request's access token for a call to Cognito.

    Raises InsufficientScope for a token without ADMIN_SCOPE, which Cognito would refuse.
    """
    if ADMIN_SCOPE not in g.claims["scope"].split(" "):
        raise InsufficientScope(ADMIN_SCOPE)
    return _presented()


def _verify() -> None:
    token = _presented()
    if not token:
        if request.method == "OPTIONS":  # a CORS preflight cannot carry a token; Flask answers it
            return
        raise InvalidToken(
            "Send an access token: Authorization: Bearer <access_token>", presented=False
        )
    g.claims = services().access_tokens.verify(token)


def _presented() -> str:
    """Return the bearer token that the request carries, "" if it carries none."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else ""
