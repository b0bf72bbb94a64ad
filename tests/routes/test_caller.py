"""What Cognito is told about the caller: address, device fingerprint, client metadata."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.authentication import authentication_result
from tests.support.cognito_model import model
from tests.support.routes import WITH_A_BODY, Route, calls
from tests.support.upstream import Upstream

METADATA = {"source": "web", "\u00e9": ""}
# What ConfirmSignUp and its kin take, and what only the refresh and the attributes do.
TAKES = {
    name: set(route.schema["properties"]) & {"client_metadata", "device_fingerprint"}
    for name, route in WITH_A_BODY.items()
}


def asked(upstream: Upstream) -> Any:
    """Return the body of the one request to Cognito."""
    (request,) = upstream.calls("cognito")
    return request


@pytest.mark.usefixtures("well_formed")
@pytest.mark.parametrize(
    "route", [WITH_A_BODY[name] for name, takes in TAKES.items() if takes], ids=lambda r: r.name
)
def test_goes_along_wherever_the_operation_takes_it(
    user: FlaskClient, upstream: Upstream, route: Route
) -> None:
    known = {"client_metadata": METADATA, "device_fingerprint": "ZmluZ2VycHJpbnQ"}
    body = {**(route.body or {}), **{name: known[name] for name in TAKES[route.name]}}
    response = user.open(route.url, method=route.method, json=body)

    assert response.status_code == 200, response.text
    request = asked(upstream)
    shape = model().operation_model(request.operation).input_shape.members
    assert request.json["ClientMetadata"] == METADATA
    assert ("UserContextData" in shape) == ("device_fingerprint" in TAKES[route.name])
    if "UserContextData" in shape:
        assert request.json["UserContextData"] == {
            "IpAddress": "127.0.0.1",
            "EncodedData": "ZmluZ2VycHJpbnQ",
        }


def test_every_operation_that_takes_metadata_gets_it(upstream: Upstream) -> None:
    """Every body takes it whose operation can use it."""
    for name, operations in calls().items():
        for operation in operations:
            if operation in model().operation_names:
                members = model().operation_model(operation).input_shape.members
                takes = TAKES.get(name, set())
                assert ("ClientMetadata" in members) == ("client_metadata" in takes), name


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("", None),
        ("unix:", None),
        ("not an address", None),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("198.51.100.7:4711:1", None),
        ("[", None),
    ],
)
def test_the_address_is_the_peers(
    api: FlaskClient, upstream: Upstream, peer: str, address: str | None
) -> None:
    api.post(
        "/auth/forgot-password",
        json={"email": "ada@example.com"},
        environ_base={"REMOTE_ADDR": peer},
        headers={"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1"},
    )

    context = asked(upstream).json.get("UserContextData")
    assert context == ({"IpAddress": address} if address else None)


@pytest.mark.parametrize(
    "metadata", ["text", ["a"], {"a": 1}, {"a": None}, {"a": {"b": "c"}}, {"a": "x" * 40_000}]
)
def test_metadata_that_is_wrong_never_reaches_cognito(
    api: FlaskClient, upstream: Upstream, metadata: object
) -> None:
    body = {"email": "ada@example.com", "client_metadata": metadata}
    response = api.post("/auth/forgot-password", json=body)

    assert response.status_code == 400
    assert response.json["fields"].keys() == {"client_metadata"}
    assert upstream.requests == []


@pytest.mark.usefixtures("well_formed")
class TestFirstLogin:
    """The session of sign-up leads over confirmation to the first login."""

    def test_sign_up_hands_out_a_session_and_ignores_some_attributes(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers(
            "SignUp", {"UserConfirmed": False, "UserSub": "a-sub", "Session": "s" * 20}
        )
        attributes = {"name": "Ada", "custom:team": "blue", "email": "other@example.com"}
        body = {"email": "ada@example.com", "password": "Str0ngP@ssw0rd!", "attributes": attributes}
        response = api.post("/auth/signup", json=body)

        assert response.json == {
            "message": "Signed up. Confirm with the code that was sent.",
            "user_sub": "a-sub",
            "user_confirmed": False,
            "code_delivery": None,
            "ignored": ["custom:team", "email"],
            "session": "s" * 20,
        }
        assert asked(upstream).json["UserAttributes"] == [
            {"Name": "email", "Value": "ada@example.com"},
            {"Name": "name", "Value": "Ada"},
        ]

    def test_confirm_takes_it_and_hands_out_another(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers("ConfirmSignUp", {"Session": "t" * 20})
        body = {"email": "ada@example.com", "code": "123456", "session": "s" * 20}
        response = api.post("/auth/confirm", json=body)

        assert response.json == {
            "message": "Confirmed. You can log in now.",
            "session": "t" * 20,
        }
        assert asked(upstream).json["Session"] == "s" * 20

    def test_start_takes_that_and_logs_in(self, api: FlaskClient, upstream: Upstream) -> None:
        result = authentication_result()
        upstream.answers("InitiateAuth", result)
        body = {"email": "ada@example.com", "flow": "USER_AUTH", "session": "t" * 20}
        response = api.post("/auth/start", json=body)

        assert response.status_code == 200
        assert response.json["access_token"] == result["AuthenticationResult"]["AccessToken"]
        assert asked(upstream).json["Session"] == "t" * 20
