"""GET /me, GET and POST /profile: what a bearer token gives access to."""

import pytest
from flask.testing import FlaskClient

from tests.support.app import make_app
from tests.support.keys import EMAIL, SUB, make_token
from tests.support.upstream import Upstream


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
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        pairs = [{"Name": "sub", "Value": SUB}, {"Name": "email", "Value": EMAIL}]
        upstream.answers("GetUser", {"Username": SUB, "UserAttributes": pairs})

        response = user.get("/profile")

        assert response.status_code == 200
        assert response.json == {"attributes": {"sub": SUB, "email": EMAIL}}
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
        self, user: FlaskClient, upstream: Upstream
    ) -> None:
        body = {"name": "Jane", "custom:role": "admin", "address": "", "email_verified": "true"}

        response = user.post("/profile", json=body)

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
        self, user: FlaskClient, upstream: Upstream, body: dict[str, object]
    ) -> None:
        response = user.post("/profile", json=body)

        assert response.status_code == 400
        assert response.json is not None
        assert response.json["error"] == "InvalidRequest"
        assert upstream.count("cognito") == 0


@pytest.mark.usefixtures("well_formed")
class TestDeleteAttribute:
    @pytest.mark.parametrize(
        "name", ["name", "given_name", "family_name", "phone_number", "address", "custom:role"]
    )
    def test_deletes_what_post_writes(
        self, user: FlaskClient, upstream: Upstream, token: str, name: str
    ) -> None:
        response = user.delete(f"/profile/{name}")

        assert (response.status_code, response.json) == (200, {"message": "Attribute deleted."})
        assert upstream.calls("DeleteUserAttributes")[0].json == {
            "AccessToken": token,
            "UserAttributeNames": [name],
        }

    @pytest.mark.parametrize("name", ["sub", "custom:tenant", "email_verified"])
    def test_deletes_nothing_else(self, user: FlaskClient, upstream: Upstream, name: str) -> None:
        response = user.delete(f"/profile/{name}")

        known = "name, given_name, family_name, phone_number, address, custom:role"
        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The path has 1 problem.",
            "fields": {"attribute": f"must be one of {known}"},
        }
        assert upstream.count("cognito") == 0

    def test_takes_no_name_that_cannot_be_one(self, user: FlaskClient, upstream: Upstream) -> None:
        response = user.delete("/profile/name ")

        assert (response.status_code, response.json["fields"]) == (
            400,
            {"attribute": "must be the name of an attribute"},
        )
        assert upstream.count("cognito") == 0


@pytest.mark.usefixtures("well_formed")
class TestEmail:
    def test_is_changed_by_a_code_to_the_new_address(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        delivery = {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
        upstream.answers("UpdateUserAttributes", {"CodeDeliveryDetailsList": [delivery]})
        body = {"email": "new@example.com", "client_metadata": {"why": "moved"}}
        response = user.put("/profile/email", json=body)

        assert (response.status_code, response.json) == (
            200,
            {
                "message": "A code was sent to the new address.",
                "code_delivery": {
                    "destination": "n***@e***",
                    "medium": "EMAIL",
                    "attribute": "email",
                },
            },
        )
        assert upstream.calls("UpdateUserAttributes")[0].json == {
            "AccessToken": token,
            "UserAttributes": [{"Name": "email", "Value": "new@example.com"}],
            "ClientMetadata": {"why": "moved"},
        }

    def test_without_a_code_is_not_said_to_have_one(
        self, user: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers("UpdateUserAttributes", {"CodeDeliveryDetailsList": []})
        response = user.put("/profile/email", json={"email": "new@example.com"})

        assert response.json == {
            "message": "Email changed. No code was sent.",
            "code_delivery": None,
        }

    def test_that_is_none_never_reaches_cognito(
        self, user: FlaskClient, upstream: Upstream
    ) -> None:
        response = user.put("/profile/email", json={"email": "none"})

        assert response.status_code == 400
        assert response.json["fields"].keys() == {"email"}
        assert upstream.count("cognito") == 0


@pytest.mark.usefixtures("well_formed")
class TestWritableAttributes:
    """WRITABLE_ATTRIBUTES takes the place of the six that are writable without it."""

    @pytest.fixture
    def writer(self, shared_upstream: Upstream, upstream: Upstream, token: str) -> FlaskClient:
        """Give a user of an API whose users write these two attributes."""
        app = make_app(shared_upstream, WRITABLE_ATTRIBUTES="nickname, custom:team")
        api = app.test_client()
        api.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return api

    def test_are_written_and_no_others(self, writer: FlaskClient, upstream: Upstream) -> None:
        body = {"name": "Ada", "custom:team": "blue", "email": "a@b.c", "odd": 1}
        response = writer.post("/profile", json=body)

        assert response.json == {
            "message": "Profile updated.",
            "updated": ["custom:team"],
            "ignored": ["name", "email", "odd"],
        }
        (call,) = upstream.calls("UpdateUserAttributes")
        assert call.json["UserAttributes"] == [{"Name": "custom:team", "Value": "blue"}]

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            (
                {"name": "Ada"},
                dict.fromkeys(("nickname", "custom:team"), "at least one of these is required"),
            ),
            ({"nickname": 1}, {"nickname": "must be a string of at most 2048 characters"}),
            ({"nickname": None}, {"nickname": "must be a string of at most 2048 characters"}),
            (
                {"nickname": "x" * 2049},
                {"nickname": "must be a string of at most 2048 characters"},
            ),
        ],
    )
    def test_that_are_wrong_never_reach_cognito(
        self, writer: FlaskClient, upstream: Upstream, body: dict[str, object], fields: object
    ) -> None:
        response = writer.post("/profile", json=body)

        assert (response.status_code, response.json["fields"]) == (400, fields)
        assert upstream.count("cognito") == 0

    def test_can_be_deleted_and_no_others(self, writer: FlaskClient, upstream: Upstream) -> None:
        assert writer.delete("/profile/custom:team").status_code == 200
        refused = writer.delete("/profile/name")

        assert refused.json["fields"] == {"attribute": "must be one of nickname, custom:team"}
        assert upstream.count("DeleteUserAttributes") == 1


@pytest.mark.usefixtures("well_formed")
class TestVerification:
    @pytest.mark.parametrize(
        ("name", "medium", "destination"),
        [("email", "EMAIL", "j***@e***"), ("phone_number", "SMS", "+*******0100")],
    )
    def test_sends_a_code(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        name: str,
        medium: str,
        destination: str,
    ) -> None:
        details = {"Destination": destination, "DeliveryMedium": medium, "AttributeName": name}
        upstream.answers("GetUserAttributeVerificationCode", {"CodeDeliveryDetails": details})

        response = user.post(f"/profile/{name}/verification")

        assert response.status_code == 200
        assert response.json == {
            "message": "A code was sent.",
            "code_delivery": {"destination": destination, "medium": medium, "attribute": name},
        }
        assert upstream.calls("GetUserAttributeVerificationCode")[0].json == {
            "AccessToken": token,
            "AttributeName": name,
        }

    @pytest.mark.parametrize("name", ["email", "phone_number"])
    def test_takes_the_code(
        self, user: FlaskClient, upstream: Upstream, token: str, name: str
    ) -> None:
        path = f"/profile/{name}/verification/confirm"
        response = user.post(path, json={"code": "123456"})

        assert (response.status_code, response.json) == (200, {"message": "Verified."})
        assert upstream.calls("VerifyUserAttribute")[0].json == {
            "AccessToken": token,
            "AttributeName": name,
            "Code": "123456",
        }

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            ("CodeMismatchException", 400),
            ("ExpiredCodeException", 400),
            ("AliasExistsException", 409),
        ],
    )
    def test_with_a_wrong_code_or_an_address_of_somebody_else(
        self, user: FlaskClient, upstream: Upstream, error: str, status: int
    ) -> None:
        upstream.refuses("VerifyUserAttribute", error, "In Cognito's words.")

        path = "/profile/email/verification/confirm"
        response = user.post(path, json={"code": "123456"})

        assert response.status_code == status
        assert response.json == {"error": error, "message": "In Cognito's words."}

    @pytest.mark.parametrize("path", ["verification", "verification/confirm"])
    def test_of_what_receives_no_codes(
        self, user: FlaskClient, upstream: Upstream, path: str
    ) -> None:
        response = user.post(f"/profile/name/{path}", json={"code": "123456"})

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The path has 1 problem.",
            "fields": {"attribute": "must be one of email, phone_number"},
        }
        assert upstream.count("cognito") == 0
