"""One good request for every operation of the spec, and what it asks of the upstream.

All of it comes from the spec: an operation that is added there is in every table over `ROUTES`.
"""

from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.swagger import SPEC
from tests.support.app import make_app
from tests.support.faults import JWKS
from tests.support.keys import make_id_token, make_token, pool_key
from tests.support.upstream import Upstream


class Route(NamedTuple):
    """An operation of the spec."""

    name: str
    method: str
    path: str
    spec: dict[str, Any]

    @property
    def body(self) -> dict[str, str] | None:
        """The spec's own example of a body."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return content["application/json"]["example"] if content else None

    @property
    def url(self) -> str:
        """The path, with the spec's own examples in it."""
        found = [p for p in self.spec.get("parameters", ()) if p["in"] == "path"]
        return self.path.format_map({p["name"]: p["schema"]["example"] for p in found})

    def ask(self, app: Flask, upstream: Upstream) -> TestResponse:
        """Make the good request in a new browser, which has started the login it may be about."""
        browser, query = app.test_client(), {}
        if any(parameter["name"] == "state" for parameter in self.spec.get("parameters", ())):
            location = browser.get("/auth/google/start").headers["Location"]
            sent = dict(parse_qsl(urlsplit(location).query))
            upstream.tokens = {"IdToken": make_id_token(nonce=sent["nonce"], drop=("email",))}
            query = {"code": "code-of-the-browser", "state": sent["state"]}
        headers = {"Authorization": f"Bearer {make_token()}"} if self.spec["security"] else {}
        options = {"method": self.method, "query_string": query, "headers": headers}
        return browser.open(self.url, json=self.body, **options)

    def succeeded(self, response: TestResponse) -> bool:
        """Tell whether an answer is the one of a good request."""
        return response.status_code == int(min(self.spec["responses"]))

    def error(self, response: TestResponse) -> tuple[int, str]:
        """Return an answer's status and error, having checked what holds for all errors."""
        status, answer = response.status_code, response.json
        assert str(status) in self.spec["responses"], f"{status} is not in the spec: {answer}"
        assert answer.keys() == {"error", "message"}
        assert all(isinstance(text, str) and text for text in answer.values())
        assert ("Retry-After" in response.headers) == (status in (429, 503))
        assert "WWW-Authenticate" in response.headers or status != 401
        return status, answer["error"]


ROUTES = {
    operation["operationId"]: Route(operation["operationId"], method.upper(), path, operation)
    for path, operations in SPEC["paths"].items()
    for method, operation in operations.items()
}
every_route = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)


@cache
def calls() -> dict[str, list[str]]:
    """Learn which operations and faces each good request asks, the signing keys' aside."""
    with Upstream() as upstream:
        app, found = make_app(upstream), {}
        for route in ROUTES.values():
            upstream.reset()
            upstream.keys = [pool_key().jwk]
            assert route.succeeded(route.ask(app, upstream)), route.name
            found[route.name] = [request.operation or request.face for request in upstream.requests]
        return {name: [call for call in asked if call != JWKS] for name, asked in found.items()}
