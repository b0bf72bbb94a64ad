"""The whole API at once: every path of the spec, and all of Cognito that needs no credentials."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.version import VERSION
from tests.support.cognito_model import model
from tests.support.keys import make_token
from tests.support.routes import ROUTES, Route, every_route
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

PUBLIC = {
    name for name in model().operation_names if model().operation_model(name).auth_type == "none"
}
# Retired by AWS; SetUserMFAPreference took its place.
RETIRED = {"SetUserSettings"}
# The only ones that anybody may ask: all of them pass on something else that proves a right.
OPEN = {
    "signup", "confirm", "resend_code", "login", "start", "challenge", "refresh", "logout",
    "event_feedback", "forgot_password", "reset_password", "google_start", "google_callback",
    "google_logout", "hosted_start", "hosted_token", "hosted_logout", "health", "ready",
}  # fmt: skip
OPEN_WITH_A_SESSION = {"set_up_totp", "verify_totp"}
# It answers only a browser that has been at the hosted UI.
NOT_AT_ONCE = {"google_callback"}


def of_cognito(upstream: Upstream) -> list[str]:
    """List the operations that have arrived."""
    return [request.operation for request in upstream.calls("cognito")]


def test_every_public_operation_has_a_path(user: FlaskClient, upstream: Upstream) -> None:
    for route in ROUTES.values():
        if route.name not in NOT_AT_ONCE:
            response = route.send(user)
            assert response.status_code in (200, 302), f"{route.label}: {response.text}"

    assert set(of_cognito(upstream)) == PUBLIC - RETIRED
    assert len(set(of_cognito(upstream))) == 33
    for request in upstream.calls("cognito"):
        assert "Authorization" not in request.headers, request.operation
        assert request.headers["User-Agent"].startswith(f"cognito-auth-api/{VERSION} ")


@every_route
class TestEach:
    def test_asks_cognito_once_at_most(
        self,
        user: FlaskClient,
        upstream: Upstream,
        route: Route,
    ) -> None:
        """Its description names that operation."""
        route.send(user)

        operations = of_cognito(upstream)
        assert len(operations) <= 1
        described = {name for name in PUBLIC if f"({name})" in route.spec["description"]}
        assert described == set(operations)

    def test_needs_a_token_unless_it_is_open(
        self,
        api: FlaskClient,
        upstream: Upstream,
        route: Route,
    ) -> None:
        if route.name in OPEN:
            assert route.spec["security"] == []
            return
        optional: list[dict[str, Any]] = [{}] if route.name in OPEN_WITH_A_SESSION else []
        assert route.spec["security"] == [{"bearer": []}, *optional]
        tokens = ["x.y.z", make_token(claims={"exp": 1}), make_token(claims={"token_use": "id"})]
        headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
        for presented in headers if optional else [{}, *headers]:
            response = route.send(api, headers=presented)
            assert response.status_code == 401
            assert response.json["error"] == "InvalidToken"
            assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        assert of_cognito(upstream) == []

    def test_has_its_errors_in_the_docs(
        self,
        user: FlaskClient,
        upstream: Upstream,
        route: Route,
    ) -> None:
        """Each error in Cognito's model of it gets an answer with a status that the spec lists."""
        route.send(user)
        for operation in of_cognito(upstream):
            for shape in model().operation_model(operation).error_shapes:
                upstream.refuses(operation, shape.name, "In Cognito's words.")
                response = route.send(user)
                assert str(response.status_code) in route.spec["responses"], shape.name
                assert response.json.keys() == {"error", "message"}
                described = route.spec["responses"][str(response.status_code)]
                assert set(described.get("headers", ())) <= set(response.headers.keys())
