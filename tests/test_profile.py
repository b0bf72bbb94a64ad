"""GET /me, GET and POST /profile: what a bearer token gives access to."""

import pytest
from flask.testing import FlaskClient
from keys import EMAIL, SUB, make_token
from upstream import Upstream

Header = dict[str, str]


class TestMe:
    def test_returns_the_claims_without_asking_cognito(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        token = make_token(claims={"cognito:groups": ["readers"]})

        response = api.get("/me", headers={"Authorization": f"Bearer {token}"})

        assert response.status_code == 200
        assert response.json is not None
        assert response.json["sub"] == SUB
        assert response.json["cognito:groups"] == ["readers"]
        assert upstream.count("cognito") == 0

    def test_without_a_token(self, api: FlaskClient) -> None:
        response = api.get("/me")

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="cognito-auth-api"'
        assert response.json == {
            "error": "InvalidToken",
            "message": "Send an access token: Authorization: Bearer <access_token>",
        }

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
    def test_takes_the_scheme_in_any_case(self, api: FlaskClient, scheme: str) -> None:
        headers = {"Authorization": f"{scheme} {make_token()}"}

        assert api.get("/me", headers=headers).status_code == 200

    def test_with_a_bad_token_says_so_in_the_challenge(self, api: FlaskClient) -> None:
        token = make_token(claims={"exp": 1})

        response = api.get("/me", headers={"Authorization": f"Bearer {token}"})

        assert response.status_code == 401
        assert response.json == {"error": "InvalidToken", "message": "The token has expired."}
        assert response.headers["WWW-Authenticate"] == (
            'Bearer realm="cognito-auth-api", error="invalid_token", '
            'error_description="The token has expired."'
        )


class TestReadProfile:
    def test_returns_the_attributes(
        self, api: FlaskClient, upstream: Upstream, bearer: Header
    ) -> None:
        pairs = [{"Name": "sub", "Value": SUB}, {"Name": "email", "Value": EMAIL}]
        upstream.answers("GetUser", {"Username": SUB, "UserAttributes": pairs})

        response = api.get("/profile", headers=bearer)

        assert response.status_code == 200
        assert response.json == {"attributes": {"sub": SUB, "email": EMAIL}}
        token = bearer["Authorization"].removeprefix("Bearer ")
        assert upstream.calls("GetUser")[0].json == {"AccessToken": token}

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_without_the_scope_cognito_is_not_asked(
        self, api: FlaskClient, upstream: Upstream, method: str
    ) -> None:
        token = make_token(claims={"scope": "openid xaws.cognito.signin.user.admin"})

        response = api.open(
            "/profile",
            method=method.upper(),
            json={"name": "Jane"} if method == "post" else None,
            headers={"Authorization": f"Bearer {token}"},
        )

        assert response.status_code == 403
        assert response.json == {
            "error": "InsufficientScope",
            "message": "The access token lacks the scope aws.cognito.signin.user.admin.",
        }
        assert response.headers["WWW-Authenticate"] == (
            'Bearer realm="cognito-auth-api", error="insufficient_scope", '
            'scope="aws.cognito.signin.user.admin"'
        )
        assert upstream.count("cognito") == 0


class TestUpdateProfile:
    def test_sends_the_allowed_attributes_and_names_the_others(
        self, api: FlaskClient, upstream: Upstream, bearer: Header
    ) -> None:
        body = {"name": "Jane", "custom:role": "admin", "address": "", "email_verified": "true"}

        response = api.post("/profile", json=body, headers=bearer)

        assert response.status_code == 200
        assert response.json == {
            "message": "Profile updated.",
            "updated": ["name", "address", "custom:role"],
            "ignored": ["email_verified"],
        }
        assert upstream.calls("UpdateUserAttributes")[0].json["UserAttributes"] == [
            {"Name": "name", "Value": "Jane"},
            {"Name": "address", "Value": ""},
            {"Name": "custom:role", "Value": "admin"},
        ]

    @pytest.mark.parametrize(
        "body",
        [{}, {"email": "x@example.com"}, {"name": None}, {"name": 1}, {"address": {"a": "b"}}],
        ids=str,
    )
    def test_without_a_valid_attribute(
        self, api: FlaskClient, upstream: Upstream, bearer: Header, body: dict[str, object]
    ) -> None:
        response = api.post("/profile", json=body, headers=bearer)

        assert response.status_code == 400
        assert response.json is not None
        assert response.json["error"] == "InvalidRequest"
        assert upstream.count("cognito") == 0
