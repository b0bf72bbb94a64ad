"""The hosted UI's smaller endpoints: userInfo, revoke, logout, the error page, and discovery."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, render_template, request

from local.cognito import claims, keys, revocation, schema, tokens
from local.cognito.errors import Refused
from local.cognito.hosted import authorize
from local.cognito.hosted.token import OAuthError, authenticated_client
from local.cognito.records import Client, Domain, Pool, SsoSession
from local.cognito.server import Server

# What each scope shows at userInfo: OpenID Connect Core 1.0, section 5.4.
SCOPE_CLAIMS = {
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "profile": (
        *("name", "family_name", "given_name", "middle_name", "nickname", "preferred_username"),
        *("profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale"),
        *("updated_at", "address"),
    ),
}
REFUSED_BEARER = (
    "Access token is expired, disabled, or deleted, or the user has globally signed out."
)


def init_app(app: Flask, server: Server) -> None:
    """Serve them."""

    @app.get("/oauth2/userInfo")
    def user_info() -> Response:
        given = request.authorization
        if given is None or given.type != "bearer" or not given.token:
            return _challenge(400, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint")
        try:
            call = authorize.new_call(server, AccessToken=given.token)
            authorized = tokens.authorized(call, scope="openid")
        except Refused:  # AWS's status for a token without openid is not known: the same
            return _challenge(401, "invalid_token", REFUSED_BEARER)
        scopes = authorized.session.scope.split()
        readable = schema.readable(authorized.pool, authorized.client, authorized.user)
        names = {"sub", *(name for scope in scopes for name in SCOPE_CLAIMS.get(scope, ()))}
        if "profile" in scopes:
            names |= {name for name in readable if name.startswith("custom:")}
        shown = {name: value for name, value in readable.items() if name in names}
        return jsonify({**shown, "username": authorized.user.username})

    @app.post("/oauth2/revoke")
    def revoke() -> Response:
        if "token" not in request.form:
            raise OAuthError("invalid_request")
        client = authenticated_client(server, status=401)
        with server.store.transaction():
            try:
                call = authorize.new_call(
                    server,
                    Token=request.form["token"],
                    ClientId=client.id,
                    ClientSecret=client.secret or "",
                )
                revocation.revoke_token(call)
            except Refused as error:
                unsupported = error.name == "UnsupportedTokenTypeException"
                name = "unsupported_token_type" if unsupported else "invalid_request"
                raise OAuthError(name) from None
        response = Response(status=200)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @app.get("/logout")
    def logout() -> Any:
        client = server.store.get(Client, request.args.get("client_id", ""))
        if client is None:
            raise authorize.error_page("Client does not exist")
        if "logout_uri" in request.args:
            location = request.args["logout_uri"]
            if location not in client.settings.get("LogoutURLs", []):
                raise authorize.error_page("redirect_mismatch", client)
        elif "redirect_uri" in request.args and "response_type" in request.args:
            location = f"/login?{urlencode(request.args)}"
        else:
            raise authorize.error_page("Required parameters missing", client)
        sso = server.store.get(SsoSession, request.cookies.get(authorize.SSO_COOKIE, ""))
        if sso is not None:
            server.store.delete(sso)
        response = redirect(location)
        response.delete_cookie(authorize.SSO_COOKIE, httponly=True, samesite="Lax")
        return response

    @app.get("/error")
    def error_page() -> Any:
        return render_template("error.html", error=request.args.get("error", "")), 400

    @app.get("/<pool_id>/.well-known/jwks.json")
    def jwks(pool_id: str) -> Any:
        with server.store.transaction():  # the keys are made when they are first asked for
            pool = server.store.get(Pool, pool_id)
            return _public(keys.jwks(server, pool) if pool else None, pool_id)

    @app.get("/<pool_id>/.well-known/openid-configuration")
    def configuration(pool_id: str) -> Any:
        pool = server.store.get(Pool, pool_id)
        return _public(_configuration(server, pool) if pool else None, pool_id)


def _configuration(server: Server, pool: Pool) -> dict[str, Any]:
    base = request.url_root.rstrip("/")
    # Without a domain AWS names endpoints below the pool, which nothing serves.
    hosted = base if server.store.all(Domain, pool.id) else f"{base}/{pool.id}"
    return {
        "authorization_endpoint": f"{hosted}/oauth2/authorize",
        "end_session_endpoint": f"{hosted}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": claims.issuer(server, pool),
        "jwks_uri": f"{base}/{pool.id}/.well-known/jwks.json",
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": f"{hosted}/oauth2/revoke",
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": f"{hosted}/oauth2/token",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": f"{hosted}/oauth2/userInfo",
    }


def _public(document: dict[str, Any] | None, pool_id: str) -> Any:
    """Answer with a document that any page may read; what AWS says of no pool is not known."""
    if document is None:
        message = f"User pool {pool_id} does not exist."
        return {"code": "ResourceNotFoundException", "message": message}, 404
    response = jsonify(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _challenge(status: int, error: str, description: str) -> Response:
    response = jsonify({"error": error, "error_description": description})
    response.status_code = status
    response.headers["WWW-Authenticate"] = f'error="{error}", error_description="{description}"'
    return response
