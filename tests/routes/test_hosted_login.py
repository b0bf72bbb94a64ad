"""Hosted logins for apps in a browser: where they may end, and what binds them to the app."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.app import make_app
from tests.support.google_login import CALLBACK, cookie_set, tokens_for
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, make_id_token
from tests.support.upstream import TOKEN, Upstream

APP = "https://app.example.com/*"
EXACT = "https://exact.example.com:8443/signed/in"
RETURN_URLS = f"{APP}, {EXACT}, http://localhost:*, https://xn--bcher-kva.example/*"
RETURN_TO = "https://app.example.com/welcome"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
STARTS = ("/auth/google/start", "/auth/hosted/start")
LOGOUTS = ("/auth/google/logout", "/auth/hosted/logout")
ROOT = "http://localhost/"


@pytest.fixture(scope="module")
def app(shared_upstream: Upstream) -> Flask:
    """Give an API that sends browsers back to these apps."""
    return make_app(shared_upstream, RETURN_URLS=RETURN_URLS)


def begin(api: FlaskClient, path: str = STARTS[0], **query: str) -> dict[str, str]:
    """Start a login for the app; return the query of the authorize URL."""
    parameters = {"return_to": RETURN_TO, "code_challenge": CHALLENGE, **query}
    response = api.get(path, query_string=parameters)
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query, strict_parsing=True))


def problem(response: Any, name: str) -> str:
    """Return what is wrong with one parameter, which alone is refused."""
    assert response.status_code == 400, response.headers.get("Location", response.text)
    body = response.get_json()
    assert (body["error"], body["fields"].keys()) == ("InvalidRequest", {name})
    text: str = body["fields"][name]
    return text


@pytest.mark.parametrize("path", STARTS)
def test_the_apps_own_challenge_goes_to_cognito(api: FlaskClient, path: str) -> None:
    query = begin(api, path, state="mine", code_challenge_method="S256")

    assert (query["code_challenge"], query["code_challenge_method"]) == (CHALLENGE, "S256")
    assert query["state"] != "mine", "the API's own binds the login to this browser"
    assert (len(query["state"]), len(query["nonce"])) == (43, 43)


def test_a_login_ends_at_the_app_with_the_code_and_its_state(
    api: FlaskClient, upstream: Upstream
) -> None:
    state = begin(api, state='{"to": "/a?b=c&d"}')["state"]
    back = api.get(CALLBACK, query_string={"code": "the code", "state": state})

    assert back.status_code == 303
    assert back.headers["Location"] == (
        f"{RETURN_TO}?code=the+code&state=%7B%22to%22%3A+%22%2Fa%3Fb%3Dc%26d%22%7D"
    )
    assert back.headers["Cache-Control"] == "no-store"
    assert back.headers["Referrer-Policy"] == "no-referrer"
    assert cookie_set(back)[1] == ""
    assert upstream.requests == [], "the code is the app's to exchange"
    again = api.get(CALLBACK, query_string={"code": "the code", "state": state})
    assert again.get_json()["error"] == "InvalidState"


def test_without_a_state_of_the_apps_none_comes_back(api: FlaskClient) -> None:
    state = begin(api, return_to=f"{RETURN_TO}?tab=1")["state"]
    back = api.get(CALLBACK, query_string={"code": "c", "state": state})

    assert back.headers["Location"] == f"{RETURN_TO}?tab=1&code=c"


def test_a_refusal_ends_at_the_app(api: FlaskClient) -> None:
    state = begin(api, state="mine")["state"]
    query = {"error": "access_denied", "error_description": "No & no", "state": state}
    back = api.get(CALLBACK, query_string=query)

    assert back.headers["Location"] == (
        f"{RETURN_TO}?error=access_denied&error_description=No+%26+no&state=mine"
    )


def test_a_callback_in_another_browser_goes_nowhere(app: Flask, api: FlaskClient) -> None:
    state = begin(api)["state"]
    other = app.test_client()
    begin(other, return_to="https://app.example.com/theirs")
    stolen = other.get(CALLBACK, query_string={"code": "c", "state": state})

    assert (stolen.status_code, stolen.get_json()["error"]) == (400, "InvalidState")
    assert api.get(CALLBACK, query_string={"code": "c", "state": state}).status_code == 303


def test_where_a_login_ends_cannot_be_changed_in_the_cookie(app: Flask, api: FlaskClient) -> None:
    response = api.get(
        STARTS[0], query_string={"return_to": RETURN_TO, "code_challenge": CHALLENGE}
    )
    state = dict(parse_qsl(urlsplit(response.headers["Location"]).query))["state"]
    name, value, _ = cookie_set(response)
    seed, _, rest = value.partition(".")
    elsewhere = base64.urlsafe_b64encode(b"https://evil.example/").rstrip(b"=").decode()
    forged = ".".join([seed, elsewhere, *rest.split(".")[1:]])
    browser = app.test_client(use_cookies=False)
    answer = browser.get(
        CALLBACK,
        query_string={"code": "c", "state": state},
        headers={"Cookie": f"{name}={forged}"},
    )

    assert (answer.status_code, answer.get_json()["error"]) == (400, "InvalidState")


def test_the_longest_login_fits_into_a_cookie(api: FlaskClient) -> None:
    longest = "https://app.example.com/"
    longest += "x" * (2000 - len(longest))
    response = api.get(
        STARTS[0],
        query_string={"return_to": longest, "code_challenge": CHALLENGE, "state": "~" * 512},
    )

    (header,) = response.headers.getlist("Set-Cookie")
    assert len(header) <= 4096, "what browsers keep: RFC 6265, section 6.1"


@pytest.mark.parametrize(
    "return_to",
    [
        "https://app.example.com/",
        "https://app.example.com/a/b?c=d",
        EXACT,
        "http://localhost:5173/",
        "http://localhost:5173",
        "http://localhost/x",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_address_that_is_listed(api: FlaskClient, return_to: str) -> None:
    state = begin(api, return_to=return_to)["state"]
    back = api.get(CALLBACK, query_string={"code": "c", "state": state})

    assert back.headers["Location"].startswith(return_to)


@pytest.mark.parametrize("return_to", ["/", ROOT])
def test_the_apis_own_page_is_always_listed(api: FlaskClient, return_to: str) -> None:
    state = begin(api, return_to=return_to)["state"]
    back = api.get(CALLBACK, query_string={"code": "c", "state": state})

    assert back.headers["Location"] == f"{ROOT}?code=c"


NOT_LISTED = [
    "https://evil.example/",
    "https://app.example.com",
    "https://app.example.com.evil.example/",
    "https://app.example.com:8443/",
    "http://app.example.com/",
    "HTTPS://app.example.com/",
    f"{EXACT}/",
    f"{EXACT}?a=b",
    EXACT.replace(":8443", ""),
    EXACT.upper(),
    "http://localhost.evil.example/",
    "http://localhost:5173.evil.example/",
    "http://localhost:99999999/",
    "http://127.0.0.1:5173/",
    "https://localhost:5173/",
    "https://b\u00fccher.example/",
    "//app.example.com/",
    "//",
    "/welcome",
    "javascript:alert(1)//app.example.com/",
    "data:text/html,x",
    "https:/app.example.com/",
    "https:app.example.com/",
    "https://app.example.com\\@evil.example/",
    "https://app.example.com\\.evil.example/",
    "https://app.example.com/\\evil.example/",
    "http://localhost:5173/\\evil.example/",
    "https://app.example.com@evil.example/",
    "https://user@app.example.com/",
    "https://app.example.com/#top",
    "https://app.example.com/?code=1",
    "https://app.example.com/?%63ode=1",
    "https://app.example.com/?a=b&state",
    "https://app.example.com/?error=x",
    "https://app.example.com/\r\nSet-Cookie: a=b",
    "https://app.example.com/ x",
    "https://[app.example.com/",
    "https://app.example.com:0/",
    "",
    "https://app.example.com/" + "x" * 1977,
]


@pytest.mark.parametrize("return_to", NOT_LISTED)
@pytest.mark.parametrize("path", [STARTS[1], LOGOUTS[1]])
def test_an_address_that_is_not_listed(api: FlaskClient, path: str, return_to: str) -> None:
    query = {"return_to": return_to}
    if path == STARTS[1]:
        query["code_challenge"] = CHALLENGE
    response = api.get(path, query_string=query)

    assert problem(response, "return_to")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "return_to", ["https://user@app.example.com/", "https://app.example.com@evil.example/"]
)
def test_user_information_is_named(api: FlaskClient, return_to: str) -> None:
    query = {"return_to": return_to, "code_challenge": CHALLENGE}
    response = api.get(STARTS[0], query_string=query)

    assert problem(response, "return_to") == "must be an absolute URL without user information"


def test_no_address_is_listed_where_nothing_is_set(shared_upstream: Upstream) -> None:
    api = make_app(shared_upstream).test_client()
    query = {"return_to": "https://app.example.com/", "code_challenge": CHALLENGE}
    response = api.get(STARTS[0], query_string=query)

    assert problem(response, "return_to") == "is not one of this server's RETURN_URLS"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"return_to": RETURN_TO}, "code_challenge"),
        ({"code_challenge": CHALLENGE}, "code_challenge"),
        ({"state": "mine"}, "state"),
        ({"return_to": RETURN_TO, "code_challenge": CHALLENGE + "="}, "code_challenge"),
        ({"return_to": RETURN_TO, "code_challenge": CHALLENGE[:-1]}, "code_challenge"),
        ({"return_to": RETURN_TO, "code_challenge": "+" * 43}, "code_challenge"),
        (
            {
                "return_to": RETURN_TO,
                "code_challenge": CHALLENGE,
                "code_challenge_method": "plain",
            },
            "code_challenge_method",
        ),
        ({"return_to": RETURN_TO, "code_challenge": CHALLENGE, "state": "x" * 513}, "state"),
        ({"return_to": RETURN_TO, "code_challenge": CHALLENGE, "state": "\n"}, "state"),
        ({"return_to": [RETURN_TO, RETURN_TO], "code_challenge": CHALLENGE}, "return_to"),
        ({"prompt": "x\ny"}, "prompt"),
        ({"lang": "<b>"}, "lang"),
    ],
)
def test_a_start_that_is_refused(api: FlaskClient, query: dict[str, Any], name: str) -> None:
    assert problem(api.get(STARTS[0], query_string=query), name)


def test_any_provider_and_cognitos_own_page(api: FlaskClient) -> None:
    by_name = begin(api, STARTS[1], provider="Sign-in-with-Apple", login_hint="a@b.c", lang="de")
    assert by_name["identity_provider"] == "Sign-in-with-Apple"
    assert (by_name["login_hint"], by_name["lang"]) == ("a@b.c", "de")

    assert "identity_provider" not in begin(api, STARTS[1], prompt="login")


def exchange(api: FlaskClient, **body: str) -> Any:
    """Exchange a code as the app does."""
    return api.post(
        "/auth/hosted/token", json={"code": "the code", "code_verifier": VERIFIER, **body}
    )


def test_the_code_is_exchanged_with_the_secret_and_the_apps_verifier(
    api: FlaskClient, upstream: Upstream
) -> None:
    tokens = tokens_for({"nonce": "of an authorize URL that another instance made"})
    upstream.token_answers(tokens)
    answer = exchange(api)

    assert (answer.status_code, answer.get_json()) == (200, tokens)
    (token_request,) = [request for request in upstream.requests if request.face == TOKEN]
    assert token_request.form == {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": "the code",
        "code_verifier": VERIFIER,
        "redirect_uri": f"{ROOT}auth/google/callback",
    }
    credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert token_request.headers["Authorization"] == f"Basic {credentials}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"claims": {"aud": "another"}}, "Cognito's ID token is not valid."),
        ({"access_token": "another"}, "Cognito's ID token belongs to another login."),
    ],
)
def test_a_bad_id_token_gives_no_tokens(
    api: FlaskClient, upstream: Upstream, change: dict[str, Any], message: str
) -> None:
    tokens = tokens_for({"nonce": "n"})
    tokens["id_token"] = make_id_token(**{"access_token": tokens["access_token"], **change})
    upstream.token_answers(tokens)
    answer = exchange(api)

    assert (answer.status_code, answer.get_json()) == (
        502,
        {"error": "UpstreamError", "message": message},
    )


def test_a_code_that_cognito_refuses(api: FlaskClient, upstream: Upstream) -> None:
    upstream.token_answers({"error": "invalid_grant"}, status=400)
    answer = exchange(api)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "OAuthError")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"code_verifier": "v" * 42}, "code_verifier"),
        ({"code_verifier": "v" * 129}, "code_verifier"),
        ({"code_verifier": "v" * 42 + "+"}, "code_verifier"),
        ({"code": ""}, "code"),
    ],
)
def test_an_exchange_that_never_reaches_cognito(
    api: FlaskClient, upstream: Upstream, body: dict[str, str], name: str
) -> None:
    assert problem(exchange(api, **body), name)
    assert upstream.requests == []


@pytest.mark.parametrize("path", LOGOUTS)
@pytest.mark.parametrize(
    ("query", "ends_at"),
    [({}, ROOT), ({"return_to": "/"}, ROOT), ({"return_to": RETURN_TO}, RETURN_TO)],
)
def test_a_logout_ends_where_it_should(
    api: FlaskClient, path: str, query: dict[str, str], ends_at: str
) -> None:
    location = urlsplit(api.get(path, query_string=query).headers["Location"])

    assert location.path == "/logout"
    assert dict(parse_qsl(location.query)) == {"client_id": CLIENT_ID, "logout_uri": ends_at}
