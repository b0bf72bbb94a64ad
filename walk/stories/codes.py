"""Logging in with a code, by mail and by text message."""

from walk.challenges import finish
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CODE
from walk.walker import Walker

REFUSED = ("InvalidParameterException", "NotAuthorizedException")


def tell(walk: Walker) -> None:
    """Log in by mail, then by text message."""
    _log_in(walk, "EMAIL_OTP")
    if not walk.phone:
        walk.end_with(SkippedError("no number for text messages was given (PHONE=+1...)"))
    number = {"phone_number": walk.phone}
    walk.call("Have a phone number", "POST /profile", number, bearer=ACCESS_TOKEN)
    walk.call(
        "Have a code sent to it",
        "POST /profile/{attribute}/verification",
        bearer=ACCESS_TOKEN,
        path={"attribute": "phone_number"},
    )
    walk.call(
        "Prove the number by the code",
        "POST /profile/{attribute}/verification/confirm",
        {"code": CODE},
        bearer=ACCESS_TOKEN,
        code_to=walk.phone,
        path={"attribute": "phone_number"},
    )
    _log_in(walk, "SMS_OTP")


def _log_in(walk: Walker, factor: str) -> None:
    body = {"email": walk.user.email, "flow": "USER_AUTH", "preferred_challenge": factor}
    answer = walk.call(
        f"Log in by {factor}", "POST /auth/start", body, status=(200, 202), may_refuse=REFUSED
    )
    if answer.json.get("challenge") != factor:
        walk.end_with(SkippedError(f"the pool does not offer {factor}"))
    finish(walk, answer)


STORY = Story(
    "codes",
    "Codes by mail and text message",
    tell,
    (
        "POST /auth/start",
        "POST /auth/challenge",
        "POST /profile",
        "POST /profile/{attribute}/verification",
        "POST /profile/{attribute}/verification/confirm",
    ),
)
