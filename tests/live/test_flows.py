"""Every endpoint over real HTTP, in front of the local AWS: the flows as a user goes through them.

The refusals here are those that the local AWS makes as Cognito does; where it is kinder, the other
tests have a scripted Cognito refuse.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live import PASSWORD, Live, answer, claims, new_email, run_beside, totp

NEW_PASSWORD = "EvenStr0ngerP@ss!"
WRONG_CODE = {
    "error": "CodeMismatchException",
    "message": "The code is wrong or has expired; ask for a new one.",
}
WRONG_PASSWORD = {
    "error": "NotAuthorizedException",
    "message": "Incorrect username or password.",
}
DEAD_REFRESH_TOKEN = {
    "error": "NotAuthorizedException",
    "message": "The refresh token is invalid, expired or revoked.",
}


@pytest.fixture
def email() -> str:
    """Give the address of somebody who has not signed up."""
    return new_email()


@pytest.fixture
def user(live: Live, email: str) -> str:
    """Give the address of somebody who has signed up and confirmed it."""
    live.sign_up(email)
    return email


@pytest.fixture(scope="module")
def discreet(live: Live) -> Iterator[Live]:
    """Run an API whose app client hides who exists."""
    with run_beside(live, "hide-users") as other:
        yield other


@pytest.fixture(scope="module")
def everything(live: Live) -> Iterator[Live]:
    """Run an API whose pool also has devices and threat protection."""
    with run_beside(live, "devices", "threat-protection") as other:
        yield other


def test_from_sign_up_to_a_new_password(live: Live, email: str) -> None:
    """The whole life of an account, as the README tells it."""
    signed_up = live.post("/auth/signup", {"email": email, "password": PASSWORD})
    sub = signed_up.json()["user_sub"]
    assert answer(signed_up) == (
        200,
        {
            "message": "Signed up. Confirm with the code that was sent.",
            "user_sub": sub,
            "user_confirmed": False,
            "code_delivery": {"destination": "u***@e***", "medium": "EMAIL", "attribute": "email"},
            "session": signed_up.json()["session"],
        },
    )
    confirmed = live.post("/auth/confirm", {"email": email, "code": live.code(email)})
    assert answer(confirmed) == (
        200,
        {"message": "Confirmed. You can log in now.", "session": confirmed.json()["session"]},
    )

    tokens = live.log_in(email)
    assert tokens.keys() == {
        "access_token",
        "id_token",
        "refresh_token",
        "expires_in",
        "token_type",
    }
    assert (tokens["expires_in"], tokens["token_type"]) == (3600, "Bearer")
    token = tokens["access_token"]
    assert answer(live.get("/me", token)) == (200, claims(token))
    assert (claims(token)["sub"], claims(tokens["id_token"])["email"]) == (sub, email)

    attributes = {"sub": sub, "email": email, "email_verified": "true"}
    assert answer(live.get("/profile", token)) == (200, {"attributes": attributes})
    changes = {"name": "Ada Lovelace", "custom:role": "admin"}
    updated = live.post("/profile", {**changes, "email": "other@example.com"}, token)
    assert answer(updated) == (
        200,
        {
            "message": "Profile updated.",
            "updated": ["name", "custom:role"],
            "ignored": ["email"],
        },
    )
    assert answer(live.get("/profile", token)) == (200, {"attributes": {**attributes, **changes}})

    body = {"email": email, "refresh_token": tokens["refresh_token"]}
    refreshed = live.post("/auth/refresh", body)
    assert refreshed.status_code == 200, refreshed.text
    assert refreshed.json().keys() == tokens.keys()
    new_token = refreshed.json()["access_token"]
    assert new_token != token
    assert live.get("/me", new_token).json()["sub"] == sub
    assert live.get("/profile", new_token).status_code == 200

    forgot = live.post("/auth/forgot-password", {"email": email})
    delivery = {"destination": "u***@e***", "medium": "EMAIL", "attribute": "email"}
    assert answer(forgot) == (
        200,
        {"message": "A reset code was sent.", "code_delivery": delivery},
    )
    body = {"email": email, "code": live.code(email), "new_password": NEW_PASSWORD}
    assert answer(live.post("/auth/reset-password", body)) == (
        200,
        {"message": "Password changed. You can log in with it now."},
    )
    old = live.post("/auth/login", {"email": email, "password": PASSWORD})
    assert answer(old) == (401, WRONG_PASSWORD)
    assert claims(live.log_in(email, NEW_PASSWORD)["access_token"])["sub"] == sub
    assert answer(live.post("/auth/reset-password", body)) == (400, WRONG_CODE), "a code is used up"


class TestSignup:
    def test_of_an_email_that_is_taken(self, live: Live, user: str) -> None:
        again = live.post("/auth/signup", {"email": user, "password": PASSWORD})

        assert answer(again) == (
            409,
            {"error": "UsernameExistsException", "message": "User already exists"},
        )

    def test_with_a_weak_password_says_what_the_policy_wants(self, live: Live, email: str) -> None:
        status, body = answer(live.post("/auth/signup", {"email": email, "password": "weak"}))

        assert (status, body["error"]) == (400, "InvalidPasswordException")
        assert "Password not long enough" in body["message"]


class TestConfirm:
    def test_with_a_wrong_code(self, live: Live, email: str) -> None:
        live.post("/auth/signup", {"email": email, "password": PASSWORD})
        wrong = "000000" if live.code(email) != "000000" else "000001"

        assert answer(live.post("/auth/confirm", {"email": email, "code": wrong})) == (
            400,
            WRONG_CODE,
        )
        login = live.post("/auth/login", {"email": email, "password": PASSWORD})
        assert login.status_code == 403, "a wrong code confirms nobody"

    def test_of_an_unknown_user_is_a_wrong_code(self, live: Live, email: str) -> None:
        unknown = live.post("/auth/confirm", {"email": email, "code": "123456"})

        assert answer(unknown) == (400, WRONG_CODE)

    def test_of_a_confirmed_user_is_a_wrong_code(self, live: Live, user: str) -> None:
        again = live.post("/auth/confirm", {"email": user, "code": live.code(user)})

        assert answer(again) == (400, WRONG_CODE)


class TestLogin:
    def test_with_a_wrong_password(self, live: Live, user: str) -> None:
        wrong = live.post("/auth/login", {"email": user, "password": NEW_PASSWORD})

        assert answer(wrong) == (401, WRONG_PASSWORD)

    def test_of_an_unknown_user_is_a_wrong_password(self, live: Live, email: str) -> None:
        unknown = live.post("/auth/login", {"email": email, "password": PASSWORD})

        assert answer(unknown) == (401, WRONG_PASSWORD)

    def test_before_confirming(self, live: Live, email: str) -> None:
        live.post("/auth/signup", {"email": email, "password": PASSWORD})

        assert answer(live.post("/auth/login", {"email": email, "password": PASSWORD})) == (
            403,
            {"error": "UserNotConfirmedException", "message": "User is not confirmed."},
        )

    def test_after_the_operator_has_reset_the_password(self, live: Live, user: str) -> None:
        live.stack.admin.admin_reset_user_password(UserPoolId=live.stack.pool.id, Username=user)
        login = live.post("/auth/login", {"email": user, "password": PASSWORD})

        assert (login.status_code, login.json()["error"]) == (403, "PasswordResetRequiredException")
        body = {"email": user, "code": live.code(user), "new_password": NEW_PASSWORD}
        assert live.post("/auth/reset-password", body).status_code == 200
        live.log_in(user, NEW_PASSWORD)


class TestChallenge:
    """What a 202 hands out is all that a client needs to finish the login with Cognito."""

    def test_of_a_temporary_password(self, live: Live, email: str) -> None:
        live.stack.admin.admin_create_user(
            UserPoolId=live.stack.pool.id,
            Username=email,
            TemporaryPassword=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )

        challenge = self.challenge(live, email, "NEW_PASSWORD_REQUIRED")
        self.respond(live, challenge, {"NEW_PASSWORD": NEW_PASSWORD})
        live.log_in(email, NEW_PASSWORD)

    def test_of_an_authenticator_app(self, discreet: Live, email: str) -> None:
        discreet.sign_up(email)
        token = discreet.log_in(email)["access_token"]
        admin = discreet.stack.admin
        admin.set_user_pool_mfa_config(
            UserPoolId=discreet.stack.pool.id,
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": True},
        )
        secret = admin.associate_software_token(AccessToken=token)["SecretCode"]
        admin.verify_software_token(AccessToken=token, UserCode=totp(secret))
        admin.set_user_mfa_preference(
            AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )

        challenge = self.challenge(discreet, email, "SOFTWARE_TOKEN_MFA")
        self.respond(discreet, challenge, {"SOFTWARE_TOKEN_MFA_CODE": totp(secret, used=1)})

    def challenge(self, api: Live, email: str, name: str) -> dict[str, Any]:
        status, body = answer(api.post("/auth/login", {"email": email, "password": PASSWORD}))
        assert status == 202
        assert body == {
            "challenge": name,
            "session": body["session"],
            "username": body["username"],
            "parameters": body["parameters"],
        }
        return dict(body)

    def respond(self, api: Live, challenge: dict[str, Any], responses: dict[str, str]) -> None:
        pool, username = api.stack.pool, challenge["username"]
        mac = hmac.digest(
            pool.client_secret.encode(), f"{username}{pool.client_id}".encode(), hashlib.sha256
        )
        result = api.stack.admin.respond_to_auth_challenge(
            ClientId=pool.client_id,
            ChallengeName=challenge["challenge"],
            Session=challenge["session"],
            ChallengeResponses={
                "USERNAME": username,
                "SECRET_HASH": base64.b64encode(mac).decode(),
                **responses,
            },
        )["AuthenticationResult"]
        assert api.get("/me", result["AccessToken"]).status_code == 200


class TestRefresh:
    def test_for_another_email_is_a_dead_token(self, live: Live, user: str) -> None:
        body = {"email": new_email(), "refresh_token": live.log_in(user)["refresh_token"]}

        assert answer(live.post("/auth/refresh", body)) == (401, DEAD_REFRESH_TOKEN)

    def test_with_a_token_that_never_was_one(self, live: Live, user: str) -> None:
        refreshed = live.post("/auth/refresh", {"email": user, "refresh_token": "made.up"})

        assert answer(refreshed) == (401, DEAD_REFRESH_TOKEN)


class TestForgotPassword:
    def test_of_an_unknown_user(self, live: Live, email: str) -> None:
        assert answer(live.post("/auth/forgot-password", {"email": email})) == (
            404,
            {
                "error": "UserNotFoundException",
                "message": "Username/client id combination not found.",
            },
        )

    def test_of_an_unknown_user_where_the_app_client_hides_who_exists(
        self, discreet: Live, email: str
    ) -> None:
        known = new_email()
        discreet.sign_up(known)

        assert answer(discreet.post("/auth/forgot-password", {"email": email})) == answer(
            discreet.post("/auth/forgot-password", {"email": known})
        )
        body = {"email": email, "code": "123456", "new_password": NEW_PASSWORD}
        assert answer(discreet.post("/auth/reset-password", body)) == (400, WRONG_CODE)
        body = {"email": email, "password": PASSWORD}
        assert answer(discreet.post("/auth/login", body)) == (401, WRONG_PASSWORD)


class TestResetPassword:
    @pytest.fixture
    def code(self, live: Live, user: str) -> str:
        """Give the code that was mailed to the user."""
        assert live.post("/auth/forgot-password", {"email": user}).status_code == 200
        return live.code(user)

    def test_with_a_wrong_code(self, live: Live, user: str, code: str) -> None:
        wrong = "000000" if code != "000000" else "000001"
        body = {"email": user, "code": wrong, "new_password": NEW_PASSWORD}

        assert answer(live.post("/auth/reset-password", body)) == (400, WRONG_CODE)
        live.log_in(user)

    def test_with_a_weak_password(self, live: Live, user: str, code: str) -> None:
        body = {"email": user, "code": code, "new_password": "weak"}
        status, refusal = answer(live.post("/auth/reset-password", body))

        assert (status, refusal["error"]) == (400, "InvalidPasswordException")
        live.log_in(user)


class TestBearer:
    def test_a_signed_out_user_keeps_the_claims_and_loses_the_rest(
        self, live: Live, user: str
    ) -> None:
        tokens = live.log_in(user)
        token = tokens["access_token"]
        live.stack.admin.admin_user_global_sign_out(UserPoolId=live.stack.pool.id, Username=user)

        assert live.get("/me", token).status_code == 200, "no one asks Cognito for the claims"
        for refused in (live.get("/profile", token), live.post("/profile", {"name": "Ada"}, token)):
            assert answer(refused) == (
                401,
                {"error": "NotAuthorizedException", "message": "Access Token has been revoked"},
            )
            assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        body = {"email": user, "refresh_token": tokens["refresh_token"]}
        assert answer(live.post("/auth/refresh", body)) == (401, DEAD_REFRESH_TOKEN)

    @pytest.mark.parametrize("path", ["/me", "/profile"])
    def test_an_id_token_opens_nothing(self, live: Live, user: str, path: str) -> None:
        refused = live.get(path, live.log_in(user)["id_token"])

        assert answer(refused) == (
            401,
            {"error": "InvalidToken", "message": "The token is not an access token."},
        )
        assert refused.headers["WWW-Authenticate"].startswith("Bearer ")

    def test_a_token_of_another_pool_opens_nothing(
        self, live: Live, discreet: Live, email: str
    ) -> None:
        discreet.sign_up(email)
        refused = live.get("/me", discreet.log_in(email)["access_token"])

        assert (refused.status_code, refused.json()["error"]) == (401, "InvalidToken")


class TestWhatIsNotThere:
    """Cognito has one exception for these and for a pool that is not there."""

    @pytest.mark.parametrize(
        "path", ["/passkeys/YWJj", "/devices/us-east-1_a1b2c3d4", "/sessions/tkn" + 25 * "a"]
    )
    def test_of_a_user_is_404(self, everything: Live, email: str, path: str) -> None:
        everything.sign_up(email)
        token = everything.log_in(email)["access_token"]

        refused = everything.delete(path, token)

        assert (refused.status_code, refused.json()["error"]) == (404, "ResourceNotFoundException")

    def test_of_a_sign_in_is_the_caller_s_mistake(self, everything: Live, email: str) -> None:
        sub = everything.sign_up(email)
        body = {"username": sub, "event_id": "e", "feedback_token": "t", "feedback": "Valid"}

        refused = everything.post("/auth/event-feedback", body)

        assert (refused.status_code, refused.json()["error"]) == (400, "ResourceNotFoundException")
