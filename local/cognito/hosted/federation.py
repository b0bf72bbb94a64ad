"""Signing in at another provider, Google for one: out with a state, back to /oauth2/idpresponse.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-oidc-flow.html
"""

import base64
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, request

from local.cognito.hosted import authorize
from local.cognito.new_users import new_sub
from local.cognito.records import FederatedLogin, Group, IdentityProvider, Pool, User
from local.cognito.server import Server

LOGIN_SECONDS = 600
TIMEOUT_SECONDS = 5
MAX_ANSWER_BYTES = 100_000
# What AWS fills in for a provider of type Google. A provider may name others, as the stand-in does.
GOOGLE = {
    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "token_url": "https://www.googleapis.com/oauth2/v4/token",
    "attributes_url": "https://openidconnect.googleapis.com/v1/userinfo",
    "oidc_issuer": "https://accounts.google.com",
}

# A proxy of the machine's would look for 127.0.0.1 on its own.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ProviderError(Exception):
    """The provider answered what cannot be used; the text goes back to the app."""


def init_app(app: Flask, server: Server) -> None:
    """Serve the redirect URI that providers know."""

    @app.get("/oauth2/idpresponse")
    def idpresponse() -> Any:
        login = server.store.get(FederatedLogin, request.args.get("state", ""))
        if login is None or login.expires < server.clock.now():
            raise authorize.error_page("Invalid state")  # AWS's own words are not known
        server.store.delete(login)
        authorization = authorize.read(server, login.query)
        provider = server.store.get(IdentityProvider, f"{login.pool_id}/{login.provider}")
        try:
            if provider is None:
                raise ProviderError("The provider was removed.")
            if "error" in request.args:
                raise ProviderError(request.args.get("error_description") or request.args["error"])
            profile = _profile(provider, request.args.get("code", ""))
            user = _user(server, authorization.pool, provider, profile)
        except ProviderError as error:
            raise authorize.back_with_error(
                authorization.redirect_uri, authorization.query, "invalid_request", str(error)
            ) from error
        if "nonce" not in authorization.query:  # AWS makes one up for federated users
            authorization.query["nonce"] = secrets.token_urlsafe(32)
        return authorize.sign_in(server, authorization, user)


def leave(server: Server, pool: Pool, provider: IdentityProvider, query: Mapping[str, str]) -> str:
    """Return where the browser signs in at the provider; remember what it came for."""
    login = FederatedLogin(
        secrets.token_urlsafe(24),
        pool.id,
        provider.name,
        dict(query),
        server.clock.now() + LOGIN_SECONDS,
    )
    server.store.save(login)
    details = _details(provider)
    # AWS hands these on to OpenID providers and to Google, but never prompt=none.
    hints = {
        name: query[name]
        for name in ("login_hint", "prompt")
        if name in query and query[name] != "none"
    }
    parameters = {
        "client_id": details.get("client_id", ""),
        "redirect_uri": _redirect_uri(),
        "scope": details.get("authorize_scopes", "openid"),
        "response_type": "code",
        "state": login.state,
        **hints,
    }
    return f"{details['authorize_url']}?{urlencode(parameters)}"


def _redirect_uri() -> str:
    return f"{request.url_root}oauth2/idpresponse"


def _details(provider: IdentityProvider) -> dict[str, str]:
    """Return the provider's details with its endpoints, which are below the issuer by default."""
    details: dict[str, str] = provider.settings.get("ProviderDetails", {})
    defaults = GOOGLE if provider.settings.get("ProviderType") == "Google" else {}
    if issuer := details.get("oidc_issuer"):
        defaults = {
            "authorize_url": f"{issuer}/authorize",
            "token_url": f"{issuer}/token",
            "attributes_url": f"{issuer}/userinfo",
        }
    return {**defaults, **details}


def _profile(provider: IdentityProvider, code: str) -> dict[str, Any]:
    """Exchange the provider's code and return what it says of the user."""
    details = _details(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect_uri(),
    }
    pair = f"{details.get('client_id', '')}:{details.get('client_secret', '')}"
    basic = base64.b64encode(pair.encode()).decode()
    answer = _fetch(details["token_url"], f"Basic {basic}", form)
    token = answer.get("access_token")
    if not isinstance(token, str):
        raise ProviderError("Bad token response: no access_token")
    profile = _fetch(details["attributes_url"], f"Bearer {token}", None)
    if not isinstance(profile.get("sub"), str):
        raise ProviderError("Bad user info response: no sub")
    return profile


def _fetch(url: str, authorization: str, form: Mapping[str, str] | None) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise ProviderError(f"{url} is not a web address")
    body = urlencode(form).encode() if form is not None else None
    provider_request = urllib.request.Request(url, body, {"Authorization": authorization})  # noqa: S310
    try:
        with _DIRECT.open(provider_request, timeout=TIMEOUT_SECONDS) as response:
            answer = json.loads(response.read(MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        raise ProviderError(
            f"{urlsplit(url).hostname} Error - {error.code} error getting token"
        ) from error
    except (OSError, ValueError) as error:
        raise ProviderError(f"Bad token response: {type(error).__name__}") from error
    if not isinstance(answer, dict):
        raise ProviderError("Bad token response: not an object")
    return answer


def _user(
    server: Server, pool: Pool, provider: IdentityProvider, profile: Mapping[str, Any]
) -> User:
    """Return the pool's user for a profile: made at the first sign-in, brought up to date later."""
    mapping: dict[str, str] = provider.settings.get("AttributeMapping", {})
    attributes = {
        name: _text(profile[claim])
        for name, claim in mapping.items()
        if name != "username" and claim in profile
    }
    now = server.clock.now()
    username = f"{provider.name}_{profile['sub']}"
    user = server.store.get(User, f"{pool.id}/{username}")
    if user is None:
        group = Group(f"{pool.id}_{provider.name}", pool.id, {}, now, now)  # as AWS makes one
        if server.store.get(Group, group.key) is None:
            server.store.save(group)
        user = User(
            pool_id=pool.id,
            username=username,
            sub=new_sub(),
            status="EXTERNAL_PROVIDER",
            created=now,
            modified=now,
            groups=[group.name],
            identities=[_identity(provider, profile, now)],
        )
        if "email" in attributes:
            user.attributes["email_verified"] = "false"  # unless the provider's word is mapped
    if not user.enabled:
        raise ProviderError("User is not enabled")
    user.attributes.update(attributes)
    user.modified = now
    server.store.save(user)
    return user


def _identity(provider: IdentityProvider, profile: Mapping[str, Any], now: float) -> dict[str, Any]:
    return {
        "userId": profile["sub"],
        "providerName": provider.name,
        "providerType": provider.settings.get("ProviderType", "OIDC"),
        "issuer": None,
        "primary": "true",
        "dateCreated": str(int(now * 1000)),
    }


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)
