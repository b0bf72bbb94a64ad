"""POST /auth/logout and /auth/event-feedback: ending a session, and disowning one."""

import pytest
from flask.testing import FlaskClient

from tests.support.keys import CLIENT_ID, CLIENT_SECRET, POOL, SUB
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")


class TestLogout:
    def test_revokes_the_token(self, api: FlaskClient, upstream: Upstream) -> None:
        response = api.post("/auth/logout", json={"refresh_token": "r.r.r"})

        assert (response.status_code, response.json) == (200, {"message": "Logged out."})
        assert upstream.calls("RevokeToken")[0].json == {
            "ClientId": CLIENT_ID,
            "ClientSecret": CLIENT_SECRET,
            "Token": "r.r.r",
        }

    def test_of_a_token_that_is_no_refresh_token(
        self, api: FlaskClient, upstream: Upstream
    ) -> None:
        upstream.refuses("RevokeToken", "UnsupportedTokenTypeException", "Unsupported token type.")

        response = api.post("/auth/logout", json={"refresh_token": "a.a.a"})

        assert response.status_code == 400
        assert response.json == {
            "error": "UnsupportedTokenTypeException",
            "message": "Unsupported token type.",
        }


class TestEventFeedback:
    BODY = {
        "username": SUB,
        "event_id": "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
        "feedback_token": "f.f.f",
        "feedback": "Invalid",
    }

    def test_is_passed_on(self, api: FlaskClient, upstream: Upstream) -> None:
        response = api.post("/auth/event-feedback", json=self.BODY)

        assert (response.status_code, response.json) == (200, {"message": "Thank you."})
        assert upstream.calls("UpdateAuthEventFeedback")[0].json == {
            "UserPoolId": POOL,
            "Username": SUB,
            "EventId": "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
            "FeedbackToken": "f.f.f",
            "FeedbackValue": "Invalid",
        }

    @pytest.mark.parametrize("error", ["NotAuthorizedException", "UserNotFoundException"])
    def test_does_not_tell_who_has_an_account(
        self, api: FlaskClient, upstream: Upstream, error: str
    ) -> None:
        upstream.refuses("UpdateAuthEventFeedback", error, f"{error} in Cognito's words.")

        response = api.post("/auth/event-feedback", json=self.BODY)

        assert response.status_code == 400
        assert response.json == {
            "error": "NotAuthorizedException",
            "message": "The feedback token is not valid.",
        }
