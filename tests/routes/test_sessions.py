"""/sessions: where a user is logged in, and ending one of them."""

import pytest
from flask.testing import FlaskClient

from tests.support.keys import CLIENT_ID
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

ID = "tkn0123456789abcdefghijklmno"


class TestList:
    def test_of_a_page(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        upstream.answers(
            "ListUserSessions",
            {
                "Sessions": [
                    {
                        "SessionId": ID,
                        "SessionType": "TOKEN",
                        "ClientId": CLIENT_ID,
                        "CreateDate": 1767225600,
                        "LastActiveDate": 1767229200,
                        "DeviceType": "Firefox on Linux",
                        "LastIPAddress": "192.0.2.1",
                        "LastLocation": {"City": "Seattle", "Country": "United States"},
                        "OriginSessionId": "sso0123456789abcdefghijklmno",
                        "IsCurrentSession": True,
                    }
                ],
                "NextToken": "page-3",
            },
        )

        response = user.get("/sessions?next_token=page-2")

        assert response.status_code == 200
        assert response.json == {
            "sessions": [
                {
                    "session_id": ID,
                    "session_type": "TOKEN",
                    "client_id": CLIENT_ID,
                    "create_date": "2026-01-01T00:00:00+00:00",
                    "last_active_date": "2026-01-01T01:00:00+00:00",
                    "device_type": "Firefox on Linux",
                    "last_ip_address": "192.0.2.1",
                    "last_location": {"city": "Seattle", "country": "United States"},
                    "origin_session_id": "sso0123456789abcdefghijklmno",
                    "is_current_session": True,
                }
            ],
            "next_token": "page-3",
        }
        assert upstream.calls("ListUserSessions")[0].json == {
            "AccessToken": token,
            "NextToken": "page-2",
        }

    @pytest.mark.parametrize("reply", [{}, {"Sessions": []}], ids=str)
    def test_of_none(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        reply: dict[str, list[object]],
    ) -> None:
        upstream.answers("ListUserSessions", reply)

        response = user.get("/sessions?limit=5")  # Cognito has no limit here

        assert (response.status_code, response.json) == (200, {"sessions": []})
        assert upstream.calls("ListUserSessions")[0].json == {"AccessToken": token}


class TestRevoke:
    @pytest.mark.parametrize("session", [ID, "sso0123456789abcdefghijklmno"])
    def test_ends_one(
        self, user: FlaskClient, upstream: Upstream, token: str, session: str
    ) -> None:
        response = user.delete(f"/sessions/{session}")

        assert (response.status_code, response.json) == (200, {"message": "Session ended."})
        assert upstream.calls("RevokeUserSession")[0].json == {
            "AccessToken": token,
            "SessionId": session,
        }

    def test_of_one_that_is_not_there(self, user: FlaskClient, upstream: Upstream) -> None:
        message = "Session does not exist."
        upstream.refuses("RevokeUserSession", "ResourceNotFoundException", message)

        response = user.delete(f"/sessions/{ID}")

        assert response.status_code == 404
        assert response.json == {"error": "ResourceNotFoundException", "message": message}

    @pytest.mark.parametrize("session", ["x", ID.upper(), ID + "0", "abc" + ID[3:]])
    def test_of_what_is_no_session(
        self, user: FlaskClient, upstream: Upstream, session: str
    ) -> None:
        response = user.delete(f"/sessions/{session}")

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The path has 1 problem.",
            "fields": {"id": "must be a session id as Cognito issued it"},
        }
        assert upstream.count("cognito") == 0
