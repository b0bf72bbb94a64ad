"""Which settings of a pool can be seen from outside, in the words of POOL."""

from collections.abc import Iterable

from local.servers.pool import WORDS
from walk.answers import refresh_cookie, token_claims
from walk.records import Step

OFF = "UserPoolAddOnNotEnabledException"


def seen(steps: Iterable[Step]) -> list[str]:
    """Return the words of POOL that make a local pool like the one that answered."""
    answered = [(step, step.answer) for step in steps if step.answer]
    words = set()
    if any("new_device_metadata" in answer.json for _, answer in answered):
        words.add("devices")
    if _rotates(steps):
        words.add("rotation")
    if any(answer.json.get("challenge") == "MFA_SETUP" for _, answer in answered):
        words.add("mfa-required")
    for step, answer in answered:
        if step.request == "POST /auth/event-feedback" and answer.error != OFF:
            words.add("threat-protection")
        if step.title == "Somebody unknown forgets a password" and answer.status == 200:
            words.add("hide-users")
    issuers = [
        str(token_claims(str(answer.json.get("access_token", ""))).get("iss", ""))
        for _, answer in answered
    ]
    if any("//issuer-" in issuer for issuer in issuers):
        words.add("updated-issuer")
    return [word for word in WORDS if word in words]


def of_api(steps: Iterable[Step]) -> dict[str, str]:
    """Return the settings of the API itself that can be seen, as environment variables."""
    keeps_cookie = any(step.answer and refresh_cookie(step.answer) for step in steps)
    return {"REFRESH_COOKIE": "true"} if keeps_cookie else {}


def _rotates(steps: Iterable[Step]) -> bool:
    """Tell whether a refresh brought another refresh token."""
    newest = None
    for step in steps:
        answer = step.answer
        token = answer and (answer.json.get("refresh_token") or refresh_cookie(answer))
        if token and step.request == "POST /auth/refresh":
            return bool(token != newest)
        newest = token or newest
    return False
