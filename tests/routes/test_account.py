"""POST /auth/logout-everywhere, POST /auth/change-password, DELETE /me: the account as a whole."""

import pytest
from flask.testing import FlaskClient

from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

OLD, NEW = "Str0ngP@ssw0rd!", "An0therP@ssw0rd"


def test_logging_out_everywhere(user: FlaskClient, upstream: Upstream, token: str) -> None:
    response = user.post("/auth/logout-everywhere")

    assert (response.status_code, response.json) == (200, {"message": "Logged out everywhere."})
    assert upstream.calls("GlobalSignOut")[0].json == {"AccessToken": token}


def test_with_a_token_that_cognito_has_revoked(user: FlaskClient, upstream: Upstream) -> None:
    """It verifies until it expires; Cognito knows better, and is asked."""
    message = "Access Token has been revoked"
    upstream.refuses("GlobalSignOut", "NotAuthorizedException", message)

    response = user.post("/auth/logout-everywhere")

    assert response.status_code == 401
    assert response.json == {"error": "NotAuthorizedException", "message": message}
    assert response.headers["WWW-Authenticate"] == (
        'Bearer realm="cognito-auth-api", error="invalid_token"'
    )


class TestChangePassword:
    def test_by_the_old_one(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        body = {"previous_password": OLD, "new_password": NEW}
        response = user.post("/auth/change-password", json=body)

        assert (response.status_code, response.json) == (200, {"message": "Password changed."})
        assert upstream.calls("ChangePassword")[0].json == {
            "AccessToken": token,
            "PreviousPassword": OLD,
            "ProposedPassword": NEW,
        }

    def test_of_a_user_who_has_none(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        """Who logs in by codes and passkeys alone has no password to give."""
        response = user.post("/auth/change-password", json={"new_password": NEW})

        assert (response.status_code, response.json) == (200, {"message": "Password changed."})
        assert upstream.calls("ChangePassword")[0].json == {
            "AccessToken": token,
            "ProposedPassword": NEW,
        }

    def test_by_a_wrong_one_does_not_blame_the_token(
        self, user: FlaskClient, upstream: Upstream
    ) -> None:
        message = "Incorrect username or password."
        upstream.refuses("ChangePassword", "NotAuthorizedException", message)

        body = {"previous_password": "wrong", "new_password": NEW}
        response = user.post("/auth/change-password", json=body)

        assert response.status_code == 400
        assert response.json == {"error": "NotAuthorizedException", "message": message}


def test_deleting_the_user(user: FlaskClient, upstream: Upstream, token: str) -> None:
    response = user.delete("/me")

    assert (response.status_code, response.json) == (200, {"message": "User deleted."})
    assert upstream.calls("DeleteUser")[0].json == {"AccessToken": token}
