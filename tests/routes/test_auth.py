"""POST /auth/*: what goes to Cognito, and what comes back to the caller."""

import pytest
from flask.testing import FlaskClient

from tests.support.app import CALLER
from tests.support.authentication import (
    DEVICE,
    PASSWORD,
    TOKENS,
    authentication_result,
    secret_hash,
)
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, EMAIL, SUB, make_id_token
from tests.support.upstream import Upstream


class TestSignup:
    def test_creates_an_unconfirmed_user(self, api: FlaskClient, upstream: Upstream) -> None:
        details = {"Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
        upstream.answers(
            "SignUp", {"UserSub": SUB, "UserConfirmed": False, "CodeDeliveryDetails": details}
        )

        response = api.post("/auth/signup", json={"email": EMAIL, "password": PASSWORD})

        assert response.status_code == 200
        assert response.json == {
            "message": "Signed up. Confirm with the code that was sent.",
            "user_sub": SUB,
            "user_confirmed": False,
            "code_delivery": {
                "destination": "j***@e***",
                "medium": "EMAIL",
                "attribute": "email",
            },
        }
        assert upstream.calls("SignUp")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "SecretHash": secret_hash(EMAIL),
            "Username": EMAIL,
            "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": EMAIL}],
        }
        assert upstream.violations == []

    def test_of_a_user_confirmed_by_a_trigger(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("SignUp", {"UserSub": SUB, "UserConfirmed": True})

        response = api.post("/auth/signup", json={"email": EMAIL, "password": PASSWORD})

        assert response.json == {
            "message": "Signed up. You can log in now.",
            "user_sub": SUB,
            "user_confirmed": True,
            "code_delivery": None,
        }

    @pytest.mark.parametrize(
        "password", [" spaces ", "pä55-🔑-ﬁ", "p" * 256, "\u00e9 e\u0301", '"\\/\n\x00']
    )
    def test_passes_the_password_on_untouched(
        self, api: FlaskClient, upstream: Upstream, password: str
    ) -> None:
        api.post("/auth/signup", json={"email": EMAIL, "password": password})

        assert upstream.calls("SignUp")[0].json["Password"] == password

    def test_hashes_the_very_name_it_sends(self, api: FlaskClient, upstream: Upstream) -> None:
        email = "Ümläut+Tag@Example.COM"
        api.post("/auth/signup", json={"email": email, "password": PASSWORD})

        request = upstream.calls("SignUp")[0].json
        assert (request["Username"], request["SecretHash"]) == (email, secret_hash(email))


class TestConfirm:
    def test_confirms(self, api: FlaskClient, upstream: Upstream) -> None:
        response = api.post("/auth/confirm", json={"email": EMAIL, "code": "123456"})

        assert response.status_code == 200
        assert response.json == {"message": "Confirmed. You can log in now."}
        assert upstream.calls("ConfirmSignUp")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "SecretHash": secret_hash(EMAIL),
            "Username": EMAIL,
            "ConfirmationCode": "123456",
        }


@pytest.mark.usefixtures("well_formed")
class TestAnotherCode:
    """What mails a code: /auth/resend-code and /auth/forgot-password."""

    @pytest.mark.parametrize(
        ("path", "operation", "message"),
        [
            ("/auth/resend-code", "ResendConfirmationCode", "A new code was sent."),
            ("/auth/forgot-password", "ForgotPassword", "A reset code was sent."),
        ],
    )
    def test_says_where_the_code_went(
        self, api: FlaskClient, upstream: Upstream, path: str, operation: str, message: str
    ) -> None:
        details = {"Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
        upstream.answers(operation, {"CodeDeliveryDetails": details})

        response = api.post(path, json={"email": EMAIL})

        assert response.status_code == 200
        assert response.json == {
            "message": message,
            "code_delivery": {
                "destination": "j***@e***",
                "medium": "EMAIL",
                "attribute": "email",
            },
        }
        assert upstream.calls(operation)[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "SecretHash": secret_hash(EMAIL),
            "Username": EMAIL,
        }

    def test_of_an_unknown_user(self, api: FlaskClient, upstream: Upstream) -> None:
        message = "Username/client id combination not found."
        upstream.refuses("ResendConfirmationCode", "UserNotFoundException", message)

        response = api.post("/auth/resend-code", json={"email": EMAIL})

        assert response.status_code == 404
        assert response.json == {"error": "UserNotFoundException", "message": message}


@pytest.mark.usefixtures("well_formed")
class TestLogin:
    def test_returns_tokens(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("InitiateAuth", authentication_result())

        response = api.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})

        assert response.status_code == 200
        assert response.json == {
            "access_token": "a.a.a",
            "id_token": "i.i.i",
            "refresh_token": "r.r.r",
            "expires_in": 3600,
            "token_type": "Bearer",
        }
        assert upstream.calls("InitiateAuth")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {
                "USERNAME": EMAIL,
                "PASSWORD": PASSWORD,
                "SECRET_HASH": secret_hash(EMAIL),
            },
        }
        assert "Authorization" not in upstream.calls("InitiateAuth")[0].headers

    def test_passes_a_challenge_on(self, api: FlaskClient, upstream: Upstream) -> None:
        """200 always means tokens; anything Cognito asks for is a 202."""
        upstream.answers(
            "InitiateAuth",
            {
                "ChallengeName": "SELECT_CHALLENGE",
                "Session": "s" * 20,
                "ChallengeParameters": {"USER_ID_FOR_SRP": SUB, "X": "y"},
                "AvailableChallenges": ["PASSWORD", "EMAIL_OTP"],
            },
        )

        response = api.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})

        assert response.status_code == 202
        assert response.json == {
            "challenge": "SELECT_CHALLENGE",
            "session": "s" * 20,
            "username": SUB,
            "parameters": {"USER_ID_FOR_SRP": SUB, "X": "y"},
            "available_challenges": ["PASSWORD", "EMAIL_OTP"],
        }

    def test_a_challenge_that_names_nobody_is_for_the_email(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers("InitiateAuth", {"ChallengeName": "SMS_MFA", "Session": "s" * 20})

        response = api.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})

        assert response.json == {
            "challenge": "SMS_MFA",
            "session": "s" * 20,
            "username": EMAIL,
            "parameters": {},
        }

    def test_of_a_device(self, api: FlaskClient, upstream: Upstream) -> None:
        """A device that the pool tracks names itself; a new one is told its name."""
        metadata = {"DeviceKey": "us-east-1_0a1b", "DeviceGroupKey": "-group"}
        upstream.answers("InitiateAuth", authentication_result(NewDeviceMetadata=metadata))

        body = {"email": EMAIL, "password": PASSWORD, "device_key": DEVICE}
        response = api.post("/auth/login", json=body)

        assert response.status_code == 200
        assert response.json == {
            **TOKENS,
            "new_device_metadata": {
                "device_key": "us-east-1_0a1b",
                "device_group_key": "-group",
            },
        }
        assert upstream.calls("InitiateAuth")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {
                "USERNAME": EMAIL,
                "PASSWORD": PASSWORD,
                "DEVICE_KEY": DEVICE,
                "SECRET_HASH": secret_hash(EMAIL),
            },
        }

    @pytest.mark.parametrize("error", ["NotAuthorizedException", "UserNotFoundException"])
    def test_with_a_wrong_password_or_of_nobody(
        self, api: FlaskClient, upstream: Upstream, error: str
    ) -> None:
        upstream.refuses("InitiateAuth", error, "Incorrect username or password.")

        response = api.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})

        assert response.status_code == 401
        assert response.json == {
            "error": "NotAuthorizedException",
            "message": "Incorrect username or password.",
        }

    def test_of_a_device_that_is_forgotten(self, api: FlaskClient, upstream: Upstream) -> None:
        """Cognito uses the name of a missing pool here, but the caller can change the request."""
        upstream.refuses("InitiateAuth", "ResourceNotFoundException", "Device does not exist.")

        body = {"email": EMAIL, "password": PASSWORD, "device_key": DEVICE}
        response = api.post("/auth/login", json=body)

        assert response.status_code == 400
        assert response.json == {
            "error": "ResourceNotFoundException",
            "message": "Device does not exist.",
        }

    def test_by_a_flow_that_the_client_does_not_have_says_so(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        message = "USER_PASSWORD_AUTH flow not enabled for this client"
        upstream.refuses("InitiateAuth", "InvalidParameterException", message)

        response = api.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})

        assert response.status_code == 400
        assert response.json == {"error": "InvalidParameterException", "message": message}


@pytest.mark.usefixtures("well_formed")
class TestRefresh:
    def refresh(self, api: FlaskClient, email: str = EMAIL) -> tuple[int, object]:
        response = api.post("/auth/refresh", json={"email": email, "refresh_token": "old.r.r"})
        return response.status_code, response.json

    def test_returns_the_token_that_was_sent_where_cognito_does_not_rotate(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        result = authentication_result(RefreshToken=None)
        upstream.answers("GetTokensFromRefreshToken", result)

        assert self.refresh(api) == (
            200,
            {
                "access_token": "a.a.a",
                "id_token": "i.i.i",
                "refresh_token": "old.r.r",
                "expires_in": 3600,
                "token_type": "Bearer",
            },
        )
        assert upstream.calls("GetTokensFromRefreshToken")[0].json == {
            "ClientId": CLIENT_ID,
            "ClientSecret": CLIENT_SECRET,
            "RefreshToken": "old.r.r",
        }

    def test_returns_the_new_token_where_cognito_rotates(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.answers("GetTokensFromRefreshToken", authentication_result(RefreshToken="new.r"))

        assert self.refresh(api)[1]["refresh_token"] == "new.r"  # type: ignore[index]

    def test_of_a_device(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("GetTokensFromRefreshToken", authentication_result())

        body = {"email": EMAIL, "refresh_token": "old.r.r", "device_key": DEVICE}
        response = api.post("/auth/refresh", json=body)

        assert (response.status_code, response.json) == (200, TOKENS)
        assert upstream.calls("GetTokensFromRefreshToken")[0].json == {
            "ClientId": CLIENT_ID,
            "ClientSecret": CLIENT_SECRET,
            "RefreshToken": "old.r.r",
            "DeviceKey": DEVICE,
        }

    @pytest.mark.parametrize("email", [EMAIL, EMAIL.upper()])
    def test_of_the_same_user(self, api: FlaskClient, upstream: Upstream, email: str) -> None:
        result = authentication_result(IdToken=make_id_token())
        upstream.answers("GetTokensFromRefreshToken", result)

        assert self.refresh(api, email)[0] == 200

    def test_needs_no_email(self, api: FlaskClient, upstream: Upstream) -> None:
        id_token = make_id_token()
        upstream.answers("GetTokensFromRefreshToken", authentication_result(IdToken=id_token))
        response = api.post("/auth/refresh", json={"refresh_token": "old.r.r"})

        assert response.status_code == 200
        assert response.json == {**TOKENS, "id_token": id_token}
        assert upstream.count("RevokeToken") == 0

    @pytest.mark.parametrize(
        ("rotated", "revoked"), [("new.r.r", "new.r.r"), (None, "old.r.r")], ids=["new", "same"]
    )
    def test_of_another_user_ends_the_session(
        self, api: FlaskClient, upstream: Upstream, rotated: str | None, revoked: str
    ) -> None:
        result = authentication_result(IdToken=make_id_token(), RefreshToken=rotated)
        upstream.answers("GetTokensFromRefreshToken", result)
        other = self.refresh(api, "mallory@example.com")
        calls = [call.operation for call in upstream.requests]
        upstream.refuses("GetTokensFromRefreshToken", "NotAuthorizedException", "Revoked.")
        dead = self.refresh(api)

        assert other == dead
        assert dead == (
            401,
            {
                "error": "NotAuthorizedException",
                "message": "The refresh token is invalid, expired or revoked.",
            },
        )
        assert calls == ["GetTokensFromRefreshToken", "RevokeToken"]
        assert upstream.calls("RevokeToken")[0].json == {
            "ClientId": CLIENT_ID,
            "ClientSecret": CLIENT_SECRET,
            "Token": revoked,
        }

    def test_of_another_user_that_cannot_be_revoked_is_no_success(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        result = authentication_result(IdToken=make_id_token())
        upstream.answers("GetTokensFromRefreshToken", result)
        upstream.misbehaves("RevokeToken", "500")

        assert self.refresh(api, "mallory@example.com") == (
            502,
            {"error": "UpstreamError", "message": "Cognito failed."},
        )


class TestResetPassword:
    def test_sets_the_new_password(self, api: FlaskClient, upstream: Upstream) -> None:
        body = {"email": EMAIL, "code": "654321", "new_password": PASSWORD}
        response = api.post("/auth/reset-password", json=body)

        assert response.status_code == 200
        assert response.json == {"message": "Password changed. You can log in with it now."}
        assert upstream.calls("ConfirmForgotPassword")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "SecretHash": secret_hash(EMAIL),
            "Username": EMAIL,
            "ConfirmationCode": "654321",
            "Password": PASSWORD,
        }
