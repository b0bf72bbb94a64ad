"""A browser's side of a Google login, and what the token endpoint answers to it."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient

from tests.support.keys import make_id_token, make_token

START, CALLBACK = "/auth/google/start", "/auth/google/callback"
Query = dict[str, str]
Tokens = dict[str, Any]


def begin(api: FlaskClient, **request: Any) -> tuple[Query, str]:
    """Start a login; return the query of the authorize URL and the cookie, as name=value."""
    response = api.get(START, **request)
    assert response.status_code == 302
    query = dict(parse_qsl(urlsplit(response.headers["Location"]).query, strict_parsing=True))
    name, value, _ = cookie_set(response)
    return query, f"{name}={value}"


def start(api: FlaskClient, **request: Any) -> Query:
    """Start a login; return the query of the authorize URL."""
    return begin(api, **request)[0]


def finish(api: FlaskClient, state: str, *, cookie: str | None = None, **request: Any) -> Any:
    """Come back with a code; `cookie` is sent instead of the browser's own."""
    if cookie is not None:
        api = api.application.test_client(use_cookies=False)
        request["headers"] = {"Cookie": cookie}
    return api.get(CALLBACK, query_string={"code": "the code", "state": state}, **request)


def tokens_for(query: Query, **claims: Any) -> Tokens:
    """Build what the token endpoint answers to a good code."""
    access_token = make_token()
    nonce = {"nonce": query["nonce"]}
    return {
        "access_token": access_token,
        "id_token": make_id_token(access_token=access_token, claims=nonce | claims),
        "refresh_token": "r.r.r",
        "expires_in": 3600,
        "token_type": "Bearer",
    }


def cookie_set(response: Any) -> tuple[str, str, dict[str, str]]:
    """Return the name, value and attributes of the one cookie that an answer sets."""
    (header,) = response.headers.getlist("Set-Cookie")
    (morsel,) = SimpleCookie(header).values()
    attributes = {name: str(value) for name, value in morsel.items() if value}
    return morsel.key, morsel.value, attributes
