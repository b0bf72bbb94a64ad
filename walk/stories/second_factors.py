"""Second factors: an authenticator app, a code by mail, and the choice between them."""

from contextlib import suppress

from walk import user
from walk.challenges import finish, respond, set_up_app
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN
from walk.walker import Walker

REFUSED = ("InvalidParameterException",)


def tell(walk: Walker) -> None:
    """Set up a factor, log in with it, add another, and switch both off."""
    with suppress(SkippedError):
        walk.call("See the factors", "GET /mfa", bearer=ACCESS_TOKEN)
    set_up_app(walk)
    _switch(walk, "Ask for it from now on", totp={"enabled": True, "preferred": True})
    with suppress(SkippedError):
        walk.call("See them again", "GET /mfa", bearer=ACCESS_TOKEN)
    try:
        user.log_in(walk, "Log in with it")
        _add_mail(walk)
    finally:
        off = {"totp": {"enabled": False}, "email": {"enabled": False}}
        _switch(walk, "Switch them off", **off)


def _add_mail(walk: Walker) -> None:
    factors = {"totp": {"enabled": True, "preferred": False}, "email": {"enabled": True}}
    _switch(walk, "Add codes by mail, and prefer neither", **factors)
    login = user.credentials(walk)
    answer = walk.call("Log in and choose", "POST /auth/login", login, status=(200, 202))
    if answer.json.get("challenge") != "SELECT_MFA_TYPE":
        finish(walk, answer)
        walk.end_with(SkippedError("the pool lets nobody choose a second factor"))
    finish(walk, respond(walk, answer, "The code by mail", answer="EMAIL_OTP"))


def _switch(walk: Walker, title: str, **factors: object) -> None:
    walk.call(title, "PUT /mfa", factors, bearer=ACCESS_TOKEN, may_refuse=REFUSED)


STORY = Story(
    "second-factors",
    "Authenticator app and second factors",
    tell,
    (
        "POST /mfa/totp",
        "POST /mfa/totp/verify",
        "PUT /mfa",
        "GET /mfa",
        "POST /auth/login",
        "POST /auth/challenge",
    ),
)
