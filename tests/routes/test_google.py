"""GET /auth/google/*: out to the hosted UI with a cookie, and back with a code."""

import base64
import hashlib
import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from app.cognito.oauth_state import Logins
from tests.support.app import SETTINGS, make_app
from tests.support.google_login import CALLBACK, START, begin, cookie_set, finish, start, tokens_for
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, b64url
from tests.support.upstream import Upstream

HTTP, HTTPS = "google_login", "__Host-google_login"  # the cookie's name
INVALID_STATE = {
    "error": "InvalidState",
    "message": "This login was not started in this browser, is finished or took over ten minutes; "
    "start again at /auth/google/start.",
}
NO_HOST = {
    "error": "InvalidRequest",
    "message": "The Host header does not name a host; set COGNITO_REDIRECT_URI.",
}


class TestStart:
    def test_redirects_to_the_hosted_ui(self, api: FlaskClient, upstream: Upstream) -> None:
        response = api.get(START)

        assert response.status_code == 302
        assert response.data == b""
        assert response.headers["Cache-Control"] == "no-store"
        url = urlsplit(response.headers["Location"])
        assert url._replace(query="").geturl() == f"{upstream.url}/oauth2/authorize"
        query = dict(parse_qsl(url.query, strict_parsing=True))
        for name in ("state", "nonce", "code_challenge"):
            assert re.fullmatch(r"[A-Za-z0-9_-]{43}", query.pop(name))
        assert query == {
            "identity_provider": "Google",
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": "http://localhost/auth/google/callback",
            "scope": "openid email profile aws.cognito.signin.user.admin",
            "code_challenge_method": "S256",
        }
        assert upstream.requests == []

    def test_is_another_login_each_time(self, api: FlaskClient) -> None:
        starts = [start(api) for _ in range(10)]

        for name in ("state", "nonce", "code_challenge"):
            assert len({query[name] for query in starts}) == 10

    @pytest.mark.parametrize(
        ("scheme", "name", "secure"), [("http", HTTP, {}), ("https", HTTPS, {"secure": "True"})]
    )
    def test_binds_the_login_with_a_cookie(
        self, api: FlaskClient, scheme: str, name: str, secure: dict[str, str]
    ) -> None:
        response = api.get(START, base_url=f"{scheme}://localhost")

        sent_name, value, attributes = cookie_set(response)
        assert sent_name == name
        assert value
        attributes.pop("expires", None)
        assert attributes == {
            "path": "/",
            "max-age": "600",
            "httponly": "True",
            "samesite": "Lax",
            **secure,
        }

    def test_cookie_reveals_nothing_of_the_login(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        query, cookie = begin(api)
        upstream.token_answers(tokens_for(query))
        finish(api, query["state"])
        verifier = upstream.calls("token")[0].form["code_verifier"]

        cookie = cookie.partition("=")[2]
        decoded = b" ".join(base64.urlsafe_b64decode(part + "===") for part in cookie.split("."))
        for secret in (verifier, query["nonce"], query["state"], query["code_challenge"]):
            for form in (secret.encode(), base64.urlsafe_b64decode(secret + "=")):
                assert form not in cookie.encode() + b" " + decoded


class TestRedirectUri:
    @pytest.mark.parametrize(
        ("configured", "base_url", "uri", "cookie"),
        [
            ("", "http://localhost", "http://localhost/auth/google/callback", HTTP),
            ("", "http://LOCALHOST", "http://localhost/auth/google/callback", HTTP),
            ("", "http://127.0.0.1:5000", "http://127.0.0.1:5000/auth/google/callback", HTTP),
            ("", "http://[::1]:5000", "http://[::1]:5000/auth/google/callback", HTTP),
            ("", "https://a.example", "https://a.example/auth/google/callback", HTTPS),
            ("", "https://a.example/prod", "https://a.example/prod/auth/google/callback", HTTPS),
            ("https://a.example/cb", "http://b.example", "https://a.example/cb", HTTPS),
            ("HTTPS://a.example/cb", "http://b.example", "HTTPS://a.example/cb", HTTPS),
            ("http://localhost/cb", "https://b.example", "http://localhost/cb", HTTP),
        ],
    )
    def test_is_the_configured_or_the_requests_own(
        self, upstream: Upstream, configured: str, base_url: str, uri: str, cookie: str
    ) -> None:
        api = make_app(upstream, COGNITO_REDIRECT_URI=configured).test_client()
        query, cookie_pair = begin(api, base_url=base_url)
        upstream.token_answers(tokens_for(query))
        finished = finish(api, query["state"], cookie=cookie_pair, base_url=base_url)

        assert query["redirect_uri"] == uri
        assert cookie_pair.partition("=")[0] == cookie
        assert finished.status_code == 200
        assert upstream.calls("token")[0].form["redirect_uri"] == uri

    def test_is_not_what_forwarding_headers_say(self, api: FlaskClient) -> None:
        headers = {
            "Forwarded": "for=1.2.3.4;host=evil.example;proto=https",
            "Front-End-Https": "on",
            "X-Original-URL": "/evil",
            **{f"X-Forwarded-{part}": "evil.example" for part in ("For", "Host", "Server")},
            **{"X-Forwarded-Proto": "https", "X-Forwarded-Port": "444", "X-Forwarded-Ssl": "on"},
            **{"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil"},
        }
        query, cookie = begin(api, headers=headers)

        assert query["redirect_uri"] == "http://localhost/auth/google/callback"
        assert cookie.partition("=")[0] == HTTP

    def test_is_all_that_a_hostile_host_can_change(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        response = api.get(START, headers={"Host": "evil.example"})

        url = urlsplit(response.headers["Location"])
        assert f"{url.scheme}://{url.netloc}" == upstream.url
        assert dict(parse_qsl(url.query))["redirect_uri"] == (
            "http://evil.example/auth/google/callback"
        )
        assert str(response.headers).count("evil.example") == 1
        assert "domain" not in cookie_set(response)[2]

    @pytest.mark.parametrize("path", [START, CALLBACK + "?code=c&state=s"])
    @pytest.mark.parametrize(
        "host",
        [
            *("", " ", "a b", "a@b", "a/b", "a?b", "a#b", "a\\b", "a,b", "a%00b", "<x>", "*"),
            *("[::1", "[]", "[]:1", ":80", "a:", "a:0", "a:99999", "a:port", "a:-1", "é.example"),
            *("a\tb", "a;b", "a'b", 'a"b', "[::1%25eth0]", "javascript:alert(1)"),
        ],
    )
    def test_cannot_be_built_from_this_host(self, api: FlaskClient, path: str, host: str) -> None:
        response = api.get(path, environ_overrides={"HTTP_HOST": host.encode().decode("latin-1")})

        assert response.status_code == 400
        assert response.json == NO_HOST
        assert "Location" not in response.headers

    def test_has_the_host_as_it_was_sent(self, api: FlaskClient) -> None:
        """The app client has the callback URL of such a domain in Punycode."""
        query = start(api, headers={"Host": "xn--bcher-kva.example"})

        assert query["redirect_uri"] == "http://xn--bcher-kva.example/auth/google/callback"

    @pytest.mark.parametrize("host", ["..", "a..b", ".", "a" * 5000])
    def test_cannot_be_built_from_what_is_no_name_at_all(self, api: FlaskClient, host: str) -> None:
        response = api.get(START, headers={"Host": host})

        assert response.status_code == 400
        assert response.is_json

    def test_needs_no_host_where_it_is_configured(self, upstream: Upstream) -> None:
        api = make_app(upstream, COGNITO_REDIRECT_URI="https://a.example/cb").test_client()

        assert start(api, headers={"Host": "a b"})["redirect_uri"] == "https://a.example/cb"


class TestCallback:
    def test_returns_the_tokens(self, api: FlaskClient, upstream: Upstream) -> None:
        query = start(api)
        tokens = tokens_for(query)
        upstream.token_answers({**tokens, "more": "is left out"})

        response = finish(api, query["state"])

        assert response.status_code == 200
        assert response.json == tokens
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert upstream.violations == []

    def test_exchanges_the_code_as_the_app_client(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        query = start(api)
        upstream.token_answers(tokens_for(query))
        finish(api, query["state"])

        (request,) = upstream.calls("token")
        form = dict(request.form)
        verifier = form.pop("code_verifier")
        assert form == {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "code": "the code",
            "redirect_uri": query["redirect_uri"],
        }
        assert b64url(hashlib.sha256(verifier.encode()).digest()) == query["code_challenge"]
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        assert request.headers["Authorization"] == f"Basic {basic}"
        assert request.headers["Accept-Encoding"] == "identity"
        assert request.path == "/oauth2/token"
        assert CLIENT_SECRET.encode() not in request.body

    @pytest.mark.parametrize("parameters", ["code=c", "error=access_denied", "code=c&code=c", ""])
    @pytest.mark.parametrize(("scheme", "name"), [("http", HTTP), ("https", HTTPS)])
    def test_of_the_login_ends_it_whatever_it_answers(
        self, api: FlaskClient, upstream: Upstream, parameters: str, scheme: str, name: str
    ) -> None:
        base_url = f"{scheme}://localhost"
        query = start(api, base_url=base_url)
        upstream.token_answers(tokens_for(query))

        response = api.get(f"{CALLBACK}?{parameters}&state={query['state']}", base_url=base_url)

        cleared, value, attributes = cookie_set(response)
        assert (cleared, value, attributes["max-age"], attributes["path"]) == (name, "", "0", "/")
        assert ("secure" in attributes) == (scheme == "https")
        assert api.get_cookie(name) is None

    @pytest.mark.parametrize(
        "parameters",
        [
            "",
            "code=c",
            "state=s&code=c",
            "state=s&error=x&error_description=Call%20us%20now",
            "error=x&error_description=Call%20us%20now",
            "code=c&error=x",
            "code=c&code=c",
            "code=",
            f"error={'e' * 1025}",
            "state=STATE&state=STATE&code=c",
            "state=STATE&state=s&code=c",
        ],
        ids=lambda parameters: parameters[:40],
    )
    def test_of_no_login_is_not_looked_at(
        self, api: FlaskClient, upstream: Upstream, parameters: str
    ) -> None:
        """A stranger's link shows none of its words, and ends no login in progress."""
        query = start(api)
        upstream.token_answers(tokens_for(query))

        response = api.get(f"{CALLBACK}?{parameters.replace('STATE', query['state'])}")

        assert is_refused(response, upstream)
        assert "Set-Cookie" not in response.headers
        assert finish(api, query["state"]).status_code == 200

    def test_asked_for_by_head_completes_nothing(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        """Programs that preview links use HEAD."""
        query = start(api)
        upstream.token_answers(tokens_for(query))

        response = api.head(CALLBACK, query_string={"code": "c", "state": query["state"]})

        assert (response.status_code, response.data) == (405, b"")
        assert response.headers["Allow"] == "GET, OPTIONS"
        assert "Set-Cookie" not in response.headers
        assert upstream.requests == []
        assert finish(api, query["state"]).status_code == 200

    def test_shows_an_error_as_data(self, api: FlaskClient, upstream: Upstream) -> None:
        state = start(api)["state"]
        oauth = {"error": "access_denied", "error_description": "<script>alert(1)</script>\u2028é"}

        response = api.get(CALLBACK, query_string={**oauth, "state": state, "unknown": "x"})

        assert response.status_code == 400
        assert response.json == {
            "error": "OAuthError",
            "message": "The hosted UI ended the login.",
            "oauth": oauth,
        }
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert upstream.requests == []

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ("", {"code": "is required"}),
            ("code=", {"code": "is empty"}),
            ("code=c&code=c", {"code": "must be given once"}),
            ("code=c&code=d", {"code": "must be given once"}),
            ("error=e&error=e", {"error": "must be given once"}),
            ("error_description=&error_description=", {"error_description": "must be given once"}),
            (f"code={'c' * 1025}", {"code": "must have at most 1024 characters"}),
            (f"error={'e' * 1025}", {"error": "must have at most 1024 characters"}),
            (
                f"error=e&error_description={'d' * 4097}",
                {"error_description": "must have at most 4096 characters"},
            ),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_refuses_parameters_that_are_wrong(
        self, api: FlaskClient, upstream: Upstream, query: str, fields: dict[str, str]
    ) -> None:
        response = api.get(f"{CALLBACK}?state={start(api)['state']}&{query}")

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The query has 1 problem.",
            "fields": fields,
        }
        assert upstream.requests == []

    def test_refuses_a_code_beside_an_error(self, api: FlaskClient, upstream: Upstream) -> None:
        query = {"code": "c", "error": "e", "state": start(api)["state"]}
        response = api.get(CALLBACK, query_string=query)

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "A callback has either a code or an error.",
        }
        assert upstream.requests == []

    def test_takes_a_code_of_a_kilobyte(self, api: FlaskClient, upstream: Upstream) -> None:
        query, code = start(api), "c" * 1022 + "+&"
        upstream.token_answers(tokens_for(query))
        response = api.get(CALLBACK, query_string={"code": code, "state": query["state"]})

        assert response.status_code == 200
        assert upstream.calls("token")[0].form["code"] == code


def is_refused(response: Any, upstream: Upstream) -> bool:
    """Tell whether a callback was answered InvalidState and nobody was asked for tokens."""
    answer = (response.status_code, response.json)
    return answer == (400, INVALID_STATE) and upstream.requests == []


class TestState:
    @pytest.mark.parametrize(
        "change",
        [
            lambda state: "",
            lambda state: "x",
            lambda state: state[:-1],
            lambda state: state + "A",
            lambda state: state + "=",
            lambda state: state.swapcase(),
            lambda state: " " + state,
            lambda state: "é\x00\ud7ff",
        ],
        ids=["empty", "x", "short", "long", "padded", "other case", "space", "beyond ASCII"],
    )
    def test_must_be_the_one_of_the_start(
        self, api: FlaskClient, upstream: Upstream, change: Any
    ) -> None:
        assert is_refused(finish(api, change(start(api)["state"])), upstream)

    @pytest.mark.parametrize("space", ["\x85", "\xa0", "\x1c"])
    def test_is_not_looked_up_in_a_cookie_of_another_host(
        self, api: FlaskClient, upstream: Upstream, space: str
    ) -> None:
        """Only this host can set the __Host- cookie, but others can set one with a similar name."""
        query, cookie = begin(api, base_url="https://localhost")
        tossed = {"HTTP_COOKIE": f"{space}{cookie}"}
        response = api.application.test_client(use_cookies=False).get(
            f"{CALLBACK}?code=c&state={query['state']}",
            base_url="https://localhost",
            environ_overrides=tossed,
        )

        assert cookie.startswith("__Host-")
        assert is_refused(response, upstream)

    def test_must_be_there(self, api: FlaskClient, upstream: Upstream) -> None:
        start(api)

        assert is_refused(api.get(CALLBACK + "?code=c"), upstream)

    def test_of_an_earlier_start_is_over(self, api: FlaskClient, upstream: Upstream) -> None:
        earlier = start(api)
        start(api)

        assert is_refused(finish(api, earlier["state"]), upstream)

    def test_of_another_browser_is_nobodys(self, api: FlaskClient, upstream: Upstream) -> None:
        """Nobody can be logged in by a link that somebody else prepared."""
        other = api.application.test_client()
        query = start(other)
        start(api)

        assert is_refused(finish(api, query["state"]), upstream)

    @pytest.mark.parametrize(
        "around",
        [
            'a="x; {}; b="',
            'a="; {}',
            "{}; a=b",
            "a; =b; {}",
            "\x85__Host-google_login=x; {}",
            "{};",
        ],
    )
    def test_is_found_among_other_cookies(
        self, api: FlaskClient, upstream: Upstream, around: str
    ) -> None:
        """Other hosts of the same site set cookies, too: one that could hide ours, with a quote."""
        query, cookie = begin(api, base_url="https://localhost")
        upstream.token_answers(tokens_for(query))
        response = finish(
            api, query["state"], cookie=around.format(cookie), base_url="https://localhost"
        )

        assert response.status_code == 200

    @pytest.mark.parametrize(
        "toss", ["\x85{}", "\xa0{}", "\t{}", "x{}", "__host-{}", '"{}', "a={}", " a; b={}"]
    )
    def test_under_a_name_that_is_almost_its_own_is_nobodys(
        self, api: FlaskClient, upstream: Upstream, toss: str
    ) -> None:
        """Browsers protect the name __Host-google_login, to the letter."""
        query, cookie = begin(api, base_url="https://localhost")
        cookie = cookie.removeprefix("__Host-") if "host" in toss else cookie
        response = finish(
            api, query["state"], cookie=toss.format(cookie), base_url="https://localhost"
        )

        assert is_refused(response, upstream)

    @pytest.mark.parametrize("cookie", ["", "google_login=", "google_login=x.y.z", "a", "=;,\xff"])
    def test_without_its_cookie_is_nobodys(
        self, api: FlaskClient, upstream: Upstream, cookie: str
    ) -> None:
        assert is_refused(finish(api, start(api)["state"], cookie=cookie), upstream)

    def test_under_the_name_of_the_other_scheme_is_nobodys(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        """Over https, a cookie that anyone on the network could have set counts for nothing."""
        query, cookie = begin(api)
        response = finish(api, query["state"], cookie=cookie, base_url="https://localhost")

        assert is_refused(response, upstream)

    def test_completes_one_login(self, api: FlaskClient, upstream: Upstream) -> None:
        query, copied = begin(api)
        upstream.token_answers(tokens_for(query))

        assert finish(api, query["state"]).status_code == 200
        upstream.requests.clear()
        assert is_refused(finish(api, query["state"]), upstream)
        assert is_refused(finish(api, query["state"], cookie=copied), upstream)

    @pytest.mark.parametrize(("age", "status"), [(595, 200), (605, 400)])
    def test_lasts_ten_minutes(
        self, api: FlaskClient, upstream: Upstream, age: int, status: int
    ) -> None:
        login = Logins([SETTINGS["FLASK_SECRET_KEY"]], clock=lambda: time.time() - age).start(None)
        upstream.token_answers(tokens_for({"nonce": login.nonce}))
        response = finish(api, login.state, cookie=f"{HTTP}={login.cookie}")

        assert response.status_code == status
        assert status == 200 or is_refused(response, upstream)

    @pytest.mark.parametrize(
        ("settings", "status"),
        [
            (
                {"FLASK_SECRET_KEY": "new", "FLASK_SECRET_KEY_FALLBACKS": "older-key, the-old-key"},
                200,
            ),
            ({"FLASK_SECRET_KEY": "new", "FLASK_SECRET_KEY_FALLBACKS": "older-key"}, 400),
            ({"FLASK_SECRET_KEY": "new"}, 400),
        ],
        ids=["fallback", "another fallback", "no fallback"],
    )
    def test_survives_a_new_secret_key_where_the_old_one_is_a_fallback(
        self, upstream: Upstream, settings: dict[str, str], status: int
    ) -> None:
        query, cookie = begin(make_app(upstream, FLASK_SECRET_KEY="the-old-key").test_client())
        upstream.token_answers(tokens_for(query))
        api = make_app(upstream, **settings).test_client()
        response = finish(api, query["state"], cookie=cookie)

        assert response.status_code == status
        assert status == 200 or is_refused(response, upstream)


def test_callback_with_raw_bytes_in_its_query(api: FlaskClient) -> None:
    response = api.get(CALLBACK, environ_overrides={"QUERY_STRING": "error=\xb3"})

    assert response.status_code == 400
    assert response.json == {
        "error": "InvalidRequest",
        "message": "The query must be percent-encoded UTF-8.",
    }
