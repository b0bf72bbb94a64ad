"""The log: one JSON line an attempt, and nothing in it that must not be there."""

import hmac
import io
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.logs import JsonFormatter
from tests.support.app import SETTINGS, make_app
from tests.support.faults import cognito_error
from tests.support.google_login import finish, start, tokens_for
from tests.support.keys import EMAIL, make_id_token, make_token
from tests.support.project import ROOT
from tests.support.upstream import Entry, Upstream, closed_port


@pytest.fixture
def lines(upstream: Upstream) -> Iterator[io.StringIO]:
    """Collect what every logger of the process says, at DEBUG, as the server would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    levels = {logger: logger.level for logger in loggers}
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


def attempts(lines: io.StringIO) -> list[dict[str, object]]:
    """Read the lines of the attempts."""
    parsed = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [line for line in parsed if "event" in line]


def login(api: FlaskClient, email: str = EMAIL, ip: str = "192.0.2.7") -> str:
    """Log in; return the answer's request id."""
    response = api.post(
        "/auth/login",
        json={"email": email, "password": "Str0ngP@ssw0rd!"},
        environ_base={"REMOTE_ADDR": ip},
        headers={"X-Forwarded-For": "198.51.100.1", "X-Request-Id": "chosen by the client"},
    )
    return response.headers["X-Request-Id"]


class TestAttempts:
    def test_each_has_a_line(self, api: FlaskClient, lines: io.StringIO) -> None:
        request_id = login(api)

        (line,) = attempts(lines)
        who = line.pop("who")
        assert isinstance(who, str)
        assert len(who) == 16
        assert str(line.pop("time")).endswith("+00:00")
        assert line == {
            "level": "INFO",
            "logger": "app.web.attempt_log",
            "message": "login success",
            "request_id": request_id,
            "event": "login",
            "outcome": "success",
            "status": 200,
            "error": None,
            "ip": "192.0.2.7",
        }

    def test_a_refusal_names_the_error(
        self, api: FlaskClient, upstream: Upstream, lines: io.StringIO
    ) -> None:
        upstream.refuses("InitiateAuth", "UserNotConfirmedException")
        login(api)

        (line,) = attempts(lines)
        assert (line["outcome"], line["status"], line["error"]) == (
            "refusal",
            403,
            "UserNotConfirmedException",
        )

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            ({"ChallengeName": "SMS_MFA", "Session": "s" * 20}, "challenge"),
            ("500", "failure"),
        ],
    )
    def test_outcomes_are_told_apart(
        self, api: FlaskClient, upstream: Upstream, lines: io.StringIO, answer: str, outcome: str
    ) -> None:
        upstream.answers("InitiateAuth", answer)
        login(api)

        assert [line["outcome"] for line in attempts(lines)] == [outcome]

    def test_who_is_the_same_for_one_user_and_one_key(
        self, api: FlaskClient, upstream: Upstream, lines: io.StringIO
    ) -> None:
        login(api)
        login(api, EMAIL.upper())
        login(api, "other@example.com")
        login(make_app(upstream, FLASK_SECRET_KEY="another").test_client())

        same, again, other, other_key = (line["who"] for line in attempts(lines))
        assert same == again
        assert len({same, other, other_key}) == 3

    def test_who_is_derived_under_a_label_of_its_own(
        self, api: FlaskClient, lines: io.StringIO
    ) -> None:
        """A caller cannot make the log compute a value that the key has for another purpose."""
        key = SETTINGS["FLASK_SECRET_KEY"].encode()
        names = [f"{label}{value}:a" for label in ("", "login ") for value in ("state", "nonce")]
        names += [name.replace(":", " ") for name in names]
        for name in names:
            body = {"challenge": "SMS_MFA", "session": "s" * 20, "username": name, "answer": "1"}
            api.post("/auth/challenge", json=body)

        logged = {line["who"] for line in attempts(lines)}
        assert len(logged) == len(names)
        plain = {hmac.digest(key, name.encode(), "sha256").hex()[:16] for name in names}
        assert not logged & plain

    @pytest.mark.parametrize(
        "path", ["/me", "/profile", "/mfa", "/devices", "/health", "/apidocs", "/apispec_1.json"]
    )
    def test_reading_is_none(self, user: FlaskClient, lines: io.StringIO, path: str) -> None:
        assert user.get(path).status_code == 200
        assert user.head(path).status_code == 200

        assert attempts(lines) == []

    @pytest.mark.parametrize("accept", ["text/html", "*/*"])
    def test_the_page_is_none(self, api: FlaskClient, lines: io.StringIO, accept: str) -> None:
        html = api.get("/", headers={"Accept": "text/html"}).text
        script = re.search(r'src="(/assets/[^"]+)"', html)

        assert script
        assert api.get(script[1]).status_code == 200
        api.get("/", headers={"Accept": accept})
        assert attempts(lines) == []

    @pytest.mark.parametrize("path", ["/auth/login", "/me", "/auth/google/start"])
    def test_a_preflight_is_none(self, api: FlaskClient, lines: io.StringIO, path: str) -> None:
        assert api.options(path, headers={"Origin": "https://app.example.com"}).status_code == 200

        assert attempts(lines) == []

    def test_reading_with_a_bad_token_is_one(self, api: FlaskClient, lines: io.StringIO) -> None:
        api.get("/me", headers={"Authorization": "Bearer x.y.z"})

        assert [(line["event"], line["status"]) for line in attempts(lines)] == [("me", 401)]

    def test_control_characters_cannot_start_a_line(
        self, api: FlaskClient, lines: io.StringIO
    ) -> None:
        body = '{"email": "a@b\\n{\\"event\\": \\"forged\\"}\\u001b[2J\\u2028", "password": "p"}'
        api.post("/auth/login", data=body, content_type="application/json")

        assert [line["event"] for line in attempts(lines)] == ["login"]
        assert "\u2028" not in lines.getvalue()


class TestMetrics:
    """CloudWatch's embedded metric format, on Lambda."""

    def test_are_counted_by_event(self, upstream: Upstream, lines: io.StringIO) -> None:
        before = time.time()
        login(make_app(upstream, METRICS_NAMESPACE="auth-api").test_client())

        (line,) = attempts(lines)
        waited = line.pop("UpstreamTime")
        assert isinstance(waited, float)
        assert 0 < waited < 5000
        aws = line.pop("_aws")
        assert isinstance(aws, dict)
        assert 0 <= aws.pop("Timestamp") / 1000 - before + 0.001 < 5
        assert aws == {
            "CloudWatchMetrics": [
                {
                    "Namespace": "auth-api",
                    "Dimensions": [["event"]],
                    "Metrics": [
                        {"Name": "Attempts", "Unit": "Count"},
                        {"Name": "Refusals", "Unit": "Count"},
                        {"Name": "Failures", "Unit": "Count"},
                        {"Name": "UpstreamTime", "Unit": "Milliseconds"},
                    ],
                }
            ]
        }
        counts = {name: line[name] for name in ("event", "Attempts", "Refusals", "Failures")}
        assert counts == {"event": "login", "Attempts": 1, "Refusals": 0, "Failures": 0}

    @pytest.mark.parametrize(
        ("answer", "refusals", "failures"),
        [(cognito_error("NotAuthorizedException", "Refused.", 400), 1, 0), ("500", 0, 1)],
        ids=["refusal", "failure"],
    )
    def test_tell_refusals_from_failures(
        self, upstream: Upstream, lines: io.StringIO, answer: Entry, refusals: int, failures: int
    ) -> None:
        upstream.answers("InitiateAuth", answer)
        login(make_app(upstream, METRICS_NAMESPACE="auth-api").test_client())

        (line,) = attempts(lines)
        assert (line["Refusals"], line["Failures"]) == (refusals, failures)

    def test_time_each_attempt_alone(self, upstream: Upstream, lines: io.StringIO) -> None:
        """The time that a read waited does not count for the next attempt."""
        api = make_app(upstream, METRICS_NAMESPACE="auth-api").test_client()
        api.get("/me", headers={"Authorization": f"Bearer {make_token()}"})
        api.post("/auth/login", json={})

        (line,) = attempts(lines)
        assert upstream.requests != []
        assert line["UpstreamTime"] == 0.0


def test_a_fault_is_logged_with_its_stack_under_the_answers_request_id(
    api: FlaskClient, upstream: Upstream, lines: io.StringIO
) -> None:
    upstream.misbehaves("InitiateAuth", "200 array")
    request_id = login(api)

    parsed = [json.loads(line) for line in lines.getvalue().splitlines()]
    (fault,) = [
        line for line in parsed if "stack" in line and line["logger"] == "app.web.error_handlers"
    ]
    assert fault["request_id"] == request_id
    assert "UpstreamError" in fault["stack"]


CANARIES = {
    "password": "C4nary-p@ssword-0001",
    "code": "canary-code-0002",
    "refresh_token": "canary-refresh-token-0003",
    "new_password": "C4nary-p@ssword-0004",
    "oauth_code": "canary-oauth-code-0005",
    "name": "canary-name-0006",
}


def test_no_flow_logs_a_secret_even_at_debug(
    api: FlaskClient, upstream: Upstream, lines: io.StringIO
) -> None:
    """At DEBUG, with botocore and urllib3, the log contains nothing that opens an account."""
    token, id_token = make_token(), make_id_token()
    upstream.tokens = {"AccessToken": token, "IdToken": id_token, "RefreshToken": "canary.refresh"}
    bearer = {"Authorization": f"Bearer {token}"}
    secrets = {**CANARIES, "email": EMAIL}
    bodies = {
        "/auth/signup": ("email", "password"),
        "/auth/confirm": ("email", "code"),
        "/auth/login": ("email", "password"),
        "/auth/refresh": ("email", "refresh_token"),
        "/auth/forgot-password": ("email",),
        "/auth/reset-password": ("email", "code", "new_password"),
    }
    for answer in (None, "400 unknown", "500", "200 array", "reset"):
        upstream.answers("*", answer)
        for path, names in bodies.items():
            api.post(path, json={name: secrets[name] for name in names})
        api.post("/profile", json={"name": secrets["name"]}, headers=bearer)
        api.get("/profile", headers=bearer)
        api.get("/me", headers={"Authorization": f"Bearer {token}x"})
        location = api.get("/auth/google/start").headers["Location"]
        state = location.partition("state=")[2].partition("&")[0]
        query = {"code": secrets["oauth_code"], "state": state}
        api.get("/auth/google/callback", query_string=query)

    assert upstream.count("InitiateAuth") >= 5
    assert upstream.count("token") >= 5
    logged = lines.getvalue()
    assert len(logged) > 10_000
    leaks = [secret for secret in secrets.values() if secret in logged]
    leaks += [part for part in (*token.split("."), *id_token.split(".")) if part in logged]
    leaks += [s for s in (SETTINGS["CLIENT_SECRET"], SETTINGS["FLASK_SECRET_KEY"]) if s in logged]
    leaks += [words for words in ("canary.refresh", state) if words in logged]
    assert leaks == []


def test_userinfo_of_an_endpoint_is_not_logged(
    upstream: Upstream, token: str, lines: io.StringIO
) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    with closed_port() as closed:
        for url in (closed, upstream.url):
            api = make_app(
                url.replace("//", "//proxyuser:canary@"), COGNITO_DOMAIN=url
            ).test_client()
            upstream.misbehaves("*", "400 unknown")
            login(api)
            assert api.get("/me", headers=bearer).status_code in (502, 503)

    assert "canary" not in lines.getvalue()
    assert closed.removeprefix("http://") in lines.getvalue()
    assert upstream.url.removeprefix("http://") in lines.getvalue()


def test_the_server_writes_json_lines_and_no_query_strings(tmp_path: Path) -> None:
    """`python main.py` logs attempts as JSON on standard error, whatever libraries would add."""
    script = (
        "import main; c = main.app.test_client();"
        "c.get('/auth/google/callback?code=canary-code'); import logging;"
        "logging.getLogger('werkzeug').info('GET /auth/google/callback?code=canary-code')"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script],
        cwd=ROOT,
        env={**SETTINGS, "LOG_LEVEL": "DEBUG"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    logged = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in logged if "event" in line] == ["google_callback"]
    assert "canary-code" not in done.stderr


def test_a_google_login_and_the_users_own_requests_are_one_persons(
    api: FlaskClient, upstream: Upstream, lines: io.StringIO
) -> None:
    query = start(api)
    upstream.token_answers(tokens_for(query))
    finish(api, query["state"])
    api.post("/profile", json={"name": "Jane"}, headers={"Authorization": f"Bearer {make_token()}"})

    who = [line["who"] for line in attempts(lines) if line["event"] != "google_start"]
    assert len(who) == 2
    assert who[0] == who[1] is not None


def test_a_challenge_is_the_users_it_names(
    api: FlaskClient, upstream: Upstream, lines: io.StringIO
) -> None:
    body = {"challenge": "SMS_MFA", "session": "s" * 20, "username": EMAIL, "answer": "123456"}
    api.post("/auth/challenge", json=body)
    login(api)

    challenge, password = attempts(lines)
    assert challenge["who"] == password["who"] is not None
