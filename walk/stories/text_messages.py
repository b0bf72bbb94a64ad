"""A phone number: proving it, and logging in with a code by text message."""

from walk.outcomes import SkippedError
from walk.stories import codes
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CODE
from walk.walker import Walker

NUMBER = {"attribute": "phone_number"}


def tell(walk: Walker) -> None:
    """Prove a number and log in with it."""
    if not walk.phone:
        walk.end_with(SkippedError("no number for text messages was given (PHONE=+1...)"))
    number = {"phone_number": walk.phone}
    walk.call("Have a phone number", "POST /profile", number, bearer=ACCESS_TOKEN)
    walk.call(
        "Have a code sent to it",
        "POST /profile/{attribute}/verification",
        bearer=ACCESS_TOKEN,
        path=NUMBER,
        may_refuse=codes.REFUSED,
    )
    walk.call(
        "Prove the number by the code",
        "POST /profile/{attribute}/verification/confirm",
        {"code": CODE},
        bearer=ACCESS_TOKEN,
        code_to=walk.phone,
        path=NUMBER,
    )
    codes.log_in(walk, "SMS_OTP")


STORY = Story(
    "text-messages",
    "Text messages",
    tell,
    (
        "POST /profile",
        "POST /profile/{attribute}/verification",
        "POST /profile/{attribute}/verification/confirm",
        "POST /auth/start",
        "POST /auth/challenge",
    ),
)
