"""The code exchange: what is believed of the token endpoint's answers, and life without them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.app import make_app
from tests.support.faults import StubAnswer
from tests.support.google_login import finish, start, tokens_for
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, ISSUER, make_id_token, make_token, next_key
from tests.support.upstream import Upstream, closed_port

INVALID = {"error": "UpstreamError", "message": "Cognito's ID token is not valid."}
FOREIGN = {"error": "UpstreamError", "message": "Cognito's ID token belongs to another login."}
UNREADABLE = {"error": "UpstreamError", "message": "Cognito's answer cannot be read."}
MISCONFIGURED = {
    "error": "ServerMisconfigured",
    "message": "The server's Cognito settings are wrong; its log says which.",
}
REFUSED = {
    "error": "OAuthError",
    "message": "Cognito refused the code: it is wrong, used already or too old.",
}
THROTTLED = {
    "error": "TooManyRequestsException",
    "message": "Too many requests; try again later.",
}
FAILED = {"error": "UpstreamError", "message": "Cognito failed."}

ID_TOKENS: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"drop": ["nonce"]},
    "a nonce of another type": {"claims": {"nonce": ["another"]}},
    "a null nonce": {"claims": {"nonce": None}},
    "another aud": {"claims": {"aud": "another"}},
    "a list of auds": {"claims": {"aud": [CLIENT_ID]}},
    "no aud": {"drop": ["aud"]},
    "our client_id for aud": {"claims": {"client_id": CLIENT_ID}, "drop": ["aud"]},
    "another iss": {"claims": {"iss": ISSUER + "x"}},
    "no iss": {"drop": ["iss"]},
    "a past exp": {"claims": {"exp": 1}},
    "no exp": {"drop": ["exp"]},
    "no iat": {"drop": ["iat"]},
    "a future nbf": {"claims": {"nbf": 2**40}},
    "an access token's use": {"claims": {"token_use": "access"}},
    "no token_use": {"drop": ["token_use"]},
    "another at_hash": {"access_token": "another.access.token"},
    "a null at_hash": {"claims": {"at_hash": None}},
    "no sub": {"drop": ["sub"]},
    "another key's signature": {"key": next_key, "header": {"kid": "Current+key/1="}},
    "an unknown kid": {"header": {"kid": "unknown"}},
    "no signature": {"alg": "none"},
    "the secret's signature": {"key": CLIENT_SECRET.encode(), "alg": "HS256"},
}


@pytest.mark.parametrize("change", ID_TOKENS.values(), ids=ID_TOKENS)
def test_id_token_that_is_wrong_gives_no_tokens(
    api: FlaskClient,
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
    change: dict[str, Any],
) -> None:
    query = start(api)
    key = change.get("key")
    change = {**change, "key": key() if callable(key) else key}
    tokens = tokens_for(query)
    change = {"access_token": tokens["access_token"], "nonce": query["nonce"], **change}
    tokens["id_token"] = make_id_token(**change)
    upstream.token_answers(tokens)
    with caplog.at_level("DEBUG"):
        response = finish(api, query["state"])

    assert response.status_code == 502
    assert response.json in (INVALID, FOREIGN)
    for token in ("access_token", "id_token", "refresh_token"):
        for part in tokens[token].split("."):
            assert len(part) < 8 or part not in f"{response.headers}{caplog.text}"


@pytest.mark.parametrize("claims", [{}, {"exp": 4e9}, {"nbf": 1}], ids=str)
def test_id_token_without_at_hash_will_do(
    api: FlaskClient, upstream: Upstream, claims: dict[str, Any]
) -> None:
    query = start(api)
    tokens = tokens_for(query)
    tokens["id_token"] = make_id_token(nonce=query["nonce"], claims=claims)
    upstream.token_answers(tokens)

    assert finish(api, query["state"]).json == tokens


def good_but(**changes: Any) -> Any:
    """Answer with good tokens, except for what the arguments change; `...` leaves out."""

    def answer(query: dict[str, str]) -> StubAnswer:
        tokens = tokens_for(query) | changes
        return StubAnswer(200, {name: value for name, value in tokens.items() if value is not ...})

    return answer


def says(status: int, body: Any = b"", **headers: str) -> Any:
    return lambda query: StubAnswer(status, body, headers)


ANSWERS: dict[str, tuple[Any, int, dict[str, str]]] = {
    "invalid_grant": (says(400, {"error": "invalid_grant"}), 400, REFUSED),
    "invalid_request": (says(400, {"error": "invalid_request"}), 400, REFUSED),
    "an unknown error": (says(400, {"error": "new", "error_description": "r.r.r"}), 400, REFUSED),
    "invalid_client": (says(400, {"error": "invalid_client"}), 500, MISCONFIGURED),
    "invalid_client, 401": (says(401, {"error": "invalid_client"}), 500, MISCONFIGURED),
    "unauthorized_client": (says(400, {"error": "unauthorized_client"}), 500, MISCONFIGURED),
    "unsupported_grant_type": (says(400, {"error": "unsupported_grant_type"}), 500, MISCONFIGURED),
    "an error that is a list": (says(400, {"error": ["invalid_grant"]}), 400, REFUSED),
    "an error that is an object": (says(400, {"error": {}}), 400, REFUSED),
    "an error that is null": (says(400, {"error": None}), 400, REFUSED),
    "429": (says(429), 429, THROTTLED),
    "500": (says(500), 502, FAILED),
    "503": (says(503, {"error": "temporarily_unavailable"}), 502, FAILED),
    "201": (lambda query: StubAnswer(201, tokens_for(query)), 502, FAILED),
    "204": (says(204), 502, FAILED),
    "304": (says(304), 502, FAILED),
    "an error with status 200": (says(200, {"error": "invalid_grant"}), 502, UNREADABLE),
    "100 kB and more": (
        good_but(x="x" * 100_000),
        502,
        {"error": "UpstreamError", "message": "Cognito broke off its answer."},
    ),
    "a member named twice": (
        lambda q: StubAnswer(200, b'{"token_type":"x",' + json.dumps(tokens_for(q)).encode()[1:]),
        502,
        UNREADABLE,
    ),
    **{
        f"{name} {value!r}": (good_but(**{name: value}), 502, UNREADABLE)
        for name in ("access_token", "id_token", "refresh_token", "token_type")
        for value in (..., None, 7, ["x"])
    },
    **{
        f"expires_in {value!r}": (good_but(expires_in=value), 502, UNREADABLE)
        for value in (..., None, "3600", True, 1.5)
    },
    "an id_token that is not a token": (good_but(id_token="x"), 502, INVALID),
    "an id_token beyond ASCII": (good_but(id_token="\u00e9.\u00e9.\u00e9"), 502, INVALID),
    "an access token for an id_token": (good_but(id_token=make_token()), 502, INVALID),
    "another access token": (good_but(access_token="another"), 502, FOREIGN),
}


@pytest.mark.parametrize(("make", "status", "body"), ANSWERS.values(), ids=ANSWERS)
def test_answer_other_than_tokens_becomes_an_error(
    api: FlaskClient, upstream: Upstream, make: Any, status: int, body: dict[str, str]
) -> None:
    query = start(api)
    upstream.answers("token", make(query))

    response = finish(api, query["state"])

    assert (response.status_code, response.json) == (status, body)
    assert response.headers.get("Retry-After") == ("2" if status == 429 else None)
    assert upstream.count("token") == 1


def test_netrc_and_proxies_are_ignored(
    api: FlaskClient, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .netrc would replace the client's own credentials, a proxy would see the code."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login mallory password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    query = start(api)
    upstream.token_answers(tokens_for(query))
    with closed_port() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        assert finish(api, query["state"]).status_code == 200

    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert upstream.calls("token")[0].headers["Authorization"] == f"Basic {basic}"


def test_no_signing_keys_are_no_fault_of_the_token(upstream: Upstream) -> None:
    upstream.misbehaves("jwks", "500")
    api = make_app(upstream).test_client()
    query = start(api)
    upstream.token_answers(tokens_for(query))

    response = finish(api, query["state"])

    assert response.status_code == 503
    assert response.json == {
        "error": "UpstreamUnavailable",
        "message": "The pool's signing keys cannot be read.",
    }
    assert response.headers["Retry-After"] == "10"


def test_no_token_endpoint_at_all() -> None:
    with closed_port() as url:
        api = make_app(url).test_client()
        response = finish(api, start(api)["state"])

    assert response.status_code == 503
    assert response.json == {
        "error": "UpstreamUnavailable",
        "message": "Cognito cannot be reached.",
    }
    assert response.headers["Retry-After"] == "5"


def test_redirect_is_neither_followed_nor_read(api: FlaskClient, upstream: Upstream) -> None:
    """Its body counts against the size limit, and its Location may be no URL at all."""
    query = start(api)
    upstream.answers("token", StubAnswer(302, b"x" * 200_000, {"Location": "http://["}))

    response = finish(api, query["state"])

    assert response.status_code == 502
    assert upstream.elsewhere.requests == []


def test_cookies_of_the_token_endpoint_are_not_kept(api: FlaskClient, upstream: Upstream) -> None:
    for _ in range(2):
        query = start(api)
        entry = tokens_for(query)
        upstream.answers("token", StubAnswer(200, entry, {"Set-Cookie": "who=jane; Path=/"}))
        assert finish(api, query["state"]).status_code == 200

    assert [call.headers["Cookie"] for call in upstream.calls("token")] == [None, None]


def test_a_domain_that_is_no_host_is_the_settings_fault(
    upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    browser = make_app(upstream, COGNITO_DOMAIN="https://*.example.com").test_client()
    response = finish(browser, start(browser)["state"])

    assert (response.status_code, response.json) == (500, MISCONFIGURED)
    assert "COGNITO_DOMAIN: URL has an invalid label." in caplog.text
