"""The headers of every answer: for caches, for browsers, and for pages of other origins."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from tests.support.app import make_app
from tests.support.keys import make_token
from tests.support.routes import ROUTES, Route, every_route
from tests.support.upstream import Upstream

LOGIN = {"email": "jane@example.com", "password": "Str0ngP@ssw0rd!"}
POLICIES = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HSTS = "max-age=31536000; includeSubDomains"
OURS, THEIRS = "https://app.example.com", "https://evil.example.com"
PATHS = list(dict.fromkeys(route.url for route in ROUTES.values()))
DOCS = ["/apidocs", "/apidocs/", "/apispec_1.json"]


def bearer(scope: str = "aws.cognito.signin.user.admin") -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(claims={'scope': scope})}"}


def policies(response: TestResponse) -> dict[str, str]:
    """Return the policies as a browser reads them: it obeys all that are sent (RFC 9110, 5.3)."""
    return {name: ", ".join(response.headers.getlist(name)) for name in POLICIES}


# Each status by a request that gets it, from an upstream that says `InitiateAuth` so.
STATUSES = {
    200: ("GET", "/me"),
    302: ("GET", "/auth/google/start"),
    400: ("POST", "/auth/confirm"),
    401: ("GET", "/me"),
    403: ("GET", "/profile"),
    404: ("GET", "/nothing"),
    405: ("PUT", "/me"),
    413: ("POST", "/auth/confirm"),
    500: ("POST", "/auth/login"),
    502: ("POST", "/auth/login"),
}


def provoke(api: FlaskClient, upstream: Upstream, status: int, **more: str) -> TestResponse:
    """Make the request that is answered with this status; `more` are headers."""
    method, path = STATUSES[status]
    headers = {200: bearer(), 403: bearer("openid")}.get(status, {}) | more
    if status == 413:
        body = b" " * 70_000
        return api.open(
            path, method=method, data=body, content_type="application/json", headers=headers
        )
    if status == 500:
        upstream.refuses("InitiateAuth", "ResourceNotFoundException")
    if status == 502:
        upstream.misbehaves("InitiateAuth", "200 object")
    json = {400: {}, 500: LOGIN, 502: LOGIN}.get(status)
    return api.open(path, method=method, json=json, headers=headers)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_the_policies(api: FlaskClient, upstream: Upstream, status: int) -> None:
    response = provoke(api, upstream, status)

    assert response.status_code == status
    assert policies(response) == POLICIES
    assert response.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in response.headers  # browsers ignore it over http
    assert "Server" not in response.headers


def test_every_answer_has_an_id_of_its_own(api: FlaskClient) -> None:
    ids = {api.get("/health").headers["X-Request-Id"] for _ in range(10)}

    assert len(ids) == 10
    assert all(re.fullmatch("[0-9a-f]{16}", identity) for identity in ids)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", None])
@every_route
def test_every_route_has_the_policies(api: FlaskClient, route: Route, method: str | None) -> None:
    response = api.open(route.url, method=method or route.method)

    assert policies(response) == POLICIES
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PATHS, *DOCS, "/nothing"])
def test_https_is_made_to_stay(api: FlaskClient, path: str) -> None:
    response = api.get(path, base_url="https://api.example.com", buffered=True)

    assert response.headers["Strict-Transport-Security"] == HSTS


@pytest.mark.parametrize("path", DOCS)
def test_the_docs_have_a_policy_of_their_own(api: FlaskClient, path: str) -> None:
    response = api.get(path, buffered=True)

    assert response.status_code == 200
    assert policies(response) == POLICIES | {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }


@pytest.fixture(scope="module")
def shared(shared_upstream: Upstream) -> FlaskClient:
    """Give a client of an API that is open to two origins."""
    app = make_app(shared_upstream, CORS_ORIGINS=f"{OURS}, https://second.example.com:8443")
    return app.test_client()


class TestCors:
    """Pages of other origins may use the API where its operator listed them, and only there."""

    @pytest.mark.parametrize("origin", [OURS, THEIRS, "null", "*"])
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_no_origin_is_allowed_by_default(
        self, api: FlaskClient, method: str, origin: str
    ) -> None:
        response = api.open("/me", method=method, headers={"Origin": origin})

        assert [name for name, _ in response.headers if name.startswith("Access-Control-")] == []

    @pytest.mark.parametrize("status", STATUSES)
    def test_a_listed_origin_may_read_every_status(
        self, shared: FlaskClient, upstream: Upstream, status: int
    ) -> None:
        response = provoke(shared, upstream, status, Origin=OURS)

        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == OURS
        assert response.headers["Access-Control-Expose-Headers"] == (
            "WWW-Authenticate, Retry-After, X-Request-Id"
        )
        assert response.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in response.headers

    @pytest.mark.parametrize(
        "origin",
        [
            THEIRS,
            "null",
            "*",
            "",
            OURS.upper(),
            f"{OURS}/",
            f"{OURS}.evil.example.com",
            f"{OURS}:443",
            OURS.replace("https", "http"),
            f"{OURS}, {OURS}",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_an_origin_that_is_not_listed_may_not(
        self, shared: FlaskClient, upstream: Upstream, method: str, origin: str
    ) -> None:
        response = shared.open("/me", method=method, headers={"Origin": origin} | bearer())

        assert response.status_code == 200
        assert [name for name, _ in response.headers if name.startswith("Access-Control-")] == []
        assert response.headers["Vary"] == "Origin"  # else a cache mixes the two answers up

    def test_any_port_of_a_loopback_host_may_be_listed(self, shared_upstream: Upstream) -> None:
        api = make_app(shared_upstream, CORS_ORIGINS="http://localhost:*").test_client()

        def allowed(origin: str) -> str | None:
            headers = api.get("/health", headers={"Origin": origin}).headers
            return headers.get("Access-Control-Allow-Origin")

        for origin in ("http://localhost:5173", "http://localhost:80", "http://localhost"):
            assert allowed(origin) == origin
        for origin in (
            "http://127.0.0.1:5173",
            "https://localhost:5173",
            "http://localhost:5173.evil.example",
            "http://localhost.evil.example",
            "http://localhost:05173",
            "http://localhost:",
            "http://localhost:5173/",
        ):
            assert allowed(origin) is None

    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_a_refused_origin_leaves_a_line_that_names_the_setting(
        self, shared: FlaskClient, caplog: pytest.LogCaptureFixture, method: str
    ) -> None:
        shared.open("/health", method=method, headers={"Origin": THEIRS})
        shared.open("/health", method=method, headers={"Origin": OURS})
        shared.open("/health", method=method, headers={"Origin": "http://localhost"})

        assert [record.getMessage() for record in caplog.records] == [
            f"Pages of {THEIRS} may not call this API unless CORS_ORIGINS lists it."
        ]

    def test_the_servers_own_origin_leaves_none(
        self, shared: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        host = "xn--bcher-kva.example"
        headers = {"Host": host, "Origin": f"http://{host}"}

        assert shared.get("/health", headers=headers).status_code == 200
        assert caplog.records == []

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/health", "200 OK"),
            ("/nothing", "404 NOT FOUND"),
            ("/apispec_1.json", "200 OK"),
            ("/auth/google/start", "302 FOUND"),
        ],
    )
    def test_a_host_that_is_no_punycode_does_no_harm(
        self, shared: FlaskClient, path: str, status: str
    ) -> None:
        environ = create_environ(path, headers={"Host": "xn--a", "Origin": THEIRS})
        # The test client's own cookies would fail at this host.
        _, answered, headers = run_wsgi_app(shared.application, environ)

        assert answered == status
        assert "X-Request-Id" in headers

    @every_route
    def test_a_preflight_needs_no_token(
        self, shared: FlaskClient, upstream: Upstream, route: Route
    ) -> None:
        preflight = {"Origin": OURS, "Access-Control-Request-Method": route.method}

        response = shared.options(route.url, headers=preflight)

        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == OURS
        assert route.method in response.headers["Access-Control-Allow-Methods"].split(", ")
        assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
        assert response.headers["Access-Control-Max-Age"] == "600"
        assert upstream.requests == []


class TestForwarded:
    """Any client can send these headers, so they change nothing."""

    HEADERS = {
        "Forwarded": "for=203.0.113.9;host=evil.example.com;proto=https",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example.com",
        "X-Forwarded-Port": "8443",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Scheme": "https",
        "X-Forwarded-Ssl": "on",
        "X-Original-URL": "/me",
        "X-Real-IP": "203.0.113.9",
        "X-Rewrite-URL": "/me",
        "X-HTTP-Method-Override": "DELETE",
        "X-Script-Name": "/evil",
    }

    def test_a_google_login_comes_back_here(self, api: FlaskClient) -> None:
        response = api.get("/auth/google/start", headers=self.HEADERS)

        query = parse_qs(urlsplit(response.headers["Location"]).query)
        assert query["redirect_uri"] == ["http://localhost/auth/google/callback"]
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("google_login=")
        assert "Secure" not in cookie
        assert "Strict-Transport-Security" not in response.headers

    @pytest.mark.parametrize("path", ["/apidocs", "/apispec_1.json", "/me", "/nothing"])
    def test_an_answer_is_the_same(self, api: FlaskClient, path: str) -> None:
        plain, forwarded = api.get(path), api.get(path, headers=self.HEADERS)

        assert forwarded.status_code == plain.status_code
        assert forwarded.data == plain.data
        differing = {"X-Request-Id"}
        assert [h for h in forwarded.headers if h[0] not in differing] == [
            h for h in plain.headers if h[0] not in differing
        ]


@pytest.mark.parametrize("host", ["localhost", "evil.example.com"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//me",
        "/me/",
        "/me//",
        "//evil.example.com/",
        "//evil.example.com/..",
        "/auth",
        "/auth/",
        "/auth//login",
        "/auth/login/",
        "/auth/../me",
        "/auth/google/",
        "//apidocs",
        "/apidocs//",
        "/apidocs//assets/version/swagger-ui.css",
        "/apidocs/index.html",
        "/apidocs/assets",
        "/apidocs/assets//apidocs.js",
        "/apidocs/assets/../../config.py",
        "/apidocs/assets/version",
        "/apidocs/assets/version//swagger-ui.css",
        "/apidocs/assets/\\evil.example.com",
        "/apispec_1.json/",
        "/oauth2-redirect.html",
    ],
)
def test_an_odd_path_is_not_redirected(api: FlaskClient, path: str, host: str) -> None:
    """Flask builds redirects to merged URLs from the Host header, which anyone can write."""
    response = api.get("/", environ_overrides={"PATH_INFO": path, "HTTP_HOST": host})

    assert response.status_code in (200, 401, 404, 405)
    assert "Location" not in response.headers
    assert "evil" not in response.text
    if response.status_code != 200:
        assert response.content_type == "application/json"
