"""What a caller sees when something goes wrong, and what only the log sees."""

import logging

import pytest
from flask import abort
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.support.app import make_app
from tests.support.upstream import Upstream

NOT_FOUND = {"error": "NotFound", "message": "There is nothing at this path."}
NOT_ALLOWED = {"error": "MethodNotAllowed", "message": "This path does not take this method."}
TOO_LARGE = {"error": "PayloadTooLarge", "message": "The body is larger than 64 kB."}
NOT_UNDERSTOOD = {"error": "InvalidRequest", "message": "The request cannot be understood."}
FAULT = {"error": "InternalError", "message": "Something went wrong on our side."}


def failing(upstream: Upstream, error: Exception | int) -> FlaskClient:
    """Build an API with one more route, whose view raises the error or aborts with the status."""
    app = make_app(upstream)

    @app.get("/failing")
    def fail() -> None:
        if isinstance(error, int):
            abort(error)
        raise error

    return app.test_client()


class NoStatus(HTTPException):
    """An exception of Werkzeug's kind that says nothing of itself."""


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("secret"),
        KeyError("secret"),
        UnicodeEncodeError("utf-8", "secret", 0, 1, "secret"),
        RecursionError("secret"),
        MemoryError("secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_defect_is_an_answer_that_tells_nothing_and_a_stack_in_the_log(
    upstream: Upstream, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    response = failing(upstream, error).get("/failing")

    assert response.status_code == 500
    assert response.json == FAULT
    assert "secret" not in f"{response.headers}{response.text}"
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.exc_info and record.exc_info[1] for record in records] == [error]


def test_a_defect_does_not_show_in_debug_mode_either(upstream: Upstream) -> None:
    api = failing(upstream, RuntimeError("secret"))
    api.application.debug = True

    response = api.get("/failing")

    assert (response.status_code, response.json) == (500, FAULT)


@pytest.mark.parametrize(
    ("status", "answered", "expected"),
    [
        (400, 400, NOT_UNDERSTOOD),
        (404, 404, NOT_FOUND),
        (415, 415, NOT_UNDERSTOOD),
        (418, 418, NOT_UNDERSTOOD),
        (429, 429, NOT_UNDERSTOOD),
        (501, 500, FAULT),
        (503, 500, FAULT),
    ],
)
def test_any_http_exception_has_the_one_shape(
    upstream: Upstream, status: int, answered: int, expected: dict[str, str]
) -> None:
    response = failing(upstream, status).get("/failing")

    assert (response.status_code, response.json) == (answered, expected)
    assert response.content_type == "application/json"


@pytest.mark.parametrize(
    ("method", "path", "status", "expected", "allow"),
    [
        ("GET", "/me/", 404, NOT_FOUND, None),
        ("GET", "/Me", 404, NOT_FOUND, None),
        ("GET", "/me%00", 404, NOT_FOUND, None),
        ("GET", "/%ff%fe", 404, NOT_FOUND, None),
        ("GET", "/" + "a" * 10_000, 404, NOT_FOUND, None),
        ("PROPFIND", "/nothing", 404, NOT_FOUND, None),
        ("POST", "/me", 405, NOT_ALLOWED, {"DELETE", "GET", "HEAD", "OPTIONS"}),
        ("PUT", "/profile", 405, NOT_ALLOWED, {"GET", "HEAD", "OPTIONS", "POST"}),
        ("DELETE", "/auth/login", 405, NOT_ALLOWED, {"OPTIONS", "POST"}),
        ("GET", "/auth/login", 405, NOT_ALLOWED, {"OPTIONS", "POST"}),
        ("TRACE", "/auth/signup", 405, NOT_ALLOWED, {"OPTIONS", "POST"}),
        # /passkeys/<credential_id> would match as well, but this path has a rule of its own.
        ("GET", "/passkeys/registration", 405, NOT_ALLOWED, {"OPTIONS", "POST"}),
        ("DELETE", "/passkeys/registration", 405, NOT_ALLOWED, {"OPTIONS", "POST"}),
        ("POST", "/passkeys/registrations", 405, NOT_ALLOWED, {"DELETE", "OPTIONS"}),
        ("PROPFIND", "/apidocs", 405, NOT_ALLOWED, {"GET", "HEAD", "OPTIONS"}),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_is_not_there_has_the_one_shape(
    api: FlaskClient,
    method: str,
    path: str,
    status: int,
    expected: dict[str, str],
    allow: set[str] | None,
) -> None:
    response = api.open(path, method=method)

    assert (response.status_code, response.json) == (status, expected)
    assert response.content_type == "application/json"
    assert (set(response.allow) or None) == allow


def test_a_body_that_is_too_large_has_the_one_shape(api: FlaskClient) -> None:
    response = api.post("/auth/login", data=b" " * 70_000, content_type="application/json")

    assert (response.status_code, response.json) == (413, TOO_LARGE)
