"""GET /oauth2/authorize: what an app asks for, and how the browser goes back to it.

https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
"""

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request

from local.cognito import session_tracking, tokens
from local.cognito.hosted import federation
from local.cognito.records import (
    AuthorizationCode,
    Client,
    Domain,
    IdentityProvider,
    Pool,
    SsoSession,
    User,
)
from local.cognito.server import Call, Server

CODE_SECONDS = 300
SSO_SECONDS = 3600
SSO_COOKIE = "cognito"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # of S256: RFC 7636, section 4.2


@dataclass(frozen=True)
class AuthorizationRequest:
    """An authorization request (RFC 6749, section 4.1.1) with a good client and redirect URI."""

    client: Client
    pool: Pool
    redirect_uri: str
    response_type: str
    scope: str
    query: dict[str, str]  # as it came, to be handed on from page to page


class Ended(Exception):
    """The request ends here, with a redirect."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def init_app(app: Flask, server: Server) -> None:
    """Serve the endpoint."""

    @app.errorhandler(Ended)
    def ended(error: Ended) -> Any:
        return redirect(error.location)

    @app.get("/oauth2/authorize")
    def authorize() -> Any:
        authorization = read(server, request.args)
        sso = current_session(server, authorization.pool)
        prompt = request.args.get("prompt")
        if sso is not None and prompt not in ("login", "select_account", "consent"):
            return finish(server, authorization, sso)
        if prompt == "none":
            raise back_with_error(authorization.redirect_uri, authorization.query, "login_required")
        provider = _provider(server, authorization)
        if provider is not None:
            return redirect(
                federation.leave(server, authorization.pool, provider, authorization.query)
            )
        return redirect(f"/login?{urlencode(authorization.query)}")


def read(server: Server, args: Mapping[str, str]) -> AuthorizationRequest:
    """Return the request that the query describes; raise Ended for one that cannot go on."""
    query = dict(args)
    client = server.store.get(Client, query.get("client_id", ""))
    pool = server.store.get(Pool, client.pool_id) if client else None
    if client is None or pool is None or not server.store.all(Domain, pool.id):
        # On AWS a pool without a domain has no hosted UI. Here all pools share one.
        raise error_page("Client does not exist")
    redirect_uri = query.get("redirect_uri")
    if redirect_uri is None:
        raise error_page("Required parameters missing", client)
    if redirect_uri not in client.settings.get("CallbackURLs", []):
        raise error_page("redirect_mismatch", client)
    response_type = query.get("response_type", "")
    if response_type not in ("code", "token") or not _has_good_challenge(query):
        raise back_with_error(redirect_uri, query, "invalid_request")
    flow = {"code": "code", "token": "implicit"}[response_type]
    allowed = client.settings.get("AllowedOAuthFlows", [])
    if not client.settings.get("AllowedOAuthFlowsUserPoolClient") or flow not in allowed:
        raise back_with_error(redirect_uri, query, "unauthorized_client")
    scopes = client.settings.get("AllowedOAuthScopes", [])
    requested = query.get("scope", "").split() or scopes
    if not set(requested) <= set(scopes):
        raise back_with_error(redirect_uri, query, "invalid_request", "invalid_scope")
    return AuthorizationRequest(
        client, pool, redirect_uri, response_type, " ".join(requested), query
    )


def _has_good_challenge(query: Mapping[str, str]) -> bool:
    challenge, method = query.get("code_challenge"), query.get("code_challenge_method")
    if challenge is None:
        return method is None
    return method == "S256" and CHALLENGE.fullmatch(challenge) is not None


def _provider(server: Server, authorization: AuthorizationRequest) -> IdentityProvider | None:
    """Return the provider to go to without showing a page: the one named, or the only one."""
    supported = authorization.client.settings.get("SupportedIdentityProviders", [])
    name = authorization.query.get("identity_provider")
    if name is None and len(supported) == 1:
        name = supported[0]
    if name not in supported:
        return None
    return server.store.get(IdentityProvider, f"{authorization.pool.id}/{name}")


def error_page(error: str, client: Client | None = None) -> Ended:
    """Return the end on Cognito's error page, for requests that must not go back to an app."""
    query = {"error": error} | ({"client_id": client.id} if client else {})
    return Ended(f"/error?{urlencode(query)}")


def back_with_error(
    redirect_uri: str, query: Mapping[str, str], error: str, description: str | None = None
) -> Ended:
    """Return the end at the app, with an error in the order in which Cognito writes it."""
    answer = {"error_description": description} if description else {}
    if "state" in query:
        answer["state"] = query["state"]
    mark = "#" if query.get("response_type") == "token" else "?"
    return Ended(_with(redirect_uri, {**answer, "error": error}, mark))


def sign_in(server: Server, authorization: AuthorizationRequest, user: User) -> Response:
    """Start a session in this browser for a user who has just proved who they are."""
    now = server.clock.now()
    sso = SsoSession(
        id=secrets.token_urlsafe(24),
        pool_id=authorization.pool.id,
        username=user.username,
        sub=user.sub,
        client_id=authorization.client.id,
        created=now,
        expires=now + SSO_SECONDS,
        last_active=now,
        session_id=session_tracking.new_id("sso"),
        ip=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", ""),
    )
    server.store.save(sso)
    response = finish(server, authorization, sso)
    response.set_cookie(SSO_COOKIE, sso.id, max_age=SSO_SECONDS, httponly=True, samesite="Lax")
    return response


def finish(server: Server, authorization: AuthorizationRequest, sso: SsoSession) -> Response:
    """Send the browser back to the app, with a code or with the tokens themselves."""
    state = {"state": authorization.query["state"]} if "state" in authorization.query else {}
    code = AuthorizationCode(
        code=str(uuid.uuid4()),
        pool_id=authorization.pool.id,
        client_id=authorization.client.id,
        username=sso.username,
        sub=sso.sub,
        redirect_uri=authorization.redirect_uri,
        scope=authorization.scope,
        expires=server.clock.now() + CODE_SECONDS,
        nonce=authorization.query.get("nonce"),
        code_challenge=authorization.query.get("code_challenge"),
        sso_id=sso.session_id,
    )
    if authorization.response_type == "code":
        server.store.save(code)
        answer = {"code": code.code, **state}
        return _see(_with(authorization.redirect_uri, answer, "?"))
    result = issue(server, authorization.pool, authorization.client, code)
    answer = {
        **({"id_token": result["IdToken"]} if "openid" in authorization.scope.split() else {}),
        "access_token": result["AccessToken"],
        "token_type": "Bearer",
        "expires_in": str(result["ExpiresIn"]),
        **state,
    }
    return _see(_with(authorization.redirect_uri, answer, "#"))


def issue(server: Server, pool: Pool, client: Client, code: AuthorizationCode) -> dict[str, Any]:
    """Return the AuthenticationResult for a code; raise LookupError if its user is gone."""
    user = server.store.get(User, f"{pool.id}/{code.username}")
    if user is None or user.sub != code.sub or not user.enabled:
        raise LookupError(code.username)
    result: dict[str, Any] = tokens.issue(
        new_call(server),
        pool,
        client,
        user,
        scope=code.scope,
        hosted=True,
        nonce=code.nonce,
        sso_id=code.sso_id,
    )
    return result


def new_call(server: Server, **members: Any) -> Call:
    """Return what an operation's handler takes, for a request that came another way."""
    return Call(
        server,
        "",
        members,
        str(uuid.uuid4()),
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
    )


def current_session(server: Server, pool: Pool) -> SsoSession | None:
    """Return the session that this browser has in the pool, unless it ended or its user did."""
    sso = server.store.get(SsoSession, request.cookies.get(SSO_COOKIE, ""))
    if sso is None or sso.pool_id != pool.id or sso.expires < server.clock.now():
        return None
    user = server.store.get(User, f"{pool.id}/{sso.username}")
    return sso if user and user.sub == sso.sub and user.enabled else None


def _with(uri: str, parameters: Mapping[str, str], mark: str) -> str:
    if mark == "?" and "?" in uri:
        mark = "&"
    return f"{uri}{mark}{urlencode(parameters)}"


def _see(location: str) -> Response:
    return Response(status=302, headers={"Location": location})
