"""GET /health, and the app that answers nothing else because its settings are incomplete."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.version import VERSION
from tests.support.app import make_app
from tests.support.project import ROOT
from tests.support.routes import ROUTES
from tests.support.upstream import JWKS, Upstream

ASK_EVERYTHING = """
import gc, json, sys
models = []
sys.addaudithook(lambda event, args: event == "open" and "cognito-idp" in str(args[0])
                 and models.append(args[0]))
import main
api = main.app.test_client()
answers = [(r.status_code, r.json, dict(r.headers)) for r in (
    api.open(path, method=method) for method, path in json.loads(sys.argv[1]))]
event = {"httpMethod": "GET", "path": "/health", "headers": {}, "requestContext": {"stage": "x"}}
print(json.dumps({"answers": answers, "lambda": main.lambda_handler(event, None),
                  "models": len(models), "collects": gc.isenabled()}))
"""


OTHERS = [(route.method, route.url) for route in ROUTES.values() if route.name != "health"]


@pytest.fixture(scope="module")
def run() -> tuple[dict[str, Any], str]:
    """Import main as Lambda does, without most of the settings; ask for every route."""
    routes = [("GET", "/health"), *OTHERS, ("GET", "/nothing"), ("GET", "/apidocs")]
    done = subprocess.run(
        [sys.executable, "-B", "-c", ASK_EVERYTHING, json.dumps(routes)],
        cwd=ROOT,
        env={"PATH": os.defpath, "COGNITO_REGION": "us-east-1", "CLIENT_SECRET": " hush "},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout), done.stderr


def test_of_an_api_that_can_work(api: FlaskClient, upstream: Upstream) -> None:
    response = api.get("/health")

    assert response.status_code == 200
    assert response.json == {"status": "ok", "version": VERSION, "settings_complete": True}
    assert upstream.requests == []


class TestReady:
    """GET /health/ready: whether tokens can be verified."""

    READY = {"status": "ready", "version": VERSION}

    def test_asks_for_the_keys_once(self, upstream: Upstream) -> None:
        api = make_app(upstream).test_client()
        answers = [api.get("/health/ready") for _ in range(3)]

        assert [(answer.status_code, answer.json) for answer in answers] == [(200, self.READY)] * 3
        assert [request.face for request in upstream.requests] == [JWKS]

    def test_waits_for_the_keys(self, upstream: Upstream) -> None:
        api = make_app(upstream).test_client()
        upstream.misbehaves(JWKS, "500", times=1)
        answers = [api.get("/health/ready") for _ in range(2)]

        assert (answers[0].status_code, answers[0].json) == (
            503,
            {
                "error": "UpstreamUnavailable",
                "message": "The pool's signing keys cannot be read.",
            },
        )
        assert answers[0].headers["Retry-After"] == "10"
        assert (answers[1].status_code, answers[1].json) == (200, self.READY)

    def test_goes_by_the_keys_it_has(self, upstream: Upstream) -> None:
        """While they cannot be fetched anew, tokens can still be verified."""
        api = make_app(upstream).test_client()
        api.get("/health/ready")
        upstream.misbehaves(JWKS, "500")

        assert api.get("/health/ready").status_code == 200


class TestMisconfigured:
    def test_says_so(self, run: tuple[dict[str, Any], str]) -> None:
        (status, body, headers), *_ = run[0]["answers"]

        assert status == 500
        assert body == {"status": "misconfigured", "version": VERSION, "settings_complete": False}
        assert headers["Cache-Control"] == "no-store"

    def test_says_so_on_lambda(self, run: tuple[dict[str, Any], str]) -> None:
        """gunicorn would restart a module that fails to import, again and again."""
        answer = run[0]["lambda"]

        assert answer["statusCode"] == 500
        assert json.loads(answer["body"])["status"] == "misconfigured"

    def test_answers_nothing_else(self, run: tuple[dict[str, Any], str]) -> None:
        _, *others = run[0]["answers"]

        assert len(others) == len(OTHERS) + 2
        for status, body, _ in others:
            assert (status, body) == (
                500,
                {
                    "error": "ServerMisconfigured",
                    "message": "The server's Cognito settings are wrong; its log says which.",
                },
            )

    def test_names_in_the_log_what_is_missing(self, run: tuple[dict[str, Any], str]) -> None:
        for name in ("FLASK_SECRET_KEY", "USER_POOL_ID", "CLIENT_ID", "COGNITO_DOMAIN"):
            assert name in run[1]
        assert "COGNITO_REGION" not in run[1]
        assert "hush" not in run[1]

    def test_makes_no_cognito_client(self, run: tuple[dict[str, Any], str]) -> None:
        assert run[0]["models"] == 0

    def test_collects_garbage_again_once_started(self, run: tuple[dict[str, Any], str]) -> None:
        assert run[0]["collects"] is True
