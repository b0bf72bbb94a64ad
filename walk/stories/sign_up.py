"""Signing up, confirming, and the first login that comes by itself."""

from walk import user
from walk.challenges import finish
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, SESSION
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Become a user."""
    user.sign_up(walk)
    if walk.user.confirmed:
        walk.note("The pool confirms everybody by itself.")
    else:
        email = walk.user.email
        walk.call(
            "Nobody logs in unconfirmed",
            "POST /auth/login",
            user.credentials(walk),
            status=403,
            error="UserNotConfirmedException",
        )
        walk.call("Send the code again", "POST /auth/resend-code", {"email": email})
        _first_login(walk, user.confirm(walk).json.get("session"))
    user.log_in(walk)
    walk.call(
        "See what the token says", "GET /me", bearer=ACCESS_TOKEN, shows={"sub": walk.user.sub}
    )


def _first_login(walk: Walker, session: object) -> None:
    """Log in without a password by what confirming gave, where the pool does that."""
    if not session:
        walk.note("The pool logs nobody in after confirming.")
        return
    body = {"email": walk.user.email, "flow": "USER_AUTH", "session": SESSION}
    try:
        answer = walk.call(
            "The first login comes by itself",
            "POST /auth/start",
            body,
            status=(200, 202),
            may_refuse=("InvalidParameterException",),
        )
    except SkippedError:
        return
    finish(walk, answer)


STORY = Story(
    "sign-up",
    "Sign-up and the first login",
    tell,
    (
        "POST /auth/signup",
        "POST /auth/login",
        "POST /auth/resend-code",
        "POST /auth/confirm",
        "POST /auth/start",
        "GET /me",
    ),
    needs_user=False,
)
