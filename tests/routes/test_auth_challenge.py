"""POST /auth/challenge: every challenge of Cognito's, answered under the name it wants."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.swagger import SPEC
from tests.support.app import CALLER
from tests.support.authentication import DEVICE, TOKENS, authentication_result, secret_hash
from tests.support.cognito_model import model
from tests.support.keys import CLIENT_ID, EMAIL, SUB
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

SESSION = "session-of-the-challenge-before"
NAMES = {
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
    "MFA_SETUP": "ANSWER",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "PASSWORD": "PASSWORD",
    "SELECT_CHALLENGE": "ANSWER",
    "WEB_AUTHN": "CREDENTIAL",
    "CUSTOM_CHALLENGE": "ANSWER",
}
VERIFIER = {
    "PASSWORD_CLAIM_SIGNATURE": "c2lnbmF0dXJl",
    "PASSWORD_CLAIM_SECRET_BLOCK": "YmxvY2s=",
    "TIMESTAMP": "Sun Nov 22 17:00:00 UTC 2026",
}
RESPONSES = {
    "PASSWORD_VERIFIER": VERIFIER,
    "PASSWORD_SRP": {"SRP_A": "aB12"},
    "DEVICE_SRP_AUTH": {"SRP_A": "aB12", "DEVICE_KEY": DEVICE},
    "DEVICE_PASSWORD_VERIFIER": {**VERIFIER, "DEVICE_KEY": DEVICE},
}


def respond(api: FlaskClient, challenge: str, **members: Any) -> tuple[int, Any]:
    """Answer a challenge of the user whose name in the pool is SUB."""
    body = {"challenge": challenge, "session": SESSION, "username": SUB, **members}
    response = api.post("/auth/challenge", json=body)
    return response.status_code, response.json


def sent(upstream: Upstream) -> dict[str, str]:
    """Return what went to Cognito as the responses to the challenge."""
    responses: dict[str, str] = upstream.calls("RespondToAuthChallenge")[0].json[
        "ChallengeResponses"
    ]
    return responses


def invalid(**fields: str) -> tuple[int, dict[str, object]]:
    """Return the answer to a body with one wrong field."""
    message = "The body has 1 problem."
    return 400, {"error": "InvalidRequest", "message": message, "fields": fields}


@pytest.mark.parametrize("challenge", NAMES)
def test_a_plain_answer_goes_under_cognitos_name(
    api: FlaskClient, upstream: Upstream, challenge: str
) -> None:
    upstream.answers("RespondToAuthChallenge", authentication_result())

    assert respond(api, challenge, answer=" 123456 ") == (200, TOKENS)
    assert upstream.calls("RespondToAuthChallenge")[0].json == {
        "ClientId": CLIENT_ID,
        "UserContextData": CALLER,
        "ChallengeName": challenge,
        "Session": SESSION,
        "ChallengeResponses": {
            NAMES[challenge]: " 123456 ",
            "USERNAME": SUB,
            "SECRET_HASH": secret_hash(SUB),
        },
    }
    assert secret_hash(SUB) != secret_hash(EMAIL)


@pytest.mark.parametrize("challenge", RESPONSES)
def test_responses_go_as_they_are(api: FlaskClient, upstream: Upstream, challenge: str) -> None:
    upstream.answers("RespondToAuthChallenge", authentication_result())

    assert respond(api, challenge, responses=RESPONSES[challenge]) == (200, TOKENS)
    assert upstream.calls("RespondToAuthChallenge")[0].json == {
        "ClientId": CLIENT_ID,
        "UserContextData": CALLER,
        "ChallengeName": challenge,
        "Session": SESSION,
        "ChallengeResponses": {
            **RESPONSES[challenge],
            "USERNAME": SUB,
            "SECRET_HASH": secret_hash(SUB),
        },
    }


@pytest.mark.parametrize(
    ("choice", "responses"),
    [
        ("PASSWORD", {"PASSWORD": "Str0ngP@ssw0rd!"}),
        ("PASSWORD_SRP", {"SRP_A": "aB12"}),
        ("WEB_AUTHN", {"CREDENTIAL": '{"id":"c2VjcmV0"}'}),
    ],
)
def test_a_choice_may_come_with_its_answer(
    api: FlaskClient, upstream: Upstream, choice: str, responses: dict[str, str]
) -> None:
    respond(api, "SELECT_CHALLENGE", answer=choice, responses=responses)

    assert sent(upstream) == {
        "ANSWER": choice,
        **responses,
        "USERNAME": SUB,
        "SECRET_HASH": secret_hash(SUB),
    }


def test_a_new_password_may_come_with_attributes(api: FlaskClient, upstream: Upstream) -> None:
    attributes = {"userAttributes.name": "Jane"}
    respond(api, "NEW_PASSWORD_REQUIRED", answer="An0therP@ssw0rd", responses=attributes)

    assert sent(upstream) == {
        "NEW_PASSWORD": "An0therP@ssw0rd",
        "userAttributes.name": "Jane",
        "USERNAME": SUB,
        "SECRET_HASH": secret_hash(SUB),
    }


def test_an_authenticator_that_is_set_up_needs_only_its_session(
    api: FlaskClient, upstream: Upstream
) -> None:
    respond(api, "MFA_SETUP")

    assert sent(upstream) == {"USERNAME": SUB, "SECRET_HASH": secret_hash(SUB)}


def test_responses_cannot_say_who_answers(api: FlaskClient, upstream: Upstream) -> None:
    """The name is the one that is hashed, and a caller cannot replace the hash."""
    forged = {**VERIFIER, "USERNAME": "mallory", "SECRET_HASH": "bWFsbG9yeQ=="}
    respond(api, "PASSWORD_VERIFIER", responses=forged)

    assert sent(upstream) == {**VERIFIER, "USERNAME": SUB, "SECRET_HASH": secret_hash(SUB)}


def test_an_answer_wins_over_a_response_of_its_name(api: FlaskClient, upstream: Upstream) -> None:
    respond(api, "SMS_MFA", answer="123456", responses={"SMS_MFA_CODE": "654321"})

    assert sent(upstream)["SMS_MFA_CODE"] == "123456"


def test_of_a_device_that_the_pool_tracks(api: FlaskClient, upstream: Upstream) -> None:
    respond(api, "SMS_MFA", answer="123456", device_key=DEVICE)

    assert sent(upstream) == {
        "SMS_MFA_CODE": "123456",
        "DEVICE_KEY": DEVICE,
        "USERNAME": SUB,
        "SECRET_HASH": secret_hash(SUB),
    }


@pytest.mark.parametrize("session", [{}, {"session": None}], ids=["absent", "null"])
def test_a_challenge_without_a_session(
    api: FlaskClient, upstream: Upstream, session: dict[str, None]
) -> None:
    """SRP has none in some pools: the null that came may be sent back."""
    body = {"challenge": "PASSWORD_VERIFIER", "username": SUB, "responses": VERIFIER, **session}

    assert api.post("/auth/challenge", json=body).status_code == 200
    assert "Session" not in upstream.calls("RespondToAuthChallenge")[0].json


class TestTheNextChallenge:
    @pytest.mark.parametrize(
        ("parameters", "username"),
        [
            ({"USER_ID_FOR_SRP": "jane", "FRIENDLY_DEVICE_NAME": "Phone"}, "jane"),
            ({"USERNAME": "jane"}, "jane"),
            ({"USERNAME": "jane@example.com", "USER_ID_FOR_SRP": "jane"}, "jane"),
            ({}, SUB),
        ],
        ids=str,
    )
    def test_comes_with_all_that_its_answer_needs(
        self, api: FlaskClient, upstream: Upstream, parameters: dict[str, str], username: str
    ) -> None:
        upstream.answers(
            "RespondToAuthChallenge",
            {
                "ChallengeName": "SELECT_MFA_TYPE",
                "Session": "next-session-of-the-login",
                "ChallengeParameters": parameters,
            },
        )

        assert respond(api, "PASSWORD", answer="Str0ngP@ssw0rd!") == (
            202,
            {
                "challenge": "SELECT_MFA_TYPE",
                "session": "next-session-of-the-login",
                "username": username,
                "parameters": parameters,
            },
        )

    def test_may_be_a_choice(self, api: FlaskClient, upstream: Upstream) -> None:
        challenge = {"ChallengeName": "SELECT_CHALLENGE", "Session": "s" * 20}
        available = {"AvailableChallenges": ["EMAIL_OTP", "WEB_AUTHN"]}
        upstream.answers("RespondToAuthChallenge", challenge | available)

        assert respond(api, "CUSTOM_CHALLENGE", answer="blue") == (
            202,
            {
                "challenge": "SELECT_CHALLENGE",
                "session": "s" * 20,
                "username": SUB,
                "parameters": {},
                "available_challenges": ["EMAIL_OTP", "WEB_AUTHN"],
            },
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "message"),
        [
            ("CodeMismatchException", "Invalid code received for user"),
            ("ExpiredCodeException", "Your software token has already been used once."),
            ("InvalidPasswordException", "Password does not conform to policy"),
            ("PasswordHistoryPolicyViolationException", "Password was used before"),
        ],
    )
    def test_of_a_wrong_answer_say_try_again(
        self, api: FlaskClient, upstream: Upstream, error: str, message: str
    ) -> None:
        upstream.refuses("RespondToAuthChallenge", error, message)

        refused = respond(api, "SOFTWARE_TOKEN_MFA", answer="123456")
        assert refused == (400, {"error": error, "message": message})

    @pytest.mark.parametrize(
        "message",
        [
            "Invalid session for the user, session can only be used once.",
            "Invalid session for the user, session is expired.",
            "Incorrect username or password.",
        ],
    )
    def test_of_a_dead_session_or_a_wrong_password_say_start_again(
        self, api: FlaskClient, upstream: Upstream, message: str
    ) -> None:
        upstream.refuses("RespondToAuthChallenge", "NotAuthorizedException", message)

        body = {"challenge": "PASSWORD", "session": SESSION, "username": SUB, "answer": "wrong"}
        response = api.post("/auth/challenge", json=body)

        assert response.status_code == 401
        assert response.json == {"error": "NotAuthorizedException", "message": message}
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="cognito-auth-api"'

    def test_of_an_unknown_user_is_a_wrong_password(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.refuses("RespondToAuthChallenge", "UserNotFoundException", "User does not exist.")

        assert respond(api, "PASSWORD", answer="wrong") == (
            401,
            {"error": "NotAuthorizedException", "message": "Incorrect username or password."},
        )

    def test_of_a_device_that_is_forgotten(self, api: FlaskClient, upstream: Upstream) -> None:
        message = "Device does not exist."
        upstream.refuses("RespondToAuthChallenge", "ResourceNotFoundException", message)

        refused = respond(api, "DEVICE_SRP_AUTH", responses=RESPONSES["DEVICE_SRP_AUTH"])
        assert refused == (400, {"error": "ResourceNotFoundException", "message": message})

    def test_of_our_own_secret_are_ours(self, api: FlaskClient, upstream: Upstream) -> None:
        message = "Unable to verify secret hash for client 1test"
        upstream.refuses("RespondToAuthChallenge", "NotAuthorizedException", message)

        status, body = respond(api, "SMS_MFA", answer="123456")
        assert (status, body["error"]) == (500, "ServerMisconfigured")


class TestInput:
    @pytest.mark.parametrize("challenge", RESPONSES)
    def test_an_answer_where_responses_are_needed(
        self, api: FlaskClient, upstream: Upstream, challenge: str
    ) -> None:
        refused = respond(api, challenge, answer="x", responses=RESPONSES[challenge])

        assert refused == invalid(answer="is not for this challenge; use responses")
        assert upstream.requests == []

    @pytest.mark.parametrize("challenge", sorted(NAMES.keys() - {"MFA_SETUP"}))
    @pytest.mark.parametrize("members", [{}, {"responses": {}}], ids=["nothing", "no responses"])
    def test_no_answer_where_one_is_needed(
        self, api: FlaskClient, upstream: Upstream, challenge: str, members: dict[str, object]
    ) -> None:
        assert respond(api, challenge, **members) == invalid(answer="is required")
        assert upstream.requests == []

    @pytest.mark.parametrize("challenge", RESPONSES)
    def test_no_responses_where_they_are_needed(
        self, api: FlaskClient, upstream: Upstream, challenge: str
    ) -> None:
        assert respond(api, challenge) == invalid(responses="is required")
        assert upstream.requests == []

    @pytest.mark.parametrize(
        ("members", "fields"),
        [
            ({"session": "short"}, {"session": "must have at least 20 characters"}),
            ({"username": "a b"}, {"username": "must be the name as Cognito returned it"}),
            ({"answer": ""}, {"answer": "is empty"}),
            ({"responses": {"SRP_A": 7}}, {"responses": "each member must be a string"}),
            ({"responses": []}, {"responses": "must be an object"}),
        ],
        ids=str,
    )
    def test_that_cognito_would_refuse(
        self,
        api: FlaskClient,
        upstream: Upstream,
        members: dict[str, object],
        fields: dict[str, str],
    ) -> None:
        assert respond(api, "SMS_MFA", **{"answer": "123456", **members}) == invalid(**fields)
        assert upstream.requests == []

    def test_every_challenge_of_cognitos_can_be_answered(self) -> None:
        """All but the one that only AdminRespondToAuthChallenge takes."""
        rules = SPEC["components"]["schemas"]["ChallengeRequest"]["properties"]["challenge"]
        described = set(re.findall(r"[A-Z_]{5,}", rules["description"]))
        of_cognito = model().shape_for("ChallengeNameType").enum

        assert NAMES.keys() | RESPONSES.keys() == described
        assert described == set(of_cognito) - {"ADMIN_NO_SRP_AUTH"}

    @pytest.mark.parametrize("challenge", ["ADMIN_NO_SRP_AUTH", "sms_mfa", "SMS_MFA ", "NEWER"])
    def test_a_challenge_that_is_not_cognitos(
        self, api: FlaskClient, upstream: Upstream, challenge: str
    ) -> None:
        known = ", ".join(
            [
                *("SMS_MFA", "EMAIL_OTP", "SMS_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE"),
                *("MFA_SETUP", "NEW_PASSWORD_REQUIRED", "PASSWORD", "SELECT_CHALLENGE"),
                *("WEB_AUTHN", "CUSTOM_CHALLENGE", "PASSWORD_VERIFIER", "PASSWORD_SRP"),
                *("DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"),
            ]
        )

        assert respond(api, challenge, answer="1") == invalid(challenge=f"must be one of {known}")
        assert upstream.requests == []
