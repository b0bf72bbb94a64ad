"""/passkeys: registering them with a browser, listing and deleting them."""

import pytest
from flask.testing import FlaskClient

from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

OPTIONS = {
    "challenge": "c2VjcmV0",
    "rp": {"id": "example.com", "name": "example.com"},
    "user": {"id": "amFuZQ", "name": "jane", "displayName": "Jane"},
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "timeout": 60000,
}
CREDENTIAL = {
    "id": "c2VjcmV0",
    "rawId": "c2VjcmV0",
    "type": "public-key",
    "authenticatorAttachment": None,
    "response": {"clientDataJSON": "e30", "attestationObject": "oA", "transports": ["internal"]},
    "clientExtensionResults": {"credProps": {"rk": True}},
}


class TestRegistration:
    def test_starts_with_options_for_the_browser(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        """The browser takes them as they are, so no name in them is changed."""
        upstream.answers("StartWebAuthnRegistration", {"CredentialCreationOptions": OPTIONS})

        response = user.post("/passkeys/registration")

        assert response.status_code == 200
        assert response.json == {"credential_creation_options": OPTIONS}
        assert upstream.calls("StartWebAuthnRegistration")[0].json == {"AccessToken": token}

    def test_ends_with_what_the_browser_made(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        response = user.post("/passkeys", json={"credential": CREDENTIAL})

        assert (response.status_code, response.json) == (200, {"message": "Passkey registered."})
        assert upstream.calls("CompleteWebAuthnRegistration")[0].json == {
            "AccessToken": token,
            "Credential": CREDENTIAL,
        }

    @pytest.mark.parametrize("credential", ["{}", None, []], ids=repr)
    def test_of_what_is_no_credential(
        self, user: FlaskClient, upstream: Upstream, credential: object
    ) -> None:
        response = user.post("/passkeys", json={"credential": credential})

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The body has 1 problem.",
            "fields": {"credential": "must be an object"},
        }
        assert upstream.count("cognito") == 0

    @pytest.mark.parametrize(
        "error",
        [
            "WebAuthnChallengeNotFoundException",
            "WebAuthnOriginNotAllowedException",
            "WebAuthnNotEnabledException",
        ],
    )
    def test_that_fails(self, user: FlaskClient, upstream: Upstream, error: str) -> None:
        upstream.refuses("CompleteWebAuthnRegistration", error)

        response = user.post("/passkeys", json={"credential": CREDENTIAL})

        assert response.status_code == 400
        assert response.json == {"error": error, "message": "Refused."}


class TestList:
    def test_of_a_page(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        upstream.answers(
            "ListWebAuthnCredentials",
            {
                "Credentials": [
                    {
                        "CredentialId": "c2VjcmV0",
                        "FriendlyCredentialName": "iCloud Keychain",
                        "RelyingPartyId": "example.com",
                        "AuthenticatorAttachment": "platform",
                        "AuthenticatorTransports": ["internal", "hybrid"],
                        "CreatedAt": 1767225600.5,
                    }
                ],
                "NextToken": "page-3",
            },
        )

        response = user.get("/passkeys?limit=1&next_token=page-2")

        assert response.status_code == 200
        assert response.json == {
            "credentials": [
                {
                    "credential_id": "c2VjcmV0",
                    "friendly_credential_name": "iCloud Keychain",
                    "relying_party_id": "example.com",
                    "authenticator_attachment": "platform",
                    "authenticator_transports": ["internal", "hybrid"],
                    "created_at": "2026-01-01T00:00:00.500000+00:00",
                }
            ],
            "next_token": "page-3",
        }
        assert upstream.calls("ListWebAuthnCredentials")[0].json == {
            "AccessToken": token,
            "MaxResults": 1,
            "NextToken": "page-2",
        }

    def test_of_none(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        upstream.answers("ListWebAuthnCredentials", {"Credentials": []})

        response = user.get("/passkeys")

        assert (response.status_code, response.json) == (200, {"credentials": []})
        assert upstream.calls("ListWebAuthnCredentials")[0].json == {"AccessToken": token}

    @pytest.mark.parametrize("limit", ["0", "21", "-1", "1.5", "ten", "", "٣"])
    def test_with_a_limit_that_cognito_does_not_take(
        self, user: FlaskClient, upstream: Upstream, limit: str
    ) -> None:
        response = user.get("/passkeys", query_string={"limit": limit})

        assert response.status_code == 400
        assert response.json is not None
        assert response.json["fields"].keys() == {"limit"}
        assert upstream.count("cognito") == 0


class TestDelete:
    def test_of_one(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        response = user.delete("/passkeys/c2Vj_cmV-0=")

        assert (response.status_code, response.json) == (200, {"message": "Passkey deleted."})
        assert upstream.calls("DeleteWebAuthnCredential")[0].json == {
            "AccessToken": token,
            "CredentialId": "c2Vj_cmV-0=",
        }

    def test_of_one_that_is_not_there(self, user: FlaskClient, upstream: Upstream) -> None:
        message = "Credential does not exist."
        upstream.refuses("DeleteWebAuthnCredential", "ResourceNotFoundException", message)

        response = user.delete("/passkeys/c2VjcmV0")

        assert response.status_code == 404
        assert response.json == {"error": "ResourceNotFoundException", "message": message}
