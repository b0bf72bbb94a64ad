"""REFRESH_COOKIE: where the refresh token is, which pages may use it, and when it is cleared."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator
from werkzeug.test import TestResponse

from app.awslambda import make_handler
from app.swagger import SPEC, document
from tests.support.app import make_app
from tests.support.authentication import TOKENS, authentication_result
from tests.support.google_login import begin, cookie_set, finish, tokens_for
from tests.support.keys import make_id_token
from tests.support.lambda_events import MakeEvent, make_alb_event, make_v1_event, make_v2_event
from tests.support.routes import ROUTES, Route
from tests.support.upstream import Upstream

OWN, LISTED, EVIL = "http://localhost", "https://app.example.com", "https://evil.example"
PLAIN, PREFIXED = "refresh_token", "__Host-refresh_token"
REFRESH, LOGOUT = "/auth/refresh", "/auth/logout"
THIRTY_DAYS = "2592000"
OLD = f"{PLAIN}=o.l.d"
FORBIDDEN = {
    "error": "ForbiddenOrigin",
    "message": "Only pages of this server and of its CORS_ORIGINS may use the refresh cookie.",
}
DEAD = {
    "error": "NotAuthorizedException",
    "message": "The refresh token is invalid, expired or revoked.",
}
WITHOUT = {name: value for name, value in TOKENS.items() if name != "refresh_token"}
IN_THE_DOCUMENT = document(refresh_cookie=True)


@pytest.fixture(scope="module")
def app(shared_upstream: Upstream) -> Flask:
    """Give an API that keeps refresh tokens in a cookie."""
    return make_app(shared_upstream, REFRESH_COOKIE="true", CORS_ORIGINS=LISTED)


@pytest.fixture
def api(app: Flask, upstream: Upstream) -> FlaskClient:
    """Give a client that keeps no cookies, so that each test says what is sent."""
    return app.test_client(use_cookies=False)


def ask(api: FlaskClient, path: str, *, cookie: str | None = OLD, **options: Any) -> TestResponse:
    """Ask as a page of the API does, unless the options say otherwise."""
    headers = options.pop("headers", {"Origin": OWN})
    return api.post(path, headers=headers | ({"Cookie": cookie} if cookie else {}), **options)


def outcome(response: TestResponse) -> str:
    """Say what an answer does to the cookie."""
    if "Set-Cookie" not in response.headers:
        return "kept"
    return cookie_set(response)[1] or "cleared"


GIVING_TOKENS = {
    name: route
    for name, route in ROUTES.items()
    if "TokenResponse" in json.dumps(route.spec["responses"])
}


class TestGiving:
    def test_every_operation_that_gives_tokens_is_here(self) -> None:
        assert GIVING_TOKENS.keys() == {
            *("login", "start", "challenge", "refresh", "google_callback", "hosted_token")
        }

    @pytest.mark.parametrize("route", GIVING_TOKENS.values(), ids=GIVING_TOKENS)
    def test_no_body_has_the_refresh_token(
        self, app: Flask, upstream: Upstream, route: Route
    ) -> None:
        for name in ("InitiateAuth", "RespondToAuthChallenge", "GetTokensFromRefreshToken"):
            upstream.answers(name, authentication_result(RefreshToken="n.e.w"))
        browser = app.test_client()
        if route.name == "google_callback":
            query, _ = begin(browser)
            upstream.token_answers({**tokens_for(query), "refresh_token": "n.e.w"})
            response = finish(browser, query["state"])
        elif route.name == "refresh":
            response = ask(app.test_client(use_cookies=False), REFRESH)
        else:
            upstream.token_answers({**tokens_for({"nonce": "n"}), "refresh_token": "n.e.w"})
            response = route.send(browser)

        assert response.status_code == 200, response.text
        assert response.json.keys() == WITHOUT.keys()
        assert "n.e.w" not in response.text
        assert f"{PLAIN}=n.e.w" in "".join(response.headers.getlist("Set-Cookie"))

    @pytest.mark.parametrize(
        ("base_url", "settings", "name", "secure"),
        [
            ("http://localhost", {}, PLAIN, {}),
            ("http://127.0.0.1:5000", {}, PLAIN, {}),
            ("http://[::1]:5000", {}, PLAIN, {}),
            ("https://auth.example.com", {}, PREFIXED, {"secure": "True"}),
            ("https://localhost", {}, PREFIXED, {"secure": "True"}),
            ("http://auth.example.com", {}, PREFIXED, {"secure": "True"}),
            (
                "http://localhost",
                {"COGNITO_REDIRECT_URI": "HTTPS://auth.example.com/auth/google/callback"},
                PREFIXED,
                {"secure": "True"},
            ),
            (
                "https://auth.example.com",
                {"COGNITO_REDIRECT_URI": "http://localhost:5000/auth/google/callback"},
                PREFIXED,
                {"secure": "True"},
            ),
        ],
    )
    def test_the_cookie_is_as_closed_as_can_be(
        self,
        upstream: Upstream,
        base_url: str,
        settings: dict[str, str],
        name: str,
        secure: dict[str, str],
    ) -> None:
        api = make_app(upstream, REFRESH_COOKIE="true", **settings).test_client()
        upstream.answers("InitiateAuth", authentication_result())
        response = ROUTES["login"].send(api, base_url=base_url)

        assert cookie_set(response) == (
            name,
            "r.r.r",
            {
                "httponly": "True",
                "samesite": "Strict",
                "path": "/",
                "max-age": THIRTY_DAYS,
                "expires": cookie_set(response)[2]["expires"],
                **secure,
            },
        )

    def test_a_challenge_sets_none(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("InitiateAuth", {"ChallengeName": "EMAIL_OTP", "Session": "s" * 20})
        response = ROUTES["login"].send(api)

        assert (response.status_code, outcome(response)) == (202, "kept")

    def test_is_off_by_default(self, upstream: Upstream) -> None:
        api = make_app(upstream, CORS_ORIGINS=LISTED).test_client()
        upstream.answers("InitiateAuth", authentication_result())
        login = ROUTES["login"].send(api, headers={"Origin": LISTED})

        assert (login.json, outcome(login)) == (TOKENS, "kept")
        assert "Access-Control-Allow-Credentials" not in login.headers
        for path in (REFRESH, LOGOUT):
            without = ask(api, path, json={}, headers={"Origin": EVIL})
            assert without.json["fields"] == {"refresh_token": "is required"}
            body = {"refresh_token": "b.o.dy"}
            response = ask(api, path, json=body, headers={"Origin": EVIL})
            assert (response.status_code, outcome(response)) == (200, "kept")
        assert upstream.calls("RevokeToken")[0].json["Token"] == "b.o.dy"


class TestUsing:
    def test_refresh_takes_it_and_sets_the_next(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("GetTokensFromRefreshToken", authentication_result(RefreshToken="n.e.w"))
        response = ask(api, REFRESH)

        assert (response.status_code, response.json) == (200, WITHOUT)
        assert outcome(response) == "n.e.w"
        assert upstream.calls("GetTokensFromRefreshToken")[0].json["RefreshToken"] == "o.l.d"

    def test_refresh_without_rotation_lets_it_live_on(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers("GetTokensFromRefreshToken", authentication_result(RefreshToken=None))
        _, value, attributes = cookie_set(ask(api, REFRESH))

        assert (value, attributes["max-age"]) == ("o.l.d", THIRTY_DAYS)

    def test_refresh_takes_the_other_members(self, api: FlaskClient, upstream: Upstream) -> None:
        body = {"device_key": "us-east-1_0b9a5f5c", "client_metadata": {"a": "b"}}
        response = ask(api, REFRESH, json=body)

        assert response.status_code == 200
        request = upstream.calls("GetTokensFromRefreshToken")[0].json
        assert (request["DeviceKey"], request["ClientMetadata"]) == (
            "us-east-1_0b9a5f5c",
            {"a": "b"},
        )

    def test_logout_revokes_it(self, api: FlaskClient, upstream: Upstream) -> None:
        response = ask(api, LOGOUT)

        assert (response.status_code, response.json) == (200, {"message": "Logged out."})
        assert outcome(response) == "cleared"
        assert upstream.calls("RevokeToken")[0].json["Token"] == "o.l.d"

    @pytest.mark.parametrize(
        "cookie", [None, f"{PLAIN}=", f"{PLAIN}=<b>", f"{PLAIN}={'x' * 33000}"]
    )
    def test_without_a_token_nobody_is_asked(
        self, api: FlaskClient, upstream: Upstream, cookie: str | None
    ) -> None:
        refresh, logout = (ask(api, path, cookie=cookie) for path in (REFRESH, LOGOUT))

        assert (refresh.status_code, refresh.json) == (401, DEAD)
        assert "WWW-Authenticate" in refresh.headers
        assert (logout.status_code, logout.json) == (200, {"message": "Logged out."})
        assert (outcome(refresh), outcome(logout)) == ("cleared", "cleared")
        assert upstream.requests == []

    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    @pytest.mark.parametrize("cookie", [None, OLD])
    @pytest.mark.parametrize("token", ["b.o.dy", "o.l.d", "", None])
    def test_a_token_in_the_body_is_refused(
        self, api: FlaskClient, upstream: Upstream, path: str, cookie: str | None, token: str | None
    ) -> None:
        response = ask(api, path, cookie=cookie, json={"refresh_token": token})

        assert (response.status_code, response.json) == (
            400,
            {
                "error": "InvalidRequest",
                "message": "The body has 1 problem.",
                "fields": {"refresh_token": "must be left out: this server keeps it in a cookie"},
            },
        )
        assert (outcome(response), upstream.requests) == ("kept", [])

    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    def test_over_https_only_the_prefixed_name_is_read(
        self, api: FlaskClient, upstream: Upstream, path: str
    ) -> None:
        """Any host of the same site could set the other one."""
        both = {"base_url": "https://localhost", "headers": {"Origin": "https://localhost"}}
        ask(api, path, cookie=f"{PLAIN}=e.v.il", **both)
        assert upstream.requests == []

        ask(api, path, cookie=f"{PLAIN}=e.v.il; {PREFIXED}=o.l.d", **both)
        (request,) = upstream.calls("cognito")
        assert "o.l.d" in (request.json.get("RefreshToken"), request.json.get("Token"))


class TestClearing:
    """The cookie goes when its token is dead, and stays when Cognito could not say so."""

    @pytest.mark.parametrize(
        "error", ["NotAuthorizedException", "UserNotFoundException", "RefreshTokenReuseException"]
    )
    def test_a_dead_token(self, api: FlaskClient, upstream: Upstream, error: str) -> None:
        upstream.refuses("GetTokensFromRefreshToken", error)
        response = ask(api, REFRESH)

        assert (response.status_code, outcome(response)) == (401, "cleared")
        assert "Access-Control-Allow-Origin" not in response.headers

    def test_an_email_that_is_anothers(self, api: FlaskClient, upstream: Upstream) -> None:
        id_token = make_id_token(claims={"email": "ada@example.com"})
        upstream.answers(
            "GetTokensFromRefreshToken",
            authentication_result(IdToken=id_token, RefreshToken="n.e.w"),
        )
        response = ask(api, REFRESH, json={"email": "eve@example.com"})

        assert (response.status_code, response.json) == (401, DEAD)
        assert outcome(response) == "cleared"
        assert upstream.calls("RevokeToken")[0].json["Token"] == "n.e.w"

    @pytest.mark.parametrize(
        ("path", "name"), [(REFRESH, "GetTokensFromRefreshToken"), (LOGOUT, "RevokeToken")]
    )
    @pytest.mark.parametrize(
        ("error", "status"),
        [
            ("TooManyRequestsException", 429),
            ("ForbiddenException", 403),
            ("InternalErrorException", 502),
            ("ResourceNotFoundException", 500),
        ],
    )
    def test_stays_when_cognito_could_not_say(
        self, api: FlaskClient, upstream: Upstream, path: str, name: str, error: str, status: int
    ) -> None:
        upstream.refuses(name, error)
        response = ask(api, path)

        assert (response.status_code, outcome(response)) == (status, "kept")

    def test_stays_when_the_body_is_wrong(self, api: FlaskClient) -> None:
        response = ask(api, REFRESH, json={"email": "nobody"})

        assert (response.status_code, outcome(response)) == (400, "kept")


NOT_ALLOWED: list[dict[str, str]] = [
    {},
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:5173"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost/"},
    {"Origin": f"{LISTED}.evil.example"},
    {"Origin": LISTED.upper()},
    {"Origin": f"{LISTED}, {EVIL}"},
    {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
    {"Referer": f"{OWN}/"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Origin": EVIL},
]


class TestOrigin:
    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    @pytest.mark.parametrize("headers", NOT_ALLOWED)
    def test_of_a_page_that_may_not(
        self, api: FlaskClient, upstream: Upstream, path: str, headers: dict[str, str]
    ) -> None:
        bodies: list[dict[str, Any]] = [
            {},
            {"json": {}},
            {"json": {"refresh_token": "b.o.dy"}},
            {"data": "{}", "content_type": "text/plain"},
        ]
        for body in bodies:
            response = ask(api, path, headers=headers, **body)
            assert (response.status_code, response.json) == (403, FORBIDDEN)
            assert (outcome(response), upstream.requests) == ("kept", [])
            assert "Access-Control-Allow-Credentials" not in response.headers

    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    @pytest.mark.parametrize(
        "headers", [{"Origin": OWN}, {"Origin": LISTED}, {"Sec-Fetch-Site": "same-origin"}]
    )
    def test_of_a_page_that_may(self, api: FlaskClient, path: str, headers: dict[str, str]) -> None:
        assert ask(api, path, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        ("redirect_uri", "base_url", "origin", "status"),
        [
            (None, "https://auth.example.com/Prod", "https://auth.example.com", 200),
            (None, "https://auth.example.com:8443", "https://auth.example.com:8443", 200),
            (None, "https://auth.example.com:8443", "https://auth.example.com", 403),
            (None, "http://[::1]:5000", "http://[::1]:5000", 200),
            # Plain http: somebody on the way may have written the page.
            (None, "http://auth.example.com", "http://auth.example.com", 403),
            ("https://auth.example.com/x", "http://10.0.0.1:5000", "https://auth.example.com", 200),
            (
                "https://auth.example.com/x",
                "http://auth.example.com",
                "http://auth.example.com",
                403,
            ),
            ("HTTPS://Auth.Example.com:443/x", "http://10.0.0.1", "https://auth.example.com", 200),
            ("https://[2001:DB8::1]:8443/x", "http://10.0.0.1", "https://[2001:db8::1]:8443", 200),
            ("https://auth.example.com/x", "https://inside.example", "https://inside.example", 200),
            (None, "https://xn--bcher-kva.example", "https://xn--bcher-kva.example", 200),
        ],
    )
    def test_the_apis_own(
        self, upstream: Upstream, redirect_uri: str | None, base_url: str, origin: str, status: int
    ) -> None:
        settings = {"COGNITO_REDIRECT_URI": redirect_uri} if redirect_uri else {}
        api = make_app(upstream, REFRESH_COOKIE="true", **settings).test_client()
        response = ask(api, LOGOUT, base_url=base_url, headers={"Origin": origin})

        assert response.status_code == status, response.text

    @pytest.mark.parametrize(
        "host", ["", "auth.example.com:x", "auth.example.com:0", "[::1", "a b"]
    )
    def test_a_malformed_host_has_no_pages(self, api: FlaskClient, host: str) -> None:
        headers = {"Origin": f"http://{host}", "Host": host}
        assert ask(api, LOGOUT, headers=headers).status_code == 403

    def test_listed_ones_may_send_cookies(self, api: FlaskClient) -> None:
        preflight = {
            "Origin": LISTED,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        for response in (
            api.options(REFRESH, headers=preflight),
            ROUTES["login"].send(api, headers={"Origin": LISTED}),
            ask(api, REFRESH, headers={"Origin": LISTED}),
        ):
            assert response.status_code == 200
            assert response.headers["Access-Control-Allow-Origin"] == LISTED
            assert response.headers["Access-Control-Allow-Credentials"] == "true"
        refused = api.options(REFRESH, headers={**preflight, "Origin": EVIL})
        assert not [name for name, _ in refused.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("make_event", [make_v1_event, make_v2_event, make_alb_event])
def test_on_lambda_a_callback_sets_two_cookies(
    app: Flask, upstream: Upstream, make_event: MakeEvent
) -> None:
    """The one that ends the login, and the refresh token."""
    origin = "https://abc123.execute-api.eu-central-1.amazonaws.com"
    if make_event is make_alb_event:
        origin = "https://lb-1.eu-central-1.elb.amazonaws.com"
    browser = app.test_client()
    query, cookie = begin(browser, base_url=origin)
    upstream.token_answers(tokens_for(query))
    parameters = {"code": "c", "state": query["state"]}
    pairs: Any = list(parameters.items())
    headers = [("cookie", cookie)]
    if make_event is make_alb_event:
        host = origin.removeprefix("https://")
        headers += [("host", host), ("x-forwarded-proto", "https"), ("x-forwarded-for", "1.2.3.4")]
    if make_event is make_v2_event:
        pairs = "&".join(f"{name}={value}" for name, value in parameters.items())
    answer = make_handler(app)(
        make_event(path="/auth/google/callback", query=pairs, headers=headers), None
    )

    assert answer["statusCode"] == 200, answer
    assert "refresh_token" not in answer["body"]
    laid_out = json.dumps(answer)
    assert f"{PREFIXED}=r.r.r; " in laid_out
    assert "__Host-google_login=; " in laid_out


class TestDocument:
    def test_by_default_it_is_strict(self) -> None:
        schemas = SPEC["components"]["schemas"]
        for name in ("TokenResponse", "RefreshRequest", "LogoutRequest"):
            assert "refresh_token" in schemas[name]["required"]
        assert "x-refused" not in json.dumps(SPEC)

    def test_with_the_cookie_no_body_has_a_token(self, api: FlaskClient) -> None:
        served = api.get("/apispec_1.json").json
        schemas = served["components"]["schemas"]
        for schema in schemas.values():
            assert "refresh_token" not in schema.get("properties", {})
            assert "refresh_token" not in schema.get("required", ())
            assert schema.get("required") != []
        assert served["paths"][REFRESH]["post"]["requestBody"]["required"] is False
        assert api.get("/apispec_1.json").json["components"] == IN_THE_DOCUMENT["components"]

    def test_its_examples_satisfy_it(self) -> None:
        for path in IN_THE_DOCUMENT["paths"].values():
            for operation in path.values():
                bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
                for content in (body["content"] for body in bodies if "content" in body):
                    media = content["application/json"]
                    validator = OAS30Validator(
                        {**media["schema"], "components": IN_THE_DOCUMENT["components"]}
                    )
                    assert list(validator.iter_errors(media["example"])) == []
                    assert "refresh_token" not in media["example"]
