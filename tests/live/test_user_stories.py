"""More flows on the local AWS: first logins, second factors, and the many ways to end a session."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live import PASSWORD, Live, answer, claims, new_email, run_beside, totp

NEW_PASSWORD = "EvenStr0ngerP@ss!"
WRONG_PASSWORD = {"error": "NotAuthorizedException", "message": "Incorrect username or password."}


@pytest.fixture
def email(live: Live) -> str:
    """Give the address of somebody who has signed up and confirmed it."""
    live.sign_up(email := new_email())
    return email


@pytest.fixture(scope="module")
def guarded(live: Live) -> Iterator[Live]:
    """Run an API in front of a pool in which users may have a second factor."""
    with run_beside(live) as other:
        other.stack.admin.set_user_pool_mfa_config(
            UserPoolId=other.stack.pool.id,
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": True},
        )
        yield other


def request(live: Live, method: str, path: str, token: str, **body: Any) -> tuple[int, Any]:
    """Make a request with a bearer token; return status and body."""
    headers = {"Authorization": f"Bearer {token}"}
    url = live.url + path
    response = live.session.request(method, url, headers=headers, json=body or None, timeout=10)
    return answer(response)


def other_than(code: str) -> str:
    """Make up a code that no authenticator with this secret shows within the minute."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_first_login_with_a_temporary_password(live: Live) -> None:
    created = live.stack.admin.admin_create_user(
        UserPoolId=live.stack.pool.id,
        Username=(email := new_email()),
        TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": email}],
    )["User"]

    login = live.post("/auth/login", {"email": email, "password": PASSWORD})
    status, challenge = answer(login)
    assert (status, challenge["challenge"]) == (202, "NEW_PASSWORD_REQUIRED")
    sent_back = {name: challenge[name] for name in ("challenge", "session", "username")}
    status, tokens = answer(live.post("/auth/challenge", {**sent_back, "answer": NEW_PASSWORD}))

    assert status == 200, tokens
    assert claims(tokens["access_token"])["username"] == created["Username"]
    old = live.post("/auth/login", {"email": email, "password": PASSWORD})
    assert answer(old) == (401, WRONG_PASSWORD)
    live.log_in(email, NEW_PASSWORD)


def test_an_authenticator_from_enrolment_to_challenge(guarded: Live) -> None:
    sub = guarded.sign_up(email := new_email())
    token = guarded.log_in(email)["access_token"]

    status, enrolled = request(guarded, "POST", "/mfa/totp", token, account=email)
    assert status == 200, enrolled
    secret = enrolled["secret"]
    assert re.fullmatch(
        f"otpauth://totp/[^?]+[?]secret={secret}&issuer=Cognito", enrolled["otpauth_uri"]
    )
    wrong = {"code": other_than(totp(secret))}
    assert request(guarded, "POST", "/mfa/totp/verify", token, **wrong)[0] == 400
    right = {"code": totp(secret), "device_name": "Phone"}
    verified = request(guarded, "POST", "/mfa/totp/verify", token, **right)
    assert verified == (200, {"message": "Authenticator verified."})
    factors = {"totp": {"enabled": True, "preferred": True}}
    updated = request(guarded, "PUT", "/mfa", token, **factors)
    assert updated == (200, {"message": "Second factors updated."})

    login = guarded.post("/auth/login", {"email": email, "password": PASSWORD})
    status, challenge = answer(login)
    assert (status, challenge["challenge"]) == (202, "SOFTWARE_TOKEN_MFA")
    sent_back = {name: challenge[name] for name in ("challenge", "session", "username")}
    code = totp(secret, used=1)
    wrong_code = guarded.post("/auth/challenge", {**sent_back, "answer": other_than(code)})
    assert (wrong_code.status_code, wrong_code.json()["error"]) == (400, "CodeMismatchException")
    status, tokens = answer(guarded.post("/auth/challenge", {**sent_back, "answer": code}))
    assert status == 200, tokens
    assert guarded.get("/me", tokens["access_token"]).json()["sub"] == sub

    off = request(guarded, "PUT", "/mfa", tokens["access_token"], totp={"enabled": False})
    assert off[0] == 200
    guarded.log_in(email)


def test_a_change_of_password(live: Live, email: str) -> None:
    token = live.log_in(email)["access_token"]

    wrong = {"previous_password": NEW_PASSWORD, "new_password": NEW_PASSWORD}
    status, refused = request(live, "POST", "/auth/change-password", token, **wrong)
    assert (status, refused["error"]) == (400, "NotAuthorizedException")
    right = {"previous_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = request(live, "POST", "/auth/change-password", token, **right)
    assert changed == (200, {"message": "Password changed."})

    old = live.post("/auth/login", {"email": email, "password": PASSWORD})
    assert answer(old) == (401, WRONG_PASSWORD)
    live.log_in(email, NEW_PASSWORD)


def test_a_logout_ends_the_refresh_token_and_no_other(live: Live, email: str) -> None:
    here, elsewhere = live.log_in(email), live.log_in(email)

    out = live.post("/auth/logout", {"refresh_token": here["refresh_token"]})
    assert answer(out) == (200, {"message": "Logged out."})

    def refresh(tokens: dict[str, Any]) -> tuple[int, Any]:
        body = {"email": email, "refresh_token": tokens["refresh_token"]}
        return answer(live.post("/auth/refresh", body))

    assert refresh(here) == (
        401,
        {
            "error": "NotAuthorizedException",
            "message": "The refresh token is invalid, expired or revoked.",
        },
    )
    assert refresh(elsewhere)[0] == 200


def test_a_logout_everywhere(live: Live, email: str) -> None:
    here, elsewhere = live.log_in(email), live.log_in(email)
    token = here["access_token"]

    out = request(live, "POST", "/auth/logout-everywhere", token)
    assert out == (200, {"message": "Logged out everywhere."})

    for tokens in (here, elsewhere):
        profile = live.get("/profile", tokens["access_token"])
        assert (profile.status_code, profile.json()["error"]) == (401, "NotAuthorizedException")
        assert 'error="invalid_token"' in profile.headers["WWW-Authenticate"]
        body = {"email": email, "refresh_token": tokens["refresh_token"]}
        assert live.post("/auth/refresh", body).status_code == 401
    assert live.get("/me", token).status_code == 200, "verified here, until it expires"
    live.log_in(email)


def test_a_user_who_leaves(live: Live, email: str) -> None:
    token = live.log_in(email)["access_token"]

    assert request(live, "DELETE", "/me", token) == (200, {"message": "User deleted."})

    login = live.post("/auth/login", {"email": email, "password": PASSWORD})
    assert answer(login) == (401, WRONG_PASSWORD)
    assert live.get("/profile", token).status_code == 401
    live.sign_up(email)


def test_a_code_sent_again(live: Live) -> None:
    email = new_email()
    live.post("/auth/signup", {"email": email, "password": PASSWORD})

    again = live.post("/auth/resend-code", {"email": email})

    assert again.status_code == 200
    assert again.json()["message"] == "A new code was sent."
    confirmed = live.post("/auth/confirm", {"email": email, "code": live.code(email)})
    assert confirmed.status_code == 200
