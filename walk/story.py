"""The steps of `make walk`: a user's life from sign-up to deletion, in requests to the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from walk.curl import Var

EMAIL, SUB = Var("EMAIL"), Var("SUB")
PASSWORD, NEW_PASSWORD, CODE = Var("PASSWORD"), Var("NEW_PASSWORD"), Var("CODE")
ACCESS_TOKEN, REFRESH_TOKEN = Var("ACCESS_TOKEN"), Var("REFRESH_TOKEN")


@dataclass(frozen=True)
class Step:
    """A request and the answer that is wanted; the steps after a `vital` one depend on it."""

    title: str
    request: str
    body: Mapping[str, str | Var] = field(default_factory=dict)
    bearer: Var | None = None
    status: int = 200
    shows: Mapping[str, str | Var] = field(default_factory=dict)
    vital: bool = False


OLD_LOGIN = {"email": EMAIL, "password": PASSWORD}
NEW_LOGIN = {"email": EMAIL, "password": NEW_PASSWORD}
RESET = {"email": EMAIL, "code": CODE, "new_password": NEW_PASSWORD}
REFRESH = {"email": EMAIL, "refresh_token": REFRESH_TOKEN}
NAME = {"name": "Walker"}

# Not /health: the local API Gateway answers that itself.
NO_TOKEN = Step(
    "No token, no entry", "GET /me", status=401, shows={"error": "InvalidToken"}, vital=True
)
STRANGER = Step("A stranger cannot log in", "POST /auth/login", OLD_LOGIN, status=401, vital=True)
SIGN_UP = Step("Sign up", "POST /auth/signup", OLD_LOGIN, vital=True)
CONFIRM = Step(
    "Confirm with the code", "POST /auth/confirm", {"email": EMAIL, "code": CODE}, vital=True
)
LOG_IN = Step("Log in", "POST /auth/login", OLD_LOGIN, vital=True)
LOG_IN_ANEW = Step("Log in with the new password", "POST /auth/login", NEW_LOGIN, vital=True)
FORGET_PASSWORD = Step(
    "Forget the password", "POST /auth/forgot-password", {"email": EMAIL}, vital=True
)
RESET_PASSWORD = Step("Reset it with the code", "POST /auth/reset-password", RESET, vital=True)
DELETE = Step("Delete the user", "DELETE /me", bearer=ACCESS_TOKEN, vital=True)
GONE = Step("The user is gone", "POST /auth/login", NEW_LOGIN, status=401)
GOOGLE = Step("Google login leads to Google", "GET /auth/google/start", status=302)

STORY = (
    NO_TOKEN,
    STRANGER,
    SIGN_UP,
    CONFIRM,
    Step("A wrong password is refused", "POST /auth/login", NEW_LOGIN, status=401),
    LOG_IN,
    Step("See what the token says", "GET /me", bearer=ACCESS_TOKEN, shows={"sub": SUB}),
    Step("See the profile", "GET /profile", bearer=ACCESS_TOKEN),
    Step("Change the profile", "POST /profile", NAME, bearer=ACCESS_TOKEN),
    Step("See the change", "GET /profile", bearer=ACCESS_TOKEN, shows=NAME),
    Step("Refresh the tokens", "POST /auth/refresh", REFRESH),
    Step("Log out", "POST /auth/logout", {"refresh_token": REFRESH_TOKEN}),
    Step("The refresh token is dead", "POST /auth/refresh", REFRESH, status=401),
    FORGET_PASSWORD,
    RESET_PASSWORD,
    Step("The old password is refused", "POST /auth/login", OLD_LOGIN, status=401),
    LOG_IN_ANEW,
    Step("Log out everywhere", "POST /auth/logout-everywhere", bearer=ACCESS_TOKEN),
    Step("The access token is dead", "GET /profile", bearer=ACCESS_TOKEN, status=401),
    Step("Log in once more", "POST /auth/login", NEW_LOGIN, vital=True),
    DELETE,
    GONE,
    GOOGLE,
)

# Not part of the story, but of its mishaps.
RESEND_CODE = Step("Send another code", "POST /auth/resend-code", {"email": EMAIL})
