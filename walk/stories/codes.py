"""Logging in with a code by mail."""

from walk.challenges import finish
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.walker import Walker

REFUSED = ("InvalidParameterException", "NotAuthorizedException")


def tell(walk: Walker) -> None:
    """Log in by mail."""
    log_in(walk, "EMAIL_OTP")


def log_in(walk: Walker, factor: str) -> None:
    """Log in by a code, where the pool offers that."""
    body = {"email": walk.user.email, "flow": "USER_AUTH", "preferred_challenge": factor}
    answer = walk.call(
        f"Log in by {factor}", "POST /auth/start", body, status=(200, 202), may_refuse=REFUSED
    )
    if answer.json.get("challenge") != factor:
        walk.end_with(SkippedError(f"the pool does not offer {factor}"))
    finish(walk, answer)


STORY = Story("codes", "Codes by mail", tell, ("POST /auth/start", "POST /auth/challenge"))
