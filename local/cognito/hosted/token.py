"""POST /oauth2/token: a code, or a refresh token, for tokens (RFC 6749, sections 4.1.3 and 6).

https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
"""

import base64
import hashlib
import hmac
import uuid
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, Response, jsonify, request

from local.cognito import refresh
from local.cognito.errors import Refused
from local.cognito.hosted import authorize
from local.cognito.lookup import pool_by_id
from local.cognito.records import AuthorizationCode, Client
from local.cognito.server import Json, Server


class OAuthError(Exception):
    """An error answer: `{"error": name}` and nothing else, as Cognito has it."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


def init_app(app: Flask, server: Server) -> None:
    """Serve the endpoint, to browsers too."""

    @app.errorhandler(OAuthError)
    def refused(error: OAuthError) -> Any:
        return _answer({"error": error.error}, error.status)

    @app.route("/oauth2/token", methods=["OPTIONS"])
    def token_preflight() -> Response:
        return _answer({}, 200)

    @app.post("/oauth2/token")
    def token() -> Response:
        client = authenticated_client(server)
        grant_type = request.form.get("grant_type")
        if grant_type is None:
            raise OAuthError("invalid_request")
        if grant_type == "authorization_code":
            return _answer(_exchange(server, client), 200)
        if grant_type == "refresh_token":
            return _answer(_refresh(server, client), 200)
        raise OAuthError("unsupported_grant_type")


def authenticated_client(server: Server, status: int = 400) -> Client:
    """Return the client that asks, by Basic credentials or in the form; refuse a wrong secret."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        client_id, secret = (unquote_plus(part or "") for part in (basic.username, basic.password))
        if request.form.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request")
    else:
        client_id = request.form.get("client_id", "")
        secret = request.form.get("client_secret", "")
    client = server.store.get(Client, client_id)
    if client is None or not hmac.compare_digest((client.secret or "").encode(), secret.encode()):
        raise OAuthError("invalid_client", status)
    return client


def _exchange(server: Server, client: Client) -> Json:
    form = request.form
    if "code" not in form or "redirect_uri" not in form:
        raise OAuthError("invalid_request")
    with server.store.transaction():
        code = server.store.get(AuthorizationCode, form["code"])
        if code is None or code.expires < server.clock.now() or code.client_id != client.id:
            raise OAuthError("invalid_grant")
        if code.redirect_uri != form["redirect_uri"]:
            raise OAuthError("unauthorized_client")
        if not _proves(form.get("code_verifier"), code.code_challenge):
            raise OAuthError("invalid_grant")
        server.store.delete(code)
        try:
            pool = pool_by_id(server, client.pool_id)
            result = authorize.issue(server, pool, client, code)
        except (LookupError, Refused):
            raise OAuthError("invalid_grant") from None
    return _named(result, openid="openid" in code.scope.split())


def _proves(verifier: str | None, challenge: str | None) -> bool:
    """Tell whether a code verifier is the one of the challenge (RFC 7636, section 4.6)."""
    if challenge is None:
        return True  # with or without a verifier that nobody announced
    digest = hashlib.sha256((verifier or "").encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def _refresh(server: Server, client: Client) -> Json:
    if "refresh_token" not in request.form:
        raise OAuthError("invalid_request")
    call = authorize.new_call(server)
    with server.store.transaction():
        try:
            pool = pool_by_id(server, client.pool_id)
            session, number = refresh.opened(call, pool, client, request.form["refresh_token"])
            result = refresh.renew(call, pool, client, session, number, device_key=None)
            refusal = None
        except Refused as error:  # what it noted, the reuse of a token for one, is kept
            refusal = error
    if refusal:
        raise OAuthError("invalid_grant")
    return _named(result, openid=True)


def _named(result: Json, *, openid: bool) -> Json:
    """Return an AuthenticationResult under OAuth's names."""
    members = {
        "id_token": result["IdToken"] if openid else None,
        "access_token": result["AccessToken"],
        "refresh_token": result.get("RefreshToken"),
        "expires_in": result["ExpiresIn"],
        "token_type": "Bearer",
    }
    return {name: value for name, value in members.items() if value is not None}


def _answer(members: Json, status: int) -> Response:
    response = jsonify(members)
    response.status_code = status
    response.headers["Content-Type"] = "application/json;charset=UTF-8"
    response.headers["x-amz-cognito-request-id"] = str(uuid.uuid4())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "authorization,content-type,cache-control"
    return response
