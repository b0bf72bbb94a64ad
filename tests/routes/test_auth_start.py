"""POST /auth/start: the logins that begin with a challenge, each as its flow wants it."""

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
from tests.support.keys import CLIENT_ID, EMAIL, SUB
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")


class TestStart:
    """Every flow that begins with a challenge."""

    @pytest.mark.parametrize(
        ("body", "parameters"),
        [
            ({"flow": "USER_AUTH"}, {}),
            (
                {"flow": "USER_AUTH", "preferred_challenge": "EMAIL_OTP"},
                {"PREFERRED_CHALLENGE": "EMAIL_OTP"},
            ),
            (
                {"flow": "USER_AUTH", "preferred_challenge": "WEB_AUTHN", "device_key": DEVICE},
                {"PREFERRED_CHALLENGE": "WEB_AUTHN", "DEVICE_KEY": DEVICE},
            ),
            (
                {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD_SRP", "srp_a": "aB12"},
                {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": "aB12"},
            ),
            ({"flow": "USER_SRP_AUTH", "srp_a": "aB12"}, {"SRP_A": "aB12"}),
            (
                {"flow": "USER_SRP_AUTH", "srp_a": "aB12", "device_key": DEVICE},
                {"SRP_A": "aB12", "DEVICE_KEY": DEVICE},
            ),
            ({"flow": "CUSTOM_AUTH"}, {}),
            (
                {"flow": "CUSTOM_AUTH", "srp_a": "aB12"},
                {"CHALLENGE_NAME": "SRP_A", "SRP_A": "aB12"},
            ),
        ],
        ids=str,
    )
    def test_sends_what_the_flow_needs(
        self,
        api: FlaskClient,
        upstream: Upstream,
        body: dict[str, str],
        parameters: dict[str, str],
    ) -> None:
        upstream.answers(
            "InitiateAuth",
            {
                "ChallengeName": "EMAIL_OTP",
                "Session": "s" * 20,
                "ChallengeParameters": {"USERNAME": SUB, "CODE_DELIVERY_DESTINATION": "j***@e***"},
            },
        )

        response = api.post("/auth/start", json={"email": EMAIL, **body})

        assert response.status_code == 202
        assert response.json == {
            "challenge": "EMAIL_OTP",
            "session": "s" * 20,
            "username": SUB,
            "parameters": {"USERNAME": SUB, "CODE_DELIVERY_DESTINATION": "j***@e***"},
        }
        assert upstream.calls("InitiateAuth")[0].json == {
            "ClientId": CLIENT_ID,
            "UserContextData": CALLER,
            "AuthFlow": body["flow"],
            "AuthParameters": {
                "USERNAME": EMAIL,
                "SECRET_HASH": secret_hash(EMAIL),
                **parameters,
            },
        }

    def test_of_a_flow_that_ends_at_once(self, api: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("InitiateAuth", authentication_result())

        response = api.post("/auth/start", json={"email": EMAIL, "flow": "CUSTOM_AUTH"})

        assert (response.status_code, response.json) == (200, TOKENS)

    @pytest.mark.parametrize(
        "body",
        [
            {"flow": "USER_SRP_AUTH"},
            {"flow": "USER_AUTH", "preferred_challenge": "PASSWORD_SRP"},
        ],
        ids=str,
    )
    def test_of_srp_without_its_value(
        self, api: FlaskClient, upstream: Upstream, body: dict[str, str]
    ) -> None:
        response = api.post("/auth/start", json={"email": EMAIL, **body})

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The body has 1 problem.",
            "fields": {"srp_a": "is required for SRP"},
        }
        assert upstream.requests == []

    def test_takes_no_password_and_no_other_flow(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        body = {"email": EMAIL, "flow": "USER_PASSWORD_AUTH", "password": PASSWORD}
        response = api.post("/auth/start", json=body)

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The body has 1 problem.",
            "fields": {"flow": "must be one of USER_AUTH, USER_SRP_AUTH, CUSTOM_AUTH"},
        }
        assert upstream.requests == []
