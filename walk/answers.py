"""What an answer holds besides its members: the refresh token's cookie, a token's claims."""

import base64
import json
from typing import Any

from walk.curl import ApiAnswer


def refresh_cookie(answer: ApiAnswer) -> str:
    """Return the name and the value of the refresh token's cookie, if the answer sets one."""
    for header in answer.headers.get_all("Set-Cookie", []):
        name, _, value = header.partition(";")[0].partition("=")
        if name.strip().endswith("refresh_token") and value:
            return f"{name.strip()}={value}"
    return ""


def token_claims(token: str) -> dict[str, Any]:
    """Return a token's claims, unverified; {} if it cannot be read."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}
