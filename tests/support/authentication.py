"""Cognito's and the API's answers to a login, and the secret hash that a login needs."""

import base64
import hashlib
import hmac

from tests.support.keys import CLIENT_ID, CLIENT_SECRET

PASSWORD = "Str0ngP@ssw0rd!"
DEVICE = "us-east-1_a1b2c3d4-5678-4abc-8def-0123456789ab"
TOKENS = {
    "access_token": "a.a.a",
    "id_token": "i.i.i",
    "refresh_token": "r.r.r",
    "expires_in": 3600,
    "token_type": "Bearer",
}


def secret_hash(username: str) -> str:
    """Compute Cognito's SECRET_HASH independently of the code under test."""
    mac = hmac.new(CLIENT_SECRET.encode(), (username + CLIENT_ID).encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def authentication_result(**changes: object) -> dict[str, object]:
    """Build what Cognito answers to a login, except for what the arguments change."""
    result = {
        "AccessToken": "a.a.a",
        "IdToken": "i.i.i",
        "RefreshToken": "r.r.r",
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
        **changes,
    }
    return {"AuthenticationResult": {k: v for k, v in result.items() if v is not None}}
