"""One good request for every operation of the spec, and what it asks of the upstream.

All of it comes from the spec: an operation that is added there is in every table over `ROUTES`.
"""

from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
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
    def label(self) -> str:
        """The method and the path, as people write them."""
        return f"{self.method} {self.path}"

    @property
    def url(self) -> str:
        """The path, with the spec's own examples in it."""
        return self.path.format_map({p["name"]: p["schema"]["example"] for p in self.in_path})

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """The parameters of the path and of the query."""
        return list(self.spec.get("parameters", ()))

    @property
    def in_path(self) -> list[dict[str, Any]]:
        """The parameters of the path."""
        return [parameter for parameter in self.parameters if parameter["in"] == "path"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The spec's own example of a body, None for an operation that takes none."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return content["application/json"]["example"] if content else None

    @property
    def schema_name(self) -> str:
        """The name of the schema of the body."""
        reference: str = self.spec["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return reference.rpartition("/")[2]

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the body."""
        schema: dict[str, Any] = SPEC["components"]["schemas"][self.schema_name]
        return schema

    def send(self, client: FlaskClient, **options: Any) -> TestResponse:
        """Make the request that the spec shows as the example."""
        return client.open(self.url, method=self.method, json=self.body, **options)

    def ask(self, app: Flask, upstream: Upstream) -> TestResponse:
        """Make the good request in a new browser, which has started a login if it is a callback."""
        browser, query = app.test_client(), {}
        if self.name == "google_callback":
            location = browser.get("/auth/google/start").headers["Location"]
            authorize = dict(parse_qsl(urlsplit(location).query))
            upstream.tokens = {"IdToken": make_id_token(nonce=authorize["nonce"], drop=("email",))}
            query = {"code": "code-of-the-browser", "state": authorize["state"]}
        headers = {"Authorization": f"Bearer {make_token()}"} if self.spec["security"] else {}
        return self.send(browser, query_string=query, headers=headers)

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
WITH_A_BODY = {name: route for name, route in ROUTES.items() if route.body is not None}
every_route = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)


@cache
def calls() -> dict[str, list[str]]:
    """Return the operations and faces that each good request calls, except the signing keys."""
    with Upstream() as upstream:
        app, asked_by_route = make_app(upstream), {}
        for route in ROUTES.values():
            upstream.reset()
            upstream.keys = [pool_key().jwk]
            assert route.succeeded(route.ask(app, upstream)), route.name
            asked_by_route[route.name] = [
                request.operation or request.face for request in upstream.requests
            ]
        return {
            name: [call for call in operations if call != JWKS]
            for name, operations in asked_by_route.items()
        }
