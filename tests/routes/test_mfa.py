"""GET and PUT /mfa: which factors a user has, and which of them are asked for."""

import pytest
from flask.testing import FlaskClient

from tests.support.keys import SUB
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")


class TestRead:
    def test_says_what_is_set_up(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        upstream.answers(
            "GetUserAuthFactors",
            {
                "Username": SUB,
                "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
                "UserMFASettingList": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"],
                "ConfiguredUserAuthFactors": ["PASSWORD", "WEB_AUTHN"],
            },
        )

        response = user.get("/mfa")

        assert response.status_code == 200
        assert response.json == {
            "username": SUB,
            "preferred_mfa_setting": "SOFTWARE_TOKEN_MFA",
            "user_mfa_setting_list": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"],
            "configured_user_auth_factors": ["PASSWORD", "WEB_AUTHN"],
        }
        assert upstream.calls("GetUserAuthFactors")[0].json == {"AccessToken": token}

    def test_of_a_user_who_has_set_up_nothing(self, user: FlaskClient, upstream: Upstream) -> None:
        upstream.answers("GetUserAuthFactors", {"Username": SUB})

        response = user.get("/mfa")

        assert (response.status_code, response.json) == (200, {"username": SUB})


class TestUpdate:
    @pytest.mark.parametrize(
        ("body", "settings"),
        [
            (
                {"totp": {"enabled": True, "preferred": True}},
                {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}},
            ),
            (
                {"sms": {"enabled": True}, "email": {"enabled": False, "preferred": False}},
                {
                    "SMSMfaSettings": {"Enabled": True},
                    "EmailMfaSettings": {"Enabled": False, "PreferredMfa": False},
                },
            ),
            ({"passkey": {"enabled": True}}, {"WebAuthnMfaSettings": {"Enabled": True}}),
        ],
        ids=str,
    )
    def test_switches_what_is_named_and_nothing_else(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        body: dict[str, object],
        settings: dict[str, object],
    ) -> None:
        response = user.put("/mfa", json=body)

        assert response.status_code == 200
        assert response.json == {"message": "Second factors updated."}
        assert upstream.calls("SetUserMFAPreference")[0].json == {"AccessToken": token, **settings}

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            (
                {},
                dict.fromkeys(
                    ("sms", "totp", "email", "passkey"), "at least one of these is required"
                ),
            ),
            ({"totp": True}, {"totp": "must be an object"}),
            ({"totp": {}}, {"totp": "enabled is required"}),
            ({"totp": {"enabled": "yes"}}, {"totp": "enabled must be true or false"}),
            # Cognito prefers no passkey: it knows no such member.
            (
                {"passkey": {"enabled": True, "preferred": True}},
                {"passkey": "must have no members but enabled"},
            ),
        ],
        ids=str,
    )
    def test_with_a_body_that_cognito_would_not_know(
        self,
        user: FlaskClient,
        upstream: Upstream,
        body: dict[str, object],
        fields: dict[str, str],
    ) -> None:
        response = user.put("/mfa", json=body)

        count = f"{len(fields)} problem{'s' * (len(fields) > 1)}"
        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": f"The body has {count}.",
            "fields": fields,
        }
        assert upstream.count("cognito") == 0
